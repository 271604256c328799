//! Cancels statements on PostgreSQL whose callers are gone, by a small connection of its own.

use std::{
    sync::{Arc, mpsc},
    time::Duration,
};

use diesel::{RunQueryDsl, sql_types::Integer};

use super::{
    call::Call,
    conn::{self, Conn},
    url::DatabaseUrl,
};

/// An unused connection is closed after this time.
const IDLE: Duration = Duration::from_secs(30);

/// Hands calls to the thread that cancels. The thread ends with the last handle.
#[derive(Clone, Debug)]
pub(super) struct Canceler(mpsc::Sender<Arc<Call>>);

impl Canceler {
    /// Starts the thread; `None` on SQLite, which cannot cancel.
    pub(super) fn start(url: &DatabaseUrl) -> Option<Self> {
        if matches!(url, DatabaseUrl::Sqlite(_)) {
            return None;
        }
        let (calls, queue) = mpsc::channel();
        let url = url.clone();
        std::thread::spawn(move || run(&url, &queue));
        Some(Self(calls))
    }

    /// Stops a call's statement if it still runs.
    pub(super) fn cancel(&self, call: Arc<Call>) {
        // The thread is there as long as this handle is.
        let _ = self.0.send(call);
    }
}

fn run(url: &DatabaseUrl, queue: &mpsc::Receiver<Arc<Call>>) {
    let mut conn = None;
    loop {
        match queue.recv_timeout(IDLE) {
            Ok(call) => call.cancel(|backend| cancel(url, &mut conn, backend)),
            Err(mpsc::RecvTimeoutError::Timeout) => conn = None,
            Err(mpsc::RecvTimeoutError::Disconnected) => return,
        }
    }
}

/// Cancels what a backend runs. A failure is only logged: the statement has a time limit of its own.
fn cancel(url: &DatabaseUrl, conn: &mut Option<Conn>, backend: i32) {
    if conn.is_none() {
        *conn = conn::open(url).inspect_err(|error| tracing::debug!(%error, "nothing can be canceled")).ok();
    }
    let Some(Conn::Pg(open)) = conn else { return };
    let canceled =
        diesel::sql_query("SELECT pg_cancel_backend($1)").bind::<Integer, _>(backend).execute(open);
    if let Err(error) = canceled {
        tracing::debug!(%error, "a statement could not be canceled");
        *conn = None;
    }
}
