//! What a commit sets in motion: hints that are safe to lose, since each reader also looks by itself.

pub mod hub;
pub mod nodes;

use std::{collections::BTreeSet, sync::Arc};

use api_types::{
    ids::{WebhookId, WorkspaceId},
    stream::Topic,
};
use tokio::sync::Notify;

use crate::{
    auth::cache::CredentialCache,
    db::Tx,
    delivery::{Courier, Job, KnownSubscriptions, SubscriptionCache},
};
use hub::Hub;
use nodes::Outbox;

/// Something that became durable just now.
#[derive(Debug)]
pub enum Hint {
    /// A delivery is due.
    DeliveriesDue,
    /// Attempts that this node leased with the deliveries' birth may be made.
    Send(Vec<Job>),
    /// A webhook's breaker opened or closed.
    Breaker {
        /// Whose.
        webhook: WebhookId,
        /// It is open: nothing more is sent but probes.
        open: bool,
    },
    /// A recovery began.
    RecoveriesDue,
    /// A key, an app, a session, a role or a plan changed: cached credentials are stale.
    CredentialsChanged,
    /// Something changed that screens show: who listens on `GET /v1/stream` is told.
    Changed {
        /// In which workspace.
        workspace: WorkspaceId,
        /// What of.
        topic: Topic,
        /// Of which webhook; none where it may be any.
        webhook: Option<WebhookId>,
    },
    /// A transaction read what a workspace's webhooks want, and it may be remembered.
    SubscriptionsRead(Arc<KnownSubscriptions>),
}

/// The parts of a node that react to commits.
#[derive(Debug, Default)]
pub struct Wake {
    /// Notified when a delivery is due.
    pub deliveries: Notify,
    /// Makes attempts, where this node has a worker.
    pub courier: Courier,
    /// Notified when a recovery began.
    pub recoveries: Notify,
    /// Credentials that were looked up lately.
    pub credentials: CredentialCache,
    /// What webhooks want, as it was read lately.
    pub subscriptions: SubscriptionCache,
    /// Who listens for changes.
    pub hub: Arc<Hub>,
    /// What other nodes are to hear of.
    pub outbox: Outbox,
}

impl Wake {
    /// Passes on what a commit of this node set in motion.
    pub fn release(&self, hint: Hint) {
        // What this node can do itself, the others need not look for.
        let ours = match hint {
            Hint::DeliveriesDue => self.courier.crew().is_some_and(|crew| crew.slots.free() > 0),
            Hint::RecoveriesDue => self.courier.crew().is_some(),
            _ => false,
        };
        if !ours {
            self.outbox.note(&hint);
        }
        self.pass_on(hint);
    }

    /// Tells screens, once the transaction is durable, that deliveries of these webhooks changed.
    pub fn deliveries_changed(&self, tx: &mut Tx<'_>, of: impl Iterator<Item = (WorkspaceId, WebhookId)>) {
        if self.hub.listening() == 0 && !self.outbox.is_open() {
            return;
        }
        for (workspace, webhook) in of.collect::<BTreeSet<_>>() {
            tx.changed(workspace, Topic::Deliveries, Some(webhook));
        }
    }

    /// Passes a hint on within this node.
    fn pass_on(&self, hint: Hint) {
        match hint {
            Hint::DeliveriesDue => self.deliveries.notify_one(),
            Hint::Send(jobs) => self.courier.send(jobs),
            Hint::Breaker { webhook, open } => self.courier.breaker(webhook, open),
            Hint::RecoveriesDue => self.recoveries.notify_one(),
            Hint::CredentialsChanged => {
                self.credentials.forget();
                self.hub.credentials_changed();
            }
            Hint::Changed { workspace, topic, webhook } => self.hub.changed(workspace, topic, webhook),
            Hint::SubscriptionsRead(known) => self.subscriptions.keep(&known),
        }
    }
}
