//! A dead receiver comes back to thousands of parked deliveries.

use super::promises::Chaos;
use crate::database::Kind;
use crate::driver::Until;
use crate::receiver::{Mood, Receiver};
use crate::world::World;
use anyhow::{Context as _, Result};
use std::time::Duration;

const FAULT: &str = "receiver back";
/// The number of places that a delivery may be from its place by age, since deliveries under way at once overtake
/// each other.
const ASIDE: usize = 600;

pub async fn run(chaos: &mut Chaos<'_>, kind: Kind) -> Result<()> {
    let events: u32 = if chaos.options.quick { 400 } else { 10_000 };
    let world = World::new(chaos.site, kind, "drain").await?;
    let receiver = Receiver::start(chaos.site.clock, 1)?;
    let webhooks = world.subscribe(&receiver, 0..1, "ticket.*").await?;
    receiver.set(0, Mood::Failing);
    // The first failures open the breaker; what follows waits behind it.
    world.driver.publish(&world.plan(1, Until::Events(10))).await?;
    let path = format!("/v1/webhooks/{}", webhooks[0]);
    let mut parked = false;
    for _ in 0..100 {
        parked = world.admin.get(&path).await?["status"] == "parked";
        if parked {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    chaos.expect(parked, FAULT, kind, "five failures in a row did not park the webhook");
    let asked = receiver.requests(0);
    let outcome = world.driver.publish(&world.plan(16, Until::Events(events))).await?;
    let while_parked = receiver.requests(0) - asked;
    chaos.expect(while_parked <= 5, FAULT, kind, &format!("{while_parked} requests while it was parked"));
    receiver.set(0, Mood::Well);
    let patience = Duration::from_secs(if chaos.options.quick { 60 } else { 240 });
    let wanted = outcome.accepted.len() as u64 + 10;
    let done = receiver.wait_for(0..1, wanted, patience).await;
    chaos.expect(done.is_ok(), FAULT, kind, "not everything was drained in time");
    let arrivals = receiver.with(0, |hook| {
        hook.order.iter().map(|event| (*event, hook.arrived[*event as usize])).collect::<Vec<_>>()
    });
    judge(chaos, kind, &arrivals)
}

/// Expects arrivals in order of age and at a growing pace.
fn judge(chaos: &mut Chaos<'_>, kind: Kind, arrivals: &[(u32, u64)]) -> Result<()> {
    let first = arrivals.first().context("nothing arrived")?.1;
    let mut by_second: Vec<usize> = Vec::new();
    for (_, at) in arrivals {
        let second = usize::try_from((at - first) / 1_000_000_000)?;
        by_second.resize(by_second.len().max(second + 1), 0);
        by_second[second] += 1;
    }
    let mut by_age: Vec<u32> = arrivals.iter().map(|(event, _)| *event).collect();
    by_age.sort_unstable();
    let aside = |(place, (event, _)): (usize, &(u32, u64))| {
        by_age.binary_search(event).map_or(0, |rank| rank.abs_diff(place))
    };
    let mut asides: Vec<usize> = arrivals.iter().enumerate().map(aside).collect();
    asides.sort_unstable();
    let furthest = asides.get(asides.len() * 99 / 100).copied().unwrap_or_default();
    let what = format!(
        "{} drained in {} s; per second: {by_second:?}; 99 % within {furthest} places of their age",
        arrivals.len(),
        by_second.len()
    );
    chaos.report(FAULT, kind, &what);
    chaos.expect(furthest <= ASIDE, FAULT, kind, "they were not drained in order of age");
    // The first seconds are gentle, and no second brings many times what the best before it did.
    let gentle = by_second[0] <= 100;
    chaos.expect(gentle, FAULT, kind, "a stampede: the first second brought more than a hundred");
    let mut best = by_second[0];
    let steady = by_second.iter().all(|count| {
        let steady = *count <= best * 4 + 100;
        best = best.max(*count);
        steady
    });
    chaos.expect(steady, FAULT, kind, "the pace jumped");
    Ok(())
}
