//! Calls on pooled connections. Each waits no longer than its caller, has a deadline, and ends with its caller.
//!
//! A call that has not begun when its caller goes away never begins. A statement that only reads is then canceled, on
//! PostgreSQL; SQLite's library offers no safe way to interrupt one, so there it runs to its end, within its workspace's share.
//! A transaction that has begun to write runs to its end in any case.

use std::{sync::Arc, time::Duration};

use tokio::sync::oneshot;

use super::{
    call::Call,
    cancel::Canceler,
    conn::Conn,
    error::DbError,
    pool::{self, Pool},
    share::Turn,
};

/// The longest that a call waits for a connection. Longer than the pool waits by itself, unless connections to try are silent.
const CONNECTED_WITHIN: Duration = Duration::from_secs(5);

/// The pooled connections, and the way to cancel what runs on them.
#[derive(Clone, Debug)]
pub(super) struct Connections {
    pub(super) pool: Pool,
    /// `None` on SQLite.
    pub(super) canceler: Option<Canceler>,
}

/// Ends a call's work for its caller: dropped with the caller's future.
struct Waiting {
    call: Arc<Call>,
    canceler: Option<Canceler>,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if self.call.give_up() {
            return;
        }
        if let Some(canceler) = &self.canceler
            && self.call.can_be_canceled()
        {
            canceler.cancel(Arc::clone(&self.call));
        }
    }
}

/// Ends the call on its thread, also where the work panics.
struct Running<'a>(&'a Call, Option<&'a mut Conn>);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if self.0.end()
            && let Some(conn) = self.1.take()
        {
            pool::settle(conn);
        }
    }
}

/// The nature of a call's work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// It only reads, and ends with its caller.
    Read,
    /// It may write, and runs to its end once it has begun.
    Write,
}

impl Connections {
    /// Runs blocking work on a connection, off the async threads.
    pub(super) async fn run<T, E>(
        &self,
        turn: Turn,
        kind: Kind,
        work: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let call = Arc::new(Call::default());
        let _waiting = Waiting { call: Arc::clone(&call), canceler: self.canceler.clone() };
        let (tell, begun) = oneshot::channel();
        let pool = self.pool.clone();
        let running = Arc::clone(&call);
        let task = tokio::task::spawn_blocking(move || {
            // The turn is over when the connection is back in the pool.
            let _turn = turn;
            let mut pooled = pool::get(&pool)?;
            let backend = pooled.backend.filter(|_| kind == Kind::Read);
            if !running.begin(backend) {
                return Err(DbError::Unavailable("the caller is gone".into()).into());
            }
            let _ = tell.send(());
            let worked = Running(&running, Some(&mut pooled.conn)).run(work);
            pooled.note(&worked);
            worked
        });
        let connected = tokio::time::timeout(CONNECTED_WITHIN, begun).await.is_ok();
        if !connected && call.give_up() {
            return Err(DbError::Unavailable("no connection came in time".into()).into());
        }
        match task.await {
            Ok(result) => result,
            Err(_) => Err(DbError::Panicked.into()),
        }
    }
}

impl Running<'_> {
    fn run<T, E>(mut self, work: impl FnOnce(&mut Conn) -> Result<T, E>) -> Result<T, E>
    where
        E: From<DbError>,
    {
        match self.1.as_deref_mut() {
            Some(conn) => work(conn),
            None => Err(DbError::Panicked.into()),
        }
    }
}
