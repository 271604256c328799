//! The hub: everybody who listens on `GET /v1/stream` of this node, each with the changes that were not told
//! yet. Nothing piles up: the untold changes of a slow reader are one small set.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use api_types::{
    ids::{WebhookId, WorkspaceId},
    stream::{Change, Topic},
};
use tokio::sync::Notify;

/// The most streams of one credential.
pub const PER_CREDENTIAL: usize = 20;
/// The most webhooks that one change names. Beyond that the change names none, which stands for any webhook.
const NAMED: usize = 20;

/// The listeners of this node.
#[derive(Debug, Default)]
pub struct Hub {
    /// The number of listeners. Read before anything else, so that a change that nobody listens for costs
    /// next to nothing.
    listening: AtomicUsize,
    listeners: Mutex<Listeners>,
}

#[derive(Debug, Default)]
struct Listeners {
    closed: bool,
    by_workspace: HashMap<WorkspaceId, Vec<Arc<Listener>>>,
    per_credential: HashMap<String, usize>,
}

/// The reason that one more listener is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Full {
    /// The credential has [`PER_CREDENTIAL`] streams.
    Credential,
    /// This node has its most streams, or is stopping.
    Node,
}

#[derive(Debug, Default)]
struct Listener {
    news: Mutex<News>,
    bell: Notify,
}

/// The news that a listener has not been told yet.
#[derive(Debug, Default)]
struct News {
    closed: bool,
    credentials: bool,
    change: Option<Pending>,
}

impl News {
    fn note(&mut self, topic: Topic, webhook: Option<WebhookId>) {
        match &mut self.change {
            Some(pending) => pending.add(topic, webhook),
            none => *none = Some(Pending::first(topic, webhook)),
        }
    }
}

/// Changes of one workspace, brought together into one set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pending {
    topics: BTreeSet<Topic>,
    /// The webhooks that changed; none stands for any webhook.
    webhooks: Option<BTreeSet<WebhookId>>,
}

impl Pending {
    pub(super) fn first(topic: Topic, webhook: Option<WebhookId>) -> Self {
        let mut pending = Self { topics: BTreeSet::new(), webhooks: Some(BTreeSet::new()) };
        pending.add(topic, webhook);
        pending
    }

    pub(super) fn add(&mut self, topic: Topic, webhook: Option<WebhookId>) {
        self.topics.insert(topic);
        // Events and keys are of no webhook: they leave the others' narrowed down.
        if matches!(topic, Topic::Events | Topic::ApiKeys) {
            return;
        }
        if let (Some(named), Some(webhook)) = (&mut self.webhooks, webhook) {
            named.insert(webhook);
            if named.len() <= NAMED {
                return;
            }
        }
        self.webhooks = None;
    }

    pub(super) fn into_change(self) -> Change {
        Change {
            topics: self.topics.into_iter().collect(),
            webhook_ids: self.webhooks.unwrap_or_default().into_iter().collect(),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Hub {
    /// Listens for changes in `workspace`, on behalf of `credential`. At most `per_node` streams listen at
    /// once.
    pub fn listen(
        self: &Arc<Self>,
        workspace: WorkspaceId,
        credential: &str,
        per_node: usize,
    ) -> Result<StreamSubscription, Full> {
        let mut listeners = lock(&self.listeners);
        if listeners.closed || self.listening.load(Ordering::Relaxed) >= per_node {
            return Err(Full::Node);
        }
        let open = listeners.per_credential.entry(credential.to_owned()).or_default();
        if *open >= PER_CREDENTIAL {
            return Err(Full::Credential);
        }
        *open += 1;
        let listener = Arc::new(Listener::default());
        listeners.by_workspace.entry(workspace).or_default().push(listener.clone());
        self.listening.fetch_add(1, Ordering::Relaxed);
        Ok(StreamSubscription { hub: self.clone(), workspace, credential: credential.to_owned(), listener })
    }

    pub fn listening(&self) -> usize {
        self.listening.load(Ordering::Relaxed)
    }

    /// Notes a change for the listeners of a workspace.
    pub fn changed(&self, workspace: WorkspaceId, topic: Topic, webhook: Option<WebhookId>) {
        if self.listening() == 0 {
            return;
        }
        for listener in lock(&self.listeners).by_workspace.get(&workspace).into_iter().flatten() {
            listener.tell(|news| news.note(topic, webhook));
        }
    }

    /// Notes that anything may have changed anywhere: hints were lost.
    pub fn everything_changed(&self) {
        self.tell_all(|news| {
            for topic in Topic::ALL {
                news.note(*topic, None);
            }
        });
    }

    /// Has the credentials of a workspace's listeners looked up again, or of all listeners where that is `None`.
    pub fn credentials_changed(&self, workspace: Option<WorkspaceId>) {
        if self.listening() == 0 {
            return;
        }
        let Some(workspace) = workspace else { return self.tell_all(|news| news.credentials = true) };
        for listener in lock(&self.listeners).by_workspace.get(&workspace).into_iter().flatten() {
            listener.tell(|news| news.credentials = true);
        }
    }

    /// Ends every subscription, and lets nobody listen any more: the node is stopping.
    pub fn close(&self) {
        lock(&self.listeners).closed = true;
        self.tell_all(|news| news.closed = true);
    }

    fn tell_all(&self, what: impl Fn(&mut News)) {
        for listener in lock(&self.listeners).by_workspace.values().flatten() {
            listener.tell(&what);
        }
    }
}

impl Listener {
    fn tell(&self, what: impl FnOnce(&mut News)) {
        what(&mut lock(&self.news));
        self.bell.notify_one();
    }
}

/// The place of one listener, given up when dropped.
#[derive(Debug)]
pub struct StreamSubscription {
    hub: Arc<Hub>,
    workspace: WorkspaceId,
    credential: String,
    listener: Arc<Listener>,
}

impl StreamSubscription {
    /// Waits for news. Somebody may have taken them by the time this returns.
    pub async fn news(&self) {
        self.listener.bell.notified().await;
    }

    /// `true` once the node is stopping.
    pub fn is_closed(&self) -> bool {
        lock(&self.listener.news).closed
    }

    /// `true` if credentials changed since the last call.
    pub fn credentials_changed(&self) -> bool {
        std::mem::take(&mut lock(&self.listener.news).credentials)
    }

    pub fn has_change(&self) -> bool {
        lock(&self.listener.news).change.is_some()
    }

    /// Takes all changes since the last call.
    pub fn take_change(&self) -> Option<Change> {
        lock(&self.listener.news).change.take().map(Pending::into_change)
    }
}

impl Drop for StreamSubscription {
    fn drop(&mut self) {
        let mut listeners = lock(&self.hub.listeners);
        if let Some(listening) = listeners.by_workspace.get_mut(&self.workspace) {
            listening.retain(|listener| !Arc::ptr_eq(listener, &self.listener));
            if listening.is_empty() {
                listeners.by_workspace.remove(&self.workspace);
            }
        }
        if let Some(open) = listeners.per_credential.get_mut(&self.credential) {
            *open -= 1;
            if *open == 0 {
                listeners.per_credential.remove(&self.credential);
            }
        }
        self.hub.listening.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workspace(number: u128) -> WorkspaceId {
        WorkspaceId::from_parts(1, number)
    }

    fn webhook(number: u128) -> WebhookId {
        WebhookId::from_parts(1, number)
    }

    #[test]
    fn changes_come_together_until_they_are_taken() {
        let hub = Arc::new(Hub::default());
        hub.changed(workspace(1), Topic::Webhooks, None);
        let ours = hub.listen(workspace(1), "a", 10).expect("room");
        let theirs = hub.listen(workspace(2), "b", 10).expect("room");
        assert_eq!(ours.take_change(), None);
        for number in 0..1000 {
            hub.changed(workspace(1), Topic::Deliveries, Some(webhook(number % 2)));
        }
        hub.changed(workspace(1), Topic::Webhooks, Some(webhook(0)));
        let change = ours.take_change().expect("a change");
        assert_eq!(change.topics, [Topic::Deliveries, Topic::Webhooks]);
        assert_eq!(change.webhook_ids, [webhook(0), webhook(1)]);
        assert_eq!((ours.take_change(), theirs.take_change()), (None, None));
    }

    #[test]
    fn too_many_webhooks_to_name_are_any() {
        let hub = Arc::new(Hub::default());
        let ours = hub.listen(workspace(1), "a", 10).expect("room");
        for number in 0..=20 {
            hub.changed(workspace(1), Topic::Deliveries, Some(webhook(number)));
        }
        assert_eq!(ours.take_change().expect("a change").webhook_ids, []);
        hub.changed(workspace(1), Topic::Deliveries, Some(webhook(1)));
        hub.changed(workspace(1), Topic::Recoveries, None);
        hub.changed(workspace(1), Topic::Deliveries, Some(webhook(1)));
        assert_eq!(ours.take_change().expect("a change").webhook_ids, []);
    }

    #[test]
    fn places_are_bounded_and_given_back() {
        let hub = Arc::new(Hub::default());
        let taken: Vec<_> = (0..20).map(|_| hub.listen(workspace(1), "a", 21).expect("room")).collect();
        assert_eq!(hub.listen(workspace(1), "a", 21).err(), Some(Full::Credential));
        let other = hub.listen(workspace(2), "b", 21).expect("room");
        assert_eq!(hub.listen(workspace(2), "b", 21).err(), Some(Full::Node));
        drop((taken, other));
        assert_eq!(hub.listening(), 0);
        let last = hub.listen(workspace(1), "a", 21).expect("room");
        hub.close();
        assert!(last.is_closed());
        assert_eq!(hub.listen(workspace(1), "b", 21).err(), Some(Full::Node));
    }
}
