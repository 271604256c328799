//! The outbox: hints of this node for the others, brought together until they are sent. The set stays small,
//! however long the other nodes cannot be reached.

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
use tokio::sync::Notify;

use super::hub::Pending;
use crate::db::{Hint, notify::MAX_BYTES};

/// The time for which changes come together before they are sent. Screens are told no more than twice a
/// second anyway.
const CHANGES_WAIT: Duration = Duration::from_millis(200);
/// The most workspaces whose changes are told one by one.
const WORKSPACES: usize = 500;
/// The most workspaces of which it is told one by one that their credentials changed.
const CREDENTIALS_OF: usize = 100;

/// A hint that needs no more than a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Word {
    /// Deliveries are due that the sending node does not lease itself.
    Due,
    /// A recovery began that the sending node does not carry out itself.
    Recoveries,
    /// A key, an app, a session, a role or a plan changed: of the workspaces in `credentials_of`, or of any where none is named.
    Credentials,
    /// So much changed on screens that it cannot be told one by one.
    Everything,
}

/// A message from one node to the others.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct NodeMessage {
    /// The name of the sending node; none for a command.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) from: Option<String>,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub(super) words: BTreeSet<Word>,
    /// The workspaces that [`Word::Credentials`] is about. A node of a version before this field reads the word alone, and forgets
    /// all that it knows.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub(super) credentials_of: BTreeSet<WorkspaceId>,
    /// Changes for screens, by workspace.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) changes: Vec<(WorkspaceId, Change)>,
}

/// Hints that the other nodes have not been told yet.
#[derive(Debug, Default)]
pub struct Outbox {
    /// This node has a link, up or down: there may be others to tell.
    open: AtomicBool,
    /// The link is up.
    linked: AtomicBool,
    waiting: Mutex<Waiting>,
    urgent: Notify,
    changed: Notify,
}

#[derive(Debug, Default)]
struct Waiting {
    words: BTreeSet<Word>,
    credentials: Credentials,
    changes: HashMap<WorkspaceId, Pending>,
}

/// The workspaces whose credentials changed.
#[derive(Debug)]
enum Credentials {
    Of(BTreeSet<WorkspaceId>),
    /// They are not known, or too many to name.
    OfAny,
}

impl Default for Credentials {
    fn default() -> Self {
        Self::Of(BTreeSet::new())
    }
}

impl Credentials {
    fn add(&mut self, workspace: Option<WorkspaceId>) {
        match (&mut *self, workspace) {
            (Self::OfAny, _) => {}
            (Self::Of(named), Some(workspace)) if named.len() < CREDENTIALS_OF => {
                named.insert(workspace);
            }
            (Self::Of(named), Some(workspace)) if named.contains(&workspace) => {}
            (Self::Of(_), _) => *self = Self::OfAny,
        }
    }

    /// The workspaces as a message names them: none stands for any.
    fn into_named(self) -> BTreeSet<WorkspaceId> {
        match self {
            Self::Of(named) => named,
            Self::OfAny => BTreeSet::new(),
        }
    }
}

impl Outbox {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins to collect hints: from now on there may be others to tell.
    pub(super) fn open(&self) {
        self.open.store(true, Ordering::Relaxed);
    }

    pub(super) fn set_linked(&self, linked: bool) {
        self.linked.store(linked, Ordering::Relaxed);
    }

    /// `true` if there may be other nodes to tell.
    pub(super) fn is_open(&self) -> bool {
        self.open.load(Ordering::Relaxed)
    }

    /// `true` while the link with the other nodes is up.
    pub fn is_linked(&self) -> bool {
        self.linked.load(Ordering::Relaxed)
    }

    /// Notes a hint of a commit of this node.
    pub fn note(&self, hint: &Hint) {
        if !self.is_open() {
            return;
        }
        let word = match hint {
            Hint::DeliveriesDue => Word::Due,
            Hint::RecoveriesDue => Word::Recoveries,
            Hint::CredentialsChanged { workspace } => {
                self.lock().credentials.add(*workspace);
                Word::Credentials
            }
            Hint::Changed { workspace, topic, webhook } => {
                self.lock().note(*workspace, *topic, *webhook);
                return self.changed.notify_one();
            }
            // Other nodes read their webhooks anew before they send.
            Hint::Breaker { .. } | Hint::DestinationsChanged { .. } => return,
        };
        self.lock().words.insert(word);
        self.urgent.notify_one();
    }

    /// Waits until a hint is to be sent: words at once, changes after they have come together.
    pub(super) async fn ready(&self) {
        tokio::select! {
            () = self.urgent.notified() => {}
            () = async {
                self.changed.notified().await;
                tokio::time::sleep(CHANGES_WAIT).await;
            } => {}
        }
    }

    /// Takes all waiting hints, as texts to send.
    pub(super) fn take(&self, from: &str) -> Vec<String> {
        let own = || NodeMessage { from: Some(from.to_owned()), ..NodeMessage::default() };
        let Waiting { words, credentials, changes } = std::mem::take(&mut *self.lock());
        let credentials_of = credentials.into_named();
        let mut length = 34 * credentials_of.len();
        let mut messages = vec![NodeMessage { words, credentials_of, ..own() }];
        for (workspace, pending) in changes {
            let change = pending.into_change();
            // An id takes 33 bytes with its quotes; the topics and the rest of the JSON take less than 150.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn told(outbox: &Outbox) -> Vec<NodeMessage> {
        let texts = outbox.take("a node");
        assert!(
            texts.iter().all(|text| text.len() <= MAX_BYTES),
            "{:?}",
            texts.iter().map(String::len).max()
        );
        texts.iter().map(|text| serde_json::from_str(text).expect("a message")).collect()
    }

    fn change(workspace: u128, webhook: u128) -> Hint {
        Hint::Changed {
            workspace: WorkspaceId::from_parts(1, workspace),
            topic: Topic::Deliveries,
            webhook: Some(WebhookId::from_parts(1, webhook)),
        }
    }

    #[test]
    fn what_comes_together_is_told_together_and_in_texts_that_can_be_sent() {
        let outbox = Outbox::default();
        outbox.note(&Hint::DeliveriesDue);
        assert!(told(&outbox).is_empty(), "nobody is there to be told");
        outbox.open();
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

    /// A message as a node of the version before reads and writes it.
    #[derive(Default, Serialize, Deserialize)]
    #[serde(default)]
    struct Before {
        words: BTreeSet<Word>,
        changes: Vec<(WorkspaceId, Change)>,
    }

    #[test]
    fn credentials_are_told_by_workspace_and_a_node_of_another_version_forgets_all() {
        let outbox = Outbox::default();
        outbox.open();
        let changed =
            |number| Hint::CredentialsChanged { workspace: Some(WorkspaceId::from_parts(1, number)) };
        outbox.note(&changed(1));
        outbox.note(&changed(2));
        outbox.note(&changed(1));
        let texts = outbox.take("a node");
        let message: NodeMessage = serde_json::from_str(&texts[0]).expect("a message");
        assert_eq!((texts.len(), message.credentials_of.len()), (1, 2));
        let before: Before = serde_json::from_str(&texts[0]).expect("a message");
        assert!(before.words.contains(&Word::Credentials));
        let before = serde_json::to_string(&before).expect("JSON");
        let heard: NodeMessage = serde_json::from_str(&before).expect("a message");
        assert!(heard.words.contains(&Word::Credentials) && heard.credentials_of.is_empty());
        // Too many to name, beside changes that fill the text.
        for number in 0..=CREDENTIALS_OF as u128 {
            outbox.note(&changed(number));
        }
        assert!(told(&outbox)[0].credentials_of.is_empty());
        for number in 0..CREDENTIALS_OF as u128 {
            outbox.note(&changed(number));
        }
        for number in 0..2_000 {
            outbox.note(&change(number % 100, number));
        }
        assert_eq!(told(&outbox)[0].credentials_of.len(), CREDENTIALS_OF);
        outbox.note(&changed(1));
        outbox.note(&Hint::CredentialsChanged { workspace: None });
        assert!(told(&outbox)[0].credentials_of.is_empty());
    }

    #[test]
    fn too_many_workspaces_to_name_are_all_of_them() {
        let outbox = Outbox::default();
        outbox.open();
        for number in 0..=500 {
            outbox.note(&change(number, 1));
        }
        let messages = told(&outbox);
        assert_eq!(messages.len(), 1);
        assert!(messages[0].words.contains(&Word::Everything) && messages[0].changes.is_empty());
    }
}
