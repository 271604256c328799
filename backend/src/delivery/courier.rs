//! Carries attempts out: waits for each one's turn, makes it, and passes its end on to be written down. A node has a courier
//! while it has a worker.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use api_types::{Timestamp, deliveries::Trigger, ids::WebhookId};
use tokio::{
    runtime::Handle,
    sync::{mpsc, watch},
    task::JoinSet,
};

use super::{
    LOOK_AGAIN,
    attempt::{self, Made},
    finish::Report,
    lease::Job,
    slots::Slots,
};
use crate::{app::App, db::deliveries::leases::HandedBack};

/// The way to this node's courier, if it has one.
#[derive(Debug, Default)]
pub struct Courier(RwLock<Option<Arc<Crew>>>);

/// What carrying out attempts takes.
#[derive(Debug)]
pub struct Crew {
    /// Names this worker in its leases.
    pub owner: String,
    /// What the node takes on.
    pub slots: Slots,
    app: App,
    runtime: Handle,
    attempts: Mutex<JoinSet<()>>,
    results: mpsc::Sender<Report>,
    /// Whether it takes on nothing more.
    closed: watch::Sender<bool>,
    /// When webhooks' breakers opened here: what was leased before and waits for its turn is handed back instead. What is
    /// leased later knows better, whichever node closed them.
    parked: Mutex<HashMap<WebhookId, Timestamp>>,
}

impl Courier {
    /// This node's crew, while it takes on deliveries.
    pub fn crew(&self) -> Option<Arc<Crew>> {
        let crew = self.0.read().unwrap_or_else(PoisonError::into_inner).clone();
        crew.filter(|crew| !*crew.closed.borrow())
    }

    /// Makes a crew this node's.
    pub fn open(&self, crew: &Arc<Crew>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(crew));
    }

    /// Lets a crew go, if it is the one.
    pub fn close(&self, crew: &Arc<Crew>) {
        let mut mine = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if mine.as_ref().is_some_and(|mine| Arc::ptr_eq(mine, crew)) {
            *mine = None;
        }
    }

    /// Makes attempts that were leased for this node with the deliveries' birth. Without a crew their leases run out.
    pub fn send(&self, jobs: Vec<Job>) {
        let crew = self.0.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(crew) = crew {
            crew.carry_out_all(jobs);
        }
    }

    /// A webhook's breaker opened or closed.
    pub fn breaker(&self, webhook: WebhookId, open: bool) {
        let crew = self.0.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(crew) = crew {
            let mut parked = crew.parked.lock().unwrap_or_else(PoisonError::into_inner);
            if open {
                parked.insert(webhook, crew.app.clock.now());
            } else {
                parked.remove(&webhook);
            }
        }
    }
}

impl Crew {
    /// A crew that works on the engine's threads and passes results on there.
    pub fn new(app: App, owner: String, results: mpsc::Sender<Report>) -> Self {
        Self {
            owner,
            slots: Slots::default(),
            runtime: app.engine.handle().clone(),
            app,
            attempts: Mutex::default(),
            results,
            closed: watch::Sender::new(false),
            parked: Mutex::default(),
        }
    }

    /// Starts on some attempts.
    pub fn carry_out_all(self: &Arc<Self>, jobs: Vec<Job>) {
        let mut attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        for job in jobs {
            attempts.spawn_on(Arc::clone(self).carry_out(job), &self.runtime);
        }
        while attempts.try_join_next().is_some() {}
    }

    /// Takes on nothing more, and hands back what waits for its turn; ends when every attempt has.
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
        // The writer may be gone; then nothing is left to be written.
        let _ = self.results.send(Report::Last).await;
    }

    /// Stops everything in the middle, like a crash.
    pub fn abort(&self) {
        self.closed.send_replace(true);
        self.attempts.lock().unwrap_or_else(PoisonError::into_inner).abort_all();
    }

    /// Makes one attempt when it is its turn. Its slot is free again once its end is on the way to be written down.
    async fn carry_out(self: Arc<Self>, job: Job) {
        let mut closed = self.closed.subscribe();
        let turn = tokio::select! {
            biased;
            turn = job.slot.turn() => Some(turn),
            _ = closed.wait_for(|closed| *closed) => None,
        };
        let now = self.app.clock.now();
        let report = if turn.is_none() {
            Report::HandedBack(HandedBack { lease: job.lease.clone(), due_at: now, held: false })
        } else if self.is_held_up(&job) {
            let back = HandedBack { lease: job.lease.clone(), due_at: now + LOOK_AGAIN, held: true };
            Report::HandedBack(back)
        } else {
            match attempt::make(&self.app, &job).await {
                Made::Finished(finished) => Report::Finished(finished),
                Made::TooLate(lease) => Report::HandedBack(HandedBack { lease, due_at: now, held: false }),
            }
        };
        drop(turn);
        // The writer ends after the last attempt, or with the process.
        let _ = self.results.send(report).await;
    }

    /// Whether the webhook's breaker opened while the attempt waited for its turn.
    fn is_held_up(&self, job: &Job) -> bool {
        let parked = self.parked.lock().unwrap_or_else(PoisonError::into_inner);
        job.lease.trigger == Trigger::Automatic
            && parked.get(&job.destination.id).is_some_and(|at| job.lease.started_at <= *at)
    }
}
