//! Who wants what: the subscriptions of each workspace, kept in memory and checked against their version in the
//! transaction that publishes, so that no node ever misses a webhook that was just created.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use api_types::ids::WorkspaceId;

use crate::{
    app::App,
    db::{
        Tx,
        deliveries::destinations::{self, Subscriber},
    },
    problem::Failure,
    wake::Hint,
};

/// What the webhooks of each workspace want, as it was at a version of their subscriptions.
#[derive(Debug, Default)]
pub struct SubscriptionCache(Mutex<HashMap<WorkspaceId, Arc<KnownSubscriptions>>>);

/// The subscriptions of one workspace.
#[derive(Debug, PartialEq, Eq)]
pub struct KnownSubscriptions {
    workspace: WorkspaceId,
    version: i64,
    pub(super) webhooks: Vec<Subscriber>,
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
    let webhooks = destinations::subscriptions(tx, workspace)?;
    let known = Arc::new(KnownSubscriptions { workspace, version, webhooks });
    tx.on_commit(Hint::SubscriptionsRead(Arc::clone(&known)));
    Ok(known)
}
