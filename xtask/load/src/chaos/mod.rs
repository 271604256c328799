//! `chaos`: faults of every kind under load, and whether what was promised was kept. Ends with an error if it was not.

mod disk;
mod drain;
mod frozen;
mod hostile;
mod kills;
mod outage;
mod publisher;
mod sigterm;

use crate::database::Kind;
use crate::options::Options;
use crate::receiver::Receiver;
use crate::stats::milliseconds;
use crate::world::Site;
use anyhow::{Result, bail};
use publisher::Tally;
use std::time::Duration;

/// What every fault is given, and adds to.
#[derive(Debug)]
pub struct Chaos<'a> {
    pub site: &'a Site,
    pub options: &'a Options,
    pub dice: Dice,
    /// How many lines were said.
    pub reports: usize,
    /// What was promised and not kept, in all.
    pub violations: Vec<String>,
}

impl Chaos<'_> {
    /// Says what a fault brought.
    pub fn report(&mut self, fault: &str, kind: Kind, what: &str) {
        self.reports += 1;
        println!("{fault}, {kind}: {what}");
    }

    /// A promise.
    pub fn expect(&mut self, kept: bool, fault: &str, kind: Kind, otherwise: &str) {
        if !kept {
            println!("{fault}, {kind}: VIOLATION: {otherwise}");
            self.violations.push(format!("{fault}, {kind}: {otherwise}"));
        }
    }

    /// Waits until every event that was accepted has arrived; how late the latest was, after its answer.
    pub async fn all_arrive(
        &mut self,
        (fault, kind): (&str, Kind),
        tally: &Tally,
        receiver: &Receiver,
        patience: Duration,
    ) -> Result<()> {
        let began = self.site.clock.nanos();
        let lost = loop {
            let lost = missing(tally, receiver);
            if lost == 0 || Duration::from_nanos(self.site.clock.nanos() - began) > patience {
                break lost;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        };
        let worst = receiver.with(0, |hook| {
            let late = |event: &crate::driver::Accepted| {
                let arrived = hook.arrived.get(event.event as usize).copied().unwrap_or_default();
                arrived.saturating_sub(event.answered)
            };
            tally.accepted.iter().map(late).max().unwrap_or_default()
        });
        let delivered = receiver.with(0, |hook| hook.distinct);
        let what = format!(
            "accepted {}, delivered {delivered} ({} publishes got no answer), lost {lost}, worst lateness {:.1} s",
            tally.accepted.len(),
            tally.unanswered,
            milliseconds(worst) / 1e3
        );
        self.report(fault, kind, &what);
        self.expect(!tally.accepted.is_empty(), fault, kind, "nothing was accepted");
        self.expect(lost == 0, fault, kind, "an event that was answered 202 was not delivered");
        Ok(())
    }
}

fn missing(tally: &Tally, receiver: &Receiver) -> usize {
    receiver.with(0, |hook| {
        let here = |event: u32| hook.arrived.get(event as usize).is_some_and(|arrived| *arrived > 0);
        tally.accepted.iter().filter(|event| !here(event.event)).count()
    })
}

/// Carries the faults out, one after the other.
pub async fn run(site: &Site, options: &Options) -> Result<()> {
    println!("seed {}", options.seed);
    let mut chaos =
        Chaos { site, options, dice: Dice(options.seed.max(1)), reports: 0, violations: Vec::new() };
    for kind in options.databases.clone() {
        if options.wants("kills") {
            kills::run(&mut chaos, kind).await?;
        }
        if options.wants("sigterm") {
            sigterm::run(&mut chaos, kind).await?;
        }
        if options.wants("drain") && !(options.quick && kind == Kind::Postgres) {
            drain::run(&mut chaos, kind).await?;
        }
        if kind == Kind::Sqlite {
            if options.wants("disk") {
                disk::run(&mut chaos).await?;
            }
            if options.wants("hostile") {
                hostile::run(&mut chaos).await?;
            }
        } else {
            if options.wants("outage") {
                outage::run(&mut chaos).await?;
            }
            if options.wants("frozen") {
                frozen::run(&mut chaos).await?;
            }
        }
    }
    match chaos.violations.as_slice() {
        [] if chaos.reports == 0 => bail!("no fault is called so: nothing was tried"),
        [] => {
            println!("every promise was kept, in {} reports", chaos.reports);
            Ok(())
        }
        violations => bail!("{} promises were not kept:\n{}", violations.len(), violations.join("\n")),
    }
}

/// Chance that can be repeated (xorshift).
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// A time between two.
    pub fn between(&mut self, least: u64, most: u64) -> Duration {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        Duration::from_millis(least + self.0 % (most - least + 1))
    }
}
