//! The present server against an older one, run by run in turn: a change must not cost throughput, latency, CPU or memory.

use super::scenario::Bench;
use super::table::{Row, Target};
use super::throughput::{Measured, measure, warm_up};
use crate::database::Kind;
use crate::driver::Until;
use crate::proc;
use crate::receiver::Receiver;
use crate::world::{Site, World};
use anyhow::Result;
use std::time::Duration;

/// A ratio may be this much worse than 1.
const TOLERANCE: f64 = 0.05;
const AGAINST: &str = "the older server";

/// A server and the receiver that it delivers to.
struct Side {
    world: World,
    receiver: Receiver,
    runs: Vec<Measured>,
}

/// Does nothing unless `--before` names a server.
pub async fn run(bench: &mut Bench<'_>, kind: Kind) -> Result<()> {
    let Some(before) = &bench.options.before else { return Ok(()) };
    let old = Site { binary: before.clone(), ..bench.site.clone() };
    let mut sides = [side(&old, kind, "before").await?, side(bench.site, kind, "after").await?];
    let time = bench.options.seconds.unwrap_or(Duration::from_secs(if bench.options.quick { 2 } else { 5 }));
    for connections in bench.options.connections.map_or_else(|| vec![1, 32, 256], |asked| vec![asked]) {
        for run in 0..bench.runs() {
            // Each of the two goes first in every other run.
            for turn in 0..2 {
                let side = &mut sides[(run + turn) % 2];
                let plan = side.world.plan(connections, Until::Elapsed(time));
                let measured = measure(&side.world, &side.receiver, 0..1, &plan).await?;
                side.runs.push(measured);
            }
        }
        let [old, new] = sides.each_mut().map(|side| std::mem::take(&mut side.runs));
        compare(bench, kind, connections, &old, &new);
    }
    let [old, new] = [memory(&sides[0])?, memory(&sides[1])?];
    bench.rows.push(Row {
        what: "memory at most, under these loads".into(),
        kind: Some(kind),
        runs: [new].into_iter().collect(),
        unit: "MB",
        ratio: Some(([new / old].into_iter().collect(), AGAINST)),
        target: LESS_IS_BETTER,
    });
    Ok(())
}

async fn side(site: &Site, kind: Kind, name: &str) -> Result<Side> {
    let world = World::new(site, kind, name).await?;
    let receiver = Receiver::start(site.clock, 1)?;
    world.subscribe(&receiver, 0..1, "ticket.*").await?;
    warm_up(&world, &receiver, 0..1).await?;
    Ok(Side { world, receiver, runs: Vec::new() })
}

fn memory(side: &Side) -> Result<f64> {
    Ok(proc::memory(side.world.server.child.id())?.1)
}

/// A figure of a run, and the ratio to the older server's that it should keep.
struct Figure {
    what: &'static str,
    unit: &'static str,
    of: fn(&Measured) -> f64,
    target: Target,
}

const MORE_IS_BETTER: Target = Target::RatioAtLeast(1.0 - TOLERANCE);
const LESS_IS_BETTER: Target = Target::RatioAtMost(1.0 + TOLERANCE);

const FIGURES: [Figure; 5] = [
    Figure { what: "accepted and delivered", unit: "/s", of: |run| run.delivered, target: MORE_IS_BETTER },
    Figure { what: "accept p50", unit: "ms", of: |run| run.accept[0], target: LESS_IS_BETTER },
    Figure { what: "end to end p50", unit: "ms", of: |run| run.end_to_end[0], target: LESS_IS_BETTER },
    // Told, but not judged: p99 of runs of seconds varies by more than the tolerance.
    Figure { what: "end to end p99", unit: "ms", of: |run| run.end_to_end[1], target: Target::None },
    Figure {
        what: "CPU per 1,000 events",
        unit: "s",
        of: |run| run.cpu[0] + run.cpu[1],
        target: LESS_IS_BETTER,
    },
];

fn compare(bench: &mut Bench<'_>, kind: Kind, connections: usize, old: &[Measured], new: &[Measured]) {
    for Figure { what, unit, of, target } in FIGURES {
        let ratios = new.iter().zip(old).map(|(new, old)| of(new) / of(old)).collect();
        bench.rows.push(Row {
            what: format!("{what}, {connections} connections"),
            kind: Some(kind),
            runs: new.iter().map(of).collect(),
            unit,
            ratio: Some((ratios, AGAINST)),
            target,
        });
    }
}
