//! What the two databases do differently. The only place that matches on which one it is.

mod bulk;
mod insert;
pub mod jobs;

use api_types::{
    Timestamp,
    deliveries::DeliveryStatus,
    ids::{DeliveryId, WebhookId, WorkspaceId},
};
use diesel::{prelude::*, sql_types::BigInt};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{
    Conn, DbError,
    deliveries::{
        RetryTarget,
        destinations::{HealthRow, Holding},
        leases::{Due, Held},
    },
    schema::{deliveries, webhooks},
};

pub use bulk::{hold, settle, succeed, take};
pub use insert::{insert_attempts, insert_deliveries, insert_events};

const SQLITE: EmbeddedMigrations = embed_migrations!("../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../migrations/postgres");

/// The advisory lock under which PostgreSQL nodes that start together migrate one after the other.
const MIGRATION_LOCK: i64 = 0x5a71_e550;

/// Brings the tables up to date; nodes that start together wait for each other.
pub fn migrate(conn: &mut Conn) -> Result<(), DbError> {
    let failed = |error: Box<dyn std::error::Error + Send + Sync>| DbError::Unavailable(error.to_string());
    match conn {
        Conn::Sqlite(conn) => {
            // Another process that starts on the same file waits here, and then finds nothing left to do.
            conn.immediate_transaction(|conn| conn.run_pending_migrations(SQLITE).map(drop).map_err(failed))?;
        }
        Conn::Pg(conn) => {
            diesel::sql_query("SELECT pg_advisory_lock($1)")
                .bind::<BigInt, _>(MIGRATION_LOCK)
                .execute(conn)?;
            let outcome = conn.run_pending_migrations(POSTGRES).map(drop).map_err(failed);
            diesel::sql_query("SELECT pg_advisory_unlock($1)")
                .bind::<BigInt, _>(MIGRATION_LOCK)
                .execute(conn)?;
            outcome?;
        }
    }
    Ok(())
}

/// Whether a statement's error message means that the database cannot serve now, but may later.
pub fn means_unavailable(message: &str) -> bool {
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
    ];
    NOT_NOW.iter().any(|phrase| message.contains(phrase))
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

/// Whom a worker passes over when it takes what is due, because they have their share of its slots.
#[derive(Clone, Debug, Default)]
pub struct Busy {
    /// These webhooks.
    pub webhooks: Vec<WebhookId>,
    /// These workspaces.
    pub workspaces: Vec<WorkspaceId>,
}

/// Due deliveries, longest due first, locked until the transaction ends; those that another worker locks are passed over.
pub fn lock_due(conn: &mut Conn, now: Timestamp, busy: &Busy, limit: i64) -> QueryResult<Vec<Due>> {
    macro_rules! due {
        () => {
            deliveries::table
                .filter(deliveries::due_at.le(now))
                .filter(deliveries::webhook_id.ne_all(&busy.webhooks))
                .filter(deliveries::workspace_id.ne_all(&busy.workspaces))
                .order(deliveries::due_at)
                .limit(limit)
                .select(Due::as_select())
        };
    }
    match conn {
        Conn::Sqlite(conn) => due!().load(conn),
        Conn::Pg(conn) => due!().for_update().skip_locked().load(conn),
    }
}

/// Deliveries of one webhook that have been due since `since`, outside its line, locked until the transaction ends.
pub fn lock_due_of(
    conn: &mut Conn,
    webhook: WebhookId,
    since: Timestamp,
    limit: i64,
) -> QueryResult<Vec<Due>> {
    macro_rules! due {
        () => {
            deliveries::table
                .filter(deliveries::due_at.le(since))
                .filter(deliveries::webhook_id.eq(webhook))
                .filter(deliveries::manual_attempt_id.is_null())
                .order(deliveries::due_at)
                .limit(limit)
                .select(Due::as_select())
        };
    }
    match conn {
        Conn::Sqlite(conn) => due!().load(conn),
        Conn::Pg(conn) => due!().for_update().skip_locked().load(conn),
    }
}

/// The oldest held deliveries of a webhook, locked until the transaction ends; those that another worker locks are passed over.
pub fn lock_line(conn: &mut Conn, webhook: WebhookId, limit: i64) -> QueryResult<Vec<Due>> {
    macro_rules! line {
        () => {
            deliveries::table
                .filter(deliveries::webhook_id.eq(webhook))
                .filter(deliveries::held)
                .filter(deliveries::due_at.is_not_null())
                .order(deliveries::id)
                .limit(limit)
                .select(Due::as_select())
        };
    }
    match conn {
        Conn::Sqlite(conn) => line!().load(conn),
        Conn::Pg(conn) => line!().for_update().skip_locked().load(conn),
    }
}

/// The oldest or the newest delivery of a webhook that waits for anything, locked until the transaction ends: one to probe with.
pub fn lock_waiting(conn: &mut Conn, webhook: WebhookId, newest: bool) -> QueryResult<Option<Due>> {
    macro_rules! waiting {
        ($order:expr) => {
            deliveries::table
                .filter(deliveries::webhook_id.eq(webhook))
                .filter(deliveries::status.eq_any([DeliveryStatus::Pending, DeliveryStatus::Retrying]))
                .filter(deliveries::due_at.is_not_null())
                .order($order)
                .select(Due::as_select())
        };
    }
    match (conn, newest) {
        (Conn::Sqlite(conn), false) => waiting!(deliveries::id.asc()).first(conn).optional(),
        (Conn::Sqlite(conn), true) => waiting!(deliveries::id.desc()).first(conn).optional(),
        (Conn::Pg(conn), false) => {
            waiting!(deliveries::id.asc()).for_update().skip_locked().first(conn).optional()
        }
        (Conn::Pg(conn), true) => {
            waiting!(deliveries::id.desc()).for_update().skip_locked().first(conn).optional()
        }
    }
}

/// Webhooks with a line of their own in which something waits, locked until the transaction ends; those that another
/// worker locks are passed over.
pub fn lock_holding(conn: &mut Conn) -> QueryResult<Vec<Holding>> {
    macro_rules! holding {
        () => {
            webhooks::table
                .filter(
                    webhooks::parked_at
                        .is_not_null()
                        .or(webhooks::draining_since.is_not_null())
                        .or(webhooks::rate_limit.is_not_null()),
                )
                .filter(webhooks::disabled_at.is_null())
                .filter(webhooks::deleted_at.is_null())
                .filter(
                    webhooks::draining_since.is_not_null().or(diesel::dsl::exists(
                        deliveries::table
                            .filter(deliveries::webhook_id.eq(webhooks::id))
                            .filter(
                                deliveries::status
                                    .eq_any([DeliveryStatus::Pending, DeliveryStatus::Retrying]),
                            )
                            .select(deliveries::id),
                    )),
                )
                .order(webhooks::id)
                .select(Holding::as_select())
        };
    }
    match conn {
        Conn::Sqlite(conn) => holding!().load(conn),
        Conn::Pg(conn) => holding!().for_no_key_update().skip_locked().load(conn),
    }
}

/// Deliveries whose lease ran out, locked until the transaction ends; those that another worker locks are passed over.
pub fn lock_expired(conn: &mut Conn, now: Timestamp, limit: i64) -> QueryResult<Vec<Held>> {
    macro_rules! expired {
        () => {
            deliveries::table
                .filter(deliveries::lease_until.le(now))
                .order(deliveries::lease_until)
                .limit(limit)
                .select(Held::as_select())
        };
    }
    match conn {
        Conn::Sqlite(conn) => expired!().load(conn),
        Conn::Pg(conn) => expired!().for_update().skip_locked().load(conn),
    }
}

/// Deliveries in the middle of an attempt, locked until the transaction ends, always in the same order.
pub fn lock_held(conn: &mut Conn, ids: &[DeliveryId]) -> QueryResult<Vec<Held>> {
    macro_rules! held {
        () => {
            deliveries::table
                .filter(deliveries::id.eq_any(ids))
                .order(deliveries::id)
                .select(Held::as_select())
        };
    }
    match conn {
        Conn::Sqlite(conn) => held!().load(conn),
        Conn::Pg(conn) => held!().for_update().load(conn),
    }
}

/// One delivery of a workspace, locked until the transaction ends.
pub fn lock_retry_target(
    conn: &mut Conn,
    workspace: WorkspaceId,
    id: DeliveryId,
) -> QueryResult<Option<RetryTarget>> {
    macro_rules! target {
        () => {
            deliveries::table
                .filter(deliveries::workspace_id.eq(workspace))
                .filter(deliveries::id.eq(id))
                .select(RetryTarget::as_select())
        };
    }
    match conn {
        Conn::Sqlite(conn) => target!().first(conn).optional(),
        Conn::Pg(conn) => target!().for_update().first(conn).optional(),
    }
}

/// The health of webhooks, locked until the transaction ends (new deliveries may still refer to them), always in the
/// same order: whoever changes webhooks and their deliveries locks the webhooks first.
pub fn lock_health(conn: &mut Conn, ids: &[WebhookId]) -> QueryResult<Vec<HealthRow>> {
    macro_rules! health {
        () => {
            webhooks::table
                .filter(webhooks::id.eq_any(ids))
                .order(webhooks::id)
                .select(HealthRow::as_select())
        };
    }
    match conn {
        Conn::Sqlite(conn) => health!().load(conn),
        Conn::Pg(conn) => health!().for_no_key_update().load(conn),
    }
}
