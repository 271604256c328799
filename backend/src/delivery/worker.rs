//! The worker: takes what is due, makes the attempts, has their ends written down. Woken by commits; looks by itself once
//! a second for what became due, for what another node left behind, and for hints that were lost.

use std::{sync::Arc, time::Duration};

use api_types::{Timestamp, ids::AttemptId};
use tokio::{
    sync::{mpsc, oneshot, watch},
    task::{JoinHandle, JoinSet},
};

use super::{
    attempt::{self, Finished, Made},
    finish,
    lease::{self, Job},
    slots::Slots,
};
use crate::{app::App, db::deliveries::leases, new_id, problem::Failure};

/// How often an idle worker looks by itself.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long a stopping worker waits for the attempts under way; each ends within its own deadline.
const PATIENCE: Duration = Duration::from_secs(18);
/// The most results that one transaction writes down.
const RESULTS_AT_ONCE: usize = 128;
/// How often writing results is tried, a second apart, while the database is away; then their leases have run out.
const WRITE_TRIES: u32 = 60;

/// A running worker. Dropping it stops it in the middle of everything, like a crash; [`Worker::stop`] is the gentle way.
#[derive(Debug)]
pub struct Worker {
    task: JoinHandle<()>,
    stop: watch::Sender<bool>,
}

impl Worker {
    /// Starts a worker on the present runtime.
    pub fn start(app: App) -> Self {
        let (stop, stopped) = watch::channel(false);
        let owner = new_id!(app, AttemptId).to_string();
        let node = Node { owner, app, slots: Slots::default(), attempts: JoinSet::new(), recovered_at: None };
        Self { task: tokio::spawn(node.run(stopped)), stop }
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
    }
}

/// What the worker's loop holds.
struct Node {
    app: App,
    /// Names this worker in its leases.
    owner: String,
    slots: Slots,
    attempts: JoinSet<()>,
    /// When interrupted attempts were last looked for.
    recovered_at: Option<Timestamp>,
}

impl Node {
    async fn run(mut self, mut stopped: watch::Receiver<bool>) {
        let (results, inbox) = mpsc::channel(RESULTS_AT_ONCE * 2);
        let mut writer = JoinSet::new();
        writer.spawn(write_results(self.app.clone(), inbox));
        // On the embedded database this is the only node: whatever was under way when the last process ended is
        // interrupted now, not in half a minute.
        let mut ahead = if self.app.db.is_embedded() { lease::duration(&self.app) } else { 0 };
        while !*stopped.borrow() {
            let began = self.app.clock.now();
            match self.look(ahead, &results).await {
                Ok(()) => ahead = 0,
                Err(error) => {
                    tracing::warn!(%error, "the worker could not reach the database; it tries again");
                }
            }
            while self.attempts.try_join_next().is_some() {}
            tokio::select! {
                _ = stopped.changed() => {}
                () = self.app.wake.deliveries.notified() => {}
                () = self.slots.freed() => {}
                () = self.rest(began) => {}
            }
        }
        drop(results);
        let ended = async {
            while self.attempts.join_next().await.is_some() {}
            while writer.join_next().await.is_some() {}
        };
        if tokio::time::timeout(PATIENCE, ended).await.is_err() {
            tracing::warn!("attempts were still under way at the end; their leases will run out");
        }
    }

    /// Sleeps until it is time for the next look after the one that began then.
    async fn rest(&self, began: Timestamp) {
        let passed = u64::try_from(self.app.clock.now().millis_since(began)).unwrap_or_default();
        self.app.clock.sleep(LOOK_EVERY.saturating_sub(Duration::from_millis(passed))).await;
    }

    /// One look: sort out what was left behind, then take what is due until there is no more or no slot. Leases that end
    /// within `ahead` milliseconds count as left behind.
    async fn look(&mut self, ahead: i64, results: &mpsc::Sender<Report>) -> Result<(), Failure> {
        let now = self.app.clock.now();
        if self.recovered_at.is_none_or(|at| now.millis_since(at) >= 1000) {
            self.recover(now + ahead).await?;
            self.recovered_at = Some(now);
        }
        loop {
            let (app, slots, owner) = (self.app.clone(), self.slots.clone(), self.owner.clone());
            let round = self.app.db.write(move |tx| lease::take_due(tx, &app, &slots, &owner)).await?;
            for job in round.jobs {
                self.attempts.spawn(carry_out(self.app.clone(), job, results.clone()));
            }
            if !round.more {
                return Ok(());
            }
        }
    }

    async fn recover(&self, until: Timestamp) -> Result<(), Failure> {
        let app = self.app.clone();
        let count = self.app.db.write(move |tx| finish::recover(tx, &app, until)).await?;
        if count > 0 {
            tracing::info!(count, "attempts were interrupted; their deliveries go on");
        }
        Ok(())
    }
}

/// A result on its way to the database, and who waits for it to be written.
struct Report {
    finished: Finished,
    written: oneshot::Sender<()>,
}

/// Makes one attempt and keeps its slot until the result is written down.
async fn carry_out(app: App, job: Job, results: mpsc::Sender<Report>) {
    match attempt::make(&app, &job).await {
        Made::Finished(finished) => {
            let (written, told) = oneshot::channel();
            if results.send(Report { finished: *finished, written }).await.is_ok() {
                // The writer answers, or is gone and with it the process.
                let _ = told.await;
            }
        }
        Made::TooLate(lease) => {
            let now = app.clock.now();
            let handed_back =
                app.db.write(move |tx| Ok::<_, Failure>(leases::hand_back(tx, &lease, now)?)).await;
            if let Err(error) = handed_back {
                tracing::warn!(%error, "a lease could not be handed back; it will run out");
            }
        }
    }
}

/// Writes results down, all that have come together, until the last sender is gone.
async fn write_results(app: App, mut inbox: mpsc::Receiver<Report>) {
    let mut reports = Vec::with_capacity(RESULTS_AT_ONCE);
    while inbox.recv_many(&mut reports, RESULTS_AT_ONCE).await > 0 {
        let (finished, written): (Vec<_>, Vec<_>) =
            reports.drain(..).map(|report| (report.finished, report.written)).unzip();
        write_batch(&app, finished).await;
        for waiting in written {
            // Whoever waited may have been stopped.
            let _ = waiting.send(());
        }
    }
}

/// Writes a batch; if something in it is refused, each result alone, so that one does not hold back the others.
async fn write_batch(app: &App, finished: Vec<Finished>) {
    let finished = Arc::new(finished);
    if write_patiently(app, &finished).await || finished.len() == 1 {
        return;
    }
    for one in finished.iter() {
        write_patiently(app, &Arc::new(vec![one.clone()])).await;
    }
}

/// Writes results, coming back while the database is away; `false` where it refuses them.
async fn write_patiently(app: &App, finished: &Arc<Vec<Finished>>) -> bool {
    for _ in 0..WRITE_TRIES {
        let (inner, batch) = (app.clone(), Arc::clone(finished));
        match app.db.write(move |tx| finish::write(tx, &inner, &batch)).await {
            Ok(won) => {
                let late = won.iter().filter(|won| !**won).count();
                if late > 0 {
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
