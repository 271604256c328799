//! Credentials that were looked up lately: a second at most, and not past a change made on this node.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use api_types::Timestamp;

use super::limiter::Limiter;
use crate::db::api_keys::KeyRecord;

/// How long a look-up is believed: another node's revocation works within this.
const LIFETIME_MS: i64 = 1_000;
/// The most look-ups that are kept; past that, all are dropped.
const MAX_ENTRIES: usize = 10_000;

/// The cache, with the requests that each credential has made lately.
#[derive(Debug, Default)]
pub struct CredentialCache {
    inner: Mutex<Inner>,
    /// Rate limits per credential.
    pub limiter: Limiter,
}

#[derive(Debug, Default)]
struct Inner {
    /// Grows with every change, so that a look-up that began before one is not kept after it.
    generation: u64,
    keys: HashMap<String, (Timestamp, KeyRecord)>,
}

impl CredentialCache {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A look-up made within the last second.
    pub fn get(&self, digest: &str, now: Timestamp) -> Option<KeyRecord> {
        let inner = self.lock();
        let (at, record) = inner.keys.get(digest)?;
        (now.millis_since(*at) < LIFETIME_MS).then(|| record.clone())
    }

    /// Read before a look-up starts, and handed to [`CredentialCache::put`] with its result.
    pub fn generation(&self) -> u64 {
        self.lock().generation
    }

    /// Keeps a look-up, unless something changed since it began.
    pub fn put(&self, digest: String, record: KeyRecord, now: Timestamp, generation: u64) {
        let mut inner = self.lock();
        if inner.generation != generation {
            return;
        }
        if inner.keys.len() >= MAX_ENTRIES {
            inner.keys.clear();
        }
        inner.keys.insert(digest, (now, record));
    }

    /// Forgets every look-up: something changed.
    pub fn forget(&self) {
        let mut inner = self.lock();
        inner.generation += 1;
        inner.keys.clear();
    }
}
