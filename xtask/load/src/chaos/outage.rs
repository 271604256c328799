//! PostgreSQL is stopped under load and started again.

use super::promises::{Chaos, Fault};
use super::publisher::Publisher;
use crate::database::Kind;
use crate::receiver::Receiver;
use crate::world::World;
use anyhow::{Context as _, Result};
use std::time::Duration;

const FAULT: &str = "PostgreSQL stopped";
const KIND: Kind = Kind::Postgres;

pub async fn run(chaos: &mut Chaos<'_>) -> Result<()> {
    let time = Duration::from_secs(if chaos.options.quick { 4 } else { 10 });
    let mut world = World::new(chaos.site, KIND, "outage").await?;
    let receiver = Receiver::start(chaos.site.clock, 1)?;
    world.subscribe(&receiver, 0..1, "ticket.*").await?;
    let cluster = chaos.site.cluster.clone().context("no PostgreSQL was given")?;
    let key = world.keys[0].clone();
    let publisher =
        || Publisher::start(&world.driver, world.server.address, &key, 16, Duration::from_millis(5));
    let all = publisher();
    tokio::time::sleep(Duration::from_secs(2)).await;
    let stopped = cluster.stop()?;
    let during = publisher();
    tokio::time::sleep(time).await;
    let during = during.stop().await?;
    stopped.start()?;
    let back = chaos.site.clock.nanos();
    let recovered = loop {
        let probe = publisher();
        tokio::time::sleep(Duration::from_millis(300)).await;
        let tally = probe.stop().await?;
        let took = Duration::from_nanos(chaos.site.clock.nanos() - back);
        if !tally.accepted.is_empty() || took > Duration::from_secs(30) {
            break (!tally.accepted.is_empty()).then_some(took);
        }
    };
    tokio::time::sleep(Duration::from_secs(1)).await;
    let tally = all.stop().await?;
    let what = format!(
        "during {} s: {:?} by status, {} without an answer, the slowest answer after {:.1} s; accepted again after {:?}",
        time.as_secs(),
        during.refused,
        during.unanswered,
        Duration::from_nanos(during.slowest).as_secs_f32(),
        recovered
    );
    chaos.report(FAULT, KIND, &what);
    let clear = during.refused.keys().all(|status| *status == 503) && during.refused.contains_key(&503);
    chaos.expect(clear, FAULT, KIND, "publishes were answered otherwise than with 503");
    let says = during.without_retry_after + tally.without_retry_after == 0;
    chaos.expect(says, FAULT, KIND, "a 503 did not say when to come back");
    let odd: Vec<u16> = tally.refused.keys().copied().filter(|status| *status != 503).collect();
    chaos.expect(odd.is_empty(), FAULT, KIND, &format!("publishes were answered {odd:?}"));
    chaos.expect(recovered.is_some(), FAULT, KIND, "it did not recover by itself");
    chaos.expect(world.server.child.try_wait()?.is_none(), FAULT, KIND, "the server ended");
    chaos.all_arrive(Fault { name: FAULT, kind: KIND }, &tally, &receiver, Duration::from_secs(75)).await
}
