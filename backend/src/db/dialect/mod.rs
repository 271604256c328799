//! Differences of the two databases that Diesel does not hide: migrating and locking. Each noun's own file says which
//! rows it locks.

use diesel::{
    backend::Backend,
    connection::SimpleConnection,
    migration::{MigrationSource, MigrationVersion},
    prelude::*,
    sql_types::BigInt,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{conn::Conn, error::OpenError};

const SQLITE: EmbeddedMigrations = embed_migrations!("../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../migrations/postgres");

/// The advisory lock under which PostgreSQL nodes that start together migrate one after the other.
const MIGRATION_LOCK: i64 = 0x5a71_e550;

/// Brings the tables up to date; nodes that start together wait for each other. Refuses tables of a newer version.
pub fn migrate(conn: &mut Conn) -> Result<(), OpenError> {
    match conn {
        // Another process that starts on the same file waits here, and then finds nothing left to do.
        Conn::Sqlite(conn) => conn.immediate_transaction(|conn| migrate_with(conn, SQLITE)),
        Conn::Pg(conn) => {
            diesel::sql_query("SELECT pg_advisory_lock($1)")
                .bind::<BigInt, _>(MIGRATION_LOCK)
                .execute(conn)?;
            let outcome = migrate_with(conn, POSTGRES);
            diesel::sql_query("SELECT pg_advisory_unlock($1)")
                .bind::<BigInt, _>(MIGRATION_LOCK)
                .execute(conn)?;
            outcome
        }
    }
}

fn migrate_with<DB, C>(conn: &mut C, known: EmbeddedMigrations) -> Result<(), OpenError>
where
    DB: Backend,
    C: MigrationHarness<DB>,
{
    let failed = |error: Box<dyn std::error::Error + Send + Sync>| OpenError::Migration(error.to_string());
    let ours: Vec<MigrationVersion<'static>> = MigrationSource::<DB>::migrations(&known)
        .map_err(failed)?
        .iter()
        .map(|migration| migration.name().version().as_owned())
        .collect();
    let unknown =
        conn.applied_migrations().map_err(failed)?.into_iter().filter(|applied| !ours.contains(applied));
    if let (Some(database), Some(known)) = (unknown.max(), ours.iter().max()) {
        return Err(OpenError::Newer { database: database.to_string(), known: known.to_string() });
    }
    conn.run_pending_migrations(known).map(drop).map_err(failed)
}

/// Runs queries that all see the database as it was at the first of them.
///
/// SQLite's transactions read so by themselves. PostgreSQL's read anew with each statement, unless told otherwise.
pub fn snapshot<T, E: From<diesel::result::Error>>(
    conn: &mut Conn,
    queries: impl FnOnce(&mut Conn) -> Result<T, E>,
) -> Result<T, E> {
    conn.transaction(|conn| {
        if let Conn::Pg(conn) = conn {
            conn.batch_execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")?;
        }
        queries(conn)
    })
}

/// Gives the transaction's statements more time than a request's have: for steps of upkeep.
pub fn take_time(conn: &mut Conn) -> QueryResult<()> {
    match conn {
        Conn::Sqlite(_) => Ok(()),
        Conn::Pg(conn) => {
            conn.batch_execute("SET LOCAL statement_timeout = '2min'; SET LOCAL lock_timeout = '10s'")
        }
    }
}

/// Takes a lock on `name` that ends with the transaction; `false` where another transaction holds it.
///
/// SQLite has one writer at a time, so there the answer is always `true`.
pub fn try_lock(conn: &mut Conn, name: &str) -> QueryResult<bool> {
    match conn {
        Conn::Sqlite(_) => Ok(true),
        Conn::Pg(conn) => diesel::select(
            diesel::dsl::sql::<diesel::sql_types::Bool>("pg_try_advisory_xact_lock(hashtextextended(")
                .bind::<diesel::sql_types::Text, _>(name)
                .sql(", 0))"),
        )
        .get_result(conn),
    }
}

/// Takes a lock on `name` that ends with the transaction, waiting for its turn: for limits that count before they insert.
pub fn lock(conn: &mut Conn, name: &str) -> QueryResult<()> {
    match conn {
        Conn::Sqlite(_) => Ok(()),
        Conn::Pg(conn) => diesel::sql_query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))")
            .bind::<diesel::sql_types::Text, _>(name)
            .execute(conn)
            .map(drop),
    }
}

/// Reads rows and locks them until the transaction ends: `locked!(conn, for_update.skip_locked, load, query)` is
/// `query.for_update().skip_locked().load(conn)` on PostgreSQL, and `query.load(conn)` on SQLite, whose one writer needs no
/// lock on rows.
macro_rules! locked {
    ($conn:expr, $($lock:ident).+, $load:ident, $query:expr) => {
        match $conn {
            $crate::db::conn::Conn::Sqlite(conn) => $query.$load(conn),
            $crate::db::conn::Conn::Pg(conn) => $query$(.$lock())+.$load(conn),
        }
    };
}
pub(in crate::db) use locked;
