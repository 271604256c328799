//! Who wants what: the subscriptions of each workspace, kept in memory and checked against their version in the
//! transaction that publishes, so that no node ever misses a webhook that was just created.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use api_types::ids::{WebhookId, WorkspaceId};

use crate::{
    app::App,
    db::{
        Tx,
        deliveries::destinations::{self, Destination, SealedSecret, Subscriber},
    },
    problem::Failure,
    wake::Hint,
};

/// What the webhooks of each workspace want, as it was at a version of their subscriptions.
#[derive(Debug, Default)]
pub struct SubscriptionCache(Mutex<HashMap<WorkspaceId, Arc<KnownSubscriptions>>>);

/// The webhooks of one workspace: what they want, where it goes, and what signs it.
#[derive(Debug)]
pub struct KnownSubscriptions {
    workspace: WorkspaceId,
    version: i64,
    pub(super) webhooks: Vec<KnownWebhook>,
}

/// A webhook of [`KnownSubscriptions`].
#[derive(Debug)]
pub(super) struct KnownWebhook {
    pub(super) subscriber: Subscriber,
    pub(super) destination: Arc<Destination>,
    /// Newest first, the expired ones included.
    pub(super) secrets: Arc<[SealedSecret]>,
}

impl SubscriptionCache {
    fn at(&self, workspace: WorkspaceId, version: i64) -> Option<Arc<KnownSubscriptions>> {
        let cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        cache.get(&workspace).filter(|known| known.version == version).cloned()
    }

    /// Keeps what a committed transaction read.
    pub fn keep(&self, known: &Arc<KnownSubscriptions>) {
        /// More workspaces than this are not remembered at once.
        const MOST: usize = 10_000;
        let mut cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if cache.len() >= MOST {
            cache.clear();
        }
        cache.insert(known.workspace, Arc::clone(known));
    }
}

/// The subscriptions at `version`, from memory or else from the database. What was read is remembered only once the
/// transaction commits: it may have changed them itself.
pub(super) fn known(
    tx: &mut Tx<'_>,
    app: &App,
    workspace: WorkspaceId,
    version: i64,
) -> Result<Arc<KnownSubscriptions>, Failure> {
    if let Some(known) = app.wake.subscriptions.at(workspace, version) {
        return Ok(known);
    }
    let subscribers = destinations::subscriptions(tx, workspace)?;
    let ids: Vec<WebhookId> = subscribers.iter().map(|subscriber| subscriber.destination.id).collect();
    let mut secrets = by_webhook(destinations::secrets(tx, &ids)?);
    let webhooks = subscribers
        .into_iter()
        .map(|subscriber| KnownWebhook {
            destination: Arc::new(subscriber.destination.clone()),
            secrets: secrets.remove(&subscriber.destination.id).unwrap_or_default().into(),
            subscriber,
        })
        .collect();
    let known = Arc::new(KnownSubscriptions { workspace, version, webhooks });
    tx.on_commit(Hint::SubscriptionsRead(Arc::clone(&known)));
    Ok(known)
}

/// Secrets by whose they are, in their order.
pub(super) fn by_webhook(secrets: Vec<SealedSecret>) -> HashMap<WebhookId, Vec<SealedSecret>> {
    let mut found: HashMap<WebhookId, Vec<SealedSecret>> = HashMap::new();
    for secret in secrets {
        found.entry(secret.webhook_id).or_default().push(secret);
    }
    found
}
