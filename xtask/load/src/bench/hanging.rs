//! A hundred webhooks, one of which hangs every request: what the others notice.

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

const WEBHOOKS: usize = 100;
/// Every event goes to all of them, so many times a second.
const PACE: Duration = Duration::from_millis(50);
const EVENTS: u32 = 40;

/// Interleaves runs in which all are well with runs in which the first one hangs.
pub async fn run(bench: &mut Bench<'_>, kind: Kind) -> Result<()> {
    let world = World::new(bench.site, kind, "hanging").await?;
    let receiver = Receiver::start(bench.site.clock, WEBHOOKS)?;
    world.subscribe(&receiver, 0..WEBHOOKS, "ticket.*").await?;
    p99(&world, &receiver).await?;
    let mut well = Runs::default();
    let mut hanging = Runs::default();
    let mut ratios = Runs::default();
    for _ in 0..bench.runs() {
        let all_well = p99(&world, &receiver).await?;
        receiver.set(0, Mood::Hanging);
        let one_hangs = p99(&world, &receiver).await?;
        receiver.set(0, Mood::Well);
        well.push(all_well);
        hanging.push(one_hangs);
        ratios.push(one_hangs / all_well);
    }
    println!("{kind}, a hundred webhooks: p99 {well} ms while all are well, {hanging} ms while one hangs");
    bench.rows.push(Row {
        what: "one hanging webhook of a hundred: end to end p99 of the others".into(),
        kind: Some(kind),
        runs: hanging,
        unit: "ms",
        ratio: Some((ratios, "the same while none hangs")),
        target: Target::RatioAtMost(2.0),
    });
    Ok(())
}

/// End to end p99 of all but the first, in milliseconds.
async fn p99(world: &World, receiver: &Receiver) -> Result<f64> {
    let before = receiver.with(1, |hook| hook.distinct);
    let plan = Plan { pause: PACE, ..world.plan(1, Until::Events(EVENTS)) };
    let outcome = world.driver.publish(&plan).await?;
    let wanted = before + outcome.accepted.len() as u64;
    receiver.wait_for(1..WEBHOOKS, wanted, Duration::from_mins(1)).await?;
    let (mut waits, _) = throughput::arrivals(&outcome, receiver, 1..WEBHOOKS);
    Ok(milliseconds(percentile(&mut waits, 0.99)))
}
