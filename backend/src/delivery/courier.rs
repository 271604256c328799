//! The courier carries attempts out: it waits for an attempt's turn, makes the attempt, and passes the result
//! on as a [`Report`]. A node has a courier while it has a worker.

use std::sync::{Arc, Mutex, PoisonError};

use api_types::deliveries::Trigger;
use tokio::{
    runtime::Handle,
    sync::{mpsc, watch},
    task::JoinSet,
};

use super::{
    attempt::{self, Made, Means},
    breaker::LOOK_AGAIN,
    dock::Dock,
    finish::{Report, Withdrawal},
    job::Job,
};
use crate::db::deliveries::leases::HandedBack;

/// Carries out the attempts of one worker.
#[derive(Debug)]
pub struct Courier {
    means: Means,
    dock: Arc<Dock>,
    runtime: Handle,
    attempts: Mutex<JoinSet<()>>,
    results: mpsc::Sender<Report>,
    /// `true` once no attempt may begin any more.
    closed: watch::Sender<bool>,
}

impl Courier {
    /// A courier that works on the threads of `runtime` and passes reports on to `results`.
    pub fn new(means: Means, dock: Arc<Dock>, runtime: Handle, results: mpsc::Sender<Report>) -> Self {
        Self { means, dock, runtime, attempts: Mutex::default(), results, closed: watch::Sender::new(false) }
    }

    /// Starts attempts. They run on their own from here.
    pub fn carry_out_all(self: &Arc<Self>, jobs: Vec<Job>) {
        let mut attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        for job in jobs {
            attempts.spawn_on(Arc::clone(self).carry_out(job), &self.runtime);
        }
        while attempts.try_join_next().is_some() {}
    }

    /// Begins no attempt any more, and hands back those that wait for their turn. Ends when every attempt has
    /// ended.
    pub async fn finish(&self) {
        self.closed.send_replace(true);
        loop {
            let mut attempts =
                std::mem::take(&mut *self.attempts.lock().unwrap_or_else(PoisonError::into_inner));
            if attempts.is_empty() {
                break;
            }
            while attempts.join_next().await.is_some() {}
        }
        // The receiver of the reports may be gone: then nothing is left to be written.
        let _ = self.results.send(Report::Last).await;
    }

    /// Stops all attempts in the middle, like a crash.
    pub fn abort(&self) {
        self.closed.send_replace(true);
        self.attempts.lock().unwrap_or_else(PoisonError::into_inner).abort_all();
    }

    /// Makes one attempt at its turn. The delivery's slot is free again once the report is on its way to be
    /// written down.
    async fn carry_out(self: Arc<Self>, job: Job) {
        let mut closed = self.closed.subscribe();
        let turn = tokio::select! {
            biased;
            turn = job.slot.turn(job.lease.due_at) => turn,
            _ = closed.wait_for(|closed| *closed) => None,
        };
        let now = self.means.base.now();
        let lease = job.lease.clone();
        let due_at = lease.due_at;
        let report = if turn.is_none() {
            Report::HandedBack(HandedBack { lease, due_at, held: false })
        } else if self.is_parked(&job) {
            Report::HandedBack(HandedBack { lease, due_at: now + LOOK_AGAIN, held: true })
        } else {
            match attempt::make(&self.means, &job).await {
                Made::Finished(finished) => Report::Finished(finished),
                Made::Held => Report::HandedBack(HandedBack { lease, due_at: now + LOOK_AGAIN, held: true }),
                Made::NotBegun => Report::HandedBack(HandedBack { lease, due_at, held: false }),
                Made::Withdrawn(reason) => Report::Withdrawn(Withdrawal {
                    lease,
                    webhook: job.view.destination.id,
                    workspace: job.view.destination.workspace_id,
                    reason,
                }),
            }
        };
        drop(turn);
        // The receiver of the reports ends after the last attempt, or with the process.
        let _ = self.results.send(report).await;
    }

    /// `true` if the webhook's breaker opened while the attempt waited for its turn.
    fn is_parked(&self, job: &Job) -> bool {
        job.lease.trigger == Trigger::Automatic
            && self.dock.is_parked_since(job.view.destination.id, job.lease.started_at)
    }
}
