//! A bounded table in memory whose entries are forgotten by time.
//!
//! It has two halves. Entries are written into the young one. When that is full, or is as old as entries are kept, it becomes
//! the old one, and the old one is dropped whole: an insertion never walks through the table. Keys are texts of any length
//! that strangers choose, so only their keyed hashes are stored.

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    mem,
    time::Duration,
};

/// A table of values, by the hashes of their keys.
#[derive(Debug)]
pub struct Recent<V> {
    hashers: [RandomState; 2],
    young: HashMap<u128, V>,
    old: HashMap<u128, V>,
    /// The monotonic time at which the young half was begun.
    begun: Duration,
    /// An entry that was not written for this long may be forgotten.
    keep: Duration,
    /// The most entries of a half.
    half: usize,
}

impl<V: Copy> Recent<V> {
    /// An empty table, which keeps entries at least this long where they are not more than `half`.
    pub fn new(keep: Duration, half: usize) -> Self {
        Self {
            hashers: [RandomState::new(), RandomState::new()],
            young: HashMap::new(),
            old: HashMap::new(),
            begun: Duration::ZERO,
            keep,
            half,
        }
    }

    fn hash(&self, key: &str) -> u128 {
        let [first, second] = self.hashers.each_ref().map(|hasher| u128::from(hasher.hash_one(key)));
        first << 64 | second
    }

    /// The value that was last written for `key`, unless it is forgotten.
    pub fn get(&self, key: &str) -> Option<V> {
        let hash = self.hash(key);
        self.young.get(&hash).or_else(|| self.old.get(&hash)).copied()
    }

    /// Writes a value at the monotonic time `now`.
    pub fn put(&mut self, key: &str, value: V, now: Duration) {
        if self.young.len() >= self.half || now.saturating_sub(self.begun) >= self.keep {
            self.old = mem::take(&mut self.young);
            self.begun = now;
        }
        let hash = self.hash(key);
        self.young.insert(hash, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_kept_for_their_time_and_never_more_than_fit() {
        let second = Duration::from_secs;
        let mut table = Recent::new(second(60), 100);
        table.put("a", 1, second(0));
        table.put("b", 2, second(59));
        table.put("c", 3, second(60));
        assert_eq!([table.get("a"), table.get("b"), table.get("c")], [Some(1), Some(2), Some(3)]);
        table.put("b", 4, second(100));
        table.put("c", 5, second(120));
        assert_eq!([table.get("a"), table.get("b"), table.get("c")], [None, Some(4), Some(5)]);
        for number in 0..100_000 {
            table.put(&number.to_string().repeat(1_000), number, second(121));
            assert!(table.young.len() + table.old.len() <= 200);
        }
        assert_eq!(table.get(&"99950".repeat(1_000)), Some(99_950));
        assert_eq!(table.get("c"), None);
    }
}
