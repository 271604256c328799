//! The worker: leases due deliveries, has the courier make the attempts, and has their results written down.
//! Commits wake the worker. It also looks by itself once a second: for deliveries that became due, and for
//! leases that ran out.

use std::{sync::Arc, time::Duration};

use api_types::{
    Timestamp,
    ids::{AttemptId, WebhookId},
};
use diesel::QueryResult;
use tokio::{
    sync::{mpsc, watch},
    task::{JoinHandle, JoinSet},
};

use super::{
    courier::Courier,
    dock::{Berth, Dock},
    finish::{Finisher, Report},
    held,
    lease::{self, Round},
    parts::Delivery,
};
use crate::db::{DbError, Tx};

/// The longest time between two looks of an idle worker.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// The shortest pause between two looks for held deliveries that a rate lets go, in milliseconds.
const SHORTEST_REST: i64 = 20;
/// The time from the end of a drain to the look for deliveries that another node held meanwhile.
const STRAGGLERS_AFTER: Duration = Duration::from_secs(5);
/// The time, in real time, in which further slots may become free before the worker fills them all in one round: a round for
/// each slot would cost more than the attempts.
const GATHER_SLOTS: Duration = Duration::from_millis(10);
/// How often expired leases are looked for.
const RECLAIM_EVERY: Duration = Duration::from_secs(1);
/// The longest that a stopping worker waits for the attempts under way. Each ends within its own deadline.
const PATIENCE: Duration = Duration::from_secs(18);
/// The most results that one transaction writes down.
const RESULTS_AT_ONCE: usize = 256;
/// The most results that wait to be written. Past that, attempts keep their slots.
const RESULTS_WAITING: usize = 1024;
/// Tries to write results while the database is away, a second apart. After so many their leases have run out
/// anyway.
const WRITE_TRIES: u32 = 60;

/// A running worker. Dropping a worker stops it in the middle of everything, like a crash; [`Worker::stop`]
/// is the gentle way.
#[derive(Debug)]
pub struct Worker {
    task: JoinHandle<()>,
    stop: watch::Sender<bool>,
    courier: Arc<Courier>,
    berth: Arc<Berth>,
    dock: Arc<Dock>,
}

impl Worker {
    /// Starts a worker on the engine's threads.
    pub fn start(delivery: Delivery) -> Self {
        let (stop, stopped) = watch::channel(false);
        let (results, inbox) = mpsc::channel(RESULTS_WAITING);
        let courier = Arc::new(Courier::new(
            delivery.means(),
            Arc::clone(&delivery.dock),
            delivery.engine.handle().clone(),
            results,
        ));
        let owner = delivery.base.new_id::<AttemptId>().to_string();
        let lease_ms = lease::duration(delivery.sender.longest_attempt());
        // The berth refers to the courier weakly: the worker alone owns the courier, so both end together.
        let weak = Arc::downgrade(&courier);
        let berth = Arc::new(Berth::new(owner, lease_ms, move |jobs| {
            if let Some(courier) = weak.upgrade() {
                courier.carry_out_all(jobs);
            }
        }));
        let dock = Arc::clone(&delivery.dock);
        let engine = Arc::clone(&delivery.engine);
        let rounds = Rounds {
            delivery,
            courier: Arc::clone(&courier),
            berth: Arc::clone(&berth),
            reclaimed_at: None,
            next: None,
            drained: Vec::new(),
        };
        let task = engine.spawn(rounds.run(stopped, inbox));
        Self { task, stop, courier, berth, dock }
    }

    /// Leases nothing more, lets the attempts under way end, and has their results written down.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        if let Err(error) = (&mut self.task).await {
            tracing::error!(%error, "the worker did not stop well");
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.task.abort();
        self.berth.close();
        self.courier.abort();
        self.dock.leave(&self.berth);
    }
}

/// The worker's loop, one round after the other.
struct Rounds {
    delivery: Delivery,
    courier: Arc<Courier>,
    berth: Arc<Berth>,
    /// The monotonic time of the last look for expired leases; none before the first one has come to its end.
    reclaimed_at: Option<Duration>,
    /// The time at which a held delivery may go.
    next: Option<Timestamp>,
    /// Webhooks that drained, with the time to look for stragglers.
    drained: Vec<(Duration, WebhookId)>,
}

impl Rounds {
    async fn run(mut self, mut stopped: watch::Receiver<bool>, inbox: mpsc::Receiver<Report>) {
        let mut writer = JoinSet::new();
        writer.spawn(write_results(self.delivery.clone(), inbox));
        while !*stopped.borrow() {
            let began = self.delivery.base.clock.monotonic();
            match self.look().await {
                Ok(()) => self.delivery.dock.open(&self.berth),
                Err(error) => {
                    tracing::warn!(%error, "the worker could not reach the database; it tries again");
                }
            }
            tokio::select! {
                _ = stopped.changed() => {}
                () = self.delivery.signals.deliveries.notified() => {}
                () = self.berth.slots.freed() => tokio::time::sleep(GATHER_SLOTS).await,
                () = self.rest(began) => {}
            }
        }
        let ended = async {
            self.berth.close();
            self.courier.finish().await;
            while writer.join_next().await.is_some() {}
        };
        if tokio::time::timeout(PATIENCE, ended).await.is_err() {
            tracing::warn!("attempts were still under way at the end; their leases will run out");
        }
    }

    /// Sleeps until the next look. `began` is the time at which the last look began.
    async fn rest(&self, began: Duration) {
        let now = self.delivery.base.now();
        let passed = self.delivery.base.clock.monotonic().saturating_sub(began);
        let until_look = LOOK_EVERY.saturating_sub(passed);
        let until_next = self.next.map(|next| {
            Duration::from_millis(
                u64::try_from(next.millis_since(now).max(SHORTEST_REST)).unwrap_or_default(),
            )
        });
        self.delivery.base.clock.sleep(until_next.map_or(until_look, |next| next.min(until_look))).await;
    }

    /// One look: reclaim expired leases, lease due deliveries, then let held deliveries go, until there are
    /// no more or no slot is free.
    async fn look(&mut self) -> Result<(), DbError> {
        let now = self.delivery.base.clock.monotonic();
        if self.reclaimed_at.is_none_or(|at| now.saturating_sub(at) >= RECLAIM_EVERY) {
            // On the embedded database this is the only node: all leases of an earlier process are reclaimed at
            // its start, not only when they run out in half a minute. This process has leased nothing yet.
            let all = self.reclaimed_at.is_none() && self.delivery.base.db.is_embedded();
            let until = if all { Timestamp::from_millis(i64::MAX) } else { self.delivery.base.now() };
            self.reclaim(until).await?;
            self.reclaimed_at = Some(now);
        }
        self.find_stragglers(now).await?;
        while self.take(lease::take_due).await?.more {}
        loop {
            let round = self.take(held::advance).await?;
            self.next = round.next;
            let after = self.delivery.base.clock.monotonic() + STRAGGLERS_AFTER;
            self.drained.extend(round.drained.into_iter().map(|webhook| (after, webhook)));
            if !round.more {
                return Ok(());
            }
        }
    }

    /// Leases a round of deliveries and starts their attempts.
    async fn take(&self, round: fn(&mut Tx<'_>, &Berth) -> QueryResult<Round>) -> Result<Round, DbError> {
        let berth = Arc::clone(&self.berth);
        let mut taken = self.delivery.base.db.execute(move |tx| round(tx, &berth)).await?;
        self.courier.carry_out_all(std::mem::take(&mut taken.jobs));
        Ok(taken)
    }

    /// Reclaims all deliveries whose leases end by `until`, in steps.
    async fn reclaim(&self, until: Timestamp) -> Result<(), DbError> {
        loop {
            let delivery = self.delivery.clone();
            let step =
                self.delivery.base.db.execute(move |tx| finisher(&delivery).reclaim(tx, until)).await?;
            if step.reclaimed > 0 {
                let count = step.reclaimed;
                self.delivery.metrics.leases_expired.inc_by(u64::try_from(count).unwrap_or_default());
                tracing::info!(count, "attempts were interrupted; their deliveries go on");
            }
            if !step.more {
                return Ok(());
            }
        }
    }

    async fn find_stragglers(&mut self, now: Duration) -> Result<(), DbError> {
        let ripe: Vec<WebhookId> =
            self.drained.extract_if(.., |(at, _)| *at <= now).map(|(_, webhook)| webhook).collect();
        if ripe.is_empty() {
            return Ok(());
        }
        self.delivery.base.db.execute(move |tx| held::find_stragglers(tx, &ripe)).await
    }
}

fn finisher(delivery: &Delivery) -> Finisher<'_> {
    Finisher { publisher: &delivery.publisher, signals: &delivery.signals }
}

/// Writes results down, in batches of all that have come together, until [`Report::Last`].
async fn write_results(delivery: Delivery, mut inbox: mpsc::Receiver<Report>) {
    let mut last = false;
    let mut reports = Vec::with_capacity(RESULTS_AT_ONCE);
    while !last && inbox.recv_many(&mut reports, RESULTS_AT_ONCE).await > 0 {
        last = reports.iter().any(|report| matches!(report, Report::Last));
        write_batch(&delivery, std::mem::take(&mut reports)).await;
    }
}

/// Writes a batch. If the database refuses it, each result is written alone, so that one does not keep back
/// the others.
async fn write_batch(delivery: &Delivery, reports: Vec<Report>) {
    let reports: Arc<[Report]> = reports.into();
    if write_patiently(delivery, &reports).await || reports.len() == 1 {
        return;
    }
    for one in reports.iter() {
        write_patiently(delivery, &Arc::from([one.clone()])).await;
    }
}

/// Writes results, and tries again while the database is away. `false` where the database refuses them.
async fn write_patiently(delivery: &Delivery, reports: &Arc<[Report]>) -> bool {
    for _ in 0..WRITE_TRIES {
        let parts = delivery.clone();
        let batch = Arc::clone(reports);
        match delivery.base.db.execute(move |tx| finisher(&parts).write(tx, &batch)).await {
            Ok(late) => {
                count(delivery, reports);
                if late > 0 {
                    delivery.metrics.late_results.inc_by(u64::try_from(late).unwrap_or_default());
                    tracing::warn!(late, "results came after their leases had run out; they changed nothing");
                }
                return true;
            }
            Err(error) if error.is_unavailable() => {
                tracing::warn!(%error, "results cannot be written yet");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            Err(error) => {
                tracing::error!(%error, "results cannot be written");
                return false;
            }
        }
    }
    false
}

/// Counts attempts for Prometheus, once their results are written down.
fn count(delivery: &Delivery, reports: &[Report]) {
    for report in reports {
        if let Report::Finished(finished) = report {
            let row = &finished.row;
            let category = row.diagnosis.as_ref().map(|diagnosis| diagnosis.0.category);
            delivery.metrics.attempt(row.outcome, category, row.timings.0.total_ms);
        }
    }
}
