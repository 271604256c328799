//! Writes that are kept waiting, so that many come together; and locks that somebody else keeps.

use std::{sync::mpsc, time::Duration};

use api_types::{events::EventType, ids::WorkspaceId};
use diesel::{
    Connection, PgConnection, RunQueryDsl, SqliteConnection, connection::SimpleConnection, sql_types::BigInt,
};
use sayless::{
    db::{Conn, DatabaseUrl, audit::Who},
    http::problem::Failure,
};
use tokio::{sync::oneshot, task::JoinHandle};

use super::{World, a_ticket};

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

impl World {
    /// Publishes an event in a transaction that has not committed yet; gives the event's id.
    pub async fn hold_event(&self, workspace: WorkspaceId) -> (String, HeldWrites) {
        let (open, opened) = mpsc::channel::<()>();
        let (tell, told) = oneshot::channel();
        let publisher = self.app.delivery.publisher.clone();
        let transaction = tokio::spawn(self.try_write(move |tx| {
            let who = Who::system(workspace);
            let id = publisher.publish(tx, &who, EventType::TicketCreated, &a_ticket())?;
            let _ = tell.send(id.to_string());
            let _ = opened.recv();
            Ok(())
        }));
        (told.await.unwrap(), HeldWrites { open, transaction })
    }
}

/// A lock that another program keeps; it lets go when dropped.
pub struct ForeignLock {
    conn: Conn,
}

#[derive(diesel::QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

impl World {
    /// Has another program lock a ticket's row, or all of SQLite's file against writers.
    pub fn lock_ticket(&self, id: &str) -> ForeignLock {
        let conn = match self.database_url() {
            DatabaseUrl::Sqlite(path) => {
                let mut conn = SqliteConnection::establish(&path.to_string_lossy()).unwrap();
                conn.batch_execute("BEGIN IMMEDIATE").unwrap();
                Conn::Sqlite(conn)
            }
            DatabaseUrl::Postgres(url) => {
                let mut conn = PgConnection::establish(url).unwrap();
                let lock = format!("BEGIN; SELECT * FROM tickets WHERE id = '{id}' FOR UPDATE");
                conn.batch_execute(&lock).unwrap();
                Conn::Pg(conn)
            }
        };
        ForeignLock { conn }
    }
}

impl ForeignLock {
    /// Waits until somebody waits for the lock, as far as the database tells, and a moment for more of them.
    pub async fn is_waited_for(&mut self) {
        let waiting = "SELECT count(*) AS count FROM pg_stat_activity \
            WHERE datname = current_database() AND wait_event_type = 'Lock'";
        while let Conn::Pg(conn) = &mut self.conn
            && diesel::sql_query(waiting).get_result::<Count>(conn).unwrap().count == 0
        {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
    }

    /// Lets go of the lock.
    pub fn let_go(mut self) {
        self.conn.batch_execute("ROLLBACK").unwrap();
    }
}
