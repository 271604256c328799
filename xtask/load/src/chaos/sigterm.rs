//! SIGTERM under load: the server finishes or hands back what it has, and goes.

use super::promises::{Chaos, Fault};
use super::publisher::Publisher;
use crate::database::Kind;
use crate::receiver::{Mood, Receiver};
use crate::world::World;
use anyhow::Result;
use rustix::process::Signal;
use std::time::Duration;

const FAULT: &str = "SIGTERM";

/// Once with a receiver that answers, once with one that is slow, once (in full) with one that hangs.
pub async fn run(chaos: &mut Chaos<'_>, kind: Kind) -> Result<()> {
    let mut world = World::new(chaos.site, kind, "sigterm").await?;
    let receiver = Receiver::start(chaos.site.clock, 1)?;
    world.subscribe(&receiver, 0..1, "ticket.*").await?;
    let publisher =
        Publisher::start(&world.driver, world.server.address, &world.keys[0], 16, Duration::from_millis(5));
    let moods: &[Mood] =
        if chaos.options.quick { &[Mood::Slow(300)] } else { &[Mood::Well, Mood::Slow(1000), Mood::Hanging] };
    for mood in moods {
        receiver.set(0, *mood);
        tokio::time::sleep(chaos.dice.between(700, 1500)).await;
        let began = chaos.site.clock.nanos();
        world.server.signal(Signal::TERM)?;
        let status = world.server.ended(Duration::from_secs(30)).await?;
        let took = Duration::from_nanos(chaos.site.clock.nanos() - began);
        let says = status.map_or_else(|| "did not exit".to_owned(), |status| status.to_string());
        chaos.report(FAULT, kind, &format!("receiver {mood:?}: {says} after {:.1} s", took.as_secs_f32()));
        let well = status.is_some_and(|status| status.success()) && took <= Duration::from_secs(20);
        chaos.expect(well, FAULT, kind, "it did not exit with 0 within 20 s");
        receiver.set(0, Mood::Well);
        world.stop();
        world.start().await?;
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    let tally = publisher.stop().await?;
    let twice = receiver.duplicates();
    chaos.all_arrive(Fault { name: FAULT, kind }, &tally, &receiver, Duration::from_secs(75)).await?;
    chaos.report(FAULT, kind, &format!("{twice} sent twice; refused by status: {:?}", tally.refused));
    Ok(())
}
