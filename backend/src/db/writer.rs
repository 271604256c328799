//! SQLite's one writer: a thread that takes waiting closures in batches, each in a savepoint, under one COMMIT.
//!
//! No caller is answered before the COMMIT that makes the caller's work durable. A closure that fails rolls back its own
//! savepoint alone; a panic or a failed COMMIT rolls back the whole batch, and every caller of the batch is told so.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::mpsc,
};

use diesel::{Connection, RunQueryDsl, connection::TransactionManager};
use tokio::sync::oneshot;

use super::{
    conn::{self, Conn},
    error::DbError,
    share::Turn,
    tx::{AfterCommit, OnHint},
    url::DatabaseUrl,
};

/// The most closures under one COMMIT: bounds how long the first of them waits.
pub(super) const MAX_BATCH: usize = 256;

/// Tells a caller how its work ended, once the fate of the batch is known.
type Announce = Box<dyn FnOnce(Result<(), String>) + Send>;
/// Does a caller's work, and returns the announcement to make and whether the work went well.
type Job = Box<dyn FnOnce(&mut Conn) -> (Announce, bool) + Send>;

#[derive(Clone, Debug)]
pub(super) struct Writer {
    jobs: mpsc::Sender<Job>,
}

impl Writer {
    /// Starts the thread; it ends when the last handle is dropped.
    pub(super) fn start(url: DatabaseUrl, conn: Conn) -> Self {
        let (jobs, queue) = mpsc::channel();
        std::thread::spawn(move || run(&url, conn, &queue));
        Self { jobs }
    }

    /// Runs `work` in the next batch, answers after its COMMIT, and then releases its hints. Where the caller is gone before
    /// the work begins, it never does. The turn ends with the batch.
    pub(super) async fn run<T, E>(
        &self,
        turn: Turn,
        work: impl FnOnce(&mut Conn) -> Result<(T, AfterCommit), E> + Send + 'static,
        on_hint: OnHint,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let (tell, told) = oneshot::channel();
        let job: Job = Box::new(move |conn| {
            if tell.is_closed() {
                return (Box::new(|_| ()), true);
            }
            let result = work(conn);
            let went_well = result.is_ok();
            let announce: Announce = Box::new(move |fate| {
                let answer = match (fate, result) {
                    (Ok(()), Ok((value, after))) => {
                        after.release(&*on_hint);
                        Ok(value)
                    }
                    (Err(cause), Ok(_)) => Err(DbError::Unavailable(cause).into()),
                    (_, Err(error)) => Err(error),
                };
                // The caller may be gone; the committed work stands all the same.
                let _ = tell.send(answer);
                drop(turn);
            });
            (announce, went_well)
        });
        self.jobs.send(job).map_err(|_| DbError::Unavailable("the writer has stopped".into()))?;
        told.await.map_err(|_| DbError::Unavailable("the writer could not take the work".into()))?
    }
}

fn run(url: &DatabaseUrl, conn: Conn, queue: &mpsc::Receiver<Job>) {
    let mut conn = Some(conn);
    while let Ok(first) = queue.recv() {
        let mut batch = vec![first];
        batch.extend(queue.try_iter().take(MAX_BATCH - 1));
        // A batch that cannot start is dropped, which tells its callers to come back.
        let Some(mut open) = conn.take().or_else(|| reopen(url)) else { continue };
        if run_batch(&mut open, batch) {
            conn = Some(open);
        }
    }
}

fn reopen(url: &DatabaseUrl) -> Option<Conn> {
    conn::open(url).inspect_err(|error| tracing::error!(%error, "the writer cannot open the database")).ok()
}

/// Runs one batch; `false` where the connection must not be used again.
fn run_batch(conn: &mut Conn, batch: Vec<Job>) -> bool {
    if let Err(error) = begin_immediate(conn) {
        tracing::error!(%error, "the writer cannot begin a transaction");
        return false;
    }
    let mut announcements = Vec::with_capacity(batch.len());
    for job in batch {
        let Ok((announce, went_well)) = catch_unwind(AssertUnwindSafe(|| job(conn))) else {
            tracing::error!("a write panicked; its batch is rolled back");
            tell_all(announcements, &Err("another write of the same batch panicked".into()));
            return false;
        };
        announcements.push(announce);
        // A full disk can end the whole transaction, not just the savepoint: later jobs would then commit by themselves.
        if !went_well && begin_immediate(conn).is_ok() {
            tracing::error!("the database gave up a transaction; its batch is rolled back");
            tell_all(announcements, &Err("the database gave up the transaction".into()));
            return false;
        }
    }
    let fate = commit(conn).map_err(|error| {
        tracing::error!(%error, "a batch could not be committed");
        error.to_string()
    });
    let usable = fate.is_ok();
    tell_all(announcements, &fate);
    usable
}

fn tell_all(announcements: Vec<Announce>, fate: &Result<(), String>) {
    for announce in announcements {
        announce(fate.clone());
    }
}

pub(super) fn begin_immediate(conn: &mut Conn) -> diesel::QueryResult<()> {
    match conn {
        Conn::Sqlite(conn) => {
            diesel::connection::AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN IMMEDIATE")
        }
        Conn::Pg(conn) => diesel::sql_query("BEGIN").execute(conn).map(drop),
    }
}

pub(super) fn commit(conn: &mut Conn) -> diesel::QueryResult<()> {
    <Conn as Connection>::TransactionManager::commit_transaction(conn)
}
