//! kill -9 of the server, again and again, at random moments under load.

use super::promises::{Chaos, Fault};
use super::publisher::Publisher;
use crate::database::Kind;
use crate::receiver::Receiver;
use crate::stats::milliseconds;
use crate::world::{Server, World};
use anyhow::Result;
use std::time::Duration;

const FAULT: &str = "kill -9";
/// Nanoseconds that a result may wait to be written down: an event that arrived so long before a kill may be sent again.
const IN_FLIGHT: u64 = 2_000_000_000;
/// A lease on the shared database, and a little.
const PATIENCE: Duration = Duration::from_secs(75);

/// On SQLite the one server; on PostgreSQL the one that serves and one that only delivers, in turn.
pub async fn run(chaos: &mut Chaos<'_>, kind: Kind) -> Result<()> {
    let kills = if chaos.options.quick { 4 } else { 50 };
    let mut world = World::new(chaos.site, kind, "kills").await?;
    let receiver = Receiver::start(chaos.site.clock, 1)?;
    world.subscribe(&receiver, 0..1, "ticket.*").await?;
    let mut worker = start_worker(&world)?;
    let publisher =
        Publisher::start(&world.driver, world.server.address, &world.keys[0], 16, Duration::from_millis(5));
    let mut times = Vec::new();
    for kill in 0..kills {
        tokio::time::sleep(chaos.dice.between(300, 1500)).await;
        times.push(chaos.site.clock.nanos());
        if kill % 2 == 1 && worker.is_some() {
            drop(worker.take());
            worker = start_worker(&world)?;
        } else {
            world.stop();
            world.start().await?;
        }
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    let tally = publisher.stop().await?;
    chaos.report(FAULT, kind, &format!("{kills} kills, {:?} refused by status", tally.refused));
    chaos.all_arrive(Fault { name: FAULT, kind }, &tally, &receiver, PATIENCE).await?;
    let odd: Vec<u16> = tally.refused.keys().copied().filter(|status| *status != 503).collect();
    chaos.expect(odd.is_empty(), FAULT, kind, &format!("publishes were answered {odd:?}"));
    explain(chaos, kind, &receiver, &times).await;
    Ok(())
}

fn start_worker(world: &World) -> Result<Option<Server>> {
    match world.database.kind {
        Kind::Sqlite => Ok(None),
        Kind::Postgres => world.worker("worker").map(Some),
    }
}

/// Waits until nothing is sent twice any more, and finds the kill behind every duplicate.
async fn explain(chaos: &mut Chaos<'_>, kind: Kind, receiver: &Receiver, kills: &[u64]) {
    if kind == Kind::Postgres && !chaos.options.quick {
        // Leases of the last one killed run out.
        tokio::time::sleep(Duration::from_secs(35)).await;
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    let mut oldest = 0;
    let mut unexplained = 0;
    let mut count = 0;
    receiver.with(0, |hook| {
        for (event, again) in &hook.duplicates {
            count += 1;
            let first = hook.arrived.get(*event as usize).copied().unwrap_or_default();
            // A request that was in the socket at the kill arrives just after it.
            let kill = kills.iter().find(|kill| **kill + 200_000_000 >= first && **kill <= *again);
            match kill.map(|kill| kill.saturating_sub(first)) {
                Some(before) if before <= IN_FLIGHT => oldest = oldest.max(before),
                _ => unexplained += 1,
            }
        }
    });
    let what = format!(
        "{count} sent twice, all in flight at a kill (the earliest had arrived {:.0} ms before it)",
        milliseconds(oldest)
    );
    chaos.report(FAULT, kind, &what);
    let otherwise = format!("{unexplained} of {count} duplicates had not been in flight at a kill");
    chaos.expect(unexplained == 0, FAULT, kind, &otherwise);
}
