//! What was looked up lately: believed for a second at most, and not past a change made on this node.

use std::{
    collections::HashMap,
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
};

use api_types::Timestamp;

use super::limiter::Limiter;
use crate::{
    db::{api_keys::KeyRecord, oauth_clients::ClientRecord, tokens::TokenRecord},
    oauth::access_token::Claims,
};

/// How long a look-up is believed: another node's revocation works within this.
const LIFETIME_MS: i64 = 1_000;
/// The most look-ups of a kind that are kept; past that, all of them are dropped.
const MAX_ENTRIES: usize = 10_000;

/// Look-ups of credentials, with the requests that each credential has made lately.
#[derive(Debug, Default)]
pub struct CredentialCache {
    /// API keys, by digest.
    pub keys: Lookups<KeyRecord>,
    /// Access tokens whose signature is good, by digest.
    pub signatures: Lookups<Claims>,
    /// What access tokens stand for, by `jti`.
    pub tokens: Lookups<TokenRecord>,
    /// OAuth apps with their secrets, by `client_id`.
    pub clients: Lookups<ClientRecord>,
    /// Rate limits per credential.
    pub limiter: Limiter,
}

impl CredentialCache {
    /// Forgets every look-up: something changed.
    pub fn forget(&self) {
        self.keys.forget();
        self.tokens.forget();
        self.clients.forget();
    }
}

/// Look-ups of one kind.
pub struct Lookups<T>(Mutex<Inner<T>>);

struct Inner<T> {
    /// Grows with every change, so that a look-up that began before one is not kept after it.
    generation: u64,
    found: HashMap<String, (Timestamp, T)>,
}

impl<T> Default for Lookups<T> {
    fn default() -> Self {
        Self(Mutex::new(Inner { generation: 0, found: HashMap::new() }))
    }
}

impl<T> fmt::Debug for Lookups<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lookups")
    }
}

impl<T: Clone> Lookups<T> {
    fn lock(&self) -> MutexGuard<'_, Inner<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A look-up made within the last second.
    pub fn get(&self, by: &str, now: Timestamp) -> Option<T> {
        let inner = self.lock();
        let (at, found) = inner.found.get(by)?;
        (now.millis_since(*at) < LIFETIME_MS).then(|| found.clone())
    }

    /// Read before a look-up starts, and handed to [`Lookups::put`] with its result.
    pub fn generation(&self) -> u64 {
        self.lock().generation
    }

    /// Keeps a look-up, unless something changed since it began.
    pub fn put(&self, by: String, found: T, now: Timestamp, generation: u64) {
        let mut inner = self.lock();
        if inner.generation != generation {
            return;
        }
        if inner.found.len() >= MAX_ENTRIES {
            inner.found.clear();
        }
        inner.found.insert(by, (now, found));
    }

    fn forget(&self) {
        let mut inner = self.lock();
        inner.generation += 1;
        inner.found.clear();
    }
}
