//! Connections: one enum over both databases, and a pool of them.

use std::time::Duration;

use diesel::{Connection, ConnectionError, PgConnection, SqliteConnection, connection::SimpleConnection};

use super::{DatabaseUrl, DbError};

/// A connection to either database.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    /// PostgreSQL.
    Pg(PgConnection),
    /// SQLite.
    Sqlite(SqliteConnection),
}

impl std::fmt::Debug for Conn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Pg(_) => "Conn::Pg",
            Self::Sqlite(_) => "Conn::Sqlite",
        })
    }
}

/// How long a request waits for a connection before it is told to come back: 3 s.
const CHECKOUT: Duration = Duration::from_secs(3);

pub(super) type Pool = r2d2::Pool<Manager>;

/// Opens a connection that is ready for our transactions.
pub(super) fn connect(url: &DatabaseUrl) -> Result<Conn, DbError> {
    open(url).map_err(|error| DbError::Unavailable(error.to_string()))
}

fn open(url: &DatabaseUrl) -> Result<Conn, ConnectionError> {
    match url {
        DatabaseUrl::Sqlite(path) => {
            let mut conn = SqliteConnection::establish(&path.to_string_lossy())?;
            conn.batch_execute(
                "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                 PRAGMA foreign_keys = ON; PRAGMA journal_size_limit = 67108864;",
            )
            .map_err(ConnectionError::CouldntSetupConfiguration)?;
            Ok(Conn::Sqlite(conn))
        }
        DatabaseUrl::Postgres(url) => PgConnection::establish(url).map(Conn::Pg),
    }
}

/// Builds the pool; connections are opened as they are needed.
pub(super) fn build(url: &DatabaseUrl, size: u32) -> Pool {
    r2d2::Pool::builder()
        .max_size(size)
        .min_idle(Some(1))
        .connection_timeout(CHECKOUT)
        .error_handler(Box::new(LogPoolErrors))
        .build_unchecked(Manager(url.clone()))
}

/// Checks a connection out.
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
