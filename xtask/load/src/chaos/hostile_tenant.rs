//! A tenant whose eight webhooks take 14 s for each answer, and which publishes as fast as it can: another workspace must
//! hardly notice.

use super::promises::Chaos;
use super::publisher::{Publisher, Tally};
use crate::database::Kind;
use crate::receiver::{Mood, Receiver};
use crate::stats::{milliseconds, percentile};
use crate::world::World;
use anyhow::Result;
use std::time::Duration;

const FAULT: &str = "hostile tenant";
/// The number of slow webhooks; the hook after them is the other workspace's.
const SLOW: usize = 8;
const SLOW_BY: Mood = Mood::Slow(14_000);
/// The lateness, in milliseconds, that is put up with beyond twice what the other workspace had before: the flood takes
/// the processors of a small machine, too.
const FLOOR: f64 = 100.0;

pub async fn run(chaos: &mut Chaos<'_>, kind: Kind) -> Result<()> {
    let world = World::new(chaos.site, kind, "hostile_tenant").await?;
    let receiver = Receiver::start(chaos.site.clock, SLOW + 1)?;
    let neighbour = world.neighbour(&receiver, SLOW).await?;
    let time = Duration::from_secs(if chaos.options.quick { 4 } else { 20 });
    let publish = async || -> Result<Tally> {
        let pause = Duration::from_millis(20);
        let publisher = Publisher::start(&world.driver, world.server.address, &neighbour.key, 2, pause);
        tokio::time::sleep(time).await;
        publisher.stop().await
    };
    let before = p99(&receiver, &publish().await?).await;
    world.subscribe(&receiver, 0..SLOW, "ticket.*").await?;
    for hook in 0..SLOW {
        receiver.set(hook, SLOW_BY);
    }
    let flood = Publisher::start(&world.driver, world.server.address, &world.keys[0], 32, Duration::ZERO);
    tokio::time::sleep(Duration::from_secs(2)).await;
    let tally = publish().await?;
    let beside = p99(&receiver, &tally).await;
    let flood = flood.stop().await?;
    let refused: u64 = tally.refused.values().sum();
    let what = format!(
        "p99 of another workspace {:.0} ms before, {:.0} ms beside {} flooding events; {refused} of its own were refused",
        before.unwrap_or(f64::NAN),
        beside.unwrap_or(f64::NAN),
        flood.accepted.len(),
    );
    chaos.report(FAULT, kind, &what);
    chaos.expect(before.is_some() && beside.is_some(), FAULT, kind, "an event did not arrive within 20 s");
    // A few seconds of a server that is not optimised say nothing about time.
    if let (Some(before), Some(beside), false) = (before, beside, chaos.options.quick) {
        let late = beside > 2.0 * before + FLOOR;
        chaos.expect(!late, FAULT, kind, "another workspace waited for the hostile one");
    }
    chaos.expect(refused == 0, FAULT, kind, "the flood took another workspace's places in the queue");
    Ok(())
}

/// End to end p99 of the other workspace in milliseconds; `None` where an event does not arrive.
async fn p99(receiver: &Receiver, tally: &Tally) -> Option<f64> {
    for _ in 0..200 {
        let waits: Option<Vec<u64>> = receiver.with(SLOW, |hook| {
            let wait = |event: &crate::driver::Accepted| {
                let arrived = hook.arrived.get(event.event as usize).copied().filter(|at| *at > 0)?;
                Some(arrived.saturating_sub(event.sent))
            };
            tally.accepted.iter().map(wait).collect()
        });
        if let Some(mut waits) = waits.filter(|waits| !waits.is_empty()) {
            return Some(milliseconds(percentile(&mut waits, 0.99)));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    None
}
