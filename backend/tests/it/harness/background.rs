//! Background jobs of a node: workers that deliver, recoveries, retention, expiry. None runs unless a test starts it.

use sayless::{
    db::step_size::StepSize,
    delivery::{
        self, cancel, recovery,
        retention::{self, Place},
        worker::Worker,
    },
    expiry,
    oauth::publisher_domains::recheck,
};
use tokio::task::JoinHandle;

use super::{Node, World};

/// A job that a node keeps doing. Dropping it stops it like a crash.
pub struct BackgroundJob(JoinHandle<()>);

impl Drop for BackgroundJob {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl World {
    /// Starts a worker, which delivers. Dropping it stops it like a crash.
    pub fn start_worker(&self) -> Worker {
        Worker::start(self.app.delivery.clone())
    }

    /// Starts the job that carries recoveries out.
    pub fn start_recoveries(&self) -> BackgroundJob {
        BackgroundJob(tokio::spawn(recovery::keep(self.app.delivery.clone())))
    }

    /// Starts the job that removes what is too old.
    pub fn start_retention(&self) -> BackgroundJob {
        BackgroundJob(tokio::spawn(retention::keep(self.app.base.clone())))
    }

    /// Begins to walk along all that is too old.
    pub const fn retention_pass(&self) -> RetentionPass<'_> {
        RetentionPass { world: self, next: Some(Place::START), size: StepSize::FIRST }
    }

    /// Removes all that is too old; gives how many deliveries and events went.
    pub async fn remove_old(&self) -> usize {
        let mut pass = self.retention_pass();
        let mut removed = 0;
        while !pass.is_over() {
            removed += pass.step().await;
        }
        removed
    }

    /// Removes expired sessions, tokens and keys, as a node does now and then.
    pub async fn remove_expired(&self) {
        expiry::once(&self.app.auth).await.unwrap();
    }

    /// Checks the domains of publishers that are due, as a node does now and then.
    pub async fn recheck_domains(&self) {
        recheck::once(&self.app.base, &self.app.delivery.sender).await.unwrap();
    }

    /// Cancels what is due to be canceled, as a node does once a second.
    pub async fn cancel_due(&self) {
        cancel::all_of(&self.app.base, None).await.unwrap();
    }

    /// Disables the webhooks of owners that have ended, as a node does once a second.
    pub async fn end_owners(&self) {
        delivery::end_owners(&self.app.delivery).await.unwrap();
    }

    /// Writes down when and from where credentials were last used, as a node does now and then.
    pub async fn flush_usage(&self) {
        self.app.auth.usage.flush(&self.app.base).await;
    }
}

impl Node {
    /// Starts a worker on this node.
    pub fn start_worker(&self) -> Worker {
        Worker::start(self.app.delivery.clone())
    }
}

/// A walk along everything that is too old, in the steps in which a node takes it.
pub struct RetentionPass<'a> {
    world: &'a World,
    next: Option<Place>,
    size: StepSize,
}

impl RetentionPass<'_> {
    /// True once the walk has come to its end.
    pub const fn is_over(&self) -> bool {
        self.next.is_none()
    }

    /// Takes one step; gives how many deliveries and events went.
    pub async fn step(&mut self) -> usize {
        let Some(place) = self.next else { return 0 };
        let step = retention::step(&self.world.app.base, place, self.size).await.unwrap();
        (self.next, self.size) = (step.next, step.size);
        step.removed
    }
}
