//! The machine of PostgreSQL vanishes from the network under load: its packets are dropped, and nothing says so. Then it comes
//! back.

use super::promises::{Chaos, Fault};
use super::publisher::Publisher;
use crate::database::Kind;
use crate::receiver::Receiver;
use crate::wire::Wire;
use crate::world::World;
use anyhow::{Context as _, Result};
use std::time::Duration;

const FAULT: &str = "PostgreSQL vanished";
const KIND: Kind = Kind::Postgres;
/// The promise: callers are told to come back within this time.
const TOLD_WITHIN: Duration = Duration::from_secs(15);

pub async fn run(chaos: &mut Chaos<'_>) -> Result<()> {
    // Longer than the promise: who waits until it is back waits too long.
    let time = Duration::from_secs(if chaos.options.quick { 16 } else { 40 });
    let mut cluster = chaos.site.cluster.clone().context("no PostgreSQL was given")?;
    let wire = Wire::to(&cluster)?;
    cluster.url = wire.url.clone();
    let mut site = chaos.site.clone();
    site.cluster = Some(cluster);
    let mut world = World::new(&site, KIND, "vanished").await?;
    let receiver = Receiver::start(site.clock, 1)?;
    world.subscribe(&receiver, 0..1, "ticket.*").await?;
    let key = world.keys[0].clone();
    let publisher =
        || Publisher::start(&world.driver, world.server.address, &key, 16, Duration::from_millis(5));
    let all = publisher();
    tokio::time::sleep(Duration::from_secs(1)).await;
    wire.cut()?;
    let during = publisher();
    tokio::time::sleep(time).await;
    wire.mend()?;
    let back = site.clock.nanos();
    let during = during.stop().await?;
    let recovered = loop {
        let probe = publisher();
        tokio::time::sleep(Duration::from_millis(300)).await;
        let tally = probe.stop().await?;
        let took = Duration::from_nanos(site.clock.nanos() - back);
        if !tally.accepted.is_empty() || took > Duration::from_mins(1) {
            break (!tally.accepted.is_empty()).then_some(took);
        }
    };
    tokio::time::sleep(Duration::from_secs(1)).await;
    let tally = all.stop().await?;
    let slowest = Duration::from_nanos(during.slowest.max(tally.slowest));
    let what = format!(
        "during {} s ({}): {:?} by status, {} without an answer, the slowest answer after {:.1} s; accepted again after {:?}",
        time.as_secs(),
        wire.how(),
        during.refused,
        during.unanswered,
        slowest.as_secs_f32(),
        recovered
    );
    chaos.report(FAULT, KIND, &what);
    chaos.expect(during.refused.contains_key(&503), FAULT, KIND, "nobody was told to come back");
    chaos.expect(slowest <= TOLD_WITHIN, FAULT, KIND, "a caller waited for more than 15 s");
    let says = during.without_retry_after + tally.without_retry_after == 0;
    chaos.expect(says, FAULT, KIND, "a 503 did not say when to come back");
    let odd: Vec<u16> =
        during.refused.keys().chain(tally.refused.keys()).copied().filter(|status| *status != 503).collect();
    chaos.expect(odd.is_empty(), FAULT, KIND, &format!("publishes were answered {odd:?}"));
    chaos.expect(recovered.is_some(), FAULT, KIND, "it did not recover by itself");
    chaos.expect(world.server.child.try_wait()?.is_none(), FAULT, KIND, "the server ended");
    chaos.all_arrive(Fault { name: FAULT, kind: KIND }, &tally, &receiver, Duration::from_secs(75)).await
}
