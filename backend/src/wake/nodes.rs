//! Between the nodes on one PostgreSQL: what a commit on one set in motion, the others hear of within moments. Only hints:
//! whoever misses one finds out by looking, once a second. They never ride in the transactions themselves, for NOTIFY
//! makes commits wait for each other; each node sends what has come together, over a connection of its own.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use api_types::{
    ids::{WebhookId, WorkspaceId},
    stream::{Change, Topic},
};
use serde::{Deserialize, Serialize};
use tokio::{sync::Notify, task::JoinHandle};

use super::{Hint, Wake, hub::Pending};
use crate::{
    app::App,
    crypto,
    db::{
        DatabaseUrl,
        notify::{self, Listener, MAX_BYTES, Speaker},
    },
};

/// How soon after one message the next is sent.
const PACE: Duration = Duration::from_millis(50);
/// How long changes come together: screens are told no more than twice a second.
const CHANGES_WAIT: Duration = Duration::from_millis(200);
/// The most workspaces whose changes are told one by one.
const WORKSPACES: usize = 500;
/// The first and the longest pause before connecting again.
const RETRY: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));

/// What needs no more than a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    /// Deliveries are due that the node does not take itself.
    Due,
    /// A recovery began that it does not carry out itself.
    Recoveries,
    /// A key, an app, a session, a role or a plan changed.
    Credentials,
    /// So much changed on screens that it cannot be told one by one.
    Everything,
}

/// What one node tells the others.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Message {
    /// Who says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    words: BTreeSet<Word>,
    /// What screens show differently now.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    changes: Vec<(WorkspaceId, Change)>,
}

/// What other nodes are to hear of and have not been told yet: one small set, however long nobody can be reached.
#[derive(Debug, Default)]
pub struct Outbox {
    /// Whether there is a link at all.
    open: AtomicBool,
    /// Whether it is up.
    linked: AtomicBool,
    waiting: Mutex<Waiting>,
    urgent: Notify,
    changed: Notify,
}

#[derive(Debug, Default)]
struct Waiting {
    words: BTreeSet<Word>,
    changes: HashMap<WorkspaceId, Pending>,
}

impl Outbox {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether there is anybody to tell.
    pub(super) fn is_open(&self) -> bool {
        self.open.load(Ordering::Relaxed)
    }

    /// Whether this node is linked with others right now.
    pub fn is_linked(&self) -> bool {
        self.linked.load(Ordering::Relaxed)
    }

    /// Notes what a commit of this node set in motion.
    pub(super) fn note(&self, hint: &Hint) {
        if !self.is_open() {
            return;
        }
        let word = match hint {
            Hint::DeliveriesDue => Word::Due,
            Hint::RecoveriesDue => Word::Recoveries,
            Hint::CredentialsChanged => Word::Credentials,
            Hint::Changed { workspace, topic, webhook } => {
                self.lock().note(*workspace, *topic, *webhook);
                return self.changed.notify_one();
            }
            Hint::Send(_) | Hint::Breaker { .. } | Hint::SubscriptionsRead(_) => return,
        };
        self.lock().words.insert(word);
        self.urgent.notify_one();
    }

    /// Waits until there is something to send, and it is time.
    async fn ready(&self) {
        tokio::select! {
            () = self.urgent.notified() => {}
            () = async {
                self.changed.notified().await;
                tokio::time::sleep(CHANGES_WAIT).await;
            } => {}
        }
    }

    /// Takes what waits, as texts to send.
    fn take(&self, from: &str) -> Vec<String> {
        let own = || Message { from: Some(from.to_owned()), ..Message::default() };
        let Waiting { words, changes } = std::mem::take(&mut *self.lock());
        let mut messages = vec![Message { words, ..own() }];
        let mut length = 0;
        for (workspace, pending) in changes {
            let change = pending.into_change();
            // An id takes 33 bytes with its quotes, the topics and what is around them less than 150.
            let more = 200 + 34 * change.webhook_ids.len();
            if length + more > MAX_BYTES - 200 {
                messages.push(own());
                length = 0;
            }
            length += more;
            if let Some(last) = messages.last_mut() {
                last.changes.push((workspace, change));
            }
        }
        let empty = own();
        messages
            .iter()
            .filter(|message| **message != empty)
            .filter_map(|it| serde_json::to_string(it).ok())
            .collect()
    }
}

impl Waiting {
    fn note(&mut self, workspace: WorkspaceId, topic: Topic, webhook: Option<WebhookId>) {
        if self.words.contains(&Word::Everything) {
            return;
        }
        if let Some(pending) = self.changes.get_mut(&workspace) {
            pending.add(topic, webhook);
        } else if self.changes.len() < WORKSPACES {
            self.changes.insert(workspace, Pending::first(topic, webhook));
        } else {
            self.words.insert(Word::Everything);
            self.changes.clear();
        }
    }
}

impl Wake {
    /// Passes on what another node says.
    fn hear(&self, message: Message) {
        for word in message.words {
            match word {
                Word::Due => self.pass_on(Hint::DeliveriesDue),
                Word::Recoveries => self.pass_on(Hint::RecoveriesDue),
                Word::Credentials => self.pass_on(Hint::CredentialsChanged),
                Word::Everything => self.hub.everything_changed(),
            }
        }
        for (workspace, Change { topics, webhook_ids }) in message.changes {
            for topic in topics {
                if webhook_ids.is_empty() {
                    self.hub.changed(workspace, topic, None);
                }
                for webhook in &webhook_ids {
                    self.hub.changed(workspace, topic, Some(*webhook));
                }
            }
        }
    }

    /// Assumes the worst after a time of hearing nothing.
    fn catch_up(&self) {
        let words = [Word::Due, Word::Recoveries, Word::Credentials, Word::Everything].into();
        self.hear(Message { words, ..Message::default() });
    }
}

/// Has every node look credentials up again: for commands, which are no nodes and have no link.
pub async fn tell_of_credentials(url: &DatabaseUrl) {
    let DatabaseUrl::Postgres(url) = url else { return };
    let message = Message { words: [Word::Credentials].into(), ..Message::default() };
    let told = async {
        let (speaker, _listener) = notify::open(url).await?;
        speaker.tell(&[serde_json::to_string(&message).unwrap_or_default()]).await
    };
    if let Err(error) = told.await {
        tracing::warn!(%error, "running nodes could not be told; they find out within fifteen seconds");
    }
}

/// A node's link to the others; it goes with it.
#[derive(Debug)]
pub struct Link(JoinHandle<()>);

impl Link {
    /// Links this node with the others on its database; none where it is the only one.
    pub fn start(app: &App, url: &DatabaseUrl) -> Option<Self> {
        let DatabaseUrl::Postgres(url) = url else { return None };
        app.wake.outbox.open.store(true, Ordering::Relaxed);
        Some(Self(app.engine.spawn(keep(app.clone(), url.clone()))))
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Keeps the link up.
async fn keep(app: App, url: String) {
    let node = crypto::text(&app.chance.bytes::<9>());
    let (mut pause, mut first) = (RETRY.0, true);
    loop {
        match notify::open(&url).await {
            Ok((speaker, listener)) => {
                tracing::info!("linked with the other nodes");
                if !first {
                    app.wake.catch_up();
                }
                (pause, first) = (RETRY.0, false);
                app.wake.outbox.linked.store(true, Ordering::Relaxed);
                tokio::select! {
                    () = listen(&app.wake, listener, &node) => {}
                    () = tell(&app.wake.outbox, &speaker, &node) => {}
                }
                app.wake.outbox.linked.store(false, Ordering::Relaxed);
                tracing::info!(
                    "the link with the other nodes broke; until it is up again, each looks by itself"
                );
            }
            Err(error) if pause == RETRY.0 => {
                tracing::warn!(%error, "no link with the other nodes; each looks by itself, once a second");
            }
            Err(error) => tracing::debug!(%error, "still no link with the other nodes"),
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(RETRY.1);
    }
}

/// Passes on what others say until the connection is gone.
async fn listen(wake: &Wake, mut listener: Listener, node: &str) {
    while let Some(text) = listener.hear().await {
        match serde_json::from_str::<Message>(&text) {
            Ok(message) if message.from.as_deref() == Some(node) => {}
            Ok(message) => wake.hear(message),
            // A node of another version may have more to say than we understand.
            Err(_) => wake.catch_up(),
        }
    }
}

/// Tells others what comes together until the connection is gone.
async fn tell(outbox: &Outbox, speaker: &Speaker, node: &str) {
    loop {
        outbox.ready().await;
        let texts = outbox.take(node);
        if !texts.is_empty()
            && let Err(error) = speaker.tell(&texts).await
        {
            return tracing::debug!(%error, "the other nodes could not be told");
        }
        tokio::time::sleep(PACE).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(outbox: &Outbox) -> Vec<Message> {
        let texts = outbox.take("a node");
        assert!(
            texts.iter().all(|text| text.len() <= MAX_BYTES),
            "{:?}",
            texts.iter().map(String::len).max()
        );
        texts.iter().map(|text| serde_json::from_str(text).expect("a message")).collect()
    }

    fn change(workspace: u128, webhook: u128) -> Hint {
        let (workspace, webhook) = (WorkspaceId::from_parts(1, workspace), WebhookId::from_parts(1, webhook));
        Hint::Changed { workspace, topic: Topic::Deliveries, webhook: Some(webhook) }
    }

    #[test]
    fn what_comes_together_is_told_together_and_in_texts_that_can_be_sent() {
        let outbox = Outbox::default();
        outbox.note(&Hint::DeliveriesDue);
        assert!(told(&outbox).is_empty(), "nobody is there to be told");
        outbox.open.store(true, Ordering::Relaxed);
        for number in 0..2_000 {
            outbox.note(&Hint::DeliveriesDue);
            outbox.note(&change(number % 100, number));
        }
        let messages = told(&outbox);
        assert_eq!(messages.iter().filter(|message| message.words.contains(&Word::Due)).count(), 1);
        let mut seen: Vec<_> = messages.iter().flat_map(|message| &message.changes).collect();
        seen.sort_by_key(|(workspace, _)| *workspace);
        seen.dedup_by_key(|(workspace, _)| *workspace);
        assert_eq!(seen.len(), 100);
        assert!(seen.iter().all(|(_, change)| change.webhook_ids.len() == 20));
        assert!(told(&outbox).is_empty());
    }

    #[test]
    fn too_many_workspaces_to_name_are_all_of_them() {
        let outbox = Outbox::default();
        outbox.open.store(true, Ordering::Relaxed);
        for number in 0..=500 {
            outbox.note(&change(number, 1));
        }
        let messages = told(&outbox);
        assert_eq!(messages.len(), 1);
        assert!(messages[0].words.contains(&Word::Everything) && messages[0].changes.is_empty());
    }
}
