//! The node, put together: the base, the wings, and the reactions to hints of commits.

use std::sync::Arc;

use api_types::stream::Topic;

use crate::{
    auth::{cache::CredentialCache, parts::Auth},
    base::{Base, Settings},
    clock::Clock,
    crypto::{
        es256,
        keys::{KeysError, ServerKeys},
        text,
    },
    db::{DatabaseUrl, Db, Hint, OpenError},
    delivery::{Delivery, Dock, Surroundings, send::TlsSetupError},
    engine::Engine,
    metrics::Metrics,
    oauth::client_documents::documents::Documents,
    random::Random,
    signals::{
        Signals,
        nodes::{Link, Node},
    },
};

/// A node. Cheap to clone; only the two top floors name it, the wings own their parts.
#[derive(Clone, Debug)]
pub struct App {
    pub base: Base,
    /// Everything about callers: credentials, sessions, rate limits, signing keys.
    pub auth: Auth,
    pub delivery: Delivery,
    /// Documents by which OAuth apps are known that nobody registered.
    pub documents: Documents,
    pub signals: Arc<Signals>,
    pub metrics: Arc<Metrics>,
    reactions: Reactions,
}

/// A node could not be built.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Db(#[from] OpenError),
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// TLS towards receivers could not be set up.
    #[error(transparent)]
    Tls(#[from] TlsSetupError),
    /// The delivery engine's threads could not be started.
    #[error("the delivery engine's threads cannot be started: {0}")]
    Engine(#[from] std::io::Error),
}

/// The parts of a node that react to hints of commits. None of them owns the database, so that nothing owns
/// itself.
#[derive(Clone, Debug)]
struct Reactions {
    signals: Arc<Signals>,
    cache: Arc<CredentialCache>,
    dock: Arc<Dock>,
}

impl Reactions {
    /// Passes on a hint of a commit of this node.
    fn release(&self, hint: Hint) {
        // The other nodes need not hear of work that this node can do itself.
        let ours = match hint {
            Hint::DeliveriesDue => self.dock.load().has_room,
            Hint::RecoveriesDue => self.dock.berth().is_some(),
            _ => false,
        };
        if !ours {
            self.signals.outbox.note(&hint);
        }
        self.react(hint);
    }

    /// Reacts to a hint of this node or another one.
    fn react(&self, hint: Hint) {
        match hint {
            Hint::DeliveriesDue => self.signals.deliveries.notify_one(),
            Hint::Breaker { webhook, open } => self.dock.breaker(webhook, open),
            Hint::DestinationsChanged { workspace } => self.dock.destinations_changed(workspace),
            Hint::RecoveriesDue => self.signals.recoveries.notify_one(),
            Hint::CredentialsChanged { workspace } => {
                self.cache.forget(workspace);
                self.signals.hub.credentials_changed(workspace);
            }
            Hint::Changed { workspace, topic, webhook } => {
                self.signals.hub.changed(workspace, topic, webhook);
                if topic == Topic::Events {
                    self.signals.log.published(workspace);
                }
            }
        }
    }
}

impl App {
    /// Opens the database, brings it up to date, and puts the parts together.
    pub fn build(
        database_url: &DatabaseUrl,
        keys: ServerKeys,
        clock: Clock,
        random: Random,
        settings: Settings,
    ) -> Result<Self, StartError> {
        es256::install();
        let reactions = Reactions {
            signals: Arc::default(),
            cache: Arc::default(),
            dock: Arc::new(Dock::new(clock.clone())),
        };
        let released = reactions.clone();
        let db = Db::open(
            database_url,
            &keys,
            clock.clone(),
            random.clone(),
            Arc::new(move |hint| released.release(hint)),
        )?;
        let base = Base { db, clock, random, keys: Arc::new(keys), settings: Arc::new(settings) };
        let metrics = Arc::new(Metrics::default());
        let surroundings = Surroundings {
            dock: Arc::clone(&reactions.dock),
            signals: Arc::clone(&reactions.signals),
            metrics: Arc::clone(&metrics),
            engine: Arc::new(Engine::start()?),
        };
        let delivery = Delivery::new(base.clone(), surroundings)?;
        Ok(Self {
            auth: Auth::new(base.clone(), Arc::clone(&reactions.cache), &metrics),
            documents: Documents::new(base.clock.clone(), delivery.sender.clone()),
            delivery,
            signals: Arc::clone(&reactions.signals),
            base,
            metrics,
            reactions,
        })
    }

    /// Links this node with the others on its database. `None` on the embedded database: there are no others.
    pub fn link(&self, database_url: &DatabaseUrl) -> Option<Link> {
        let reactions = self.reactions.clone();
        let node = Node {
            name: text(&self.base.random.bytes::<9>()),
            signals: Arc::clone(&self.signals),
            heard: Arc::new(move |hint| reactions.react(hint)),
        };
        Link::start(node, database_url, self.delivery.engine.handle())
    }
}
