//! Recent look-ups of credentials: believed for a second at most, and not past a change made on this node. The rate limits per
//! credential stand beside them.

use std::{
    collections::HashMap,
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
};

use api_types::Timestamp;

use super::{claims::Claims, limiter::Limiter};
use crate::db::{api_keys::KeyRecord, oauth_clients::ClientRecord, tokens::TokenRecord};

/// How long a look-up is believed, in milliseconds: within this, a revocation on another node works here.
const LIFETIME_MS: i64 = 1_000;
/// The most look-ups of a kind that are kept; past that, all of them are dropped.
const MAX_ENTRIES: usize = 10_000;

/// Recent look-ups of credentials, and the rate limits per credential.
#[derive(Debug, Default)]
pub struct CredentialCache {
    /// API keys, by the key's digest.
    pub keys: Lookups<KeyRecord>,
    /// Claims of access tokens whose signature is good, by the token's digest.
    pub signatures: Lookups<Claims>,
    /// Apps and members behind access tokens, by `jti`.
    pub tokens: Lookups<TokenRecord>,
    /// OAuth apps with their secrets, by `client_id`.
    pub clients: Lookups<ClientRecord>,
    /// The requests that each credential has made lately.
    pub limiter: Limiter,
}

impl CredentialCache {
    /// Forgets every look-up, because something changed. Verified signatures stay: no change makes one bad.
    pub fn forget(&self) {
        self.keys.forget();
        self.tokens.forget();
        self.clients.forget();
    }
}

/// Look-ups of one kind.
pub struct Lookups<T>(Mutex<Inner<T>>);

struct Inner<T> {
    /// The number of changes so far: a look-up that began before a change is not kept after it.
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

    /// The result of a look-up that was made within the last second.
    pub fn get(&self, by: &str, now: Timestamp) -> Option<T> {
        let inner = self.lock();
        let (at, found) = inner.found.get(by)?;
        (now.millis_since(*at) < LIFETIME_MS).then(|| found.clone())
    }

    /// The number of changes so far: read before a look-up starts, and handed to [`Lookups::put`] with the result.
    pub fn generation(&self) -> u64 {
        self.lock().generation
    }

    /// Keeps the result of a look-up, unless something changed since the look-up began.
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
