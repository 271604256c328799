//! Messages that arrive again.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Remembers which events were taken, so that a message which somebody recorded and sends again is noticed.
///
/// Sayless itself sends an event again until it is answered with 2xx, under the same id. So call [`ReplayGuard::forget`] where
/// your program could not take an event, or its next attempt would look like a replay. What must never happen twice, a payment
/// say, belongs into a table of your own with the event's id as its key: this guard remembers for minutes, and in memory.
#[derive(Debug)]
pub struct ReplayGuard<S = MemoryStore> {
    store: S,
    keep: Duration,
}

/// Where a guard keeps what it has seen: several processes that receive the same webhook share one.
pub trait ReplayStore {
    /// Stores the id for `keep`; false if it is there already. Both in one step: two requests may ask at the same moment.
    fn insert(&self, id: &str, keep: Duration) -> bool;

    /// Takes the id out.
    fn remove(&self, id: &str);
}

impl ReplayGuard {
    /// A guard in this process's memory, for messages that are verified with the usual tolerance.
    pub fn new() -> Self {
        Self::with_store(MemoryStore::default())
    }
}

impl Default for ReplayGuard {
    fn default() -> Self {
        Self::new()
    }
}

impl<S: ReplayStore> ReplayGuard<S> {
    /// A guard that keeps what it has seen in `store`.
    pub fn with_store(store: S) -> Self {
        // A message may be five minutes old or five minutes early.
        Self { store, keep: Duration::from_secs(600) }
    }

    /// How long an id is remembered: at least twice the tolerance with which messages are verified.
    #[must_use]
    pub fn keep(mut self, keep: Duration) -> Self {
        self.keep = keep;
        self
    }

    /// True if the event of this id is new; it is remembered from now on.
    pub fn is_new(&self, id: impl AsRef<str>) -> bool {
        self.store.insert(id.as_ref(), self.keep)
    }

    /// The event was not taken after all: its next attempt is welcome.
    pub fn forget(&self, id: impl AsRef<str>) {
        self.store.remove(id.as_ref());
    }
}

/// The memory of this process.
#[derive(Default)]
pub struct MemoryStore {
    seen: Mutex<HashMap<String, Instant>>,
}

impl ReplayStore for MemoryStore {
    fn insert(&self, id: &str, keep: Duration) -> bool {
        let now = Instant::now();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        // Once the map would have to grow anyway.
        if seen.len() == seen.capacity() {
            seen.retain(|_, until| *until > now);
        }
        let until = seen.insert(id.to_owned(), now + keep);
        until.is_none_or(|until| until <= now)
    }

    fn remove(&self, id: &str) {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MemoryStore")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_new_once_unless_it_was_not_taken() {
        let guard = ReplayGuard::new();
        assert!(guard.is_new("evt_1") && guard.is_new("evt_2"));
        assert!(!guard.is_new("evt_1"));
        guard.forget("evt_1");
        assert!(guard.is_new("evt_1"));
    }

    #[test]
    fn what_is_over_is_forgotten() {
        let guard = ReplayGuard::new().keep(Duration::ZERO);
        for number in 0..10_000 {
            assert!(guard.is_new(format!("evt_{number}")));
        }
        assert!(guard.is_new("evt_1"));
        assert!(guard.store.seen.lock().unwrap().len() < 100);
    }
}
