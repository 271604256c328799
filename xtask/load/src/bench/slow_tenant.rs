//! Eight webhooks of one workspace that take their time: what another workspace notices.

use super::scenario::Bench;
use super::table::{Row, Target};
use super::throughput;
use crate::database::Kind;
use crate::driver::{Plan, Until};
use crate::receiver::{Mood, Receiver};
use crate::stats::{Runs, milliseconds, percentile};
use crate::world::World;
use anyhow::Result;
use std::time::Duration;

/// The number of slow webhooks; the hook after them is the other workspace's.
const SLOW: usize = 8;
/// Just within the time that an answer may take, in milliseconds.
const SLOW_BY: u64 = 14_000;
/// Events for the slow webhooks: more than can be under way at once.
const BACKLOG: u32 = 150;
const PACE: Duration = Duration::from_millis(50);
const EVENTS: u32 = 40;

/// Measures the other workspace while nobody is slow, and then while the first one has all that it can get.
pub async fn run(bench: &mut Bench<'_>, kind: Kind) -> Result<()> {
    let world = World::new(bench.site, kind, "slow_tenant").await?;
    let receiver = Receiver::start(bench.site.clock, SLOW + 1)?;
    world.subscribe(&receiver, 0..SLOW, "ticket.*").await?;
    let neighbour = world.neighbour(&receiver, SLOW).await?;
    let plan = Plan { keys: vec![neighbour.key], pause: PACE, ..world.plan(1, Until::Events(EVENTS)) };
    p99(&world, &receiver, &plan).await?;
    let mut well = Runs::default();
    for _ in 0..bench.runs() {
        well.push(p99(&world, &receiver, &plan).await?);
    }
    for hook in 0..SLOW {
        receiver.set(hook, Mood::Slow(SLOW_BY));
    }
    world.driver.publish(&world.plan(8, Until::Events(BACKLOG))).await?;
    let mut slow = Runs::default();
    let mut ratios = Runs::default();
    for _ in 0..bench.runs() {
        let one = p99(&world, &receiver, &plan).await?;
        slow.push(one);
        ratios.push(one / well.median());
    }
    println!("{kind}, another workspace: p99 {well} ms while nobody is slow, {slow} ms beside a slow tenant");
    bench.rows.push(Row {
        what: "eight webhooks of one workspace that take 14 s: end to end p99 of another workspace".into(),
        kind: Some(kind),
        runs: slow,
        unit: "ms",
        ratio: Some((ratios, "the same while nobody is slow")),
        target: Target::RatioAtMost(2.0),
    });
    Ok(())
}

/// End to end p99 of the other workspace, in milliseconds.
async fn p99(world: &World, receiver: &Receiver, plan: &Plan) -> Result<f64> {
    let before = receiver.with(SLOW, |hook| hook.distinct);
    let outcome = world.driver.publish(plan).await?;
    let wanted = before + outcome.accepted.len() as u64;
    receiver.wait_for(SLOW..SLOW + 1, wanted, Duration::from_mins(1)).await?;
    let (mut waits, _) = throughput::arrivals(&outcome, receiver, SLOW..SLOW + 1);
    Ok(milliseconds(percentile(&mut waits, 0.99)))
}
