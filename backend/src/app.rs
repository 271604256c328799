//! What every handler is given: built once, cheap to clone.

use std::{sync::Arc, time::Duration};

use ipnet::IpNet;

use crate::{
    auth::{last_used::LastUsed, throttle::SignInThrottle},
    chance::Chance,
    clock::Clock,
    crypto::keys::{KeysError, ServerKeys},
    db::{DatabaseUrl, Db, DbError},
    wake::Wake,
};

/// The parts of a node. Cheap to clone.
#[derive(Clone, Debug)]
pub struct App {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub chance: Chance,
    /// The server's own keys.
    pub keys: Arc<ServerKeys>,
    /// What commits set in motion, and what is cached until they do.
    pub wake: Arc<Wake>,
    /// When credentials were last used, until it is written.
    pub last_used: Arc<LastUsed>,
    /// Counts sign-in attempts.
    pub sign_ins: Arc<SignInThrottle>,
    /// What the operator decided.
    pub settings: Arc<Settings>,
}

/// What the operator decided, as far as requests and deliveries need it.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where browsers reach us: scheme, host and port, without a path.
    pub public_url: url::Url,
    /// Webhook destinations that are allowed although their addresses are special.
    pub allowed_destinations: Vec<IpNet>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// The whole exchange with a receiver.
    pub delivery_timeout: Duration,
    /// The part of it that opening the connection may take.
    pub connect_timeout: Duration,
}

impl Settings {
    /// The defaults, for a server that browsers reach at `public_url`.
    pub fn new(public_url: url::Url) -> Self {
        Self {
            public_url,
            allowed_destinations: Vec::new(),
            trusted_proxies: Vec::new(),
            delivery_timeout: Duration::from_secs(15),
            connect_timeout: Duration::from_secs(5),
        }
    }

    /// Whether browsers reach us over TLS, so that cookies must be `Secure`.
    pub fn is_https(&self) -> bool {
        self.public_url.scheme() == "https"
    }
}

/// Why a node could not be built.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database could not be opened.
    #[error("the database cannot be opened: {0}")]
    Db(#[from] DbError),
    /// The server's keys could not be had.
    #[error(transparent)]
    Keys(#[from] KeysError),
}

impl App {
    /// Opens the database, brings it up to date, and puts the parts together.
    pub fn build(
        database_url: &DatabaseUrl,
        keys: ServerKeys,
        clock: Clock,
        chance: Chance,
        settings: Settings,
    ) -> Result<Self, StartError> {
        const POOL: u32 = 16;
        let wake = Arc::new(Wake::default());
        let released = wake.clone();
        let db = Db::open(database_url, POOL, Arc::new(move |hint| released.release(hint)))?;
        Ok(Self {
            db,
            clock,
            chance,
            keys: Arc::new(keys),
            wake,
            last_used: Arc::default(),
            sign_ins: Arc::default(),
            settings: Arc::new(settings),
        })
    }
}
