//! A database with a month in it: its lists, and publishing into it.

use super::fill::{self, What};
use super::lists;
use super::scenario::Bench;
use super::table::{Row, Target};
use super::throughput;
use crate::database::Kind;
use crate::driver::Until;
use crate::receiver::Receiver;
use crate::stats::Runs;
use crate::world::World;
use anyhow::Result;
use std::time::Duration;

/// Fills a database, then measures what was asked for.
pub async fn run(bench: &mut Bench<'_>, kind: Kind) -> Result<()> {
    let rows = if bench.options.quick { 100_000 } else { 1_000_000 };
    let mut world = World::new(bench.site, kind, "kept").await?;
    let receiver = Receiver::start(bench.site.clock, 6)?;
    world.subscribe(&receiver, 0..1, "ticket.*").await?;
    let webhooks = world.subscribe(&receiver, 1..6, "note.*").await?;
    world.stop();
    fill::fill(&world, What::Deliveries, rows, &webhooks)?;
    fill::fill(&world, What::AuditEntries, rows, &[])?;
    world.start().await?;
    if bench.options.wants("lists") {
        lists::run(bench, &mut world, &webhooks).await?;
    }
    if bench.options.wants("kept") {
        publishing(bench, &world, &receiver, kind).await?;
    }
    Ok(())
}

/// Publishing into the full database and into an empty one, in turn.
async fn publishing(bench: &mut Bench<'_>, full: &World, receiver: &Receiver, kind: Kind) -> Result<()> {
    let empty = World::new(bench.site, kind, "empty").await?;
    let other = Receiver::start(bench.site.clock, 1)?;
    empty.subscribe(&other, 0..1, "ticket.*").await?;
    throughput::warm_up(full, receiver, 0..1).await?;
    throughput::warm_up(&empty, &other, 0..1).await?;
    let until = Until::Elapsed(Duration::from_secs(3));
    let mut rates = Runs::default();
    let mut ratios = Runs::default();
    for _ in 0..bench.runs() {
        let on_empty = throughput::measure(&empty, &other, 0..1, &empty.plan(32, until)).await?;
        let on_full = throughput::measure(full, receiver, 0..1, &full.plan(32, until)).await?;
        rates.push(on_full.delivered);
        ratios.push(on_empty.delivered / on_full.delivered);
    }
    bench.rows.push(Row {
        what: "publishing with 1,000,000 deliveries kept".into(),
        kind: Some(kind),
        runs: rates,
        unit: "/s",
        ratio: Some((ratios, "(empty over full)")),
        target: Target::RatioAtMost(1.2),
    });
    Ok(())
}
