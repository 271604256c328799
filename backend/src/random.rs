//! Randomness and new ids, as a parameter: from the operating system, or a seeded sequence in tests.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use api_types::{Timestamp, ids::Id};
use rand::{Rng, RngExt, SeedableRng, rngs::StdRng};

/// The source of secrets, ids and jitter: always a cryptographic generator. Cheap to clone.
#[derive(Clone)]
pub struct Random(Arc<Mutex<Generator>>);

struct Generator {
    rng: StdRng,
    /// The last id's milliseconds and random part. Ids of one millisecond count upward, so that they sort as
    /// they were made.
    last: (u64, u128),
}

impl fmt::Debug for Random {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Random")
    }
}

impl Random {
    /// Seeded by the operating system.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that asks the operating system for randomness"
    )]
    pub fn from_os() -> Self {
        Self::from_rng(StdRng::from_rng(&mut rand::rng()))
    }

    /// A generator that gives the same sequence for the same seed: for tests.
    pub fn from_seed(seed: u64) -> Self {
        Self::from_rng(StdRng::seed_from_u64(seed))
    }

    fn from_rng(rng: StdRng) -> Self {
        Self(Arc::new(Mutex::new(Generator { rng, last: (0, 0) })))
    }

    fn with<T>(&self, draw: impl FnOnce(&mut Generator) -> T) -> T {
        draw(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        self.with(|state| {
            let mut bytes = [0; N];
            state.rng.fill_bytes(&mut bytes);
            bytes
        })
    }

    /// A uniform number in `0..bound`.
    pub fn below(&self, bound: u32) -> u32 {
        self.with(|state| state.rng.random_range(0..bound))
    }

    /// A uniform number in [-1, 1], for jitter.
    pub fn jitter(&self) -> f64 {
        self.with(|state| state.rng.random_range(-1.0..=1.0))
    }

    /// A new id of the type `T`, made at `now`; ids of one millisecond sort as they were made.
    pub fn id<T: Id>(&self, now: Timestamp) -> T {
        let (ms, random) = self.id_parts(now);
        T::from_parts(ms, random)
    }

    /// The two parts of a new id: milliseconds, and a random part that only grows within one millisecond.
    ///
    /// Threads that read the clock side by side differ by little: their ids still sort as they were made. A clock that was
    /// set back is followed, so that an id tells when its object was made.
    pub fn id_parts(&self, now: Timestamp) -> (u64, u128) {
        const RANDOM_BITS: u32 = 80;
        const SIDE_BY_SIDE_MS: u64 = 1_000;
        self.with(|state| {
            let ms = u64::try_from(now.as_millis()).unwrap_or(0);
            let is_behind = ms <= state.last.0 && state.last.0 - ms <= SIDE_BY_SIDE_MS;
            state.last = if is_behind {
                (state.last.0, state.last.1 + 1)
            } else {
                // The top bit stays free, so that counting up cannot overflow.
                (ms, state.rng.random::<u128>() >> (128 - RANDOM_BITS + 1))
            };
            state.last
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn ids_sort_as_they_were_made_and_follow_a_clock_that_is_set_back() {
        let random = Random::from_seed(7);
        let at = |ms: i64| random.id_parts(Timestamp::from_millis(ms));
        let made = [at(5_000), at(5_000), at(4_999), at(4_000), at(5_001)];
        assert!(made.is_sorted());
        assert_eq!(made.map(|(ms, _)| ms), [5_000, 5_000, 5_000, 5_000, 5_001]);
        assert_eq!(at(4_000).0, 4_000);
        let mut all = HashSet::new();
        for _ in 0..3 {
            assert!((0..2_000).all(|ms| all.insert(at(10_000_000 + ms))));
        }
    }
}
