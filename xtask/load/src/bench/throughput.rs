//! Events per second, accepted and delivered, and what they cost.

use super::scenario::Bench;
use super::table::{Row, Target};
use crate::database::Kind;
use crate::driver::{Outcome, Plan, Until};
use crate::proc;
use crate::receiver::Receiver;
use crate::stats::{Runs, count, milliseconds, percentile, seconds};
use crate::world::World;
use anyhow::Result;
use std::ops::Range;
use std::time::Duration;

/// The time that the last delivery may take after the last event was accepted.
const PATIENCE: Duration = Duration::from_mins(2);

/// The measurements of a run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Measured {
    /// Events accepted per second.
    pub accepted: f64,
    /// Deliveries per second, until the last one arrived.
    pub delivered: f64,
    /// Milliseconds from sending an event to its answer.
    pub accept: [f64; 2],
    /// Milliseconds from sending an event to its arrival, at p50 and p99.
    pub end_to_end: [f64; 2],
    /// CPU seconds per 1,000 events: the server's, the database's and this program's.
    pub cpu: [f64; 3],
    pub duplicates: u64,
}

/// Several runs.
#[derive(Clone, Debug)]
pub struct All(pub Vec<Measured>);

impl All {
    pub fn of(&self, which: impl Fn(&Measured) -> f64) -> Runs {
        self.0.iter().map(which).collect()
    }

    fn print(&self, title: &str) {
        println!("{title}, {} runs:", self.0.len());
        println!("  accepted/s {}, delivered/s {}", self.of(|m| m.accepted), self.of(|m| m.delivered));
        println!("  accept ms p50 {}, p99 {}", self.of(|m| m.accept[0]), self.of(|m| m.accept[1]));
        println!(
            "  end to end ms p50 {}, p99 {}",
            self.of(|m| m.end_to_end[0]),
            self.of(|m| m.end_to_end[1])
        );
        let [server, database, load] = [0, 1, 2].map(|side| self.of(|m| m.cpu[side]));
        println!(
            "  CPU s per 1,000 events: server {server}, database {database}, driver and receiver {load}"
        );
        let duplicates: u64 = self.0.iter().map(|m| m.duplicates).sum();
        if duplicates > 0 {
            println!("  {duplicates} duplicates");
        }
    }
}

/// Measures one webhook at 32 and 256 connections, or at as many as were asked for.
pub async fn one_webhook(bench: &mut Bench<'_>, kind: Kind) -> Result<()> {
    let several = bench.options.connections.map_or_else(|| vec![32, 256], |connections| vec![connections]);
    let world = World::new(bench.site, kind, "throughput").await?;
    let receiver = Receiver::start(bench.site.clock, 1)?;
    world.subscribe(&receiver, 0..1, "ticket.*").await?;
    warm_up(&world, &receiver, 0..1).await?;
    for connections in several {
        let all = repeat(bench, &world, &receiver, 0..1, connections).await?;
        all.print(&format!("{kind}, one webhook, {connections} connections"));
        let target = match (kind, connections) {
            (Kind::Postgres, 32) => Target::Floor(6000.0, 4000.0),
            (Kind::Postgres, _) => Target::AtLeast(9000.0),
            (Kind::Sqlite, 32) => Target::Floor(10_000.0, 6000.0),
            (Kind::Sqlite, _) => Target::Floor(14_000.0, 6000.0),
        };
        let what = format!("accepted and delivered, one webhook, {connections} connections");
        rate(bench, kind, what, &all, target);
        if connections == 32 {
            costs(bench, kind, &all);
            let (_, most) = proc::memory(world.server.child.id())?;
            memory_under_load(bench, kind, most);
        }
    }
    Ok(())
}

fn rate(bench: &mut Bench<'_>, kind: Kind, what: String, all: &All, target: Target) {
    let bare = bench.bare_posts;
    bench.rows.push(Row {
        what,
        kind: Some(kind),
        runs: all.of(|m| m.delivered),
        unit: "/s",
        ratio: Some((all.of(|m| m.delivered / bare), "bare sign-and-POST")),
        target,
    });
}

fn costs(bench: &mut Bench<'_>, kind: Kind, all: &All) {
    let row = |what: &str, runs, unit, target| Row {
        what: what.into(),
        kind: Some(kind),
        runs,
        unit,
        ratio: None,
        target,
    };
    bench.rows.extend([
        row("end to end p50, 32 connections", all.of(|m| m.end_to_end[0]), "ms", Target::None),
        row("end to end p99, 32 connections", all.of(|m| m.end_to_end[1]), "ms", Target::AtMost(20.4)),
        row(
            "CPU per 1,000 events, all processes",
            all.of(|m| m.cpu[0] + m.cpu[1]),
            "s",
            Target::AtMost(0.25),
        ),
        row("of which the server", all.of(|m| m.cpu[0]), "s", Target::None),
    ]);
}

fn memory_under_load(bench: &mut Bench<'_>, kind: Kind, most: f64) {
    let runs = [most].into_iter().collect();
    let what = "memory at most, under that load".into();
    bench.rows.push(Row {
        what,
        kind: Some(kind),
        runs,
        unit: "MB",
        ratio: None,
        target: Target::AtMost(80.0),
    });
}

/// Measures five webhooks, each wanting every event.
pub async fn five_webhooks(bench: &mut Bench<'_>, kind: Kind) -> Result<()> {
    let world = World::new(bench.site, kind, "fanout").await?;
    let receiver = Receiver::start(bench.site.clock, 5)?;
    world.subscribe(&receiver, 0..5, "ticket.*").await?;
    warm_up(&world, &receiver, 0..5).await?;
    let all = repeat(bench, &world, &receiver, 0..5, 32).await?;
    all.print(&format!("{kind}, five webhooks, 32 connections"));
    let what = "deliveries, five webhooks, 32 connections".into();
    rate(bench, kind, what, &all, Target::Floor(15_000.0, 9000.0));
    Ok(())
}

/// Measures one connection with one event under way.
pub async fn one_at_a_time(bench: &mut Bench<'_>, kind: Kind) -> Result<()> {
    let world = World::new(bench.site, kind, "one").await?;
    let receiver = Receiver::start(bench.site.clock, 1)?;
    world.subscribe(&receiver, 0..1, "ticket.*").await?;
    warm_up(&world, &receiver, 0..1).await?;
    let mut all = All(Vec::new());
    for _ in 0..bench.runs() {
        let plan = Plan { pause: Duration::from_millis(2), ..world.plan(1, Until::Events(500)) };
        all.0.push(measure(&world, &receiver, 0..1, &plan).await?);
    }
    all.print(&format!("{kind}, one event at a time"));
    let accept = if kind == Kind::Sqlite { 1.5 } else { 2.0 };
    let end_to_end = if kind == Kind::Sqlite { 2.5 } else { 2.7 };
    for (what, runs, most) in [
        ("one event at a time: accept p50", all.of(|m| m.accept[0]), accept),
        ("one event at a time: end to end p50", all.of(|m| m.end_to_end[0]), end_to_end),
    ] {
        let what = what.into();
        let target = Target::AtMost(most);
        bench.rows.push(Row { what, kind: Some(kind), runs, unit: "ms", ratio: None, target });
    }
    Ok(())
}

/// A second that is not counted.
pub async fn warm_up(world: &World, receiver: &Receiver, hooks: Range<usize>) -> Result<()> {
    let plan = world.plan(32, Until::Elapsed(Duration::from_secs(1)));
    measure(world, receiver, hooks, &plan).await.map(drop)
}

async fn repeat(
    bench: &Bench<'_>,
    world: &World,
    receiver: &Receiver,
    hooks: Range<usize>,
    connections: usize,
) -> Result<All> {
    let time = bench.options.seconds.unwrap_or(Duration::from_secs(if bench.options.quick { 2 } else { 5 }));
    let plan = world.plan(connections, Until::Elapsed(time));
    let mut all = All(Vec::new());
    for _ in 0..bench.runs() {
        all.0.push(measure(world, receiver, hooks.clone(), &plan).await?);
    }
    Ok(all)
}

/// Does a run: publishes, then waits for the last delivery to each of these hooks.
pub async fn measure(
    world: &World,
    receiver: &Receiver,
    hooks: Range<usize>,
    plan: &Plan,
) -> Result<Measured> {
    let before = receiver.with(hooks.start, |hook| hook.distinct);
    let twice = receiver.duplicates();
    let (server, database) = world.cpu()?;
    let own = proc::cpu(std::process::id())?;
    let outcome = world.driver.publish(plan).await?;
    let events = outcome.accepted.len() as u64;
    receiver.wait_for(hooks.clone(), before + events, PATIENCE).await?;
    // Writing results down after the last arrival is part of the cost.
    tokio::time::sleep(Duration::from_millis(100)).await;
    let (server_after, database_after) = world.cpu()?;
    let per_thousand = 1000.0 / count(events);
    let mut accept: Vec<u64> = outcome.accepted.iter().map(|event| event.answered - event.sent).collect();
    let (mut waits, last) = arrivals(&outcome, receiver, hooks.clone());
    let elapsed = |until: u64| seconds(until - outcome.began);
    Ok(Measured {
        accepted: count(events) / elapsed(outcome.ended),
        delivered: count(events * hooks.len() as u64) / elapsed(last),
        accept: [0.5, 0.99].map(|share| milliseconds(percentile(&mut accept, share))),
        end_to_end: [0.5, 0.99].map(|share| milliseconds(percentile(&mut waits, share))),
        cpu: [
            (server_after - server) * per_thousand,
            (database_after - database) * per_thousand,
            (proc::cpu(std::process::id())? - own) * per_thousand,
        ],
        duplicates: receiver.duplicates() - twice,
    })
}

/// The time that each event was under way to each hook, and the time of the last arrival, in nanoseconds.
pub fn arrivals(outcome: &Outcome, receiver: &Receiver, hooks: Range<usize>) -> (Vec<u64>, u64) {
    let mut waits = Vec::with_capacity(outcome.accepted.len() * hooks.len());
    let mut last = outcome.ended;
    for hook in hooks {
        receiver.with(hook, |hook| {
            for event in &outcome.accepted {
                let arrived = hook.arrived.get(event.event as usize).copied().unwrap_or_default();
                waits.push(arrived.saturating_sub(event.sent));
                last = last.max(arrived);
            }
        });
    }
    (waits, last)
}
