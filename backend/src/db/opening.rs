//! The first connection of a process: opens the database, makes sure that it can be written, and brings its tables up to date.
//! What is wrong is said here in one sentence, because an operator reads it; later a node only says "not now".

use std::{
    fs,
    io::{self, ErrorKind},
    path::Path,
};

use diesel::{QueryResult, connection::SimpleConnection};

use super::{
    conn::{self, Conn},
    dialect,
    error::OpenError,
    url::DatabaseUrl,
};

/// Opens the database and migrates it.
pub(super) fn open(url: &DatabaseUrl) -> Result<Conn, OpenError> {
    match url {
        DatabaseUrl::Sqlite(path) => open_file(url, path),
        DatabaseUrl::Postgres(_) => {
            let mut conn = conn::open(url).map_err(|error| OpenError::Server(explain(&error.to_string())))?;
            dialect::migrate(&mut conn)?;
            Ok(conn)
        }
    }
}

fn open_file(url: &DatabaseUrl, path: &Path) -> Result<Conn, OpenError> {
    check_file(path)?;
    let mut conn = conn::open(url).map_err(|error| sqlite_error(path, &error.to_string()))?;
    let migrated =
        write_nothing(&mut conn).map_err(OpenError::from).and_then(|()| dialect::migrate(&mut conn));
    match migrated {
        Ok(()) => Ok(conn),
        Err(OpenError::Query(error)) => Err(sqlite_error(path, &error.to_string())),
        Err(other) => Err(other),
    }
}

/// Opens the file as the operating system does, which says more about a failure than SQLite.
pub(super) fn check_file(path: &Path) -> Result<(), OpenError> {
    // SQLite opens a file read-only where it may not write it, and fails at the first write only.
    let opened = fs::OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
    opened.map(drop).map_err(|error| file_error(path, &error))
}

/// Commits a write that changes nothing, so that a folder without write permission and a full disk show at once.
fn write_nothing(conn: &mut Conn) -> QueryResult<()> {
    conn.batch_execute("BEGIN IMMEDIATE; PRAGMA user_version = 0; COMMIT;")
}

fn file_error(path: &Path, error: &io::Error) -> OpenError {
    let why = match error.kind() {
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => format!(
            "{error}; the user that runs sayless must be able to read and write it, and to make files beside it"
        ),
        ErrorKind::IsADirectory => "it is a folder; name a file, as in sqlite:data/sayless.db".to_owned(),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => format!("{error}; free some space"),
        _ => error.to_string(),
    };
    OpenError::File { path: path.display().to_string(), why }
}

/// Says what a message of SQLite means for this file.
pub(super) fn sqlite_error(path: &Path, message: &str) -> OpenError {
    const MEANINGS: &[(&str, &str)] = &[
        ("not a database", "it is no SQLite database; name another file, or move this one away"),
        ("malformed", "it is damaged; restore a backup"),
        ("readonly", "it and its folder must be writable for the user that runs sayless"),
        ("unable to open", "its folder must be writable for the user that runs sayless"),
        ("is full", "free some space on its disk"),
        ("disk I/O error", "its disk is full or broken"),
        ("is locked", "another program holds it; stop that program first"),
    ];
    let meaning = MEANINGS.iter().find(|(phrase, _)| message.contains(phrase));
    let why = meaning.map_or_else(|| message.to_owned(), |(_, meaning)| format!("{message}: {meaning}"));
    OpenError::File { path: path.display().to_string(), why }
}

/// Says what a message of libpq means. The message holds no password: the URL was checked, and libpq repeats none that it could
/// read.
fn explain(message: &str) -> String {
    const MEANINGS: &[(&str, &str)] = &[
        ("password authentication failed", "check the user and the password in the database URL"),
        ("no password supplied", "add the password to the database URL"),
        ("could not translate host name", "check the host in the database URL"),
        ("too many c", "close other connections, or allow more on the server"),
        ("remaining connection slots", "close other connections, or raise max_connections on the server"),
        ("Connection refused", "check the host and the port, and that PostgreSQL runs there"),
        ("timeout expired", "check the host and the port, and that PostgreSQL runs there"),
        ("no pg_hba.conf entry", "let this machine in on the server (pg_hba.conf)"),
        ("is starting up", "try again in a moment"),
    ];
    let message = message.lines().map(str::trim).filter(|line| !line.is_empty());
    let message = message.collect::<Vec<_>>().join("; ");
    let found = MEANINGS.iter().find(|(phrase, _)| message.contains(phrase)).map(|(_, meaning)| *meaning);
    let unknown_database = message.contains("database \"") && message.contains("does not exist");
    match found.or(unknown_database.then_some("create it (createdb), or name another in the database URL")) {
        Some(meaning) => format!("{message}: {meaning}"),
        None => message,
    }
}
