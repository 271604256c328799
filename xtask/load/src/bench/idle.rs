//! The cost of a server that has nothing to do: the time from its start until it is ready, and its memory.

use super::scenario::Bench;
use super::table::{Row, Target};
use crate::database::{Database, Kind};
use crate::proc;
use crate::stats::{Runs, seconds};
use crate::world::Server;
use anyhow::Result;
use std::time::Duration;

/// Starts servers on empty databases, which make their tables first.
pub async fn run(bench: &mut Bench<'_>, kind: Kind) -> Result<()> {
    let mut start = Runs::default();
    let mut memory = Runs::default();
    for run in 0..bench.runs() {
        let name = format!("resting{run}");
        let folder = bench.site.dir.join(format!("{name}-{kind}"));
        std::fs::create_dir_all(&folder)?;
        let database = Database::create(kind, &folder, bench.site.cluster.as_ref(), &name)?;
        let began = bench.site.clock.nanos();
        let server = Server::start(bench.site, &database, &folder, &["serve"]).await?;
        start.push(seconds(bench.site.clock.nanos() - began));
        tokio::time::sleep(Duration::from_millis(1500)).await;
        memory.push(proc::memory(server.child.id())?.0);
    }
    let row = |what: &str, runs, unit, most| Row {
        what: what.into(),
        kind: Some(kind),
        runs,
        unit,
        ratio: None,
        target: Target::AtMost(most),
    };
    bench.rows.push(row("start to ready, empty database", start, "s", 0.3));
    bench.rows.push(row("memory, idle", memory, "MB", 30.0));
    Ok(())
}
