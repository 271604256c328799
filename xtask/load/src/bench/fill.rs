//! Fills a database with what a month would have left behind. Direct SQL, which only the bench may do: by the API it
//! would take an hour.

use crate::database::{Database, Kind};
use crate::world::World;
use anyhow::{Context as _, Result};
use diesel::connection::SimpleConnection;
use diesel::{Connection as _, PgConnection, SqliteConnection};
use std::fmt::Write as _;
use std::time::{SystemTime, UNIX_EPOCH};

/// The time at which waiting deliveries are due: none of them in our time.
pub const NEVER: &str = "4102444800000";

/// Milliseconds after which audit entries are surely no longer kept: 450 days.
pub const LONG_AGO: u128 = 450 * 86_400_000;

/// The kinds of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Events, their deliveries, and an attempt of each.
    Deliveries,
    AuditEntries,
    /// Audit entries that are no longer kept.
    OldAuditEntries,
}

impl What {
    const fn tables(self) -> &'static [&'static str] {
        match self {
            Self::Deliveries => &["events", "deliveries", "attempts"],
            Self::AuditEntries | Self::OldAuditEntries => &["audit_entries"],
        }
    }
}

/// Fills so many rows for a world's workspace. Deliveries go to these webhooks: most to all but the last in turn; the last
/// has only a few old ones. Everything else is spread the same way: something common, something rare and old.
pub fn fill(world: &World, what: What, rows: u32, webhooks: &[String]) -> Result<()> {
    let statements = statements(world, what, rows, webhooks)?;
    let all = format!("BEGIN; {} COMMIT;", statements.join(" "));
    execute(&world.database, &all)?;
    match world.database.kind {
        // Autovacuum would do this within the minute.
        Kind::Postgres => what
            .tables()
            .iter()
            .try_for_each(|table| execute(&world.database, &format!("VACUUM (ANALYZE) {table}"))),
        Kind::Sqlite => Ok(()),
    }
}

/// Tickets of a world's workspace, made at a pace of one a minute up to now. Every tenth is closed.
pub fn tickets(world: &World, rows: u32) -> Result<()> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis();
    let start = now - 60_000 * u128::from(rows);
    let series = series(world.database.kind, rows, start, 60_000);
    let is_closed = "n % 10 = 9";
    let insert = format!(
        "INSERT INTO tickets (id, workspace_id, title, body, status, assignee, created_at, updated_at, closed_at)
         SELECT {}, '{}', 'Ticket ' || CAST(n + 1 AS text), 'What was promised for Monday has not come.',
             CASE WHEN {is_closed} THEN 'closed' ELSE 'open' END, NULL, t, t, CASE WHEN {is_closed} THEN t END
         FROM {series};",
        id("tkt"),
        world.workspace
    );
    execute(&world.database, &insert)
}

/// Runs SQL on a database, beside its server.
pub fn execute(database: &Database, sql: &str) -> Result<()> {
    match database.kind {
        Kind::Postgres => PgConnection::establish(&database.url)?.batch_execute(sql)?,
        Kind::Sqlite => {
            let path = database.url.trim_start_matches("sqlite:");
            let mut conn = SqliteConnection::establish(path)?;
            conn.batch_execute("PRAGMA busy_timeout = 20000; PRAGMA cache_size = -200000;")?;
            conn.batch_execute(sql)?;
        }
    }
    Ok(())
}

fn statements(world: &World, what: What, rows: u32, webhooks: &[String]) -> Result<Vec<String>> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis();
    // A month, up to a minute ago.
    let step = 29 * 86_400_000 / u128::from(rows);
    let until = now - if what == What::OldAuditEntries { LONG_AGO } else { 60_000 };
    let start = until - step * u128::from(rows);
    let series = series(world.database.kind, rows, start, step);
    let workspace = &world.workspace;
    Ok(match what {
        What::Deliveries => vec![
            events(workspace, &series),
            deliveries(workspace, &series, webhooks, rows)?,
            attempts(&series),
        ],
        What::AuditEntries | What::OldAuditEntries => vec![audit_entries(workspace, &series)],
    })
}

/// SQL for so many rows: their number `n`, and a time `t` that grows by a step.
fn series(kind: Kind, rows: u32, start: u128, step: u128) -> String {
    match kind {
        Kind::Postgres => format!(
            "(SELECT n, {start} + n * {step} AS t FROM generate_series(CAST(0 AS bigint), {rows} - 1) AS g (n)) AS s"
        ),
        Kind::Sqlite => format!(
            "(WITH RECURSIVE g (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM g WHERE n < {rows} - 1)
              SELECT n, {start} + n * {step} AS t FROM g) AS s"
        ),
    }
}

/// SQL for an id made at `t`: the time in ten characters, the row's number in sixteen.
fn id(prefix: &str) -> String {
    let time: Vec<String> = (0..10)
        .rev()
        .map(|index| {
            let shift = index * 5;
            format!(
                "substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', CAST(((t >> {shift}) & 31) + 1 AS integer), 1)"
            )
        })
        .collect();
    format!("'{prefix}_' || {} || '0' || substr(CAST(1000000000000000 + n AS text), 2)", time.join(" || "))
}

/// SQL for an event's type: the last one is rare and old.
const TYPE: &str = "CASE WHEN n < 40 THEN 'broadcast.sent' WHEN n % 10 < 5 THEN 'ticket.updated' \
                    WHEN n % 10 < 8 THEN 'comment.created' ELSE 'ticket.created' END";

fn events(workspace: &str, series: &str) -> String {
    let payload = r#"{"type":"ticket.updated","timestamp":"2026-11-23T08:00:00Z","data":{"id":"tkt_1","title":"Filled by the bench","body":"What was promised for Monday has not come. What was promised for Monday has not come."}}"#;
    format!(
        "INSERT INTO events (id, workspace_id, type, payload, created_at)
         SELECT {}, '{workspace}', {TYPE}, '{payload}', t FROM {series};",
        id("evt")
    )
}

fn deliveries(workspace: &str, series: &str, webhooks: &[String], rows: u32) -> Result<String> {
    let (last, others) = webhooks.split_last().context("webhooks to deliver to")?;
    let mut webhook = format!("CASE WHEN n < 200 THEN '{last}'");
    for (index, id) in others.iter().enumerate() {
        write!(webhook, " WHEN n % {} = {index} THEN '{id}'", others.len())?;
    }
    // A fifth has failed, in stretches as outages bring them; nearly nothing was throttled.
    let status = format!(
        "CASE WHEN n < 200 OR (n / 1000) % 20 < 3 THEN 'failed' WHEN (n / 1000) % 20 < 4 THEN 'retrying' \
         WHEN n % 1000 < 2 THEN 'canceled' WHEN n > {rows} - 500 AND n % 2 = 0 THEN 'pending' ELSE 'succeeded' END"
    );
    let category = "CASE WHEN status IN ('failed', 'retrying') THEN CASE WHEN n < 20 THEN 'throttling' \
                    WHEN n % 7 < 4 THEN 'outage' ELSE 'configuration' END END";
    let diagnosis = r#"{"code":"server_error","category":"outage","summary":"The receiver answered 503.","advice":"Wait.","retry_helps":"later"}"#;
    Ok(format!(
        "INSERT INTO deliveries (id, workspace_id, webhook_id, event_id, event_type, status, cancel_reason, attempts,
             next_attempt_at, due_at, last_attempt_at, last_response_status, last_category, last_diagnosis, created_at,
             finished_at)
         SELECT {}, '{workspace}', webhook, {}, type, status,
             CASE WHEN status = 'canceled' THEN 'webhook_disabled' END, CASE WHEN status = 'pending' THEN 0 ELSE 1 END,
             CASE WHEN status = 'retrying' THEN {NEVER} END,
             CASE WHEN status IN ('retrying', 'pending') THEN {NEVER} END,
             t, CASE WHEN status = 'succeeded' THEN 204 ELSE 503 END, {category},
             CASE WHEN status IN ('failed', 'retrying') THEN '{diagnosis}' END, t,
             CASE WHEN status IN ('failed', 'succeeded', 'canceled') THEN t END
         FROM (SELECT n, t, {webhook} END AS webhook, {TYPE} AS type, {status} AS status FROM {series}) AS d;",
        id("dlv"),
        id("evt")
    ))
}

fn attempts(series: &str) -> String {
    let timings = r#"{"resolve_ms":null,"connect_ms":0.2,"tls_ms":null,"first_byte_ms":1.1,"total_ms":1.6}"#;
    let response = r#"{"status":204,"headers":[],"body":"","truncated":false}"#;
    format!(
        "INSERT INTO attempts (id, delivery_id, number, trigger_kind, started_at, outcome, address, reused_connection,
             timings, request, response, diagnosis, late_duplicate)
         SELECT {}, {}, 1, 'automatic', t, 'succeeded', '127.0.0.1:9000', true, '{timings}', NULL, '{response}', NULL,
             false
         FROM {series};",
        id("att"),
        id("dlv")
    )
}

/// Three busy actors, and one who made only a few old changes; objects that are changed ten times each.
fn audit_entries(workspace: &str, series: &str) -> String {
    let actor = "CASE WHEN n < 40 THEN 3 ELSE n % 3 END";
    format!(
        "INSERT INTO audit_entries (id, workspace_id, created_at, actor_kind, actor_id, actor_name, action, object_id,
             object_name, ip, details)
         SELECT {}, '{workspace}', t, 'api_key', 'key_{:022}' || CAST(1000 + {actor} AS text), 'Bench',
             CASE WHEN n < 40 THEN 'webhook.deleted' WHEN n % 3 = 0 THEN 'ticket.updated' WHEN n % 3 = 1
             THEN 'ticket.created' ELSE 'comment.created' END,
             'tkt_{:016}' || CAST(1000000000 + n / 10 AS text), 'A ticket', '127.0.0.1', '{{}}'
         FROM {series};",
        id("aud"),
        0,
        0
    )
}
