//! [`DbError`]: the ways in which a database call fails, and the test for failures that mean "not now" rather than
//! "never".

/// A database call failed, before any rule of ours was asked.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// The statement failed.
    #[error(transparent)]
    Query(#[from] diesel::result::Error),
    /// There is no connection, or it broke: trying again later may help.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// A closure panicked; nothing of its transaction was kept.
    #[error("a database closure panicked")]
    Panicked,
}

impl DbError {
    /// `true` where the same call may succeed in a moment.
    pub fn is_unavailable(&self) -> bool {
        use diesel::result::{DatabaseErrorKind, Error};
        match self {
            Self::Unavailable(_)
            | Self::Query(
                Error::DatabaseError(DatabaseErrorKind::ClosedConnection, _)
                | Error::BrokenTransactionManager
                // The database gave the whole transaction up, as SQLite does on a full disk.
                | Error::NotInTransaction,
            ) => true,
            Self::Query(Error::DatabaseError(_, info)) => means_unavailable(info.message()),
            Self::Query(_) | Self::Panicked => false,
        }
    }
}

/// `true` where a statement's error message, of either database, means that the database cannot serve now, but may later.
fn means_unavailable(message: &str) -> bool {
    const NOT_NOW: &[&str] = &[
        "database or disk is full",
        "disk I/O error",
        "database is locked",
        "unable to open database file",
        "the database system is",
        "terminating connection",
        "server closed the connection",
        "could not connect to server",
        "connection to server",
        "no connection to the server",
        "could not extend file",
        "SSL connection has been closed",
        "deadlock detected",
        // Limits of time, and callers that are gone.
        "canceling statement due to",
    ];
    NOT_NOW.iter().any(|phrase| message.contains(phrase))
}

/// The database could not be opened at the start. Each sentence says what to do; none shows a password.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file of the embedded database cannot be used.
    #[error("the database file {path}: {why}")]
    File { path: String, why: String },
    /// The server cannot be reached, or refuses us.
    #[error("the database cannot be reached: {0}")]
    Server(String),
    /// The tables have a change that this program does not know.
    #[error(
        "another version of this program changed the database's tables ({database}), and this one knows them up to {known}: run \
         the newer program, or restore a backup from before the upgrade"
    )]
    Newer { database: String, known: String },
    /// A migration failed; nothing of it was kept.
    #[error("the database's tables could not be brought up to date: {0}")]
    Migration(String),
    /// The server's keys are not those that the database was written with.
    #[error("{0}")]
    Keys(String),
    /// A statement failed.
    #[error("the database: {0}")]
    Query(#[from] diesel::result::Error),
}
