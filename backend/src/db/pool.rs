//! The pool of connections that reads share, and writes too on PostgreSQL.

use std::time::Duration;

use diesel::{Connection, ConnectionError, connection::SimpleConnection};

use super::{
    conn::{Conn, open},
    error::DbError,
    url::DatabaseUrl,
};

/// The longest that a request waits for a connection before it is told to come back.
const CHECKOUT_TIMEOUT: Duration = Duration::from_secs(3);

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

#[derive(Debug)]
pub(super) struct Manager(DatabaseUrl);

impl r2d2::ManageConnection for Manager {
    type Connection = Conn;
    type Error = ConnectionError;

    fn connect(&self) -> Result<Conn, ConnectionError> {
        open(&self.0)
    }

    fn is_valid(&self, conn: &mut Conn) -> Result<(), ConnectionError> {
        conn.batch_execute("SELECT 1").map_err(ConnectionError::CouldntSetupConfiguration)
    }

    fn has_broken(&self, conn: &mut Conn) -> bool {
        use diesel::connection::TransactionManager;
        std::thread::panicking()
            || <Conn as Connection>::TransactionManager::is_broken_transaction_manager(conn)
    }
}

#[derive(Debug)]
struct LogPoolErrors;

impl r2d2::HandleError<ConnectionError> for LogPoolErrors {
    fn handle_error(&self, error: ConnectionError) {
        tracing::warn!(%error, "a database connection could not be opened");
    }
}
