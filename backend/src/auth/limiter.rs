//! Requests per minute and credential: the generic cell rate algorithm, so that a minute's requests may come at once
//! and are then given back evenly.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use api_types::Timestamp;

const WINDOW_MS: i64 = 60_000;
/// Past this many credentials, those that are idle are dropped.
const SWEEP_AT: usize = 10_000;

/// The answer to one counted request: accepted or refused, and how many more may follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The requests that are allowed in a window.
    pub limit: u32,
    /// The window, in seconds.
    pub window: i64,
    /// Requests that could be made right now.
    pub remaining: u32,
    /// Seconds until all of `limit` are there again.
    pub reset: u64,
    /// Seconds until a request is accepted; `None` where this one is.
    pub retry_after: Option<u64>,
}

/// Counts requests per key, in nanoseconds, so that no fraction of a millisecond is lost.
#[derive(Debug, Default)]
pub struct Limiter {
    /// The time at which all of a key's requests are given back, in nanoseconds since 1970.
    full_again: Mutex<HashMap<String, i64>>,
}

impl Limiter {
    /// Counts one request of `key` against `per_minute`.
    pub fn take(&self, key: &str, per_minute: u32, now: Timestamp) -> Verdict {
        self.take_within(key, per_minute, WINDOW_MS, now)
    }

    /// Counts one request of `key` against `limit` per `window_ms`.
    pub fn take_within(&self, key: &str, limit: u32, window_ms: i64, now: Timestamp) -> Verdict {
        let mut table = self.full_again.lock().unwrap_or_else(PoisonError::into_inner);
        let now = now.as_millis() * 1_000_000;
        let window = window_ms * 1_000_000;
        let each = window / i64::from(limit.max(1));
        if table.len() >= SWEEP_AT && !table.contains_key(key) {
            table.retain(|_, at| *at > now);
        }
        let at = table.get(key).copied().unwrap_or(now).max(now);
        let after = at + each;
        let refused = after - now > window;
        let at = if refused { at } else { after };
        if !refused {
            table.insert(key.to_owned(), at);
        }
        Verdict {
            limit,
            window: window_ms / 1000,
            remaining: u32::try_from((window - (at - now)) / each).unwrap_or(0),
            reset: seconds(at - now),
            retry_after: refused.then(|| seconds(after - now - window).max(1)),
        }
    }
}

/// Nanoseconds as whole seconds, rounded up.
fn seconds(nanos: i64) -> u64 {
    u64::try_from(nanos.max(0)).unwrap_or(0).div_ceil(1_000_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minutes_requests_may_come_at_once_and_are_given_back_evenly() {
        let limiter = Limiter::default();
        let start = Timestamp::from_millis(1_000_000);
        for left in (0..60).rev() {
            let verdict = limiter.take("a", 60, start);
            assert_eq!((verdict.remaining, verdict.retry_after), (left, None));
        }
        assert_eq!(limiter.take("a", 60, start).retry_after, Some(1));
        assert_eq!(limiter.take("b", 60, start).retry_after, None);
        assert_eq!(limiter.take("a", 60, start + 1_000).retry_after, None);
        assert_eq!(limiter.take("a", 60, start + 1_000).retry_after, Some(1));
        assert_eq!(limiter.take("a", 60, start + 120_000).remaining, 59);
    }
}
