//! The pool of connections that reads share, and writes too on PostgreSQL.

use std::time::Duration;

use diesel::{Connection, ConnectionError, RunQueryDsl, connection::SimpleConnection, sql_types::Integer};

use super::{
    conn::{Conn, open},
    error::DbError,
    url::DatabaseUrl,
};
use crate::clock::Stopwatch;

/// The longest that the pool looks for a connection.
const CHECKOUT_TIMEOUT: Duration = Duration::from_secs(3);
/// What PostgreSQL is told of a connection's patience: a statement that takes longer, or that waits for a lock longer, is
/// given up, so that whoever holds the lock does not hold up everybody. Long steps of upkeep ask for more
/// ([`super::dialect::take_time`]).
///
/// A page anywhere costs about as much as the next one: the default of 4 is meant for turning disks.
///
/// No statement is meant to read a whole table. PostgreSQL would plan just that while a table is small, and keep the plan of a
/// prepared statement while the table grows. What has no index to go by is read whole in any case; its costs then look so high
/// that PostgreSQL would compile it first (`jit`).
const SETTINGS: &str = "SET statement_timeout = '5s'; SET lock_timeout = '2s'; \
    SET idle_in_transaction_session_timeout = '30s'; SET random_page_cost = 1.1; \
    SET enable_seqscan = off; SET jit = off";

/// A connection that did its work this short a time ago is taken without being asked for a sign of life, which is a round trip.
const TRUSTED_FOR: Duration = Duration::from_secs(1);

pub(super) type Pool = r2d2::Pool<Manager>;

/// Builds the pool; connections are opened as they are needed.
pub(super) fn build(url: &DatabaseUrl, size: u32) -> Pool {
    r2d2::Pool::builder()
        .max_size(size)
        .min_idle(Some(1))
        .connection_timeout(CHECKOUT_TIMEOUT)
        .error_handler(Box::new(LogPoolErrors))
        .build_unchecked(Manager(url.clone()))
}

/// Takes a connection out of the pool; the guard gives it back.
pub(super) fn get(pool: &Pool) -> Result<r2d2::PooledConnection<Manager>, DbError> {
    pool.get().map_err(|error| DbError::Unavailable(error.to_string()))
}

/// Lets a cancel that was sent to a connection's backend come to its end: afterwards it can hit no other statement.
pub(super) fn settle(conn: &mut Conn) {
    // The signal was delivered before this statement's answer; the first of the two may still be hit by it.
    for _ in 0..2 {
        let _ = conn.batch_execute("SELECT 1");
    }
}

/// A connection of the pool.
pub(super) struct Pooled {
    pub(super) conn: Conn,
    /// The id of the PostgreSQL backend that serves the connection.
    pub(super) backend: Option<i32>,
    /// Started when its last work ended well; `None` where that failed.
    proven: Option<Stopwatch>,
}

impl Pooled {
    /// Notes how the connection's work ended.
    pub(super) fn note<T, E>(&mut self, worked: &Result<T, E>) {
        self.proven = worked.is_ok().then(Stopwatch::start);
    }
}

#[derive(diesel::QueryableByName)]
struct Backend {
    #[diesel(sql_type = Integer)]
    id: i32,
}

#[derive(Debug)]
pub(super) struct Manager(DatabaseUrl);

impl r2d2::ManageConnection for Manager {
    type Connection = Pooled;
    type Error = ConnectionError;

    fn connect(&self) -> Result<Pooled, ConnectionError> {
        let mut conn = open(&self.0)?;
        let backend = match &mut conn {
            Conn::Sqlite(_) => None,
            Conn::Pg(conn) => {
                let failed = ConnectionError::CouldntSetupConfiguration;
                conn.batch_execute(SETTINGS).map_err(failed)?;
                let backend = diesel::sql_query("SELECT pg_backend_pid() AS id");
                Some(backend.get_result::<Backend>(conn).map_err(failed)?.id)
            }
        };
        Ok(Pooled { conn, backend, proven: None })
    }

    fn is_valid(&self, pooled: &mut Pooled) -> Result<(), ConnectionError> {
        if pooled.proven.is_some_and(|proven| proven.elapsed() < TRUSTED_FOR) {
            return Ok(());
        }
        pooled.conn.batch_execute("SELECT 1").map_err(ConnectionError::CouldntSetupConfiguration)
    }

    fn has_broken(&self, pooled: &mut Pooled) -> bool {
        use diesel::connection::TransactionManager;
        std::thread::panicking()
            || <Conn as Connection>::TransactionManager::is_broken_transaction_manager(&mut pooled.conn)
    }
}

#[derive(Debug)]
struct LogPoolErrors;

impl r2d2::HandleError<ConnectionError> for LogPoolErrors {
    fn handle_error(&self, error: ConnectionError) {
        tracing::warn!(%error, "a database connection could not be opened");
    }
}
