//! The worker: takes what is due, has the attempts made, and their ends written down. Woken by commits; looks by itself once
//! a second for what became due, for what another node left behind, and for hints that were lost.

use std::{sync::Arc, time::Duration};

use api_types::{
    Timestamp,
    ids::{AttemptId, WebhookId},
};
use tokio::{
    sync::{mpsc, watch},
    task::{JoinHandle, JoinSet},
};

use super::{
    courier::Crew,
    finish::{self, Report},
    lease::{self, Round},
    lines,
};
use crate::{app::App, new_id, problem::Failure};

/// How often an idle worker looks by itself.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// The shortest pause between two looks for what a pace lets go, in milliseconds.
const SHORTEST_REST: i64 = 20;
/// How long after a drain a webhook is looked at for what another node held meanwhile, in milliseconds.
const STRAGGLERS_AFTER: i64 = 5_000;
/// How long a stopping worker waits for the attempts under way; each ends within its own deadline.
const PATIENCE: Duration = Duration::from_secs(18);
/// The most results that one transaction writes down.
const RESULTS_AT_ONCE: usize = 256;
/// Results that wait to be written; past that, attempts keep their slots.
const RESULTS_WAITING: usize = 1024;
/// How often writing results is tried, a second apart, while the database is away; then their leases have run out.
const WRITE_TRIES: u32 = 60;

/// A running worker. Dropping it stops it in the middle of everything, like a crash; [`Worker::stop`] is the gentle way.
#[derive(Debug)]
pub struct Worker {
    task: JoinHandle<()>,
    stop: watch::Sender<bool>,
    crew: Arc<Crew>,
    app: App,
}

impl Worker {
    /// Starts a worker on the engine's threads.
    pub fn start(app: App) -> Self {
        let (stop, stopped) = watch::channel(false);
        let (results, inbox) = mpsc::channel(RESULTS_WAITING);
        let owner = new_id!(app, AttemptId).to_string();
        let crew = Arc::new(Crew::new(app.clone(), owner, results));
        let node = Node {
            app: app.clone(),
            crew: Arc::clone(&crew),
            recovered_at: None,
            next: None,
            drained: Vec::new(),
        };
        let task = app.engine.spawn(node.run(stopped, inbox));
        Self { task, stop, crew, app }
    }

    /// Takes nothing more, lets what is under way end, and has it written down.
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
        self.crew.abort();
        self.app.wake.courier.close(&self.crew);
    }
}

/// What the worker's loop holds.
struct Node {
    app: App,
    crew: Arc<Crew>,
    /// When interrupted attempts were last looked for.
    recovered_at: Option<Timestamp>,
    /// When something held may go.
    next: Option<Timestamp>,
    /// Webhooks that drained, and when to look for stragglers.
    drained: Vec<(Timestamp, WebhookId)>,
}

impl Node {
    async fn run(mut self, mut stopped: watch::Receiver<bool>, inbox: mpsc::Receiver<Report>) {
        let mut writer = JoinSet::new();
        writer.spawn(write_results(self.app.clone(), inbox));
        // On the embedded database this is the only node: whatever was under way when the last process ended is
        // interrupted now, not in half a minute. Nothing of ours is under way yet.
        let mut ahead = if self.app.db.is_embedded() { lease::duration(&self.app) } else { 0 };
        while !*stopped.borrow() {
            let began = self.app.clock.now();
            match self.look(ahead).await {
                Ok(()) => {
                    ahead = 0;
                    self.app.wake.courier.open(&self.crew);
                }
                Err(error) => {
                    tracing::warn!(%error, "the worker could not reach the database; it tries again");
                }
            }
            tokio::select! {
                _ = stopped.changed() => {}
                () = self.app.wake.deliveries.notified() => {}
                () = self.crew.slots.freed() => {}
                () = self.rest(began) => {}
            }
        }
        let ended = async {
            self.crew.finish().await;
            while writer.join_next().await.is_some() {}
        };
        if tokio::time::timeout(PATIENCE, ended).await.is_err() {
            tracing::warn!("attempts were still under way at the end; their leases will run out");
        }
    }

    /// Sleeps until it is time for the next look after the one that began then.
    async fn rest(&self, began: Timestamp) {
        let now = self.app.clock.now();
        let passed = u64::try_from(now.millis_since(began)).unwrap_or_default();
        let until_look = LOOK_EVERY.saturating_sub(Duration::from_millis(passed));
        let until_next = self.next.map(|next| {
            Duration::from_millis(
                u64::try_from(next.millis_since(now).max(SHORTEST_REST)).unwrap_or_default(),
            )
        });
        self.app.clock.sleep(until_next.map_or(until_look, |next| next.min(until_look))).await;
    }

    /// One look: sort out what was left behind, then take what is due, and what may go of what is held, until there is no
    /// more or no slot. Leases that end within `ahead` milliseconds count as left behind.
    async fn look(&mut self, ahead: i64) -> Result<(), Failure> {
        let now = self.app.clock.now();
        if self.recovered_at.is_none_or(|at| now.millis_since(at) >= 1000) {
            self.recover(now + ahead).await?;
            self.recovered_at = Some(now);
        }
        self.find_stragglers(now).await?;
        while self.take(lease::take_due).await?.more {}
        loop {
            let round = self.take(lines::advance).await?;
            self.next = round.next;
            let after = self.app.clock.now() + STRAGGLERS_AFTER;
            self.drained.extend(round.drained.into_iter().map(|webhook| (after, webhook)));
            if !round.more {
                return Ok(());
            }
        }
    }

    /// Takes a round of deliveries and starts on them.
    async fn take(
        &self,
        round: fn(&mut crate::db::Tx<'_>, &App, &Crew) -> Result<Round, Failure>,
    ) -> Result<Round, Failure> {
        let (app, crew) = (self.app.clone(), Arc::clone(&self.crew));
        let mut taken = self.app.db.write(move |tx| round(tx, &app, &crew)).await?;
        self.crew.carry_out_all(std::mem::take(&mut taken.jobs));
        Ok(taken)
    }

    async fn recover(&self, until: Timestamp) -> Result<(), Failure> {
        let app = self.app.clone();
        let count = self.app.db.write(move |tx| finish::recover(tx, &app, until)).await?;
        if count > 0 {
            self.app.metrics.leases_expired.inc_by(u64::try_from(count).unwrap_or_default());
            tracing::info!(count, "attempts were interrupted; their deliveries go on");
        }
        Ok(())
    }

    async fn find_stragglers(&mut self, now: Timestamp) -> Result<(), Failure> {
        let ripe: Vec<WebhookId> =
            self.drained.extract_if(.., |(at, _)| *at <= now).map(|(_, webhook)| webhook).collect();
        if ripe.is_empty() {
            return Ok(());
        }
        let app = self.app.clone();
        self.app.db.write(move |tx| lines::find_stragglers(tx, &app, &ripe)).await
    }
}

/// Writes results down, all that have come together, until the last.
async fn write_results(app: App, mut inbox: mpsc::Receiver<Report>) {
    let mut last = false;
    let mut reports = Vec::with_capacity(RESULTS_AT_ONCE);
    while !last && inbox.recv_many(&mut reports, RESULTS_AT_ONCE).await > 0 {
        last = reports.iter().any(|report| matches!(report, Report::Last));
        write_batch(&app, std::mem::take(&mut reports)).await;
    }
}

/// Writes a batch; if something in it is refused, each result alone, so that one does not hold back the others.
async fn write_batch(app: &App, reports: Vec<Report>) {
    let reports: Arc<[Report]> = reports.into();
    if write_patiently(app, &reports).await || reports.len() == 1 {
        return;
    }
    for one in reports.iter() {
        write_patiently(app, &Arc::from([one.clone()])).await;
    }
}

/// Writes results, coming back while the database is away; `false` where it refuses them.
async fn write_patiently(app: &App, reports: &Arc<[Report]>) -> bool {
    for _ in 0..WRITE_TRIES {
        let (inner, batch) = (app.clone(), Arc::clone(reports));
        match app.db.write(move |tx| finish::write(tx, &inner, &batch)).await {
            Ok(late) => {
                app.metrics.attempts(reports.iter().filter_map(Report::told));
                if late > 0 {
                    app.metrics.late_results.inc_by(u64::try_from(late).unwrap_or_default());
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
