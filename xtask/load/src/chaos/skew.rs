//! The clock of one of two workers is 35 seconds ahead, more than a lease is long. By the database's time it takes nothing that
//! the other has under way.

use super::promises::{Chaos, Fault};
use super::publisher::Publisher;
use crate::database::Kind;
use crate::receiver::{Mood, Receiver};
use crate::world::World;
use anyhow::Result;
use std::time::Duration;

const FAULT: &str = "clock ahead";
const KIND: Kind = Kind::Postgres;
const AHEAD: &str = "+35s";

pub async fn run(chaos: &mut Chaos<'_>) -> Result<()> {
    let time = Duration::from_secs(if chaos.options.quick { 4 } else { 20 });
    let mut world = World::new(chaos.site, KIND, "skew").await?;
    let receiver = Receiver::start(chaos.site.clock, 1)?;
    world.subscribe(&receiver, 0..1, "ticket.*").await?;
    world.serve_only().await?;
    let right = world.worker("right")?;
    let wrong = world.worker_at("ahead", AHEAD)?;
    receiver.set(0, Mood::Slow(300));
    let publisher =
        Publisher::start(&world.driver, world.server.address, &world.keys[0], 16, Duration::from_millis(5));
    tokio::time::sleep(time).await;
    let tally = publisher.stop().await?;
    receiver.set(0, Mood::Well);
    chaos.all_arrive(Fault { name: FAULT, kind: KIND }, &tally, &receiver, Duration::from_mins(1)).await?;
    let count = |what: &str| world.database.count(&format!("SELECT count(*) AS n FROM {what}"));
    let interrupted = count("attempts WHERE outcome = 'interrupted'")?;
    let late = count("attempts WHERE late_duplicate")?;
    let by_wrong = count("deliveries WHERE attempts > 0")?;
    let duplicates = receiver.duplicates();
    let what = format!(
        "{duplicates} were sent twice, {interrupted} attempts were taken for interrupted, {late} results came too late, of \
         {by_wrong} deliveries"
    );
    chaos.report(FAULT, KIND, &what);
    chaos.expect(duplicates == 0, FAULT, KIND, "a delivery was sent twice");
    chaos.expect(interrupted + late == 0, FAULT, KIND, "a live lease was taken");
    drop((right, wrong));
    Ok(())
}
