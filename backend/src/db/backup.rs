//! Backups of the embedded database: a file that is itself a database, with a label that says when it was made and, unless the
//! operator keeps them elsewhere, holds the server's keys.

use std::path::Path;

use api_types::Timestamp;
use diesel::{
    connection::SimpleConnection,
    prelude::*,
    sql_types::{BigInt, Bool, Nullable, Text},
};

use super::{
    Conn, DatabaseUrl, OpenError, conn, dialect, opening,
    restores::{self, RestoredState},
    server_keys,
};
use crate::crypto::keys::ServerKeys;

/// What a backup says of itself.
#[derive(QueryableByName)]
pub struct Label {
    /// When it was made.
    #[diesel(sql_type = BigInt)]
    pub made_at: Timestamp,
    /// The version of the program that made it.
    #[diesel(sql_type = Text)]
    pub program: String,
    /// The content of the key file, a secret; `None` where the keys are kept elsewhere.
    #[diesel(sql_type = Nullable<Text>)]
    pub keys: Option<String>,
}

impl std::fmt::Debug for Label {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Label").field("made_at", &self.made_at).finish_non_exhaustive()
    }
}

/// Writes a consistent copy of the database at `path` into the empty file `into`, while others go on using the database.
pub fn write(path: &Path, into: &Path, label: &Label, keys: &ServerKeys) -> Result<(), OpenError> {
    let mut conn = conn::open(&DatabaseUrl::Sqlite(path.to_owned()))
        .map_err(|error| opening::sqlite_error(path, &error.to_string()))?;
    server_keys::compare(&mut conn, keys)?;
    let Conn::Sqlite(sqlite) = &mut conn else { return Ok(()) };
    diesel::sql_query("VACUUM INTO ?")
        .bind::<Text, _>(into.to_string_lossy().into_owned())
        .execute(sqlite)
        .map_err(|error| opening::sqlite_error(into, &error.to_string()))?;
    let mut copy = plain(into)?;
    copy.batch_execute(
        "CREATE TABLE sayless_backup (made_at BIGINT NOT NULL, program TEXT NOT NULL, keys TEXT)",
    )
    .and_then(|()| {
        diesel::sql_query("INSERT INTO sayless_backup VALUES (?, ?, ?)")
            .bind::<BigInt, _>(label.made_at)
            .bind::<Text, _>(&label.program)
            .bind::<Nullable<Text>, _>(&label.keys)
            .execute(&mut copy)
    })
    .map_err(|error| opening::sqlite_error(into, &error.to_string()))?;
    Ok(())
}

/// The label of a backup, after making sure that the whole file is sound.
pub fn read_label(path: &Path) -> Result<Label, OpenError> {
    #[derive(QueryableByName)]
    struct Sound {
        #[diesel(sql_type = Bool)]
        sound: bool,
    }
    let failed = |error: diesel::result::Error| opening::sqlite_error(path, &error.to_string());
    let mut conn = plain(path)?;
    let label =
        diesel::sql_query("SELECT made_at, program, keys FROM sayless_backup").get_result::<Label>(&mut conn);
    let label = label.map_err(|error| match opening::sqlite_error(path, &error.to_string()) {
        OpenError::File { path, why } if why.contains("no such table") => {
            OpenError::File { path, why: "it is no backup that `sayless backup` made".into() }
        }
        other => other,
    })?;
    let checked = "SELECT integrity_check = 'ok' AS sound FROM pragma_integrity_check LIMIT 1";
    let checked = diesel::sql_query(checked).get_result::<Sound>(&mut conn).map_err(failed)?;
    if checked.sound {
        return Ok(label);
    }
    Err(OpenError::File {
        path: path.display().to_string(),
        why: "it is damaged; take another backup".into(),
    })
}

/// Makes a copy of a backup fit to be served: takes the label out, brings the tables up to date, makes sure of the keys, and
/// settles what was under way. The file is whole by itself afterwards.
pub fn prepare(path: &Path, keys: &ServerKeys, now: Timestamp) -> Result<RestoredState, OpenError> {
    let failed = |error: diesel::result::Error| opening::sqlite_error(path, &error.to_string());
    let mut conn = Conn::Sqlite(plain(path)?);
    // Keys that stood in the label leave no trace in free pages.
    conn.batch_execute(
        "PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; DROP TABLE sayless_backup;",
    )
    .map_err(failed)?;
    dialect::migrate(&mut conn)?;
    server_keys::check(&mut conn, keys, now)?;
    conn.transaction(|conn| restores::settle(conn, now)).map_err(failed)
}

/// Makes the state of a PostgreSQL database fit to be served, after `pg_restore`. Refuses while nodes run on it.
pub fn settle_server(
    url: &DatabaseUrl,
    keys: &ServerKeys,
    now: Timestamp,
) -> Result<RestoredState, OpenError> {
    #[derive(QueryableByName)]
    struct Nodes {
        #[diesel(sql_type = BigInt)]
        nodes: i64,
    }
    let mut conn = opening::open(url)?;
    server_keys::check(&mut conn, keys, now)?;
    let nodes = "SELECT count(*) AS nodes FROM pg_stat_activity \
        WHERE datname = current_database() AND application_name = 'sayless hints'";
    let running = diesel::sql_query(nodes).get_result::<Nodes>(&mut conn)?.nodes;
    if running > 0 {
        return Err(OpenError::Server(format!("nodes run on it ({running}): stop them first")));
    }
    Ok(conn.transaction(|conn| restores::settle(conn, now))?)
}

/// Opens a file that stays one file: without a log beside it.
fn plain(path: &Path) -> Result<SqliteConnection, OpenError> {
    let opened = SqliteConnection::establish(&path.to_string_lossy());
    opened.map_err(|error| opening::sqlite_error(path, &error.to_string()))
}
