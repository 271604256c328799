//! Large amounts of work that goes in short steps, at a million rows: canceling what waits for a webhook that is disabled, and
//! removing what has expired. No transaction of it may be long.

use super::fill::{self, What};
use super::scenario::Bench;
use super::table::{Row, Target};
use crate::chaos::publisher::Publisher;
use crate::database::{Database, Kind};
use crate::receiver::Receiver;
use crate::stats::milliseconds;
use crate::world::{Neighbour, World};
use anyhow::{Context as _, Result, bail};
use diesel::sql_types::{Double, Text};
use diesel::{Connection as _, PgConnection, QueryableByName, RunQueryDsl as _};
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::task::JoinHandle;

/// The longest that a transaction may take, in milliseconds.
const LONGEST: f64 = 50.0;
/// How often the work is looked at.
const LOOK: Duration = Duration::from_millis(250);
/// How long the work is looked at. A million rows take longer on a slow disk, but one step is like the other.
const WATCHED: Duration = Duration::from_mins(1);

pub async fn run(bench: &mut Bench<'_>, kind: Kind) -> Result<()> {
    let rows = if bench.options.quick { 100_000 } else { 1_000_000 };
    let mut world = World::new(bench.site, kind, "steps").await?;
    let receiver = Receiver::start(bench.site.clock, 4)?;
    let webhooks = world.subscribe(&receiver, 0..3, "note.*").await?;
    let neighbour = world.neighbour(&receiver, 3).await?;
    world.stop();
    fill::fill(&world, What::Deliveries, rows, &webhooks)?;
    fill::fill(&world, What::OldAuditEntries, rows, &[])?;
    let webhook = webhooks.first().context("no webhook was made")?;
    let waiting = format!("FROM deliveries WHERE webhook_id = '{webhook}' AND status = 'pending'");
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis();
    let old = format!("FROM audit_entries WHERE created_at < {}", now - fill::LONG_AGO);
    fill::execute(
        &world.database,
        &format!(
            "UPDATE deliveries SET status = 'pending', due_at = {NEVER}, next_attempt_at = {NEVER}, finished_at = NULL
                 WHERE webhook_id = '{webhook}' AND status = 'succeeded';",
            NEVER = fill::NEVER
        ),
    )?;
    if kind == Kind::Postgres {
        // Autovacuum would do this within the minute.
        fill::execute(&world.database, "VACUUM (ANALYZE) deliveries")?;
    }
    // What has expired is removed from the very start of the server.
    let expired = watched(&mut world, &neighbour, &old, async |world| world.start().await).await?;
    row(bench, kind, "removing expired rows", rows, &expired);
    let path = format!("/v1/webhooks/{webhook}/disable");
    let canceled = watched(&mut world, &neighbour, &waiting, async |world| {
        world.admin.post(&path, &Value::Null).await.map(drop)
    });
    row(bench, kind, "canceling deliveries of a disabled webhook", rows, &canceled.await?);
    Ok(())
}

/// Work that was watched.
struct Seen {
    /// The rows that were to be worked on.
    before: i64,
    /// The rows that were left at the end.
    left: i64,
    /// The longest transaction, in milliseconds.
    longest: f64,
}

fn row(bench: &mut Bench<'_>, kind: Kind, what: &str, kept: u32, seen: &Seen) {
    let Seen { before, left, longest } = seen;
    let what =
        format!("{kept} rows kept, {what}: the longest transaction ({} of {before} done)", before - left);
    bench.rows.push(Row {
        what,
        kind: Some(kind),
        runs: [*longest].into_iter().collect(),
        unit: "ms",
        ratio: None,
        target: Target::AtMost(LONGEST),
    });
}

/// Starts work, looks at it until the last of these rows is gone or [`WATCHED`] is over, and says how long a transaction took
/// meanwhile: on PostgreSQL as it says itself, on SQLite what a write of another workspace waited at most.
async fn watched(
    world: &mut World,
    neighbour: &Neighbour,
    rows: &str,
    start: impl AsyncFnOnce(&mut World) -> Result<()>,
) -> Result<Seen> {
    let count = format!("SELECT count(*) AS n {rows}");
    let before = world.database.count(&count)?;
    start(world).await?;
    let publisher =
        Publisher::start(&world.driver, world.server.address, &neighbour.key, 1, Duration::from_millis(1));
    let transactions = Transactions::watch(&world.database);
    let began = world.site.clock.nanos();
    let any = format!("SELECT count(*) AS n FROM (SELECT 1 {rows} LIMIT 1) AS one");
    while Duration::from_nanos(world.site.clock.nanos() - began) < WATCHED {
        tokio::time::sleep(LOOK).await;
        if world.database.count(&any)? == 0 {
            break;
        }
    }
    let tally = publisher.stop().await?;
    if !tally.refused.is_empty() || tally.unanswered > 0 {
        bail!("another workspace was refused meanwhile: {:?}", tally.refused);
    }
    let longest = match transactions {
        Some(transactions) => transactions.longest().await?,
        None => milliseconds(tally.slowest),
    };
    let left = world.database.count(&count)?;
    if left == before {
        bail!("none of {before} rows was worked on");
    }
    Ok(Seen { before, left, longest })
}

/// Asks PostgreSQL again and again how long its open transactions have taken.
struct Transactions {
    stop: Arc<AtomicBool>,
    asking: JoinHandle<Result<f64>>,
}

impl Transactions {
    /// None on SQLite, which has one writer: whoever writes waits for it.
    fn watch(database: &Database) -> Option<Self> {
        if database.kind == Kind::Sqlite {
            return None;
        }
        let stop = Arc::new(AtomicBool::new(false));
        let (stopped, url) = (Arc::clone(&stop), database.url.clone());
        let asking = tokio::task::spawn_blocking(move || {
            let mut conn = PgConnection::establish(&url)?;
            let mut longest: f64 = 0.0;
            while !stopped.load(Relaxed) {
                longest = longest.max(oldest(&mut conn)?);
            }
            Ok(longest)
        });
        Some(Self { stop, asking })
    }

    async fn longest(self) -> Result<f64> {
        self.stop.store(true, Relaxed);
        self.asking.await?
    }
}

/// Milliseconds since the oldest open transaction of a client began that has written something and is not yet being committed; a
/// long one is named on the error output. How long the disk then takes does not depend on the work: a transaction of one row
/// waits for it, too. PostgreSQL's own work, such as autovacuum's, holds up nobody.
fn oldest(conn: &mut PgConnection) -> Result<f64> {
    #[derive(QueryableByName)]
    struct Transaction {
        #[diesel(sql_type = Double)]
        ms: f64,
        #[diesel(sql_type = Text)]
        state: String,
        #[diesel(sql_type = Text)]
        last_statement: String,
    }
    let open = diesel::sql_query(
        "SELECT (extract(epoch FROM clock_timestamp() - xact_start) * 1000)::float8 AS ms,
             state || ' ' || coalesce(wait_event, '') AS state, left(query, 160) AS last_statement
         FROM pg_stat_activity
         WHERE datname = current_database() AND backend_type = 'client backend' AND backend_xid IS NOT NULL
             AND query <> 'COMMIT'
         ORDER BY xact_start LIMIT 1",
    );
    let Some(oldest) = open.get_results::<Transaction>(conn)?.pop() else { return Ok(0.0) };
    if oldest.ms > LONGEST {
        eprintln!("open for {:.0} ms: {}: {}", oldest.ms, oldest.state, oldest.last_statement);
    }
    Ok(oldest.ms)
}
