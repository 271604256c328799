//! Events per second, accepted and delivered, and what they cost.

use crate::database::Kind;
use crate::driver::{Outcome, Until};
use crate::options::Options;
use crate::proc;
use crate::receiver::Receiver;
use crate::stats::{Runs, milliseconds, percentile, seconds};
use crate::world::{Site, World};
use anyhow::Result;
use std::time::Duration;

/// How long the last delivery may take after the last event was accepted.
const PATIENCE: Duration = Duration::from_secs(120);

/// What one run brought.
#[derive(Clone, Copy, Debug)]
pub struct Measured {
    /// Accepted per second.
    pub accepted: f64,
    /// Deliveries per second, until the last one arrived.
    pub delivered: f64,
    pub accept_p50: f64,
    pub accept_p99: f64,
    pub end_to_end_p50: f64,
    pub end_to_end_p99: f64,
    /// CPU seconds per 1,000 events: the server's, the database's and this program's.
    pub cpu_server: f64,
    pub cpu_database: f64,
    pub cpu_load: f64,
    pub duplicates: u64,
}

/// Prints throughput at each number of connections.
pub async fn run(site: &Site, options: &Options, kind: Kind) -> Result<()> {
    let several: &[usize] = &[32, 256];
    let one;
    let connections = match options.connections {
        Some(connections) => {
            one = [connections];
            &one
        }
        None => several,
    };
    let world = World::new(site, kind, "throughput").await?;
    let receiver = Receiver::start(site.clock, 1)?;
    world.subscribe(&receiver, 0..1).await?;
    let time = options.seconds.unwrap_or(Duration::from_secs(5));
    measure(&world, &receiver, 1, connections[0], Duration::from_secs(1)).await?;
    for connections in connections {
        let mut all = Vec::new();
        for _ in 0..options.runs.unwrap_or(5) {
            all.push(measure(&world, &receiver, 1, *connections, time).await?);
        }
        print(kind, *connections, &all);
    }
    let (now, most) = proc::memory(world.server.child.id())?;
    println!("{kind}: the server holds {now:.1} MB, and held {most:.1} MB at most");
    Ok(())
}

fn print(kind: Kind, connections: usize, all: &[Measured]) {
    let runs = |of: fn(&Measured) -> f64| all.iter().map(of).collect::<Runs>();
    println!("{kind}, {connections} connections, {} runs:", all.len());
    println!("  accepted/s {}, delivered/s {}", runs(|m| m.accepted), runs(|m| m.delivered));
    println!("  accept ms p50 {}, p99 {}", runs(|m| m.accept_p50), runs(|m| m.accept_p99));
    println!("  end to end ms p50 {}, p99 {}", runs(|m| m.end_to_end_p50), runs(|m| m.end_to_end_p99));
    println!(
        "  CPU s per 1,000 events: server {}, database {}, driver and receiver {}",
        runs(|m| m.cpu_server),
        runs(|m| m.cpu_database),
        runs(|m| m.cpu_load)
    );
    let duplicates: u64 = all.iter().map(|m| m.duplicates).sum();
    if duplicates > 0 {
        println!("  {duplicates} duplicates");
    }
}

/// One run: publish for so long, wait for the last delivery to each of the receiver's first `hooks`.
pub async fn measure(
    world: &World,
    receiver: &Receiver,
    hooks: usize,
    connections: usize,
    time: Duration,
) -> Result<Measured> {
    let before = (0..hooks).map(|hook| receiver.with(hook, |hook| hook.distinct)).max().unwrap_or_default();
    let twice = receiver.with(0, |hook| hook.duplicates.len());
    let (server, database) = world.cpu()?;
    let own = proc::cpu(std::process::id())?;
    let outcome = world.driver.publish(&world.plan(connections, Until::Elapsed(time))).await?;
    let events = outcome.accepted.len() as u64;
    receiver.wait_for(0..hooks, before + events, PATIENCE).await?;
    let (server_after, database_after) = world.cpu()?;
    let per_thousand = 1000.0 / count(events);
    let mut measured = Measured {
        cpu_server: (server_after - server) * per_thousand,
        cpu_database: (database_after - database) * per_thousand,
        cpu_load: (proc::cpu(std::process::id())? - own) * per_thousand,
        duplicates: receiver.with(0, |hook| hook.duplicates.len() - twice) as u64,
        ..latencies(&outcome, receiver, hooks)
    };
    let last = (0..hooks).map(|hook| last_arrival(&outcome, receiver, hook)).max().unwrap_or_default();
    measured.accepted = count(events) / seconds(outcome.ended - outcome.began);
    measured.delivered = count(events * hooks as u64) / seconds(last - outcome.began);
    Ok(measured)
}

fn latencies(outcome: &Outcome, receiver: &Receiver, hooks: usize) -> Measured {
    let mut accept: Vec<u64> = outcome.accepted.iter().map(|event| event.answered - event.sent).collect();
    let mut arrivals = Vec::with_capacity(accept.len() * hooks);
    for hook in 0..hooks {
        receiver.with(hook, |hook| {
            let arrived = |event: u32| hook.arrived.get(event as usize).copied().unwrap_or_default();
            arrivals
                .extend(outcome.accepted.iter().map(|event| arrived(event.event).saturating_sub(event.sent)));
        });
    }
    Measured {
        accepted: 0.0,
        delivered: 0.0,
        accept_p50: milliseconds(percentile(&mut accept, 0.5)),
        accept_p99: milliseconds(percentile(&mut accept, 0.99)),
        end_to_end_p50: milliseconds(percentile(&mut arrivals, 0.5)),
        end_to_end_p99: milliseconds(percentile(&mut arrivals, 0.99)),
        cpu_server: 0.0,
        cpu_database: 0.0,
        cpu_load: 0.0,
        duplicates: 0,
    }
}

fn last_arrival(outcome: &Outcome, receiver: &Receiver, hook: usize) -> u64 {
    receiver.with(hook, |hook| {
        let arrived = |event: u32| hook.arrived.get(event as usize).copied().unwrap_or_default();
        outcome.accepted.iter().map(|event| arrived(event.event)).max().unwrap_or_default()
    })
}

#[expect(clippy::cast_precision_loss, reason = "counts of a run are far below 2^52")]
fn count(events: u64) -> f64 {
    events as f64
}
