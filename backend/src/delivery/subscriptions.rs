//! The subscriptions of each workspace, kept in memory. The transaction that publishes checks them against
//! their version in the database, so that no node misses a webhook that was just created.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use api_types::{
    events::EventType,
    ids::{WebhookId, WorkspaceId},
};
use diesel::QueryResult;

use super::{
    event_fields::EventFields,
    view::{View, by_webhook},
};
use crate::{
    catalogue::filter::Filter,
    clock::Stopwatch,
    db::{
        Tx,
        deliveries::destinations::{self, Destination, SealedSecret, Subscriber},
    },
};

/// The webhooks of each workspace, as they were at a version of its subscriptions.
#[derive(Debug, Default)]
pub struct SubscriptionCache(Mutex<HashMap<WorkspaceId, Arc<KnownSubscriptions>>>);

/// The webhooks of one workspace, each with its event types, its filter, its URL and its secrets.
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
    /// The filter, made ready; none where the webhook wants every event of its types.
    filter: Option<Filter>,
    /// Newest first, the expired ones included.
    pub(super) secrets: Arc<[SealedSecret]>,
}

impl KnownWebhook {
    /// `true` if the webhook wants an event of this type with these fields.
    pub(super) fn wants(&self, kind: EventType, fields: &EventFields<'_>) -> bool {
        self.subscriber.event_types.0.iter().any(|wanted| wanted.matches(kind))
            && self.filter.as_ref().is_none_or(|filter| fields.pass(filter))
    }

    /// The webhook as a job sees it. `read` was started before the version of the subscriptions was read.
    pub(super) fn view(&self, plan_allows: bool, read: Stopwatch) -> View {
        let destination = Arc::clone(&self.destination);
        View { destination, secrets: Arc::clone(&self.secrets), plan_allows, read }
    }
}

impl SubscriptionCache {
    fn at(&self, workspace: WorkspaceId, version: i64) -> Option<Arc<KnownSubscriptions>> {
        let cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        cache.get(&workspace).filter(|known| known.version == version).cloned()
    }

    fn keep(&self, known: Arc<KnownSubscriptions>) {
        /// The most workspaces that are remembered at once.
        const MOST: usize = 10_000;
        let mut cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if cache.len() >= MOST {
            cache.clear();
        }
        cache.insert(known.workspace, known);
    }

    /// The subscriptions at `version`, from memory or else from the database. Subscriptions that were read
    /// are remembered only once the transaction commits: the same transaction may have changed them.
    pub(super) fn known(
        self: &Arc<Self>,
        tx: &mut Tx<'_>,
        workspace: WorkspaceId,
        version: i64,
    ) -> QueryResult<Arc<KnownSubscriptions>> {
        if let Some(known) = self.at(workspace, version) {
            return Ok(known);
        }
        let known = Arc::new(read(tx, workspace, version)?);
        let cache = Arc::clone(self);
        let read = Arc::clone(&known);
        tx.after_commit(move || cache.keep(read));
        Ok(known)
    }
}

fn read(tx: &mut Tx<'_>, workspace: WorkspaceId, version: i64) -> QueryResult<KnownSubscriptions> {
    let subscribers = destinations::subscriptions(tx, workspace)?;
    let ids: Vec<WebhookId> = subscribers.iter().map(|subscriber| subscriber.destination.id).collect();
    let mut secrets = by_webhook(destinations::secrets(tx, &ids)?);
    let webhooks = subscribers
        .into_iter()
        .map(|subscriber| KnownWebhook {
            destination: Arc::new(subscriber.destination.clone()),
            filter: subscriber.filter.as_ref().and_then(|filter| Filter::new(&filter.0)),
            secrets: secrets.remove(&subscriber.destination.id).unwrap_or_default().into(),
            subscriber,
        })
        .collect();
    Ok(KnownSubscriptions { workspace, version, webhooks })
}
