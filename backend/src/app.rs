//! What every handler is given: built once, cheap to clone.

use std::{sync::Arc, time::Duration};

use ipnet::IpNet;
use rustls::pki_types::CertificateDer;

use crate::{
    auth::{last_used::LastUsed, throttle::SignInThrottle},
    chance::Chance,
    clock::Clock,
    crypto::{
        es256,
        keys::{KeysError, ServerKeys},
    },
    db::{DatabaseUrl, Db, DbError},
    delivery::{
        Ingest,
        address::AddressPolicy,
        send::{
            Limits, Sender, SenderConfig, TlsSetupError,
            resolve::{FixedNames, Resolver},
        },
    },
    engine::Engine,
    metrics::Metrics,
    oauth::{issued::IssuedCounts, signing_keys::SigningKeys},
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
    /// How many tokens apps were given as themselves, until it is written.
    pub issued: Arc<IssuedCounts>,
    /// The keys that sign access tokens.
    pub signing_keys: Arc<SigningKeys>,
    /// Counts sign-in attempts.
    pub sign_ins: Arc<SignInThrottle>,
    /// Events on their way into the database.
    pub ingest: Arc<Ingest>,
    /// Where deliveries and ingest run: apart from the threads that answer requests.
    pub engine: Arc<Engine>,
    /// What an operator watches.
    pub metrics: Arc<Metrics>,
    /// Sends webhook requests.
    pub sender: Sender,
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
    /// Events per second that a workspace may publish; no limit where absent.
    pub publish_limit: Option<u32>,
    /// Events that may wait for the database; beyond that, publishers are told to come back.
    pub ingest_queue: usize,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// The whole exchange with a receiver.
    pub delivery_timeout: Duration,
    /// The part of it that opening the connection may take.
    pub connect_timeout: Duration,
    /// How many days deliveries are kept once they are finished.
    pub keep_days: u32,
    /// The only names that exist for deliveries, where tests need names of their own.
    pub names: Option<FixedNames>,
    /// Certificate authorities that deliveries trust beside the system's.
    pub extra_roots: Vec<CertificateDer<'static>>,
    /// The most streams that are open at once on this node.
    pub streams: usize,
}

impl Settings {
    /// The defaults, for a server that browsers reach at `public_url`.
    pub fn new(public_url: url::Url) -> Self {
        Self {
            public_url,
            allowed_destinations: Vec::new(),
            publish_limit: None,
            ingest_queue: 8_192,
            trusted_proxies: Vec::new(),
            delivery_timeout: Duration::from_secs(15),
            connect_timeout: Duration::from_secs(5),
            keep_days: 30,
            names: None,
            extra_roots: Vec::new(),
            streams: 2_000,
        }
    }

    /// How long deliveries are kept once they are finished, in milliseconds.
    pub fn kept_ms(&self) -> i64 {
        i64::from(self.keep_days) * 24 * 3_600_000
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
    /// Receivers could not be spoken to.
    #[error(transparent)]
    Tls(#[from] TlsSetupError),
    /// No threads.
    #[error("the delivery engine's threads cannot be started: {0}")]
    Engine(#[from] std::io::Error),
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
        es256::install();
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
            issued: Arc::default(),
            signing_keys: Arc::default(),
            sign_ins: Arc::default(),
            ingest: Arc::default(),
            engine: Arc::new(Engine::start()?),
            metrics: Arc::default(),
            sender: sender(&settings)?,
            settings: Arc::new(settings),
        })
    }
}

fn sender(settings: &Settings) -> Result<Sender, TlsSetupError> {
    let user_agent = if settings.is_https() {
        format!("Sayless-Webhooks/1 (+{})", settings.public_url)
    } else {
        "Sayless-Webhooks/1".to_owned()
    };
    Sender::new(SenderConfig {
        policy: AddressPolicy::new(settings.allowed_destinations.clone()),
        limits: Limits {
            total: settings.delivery_timeout,
            connect: settings.connect_timeout,
            ..Limits::default()
        },
        resolver: settings.names.clone().map_or_else(Resolver::system, Resolver::Fixed),
        user_agent,
        extra_roots: settings.extra_roots.clone(),
    })
}
