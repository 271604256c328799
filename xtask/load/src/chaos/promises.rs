//! The part that all faults of `chaos` share: promises of the server, and the record of those that were not kept.

use super::publisher::Tally;
use crate::database::Kind;
use crate::driver::Accepted;
use crate::options::Options;
use crate::receiver::Receiver;
use crate::stats::milliseconds;
use crate::world::Site;
use anyhow::Result;
use std::time::Duration;

/// A fault on one of the databases.
#[derive(Clone, Copy, Debug)]
pub struct Fault {
    pub name: &'static str,
    pub kind: Kind,
}

/// A run of `chaos`. Every fault is given it, and adds its reports and violations.
#[derive(Debug)]
pub struct Chaos<'a> {
    pub site: &'a Site,
    pub options: &'a Options,
    pub dice: Dice,
    /// The number of reports printed.
    pub reports: usize,
    /// All promises that were not kept.
    pub violations: Vec<String>,
}

impl Chaos<'_> {
    /// Prints the result of a fault.
    pub fn report(&mut self, fault: &str, kind: Kind, what: &str) {
        self.reports += 1;
        println!("{fault}, {kind}: {what}");
    }

    /// Notes a violation unless a promise was kept.
    pub fn expect(&mut self, kept: bool, fault: &str, kind: Kind, otherwise: &str) {
        if !kept {
            println!("{fault}, {kind}: VIOLATION: {otherwise}");
            self.violations.push(format!("{fault}, {kind}: {otherwise}"));
        }
    }

    /// Waits until every accepted event has arrived, and reports how late the latest was after its answer.
    pub async fn all_arrive(
        &mut self,
        Fault { name: fault, kind }: Fault,
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
            let late = |event: &Accepted| {
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

/// Randomness that a seed repeats (xorshift).
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.max(1))
    }

    /// A time between two, in milliseconds.
    pub fn between(&mut self, least: u64, most: u64) -> Duration {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        Duration::from_millis(least + self.0 % (most - least + 1))
    }
}
