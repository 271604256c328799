//! The link between the nodes on one PostgreSQL: hints of commits on one node reach the others within
//! moments. A node that misses a hint finds out by looking, once a second. Hints never travel in the
//! transactions themselves, since NOTIFY makes commits wait for each other: each node sends the hints that
//! have come together over a connection of its own.

use std::{fmt, sync::Arc, time::Duration};

use api_types::stream::Change;
use tokio::{runtime::Handle, task::JoinHandle};

use super::{
    Signals,
    outbox::{NodeMessage, Outbox, Word},
};
use crate::db::{
    DatabaseUrl, Hint, OnHint,
    notify::{self, NotifyReceiver, NotifySender},
};

/// The pause between two messages.
const SEND_EVERY: Duration = Duration::from_millis(50);
/// The first pause before connecting again. The pause doubles each time.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The longest pause before connecting again.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// A node, as its link sees it.
#[derive(Clone)]
pub struct Node {
    /// A text that no other node has: a node ignores messages with its own name.
    pub name: String,
    /// The signals of this node.
    pub signals: Arc<Signals>,
    /// Called with each hint of another node.
    pub heard: OnHint,
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Node").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Node {
    /// Passes a message of another node on to this one.
    fn hear(&self, message: NodeMessage) {
        for word in message.words {
            match word {
                Word::Due => (self.heard)(Hint::DeliveriesDue),
                Word::Recoveries => (self.heard)(Hint::RecoveriesDue),
                Word::Credentials if message.credentials_of.is_empty() => {
                    (self.heard)(Hint::CredentialsChanged { workspace: None });
                }
                Word::Credentials => {
                    for workspace in &message.credentials_of {
                        (self.heard)(Hint::CredentialsChanged { workspace: Some(*workspace) });
                    }
                }
                Word::Everything => self.signals.hub.everything_changed(),
            }
        }
        for (workspace, Change { topics, webhook_ids }) in message.changes {
            for topic in topics {
                if webhook_ids.is_empty() {
                    (self.heard)(Hint::Changed { workspace, topic, webhook: None });
                }
                for webhook in &webhook_ids {
                    (self.heard)(Hint::Changed { workspace, topic, webhook: Some(*webhook) });
                }
            }
        }
    }

    /// Acts as if everything had changed, after a time without a link.
    fn catch_up(&self) {
        let words = [Word::Due, Word::Recoveries, Word::Credentials, Word::Everything].into();
        self.hear(NodeMessage { words, ..NodeMessage::default() });
    }
}

/// Makes every node look credentials up again. For commands: they are no nodes and have no link.
pub async fn tell_of_credentials(url: &DatabaseUrl) {
    let DatabaseUrl::Postgres(url) = url else { return };
    let message = NodeMessage { words: [Word::Credentials].into(), ..NodeMessage::default() };
    let told = async {
        let (speaker, _listener) = notify::open(url).await?;
        speaker.tell(&[serde_json::to_string(&message).unwrap_or_default()]).await
    };
    if let Err(error) = told.await {
        tracing::warn!(%error, "running nodes could not be told; they find out within fifteen seconds");
    }
}

/// The link of a node to the others. Dropping it ends the link.
#[derive(Debug)]
pub struct Link(JoinHandle<()>);

impl Link {
    /// Links a node with the others on its database. `None` on the embedded database: there are no others.
    pub fn start(node: Node, url: &DatabaseUrl, runtime: &Handle) -> Option<Self> {
        let DatabaseUrl::Postgres(url) = url else { return None };
        node.signals.outbox.open();
        Some(Self(runtime.spawn(keep(node, url.clone()))))
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Keeps the link up: connects again for as long as the node runs.
async fn keep(node: Node, url: String) {
    let mut pause = FIRST_PAUSE;
    let mut first = true;
    loop {
        match notify::open(&url).await {
            Ok((speaker, listener)) => {
                tracing::info!("linked with the other nodes");
                if !first {
                    node.catch_up();
                }
                pause = FIRST_PAUSE;
                first = false;
                let outbox = &node.signals.outbox;
                outbox.set_linked(true);
                tokio::select! {
                    () = listen(&node, listener) => {}
                    () = tell(outbox, &speaker, &node.name) => {}
                }
                outbox.set_linked(false);
                tracing::info!(
                    "the link with the other nodes broke; until it is up again, each looks by itself"
                );
            }
            Err(error) if pause == FIRST_PAUSE => {
                tracing::warn!(%error, "no link with the other nodes; each looks by itself, once a second");
            }
            Err(error) => tracing::debug!(%error, "still no link with the other nodes"),
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Passes on the messages of other nodes until the connection is gone.
async fn listen(node: &Node, mut listener: NotifyReceiver) {
    while let Some(text) = listener.hear().await {
        match serde_json::from_str::<NodeMessage>(&text) {
            Ok(message) if message.from.as_deref() == Some(&node.name) => {}
            Ok(message) => node.hear(message),
            // A node of another version may have more to say than we understand.
            Err(_) => node.catch_up(),
        }
    }
}

/// Sends the outbox to the other nodes until the connection is gone.
async fn tell(outbox: &Outbox, speaker: &NotifySender, node: &str) {
    loop {
        outbox.ready().await;
        let texts = outbox.take(node);
        if !texts.is_empty()
            && let Err(error) = speaker.tell(&texts).await
        {
            return tracing::debug!(%error, "the other nodes could not be told");
        }
        tokio::time::sleep(SEND_EVERY).await;
    }
}
