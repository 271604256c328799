//! Writes that are kept waiting, so that many come together.

use std::sync::mpsc;

use diesel::RunQueryDsl;
use sayless::{db::Conn, http::problem::Failure};
use tokio::{sync::oneshot, task::JoinHandle};

use super::World;

/// A transaction that keeps others from writing until it is let go or dropped.
pub struct HeldWrites {
    open: mpsc::Sender<()>,
    transaction: JoinHandle<Result<(), Failure>>,
}

impl HeldWrites {
    /// Lets the others write, and waits until the transaction has ended.
    pub async fn let_go(self) {
        drop(self.open);
        self.transaction.await.unwrap().unwrap();
    }
}

impl World {
    /// Holds SQLite's writer, or PostgreSQL's table of events, in a transaction that waits.
    pub async fn hold_writes(&self) -> HeldWrites {
        let (open, opened) = mpsc::channel::<()>();
        let (tell, told) = oneshot::channel();
        let transaction = tokio::spawn(self.try_write(move |tx| {
            if let Conn::Pg(conn) = &mut **tx {
                diesel::sql_query("LOCK TABLE events IN EXCLUSIVE MODE").execute(conn)?;
            }
            let _ = tell.send(());
            let _ = opened.recv();
            Ok(())
        }));
        told.await.unwrap();
        HeldWrites { open, transaction }
    }
}
