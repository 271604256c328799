//! The base that all parts of a node share: database, time, randomness, server keys, settings.

use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use api_types::{Timestamp, ids::Id};
use ipnet::IpNet;
use rustls::pki_types::CertificateDer;

use crate::{clock::Clock, crypto::keys::ServerKeys, db::Db, random::Random};

/// The base that all parts of a node share. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Base {
    pub db: Db,
    pub clock: Clock,
    pub random: Random,
    pub keys: Arc<ServerKeys>,
    pub settings: Arc<Settings>,
}

impl Base {
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A new id, outside of a transaction (inside, `tx.new_id()` makes it).
    pub fn new_id<T: Id>(&self) -> T {
        self.random.id(self.now())
    }
}

/// The operator's decisions, as far as requests and deliveries need them.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The address at which browsers reach us: scheme, host and port, without a path.
    pub public_url: url::Url,
    /// Webhook destinations that are allowed although their addresses are special.
    pub allowed_destinations: Vec<IpNet>,
    /// Events per second that a workspace may publish; no limit where absent.
    pub publish_limit: Option<u32>,
    /// The addresses that deliveries come from, as the operator names them to the owners of receivers.
    pub delivery_addresses: Vec<IpNet>,
    /// The most events that wait for the database. Beyond that, publishers are told to come back.
    pub ingest_queue: usize,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// The longest that a whole exchange with a receiver takes.
    pub delivery_timeout: Duration,
    /// The longest that opening the connection takes, within that.
    pub connect_timeout: Duration,
    /// The number of days that deliveries are kept once they are finished.
    pub keep_days: u32,
    /// The number of days that entries of the audit log are kept.
    pub keep_audit_days: u32,
    /// The only names that exist for deliveries, where tests need names of their own.
    pub names: Option<FixedNames>,
    /// Certificate authorities that deliveries trust beside the system's.
    pub extra_roots: Vec<CertificateDer<'static>>,
    /// The most streams that are open at once on this node.
    pub streams: usize,
    /// The most connections of clients that are open at once on this node.
    pub connections: usize,
    /// The most connections to receivers that are kept open between deliveries.
    pub idle_deliveries: usize,
    /// How long a client may take over each step of a request.
    pub patience: Patience,
}

/// How long a client may take over each step of a request.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// A request's head, from its first byte or from the connection on.
    pub head: Duration,
    /// A request's body, all of it.
    pub body: Duration,
    /// A connection without any request.
    pub idle: Duration,
    /// An answer of which nothing is taken.
    pub write: Duration,
}

impl Patience {
    /// The shortest of all.
    pub fn shortest(&self) -> Duration {
        self.head.min(self.body).min(self.idle).min(self.write)
    }
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(10),
            body: Duration::from_secs(30),
            idle: Duration::from_mins(1),
            write: Duration::from_mins(1),
        }
    }
}

impl Settings {
    /// The defaults, for a server that browsers reach at `public_url`.
    pub fn new(public_url: url::Url) -> Self {
        Self {
            public_url,
            allowed_destinations: Vec::new(),
            publish_limit: None,
            delivery_addresses: Vec::new(),
            ingest_queue: 8_192,
            trusted_proxies: Vec::new(),
            delivery_timeout: Duration::from_secs(15),
            connect_timeout: Duration::from_secs(5),
            keep_days: 30,
            keep_audit_days: 400,
            names: None,
            extra_roots: Vec::new(),
            streams: 2_000,
            connections: 10_000,
            idle_deliveries: 1_024,
            patience: Patience::default(),
        }
    }

    /// The time for which deliveries are kept once they are finished, in milliseconds.
    pub fn kept_ms(&self) -> i64 {
        i64::from(self.keep_days) * 24 * 3_600_000
    }

    /// `true` if browsers reach us over TLS, so that cookies must be `Secure`.
    pub fn is_https(&self) -> bool {
        self.public_url.scheme() == "https"
    }

    /// The name of one of our cookies. `__Host-` binds it to our host, where there is TLS. Cookies do not tell ports apart, so the name
    /// has the port where it is not the scheme's own: servers on other ports of the host have cookies of their own.
    pub fn cookie_name(&self, name: &str) -> String {
        let bound = if self.is_https() { "__Host-" } else { "" };
        let port = self.public_url.port().map_or_else(String::new, |port| format!("-{port}"));
        format!("{bound}{name}{port}")
    }

    /// The OAuth issuer: our name in metadata, in tokens and in answers to apps, always byte for byte the
    /// same (RFC 8414, section 2).
    pub fn issuer(&self) -> String {
        self.public_url.origin().ascii_serialization()
    }
}

/// Host names and their addresses, changeable while in use: for tests that need names of their own.
#[derive(Debug, Clone, Default)]
pub struct FixedNames(Arc<RwLock<HashMap<String, FixedName>>>);

/// The place to which a name leads.
#[derive(Debug, Clone)]
struct FixedName {
    addresses: Vec<IpAddr>,
    /// The port that connections go to instead of the URL's.
    port: Option<u16>,
}

impl FixedNames {
    /// Lets `name` have these addresses from now on.
    pub fn set(&self, name: &str, addresses: Vec<IpAddr>) {
        self.insert(name, FixedName { addresses, port: None });
    }

    /// Lets connections to `name` go to this address and port, whatever the port in the URL: for URLs that have none.
    pub fn set_at(&self, name: &str, place: SocketAddr) {
        self.insert(name, FixedName { addresses: vec![place.ip()], port: Some(place.port()) });
    }

    fn insert(&self, name: &str, place: FixedName) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), place);
    }

    /// The addresses of `name`, if it exists.
    pub fn get(&self, name: &str) -> Option<Vec<IpAddr>> {
        self.read(name, |place| place.addresses.clone())
    }

    /// The port of `name`, if it has one of its own.
    pub fn port(&self, name: &str) -> Option<u16> {
        self.read(name, |place| place.port).flatten()
    }

    fn read<T>(&self, name: &str, of: impl Fn(&FixedName) -> T) -> Option<T> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(name).map(of)
    }
}
