//! One connection type over SQLite and PostgreSQL, opened with the settings that our transactions rely on.

use diesel::{Connection, ConnectionError, PgConnection, SqliteConnection, connection::SimpleConnection};

use super::url::{DatabaseUrl, noticing_silence};

/// A connection to either database.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    Pg(PgConnection),
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

/// Opens a connection: on SQLite with write-ahead log, full durability and foreign keys.
pub(super) fn open(url: &DatabaseUrl) -> Result<Conn, ConnectionError> {
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
        DatabaseUrl::Postgres(url) => PgConnection::establish(&noticing_silence(url)).map(Conn::Pg),
    }
}
