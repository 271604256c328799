//! A worker, one of two, is frozen past its lease and wakes up with results that are no longer its own to write.

use super::promises::{Chaos, Fault};
use super::publisher::Publisher;
use crate::database::Kind;
use crate::receiver::{Mood, Receiver};
use crate::world::World;
use anyhow::Result;
use rustix::process::Signal;
use std::time::Duration;

const FAULT: &str = "worker frozen";
const KIND: Kind = Kind::Postgres;
/// A lease, and a little.
const PAST_ITS_LEASE: Duration = Duration::from_secs(36);

/// The frozen worker's requests are answered 503 while it sleeps; the other one's succeed. What the first writes when it
/// wakes must not undo that.
pub async fn run(chaos: &mut Chaos<'_>) -> Result<()> {
    let mut world = World::new(chaos.site, KIND, "frozen").await?;
    let receiver = Receiver::start(chaos.site.clock, 1)?;
    world.subscribe(&receiver, 0..1, "ticket.*").await?;
    world.serve_only().await?;
    let first = world.worker("first")?;
    let second = world.worker("second")?;
    let publisher =
        Publisher::start(&world.driver, world.server.address, &world.keys[0], 8, Duration::from_millis(10));
    tokio::time::sleep(Duration::from_secs(2)).await;
    receiver.set(0, Mood::SlowlyFailing(600));
    tokio::time::sleep(Duration::from_millis(400)).await;
    first.signal(Signal::STOP)?;
    tokio::time::sleep(Duration::from_millis(800)).await;
    receiver.set(0, Mood::Well);
    let tally = publisher.stop().await?;
    tokio::time::sleep(PAST_ITS_LEASE).await;
    chaos.all_arrive(Fault { name: FAULT, kind: KIND }, &tally, &receiver, Duration::from_secs(90)).await?;
    first.signal(Signal::CONT)?;
    tokio::time::sleep(Duration::from_secs(4)).await;
    let workspace = &world.workspace;
    let not_succeeded = world.database.count(&format!(
        "SELECT count(*) AS n FROM deliveries WHERE workspace_id = '{workspace}' AND status <> 'succeeded'"
    ))?;
    let late = world.database.count("SELECT count(*) AS n FROM attempts WHERE late_duplicate")?;
    let interrupted =
        world.database.count("SELECT count(*) AS n FROM attempts WHERE outcome = 'interrupted'")?;
    let what = format!(
        "{late} results came too late and were kept as such, {interrupted} attempts were marked interrupted, \
         {not_succeeded} deliveries are not succeeded"
    );
    chaos.report(FAULT, KIND, &what);
    chaos.expect(not_succeeded == 0, FAULT, KIND, "a late result overwrote a success");
    chaos.expect(late + interrupted > 0, FAULT, KIND, "the freeze caught nothing: the test proves nothing");
    drop(second);
    Ok(())
}
