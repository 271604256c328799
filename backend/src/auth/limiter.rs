//! Requests per minute of a credential and of a workspace: the generic cell rate algorithm, so that a minute's requests may come at once
//! and are then given back evenly.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use api_types::Timestamp;

/// A minute, the window of the plans' limits, in milliseconds.
pub const MINUTE_MS: i64 = 60_000;
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
    /// Counts one request of `key` against `limit` per `window_ms`.
    pub fn take_within(&self, key: &str, limit: u32, window_ms: i64, now: Timestamp) -> Verdict {
        let [verdict] = self.take_all([(key, limit)], window_ms, now);
        verdict
    }

    /// Counts one request against the limits of all these keys, or against none where one of them refuses it.
    pub fn take_all<const N: usize>(
        &self,
        counted: [(&str, u32); N],
        window_ms: i64,
        now: Timestamp,
    ) -> [Verdict; N] {
        let mut table = self.full_again.lock().unwrap_or_else(PoisonError::into_inner);
        let now = now.as_millis() * 1_000_000;
        let buckets = counted.map(|(key, limit)| {
            Bucket::new(table.get(key).copied().unwrap_or(now).max(now), now, limit, window_ms * 1_000_000)
        });
        let refused = buckets.iter().any(Bucket::refuses);
        if !refused {
            for ((key, _), bucket) in counted.iter().zip(&buckets) {
                if let Some(at) = table.get_mut(*key) {
                    *at = bucket.after;
                    continue;
                }
                if table.len() >= SWEEP_AT {
                    table.retain(|_, at| *at > now);
                }
                table.insert((*key).to_owned(), bucket.after);
            }
        }
        buckets.map(|bucket| bucket.verdict(!refused))
    }
}

/// A key's requests at one moment; all times in nanoseconds.
struct Bucket {
    limit: u32,
    window: i64,
    now: i64,
    /// The time at which all requests are given back, without this request.
    before: i64,
    /// The same, with this request.
    after: i64,
}

impl Bucket {
    fn new(before: i64, now: i64, limit: u32, window: i64) -> Self {
        Self { limit, window, now, before, after: before + window / i64::from(limit.max(1)) }
    }

    const fn refuses(&self) -> bool {
        self.after - self.now > self.window
    }

    fn verdict(&self, taken: bool) -> Verdict {
        let at = if taken { self.after } else { self.before };
        Verdict {
            limit: self.limit,
            window: self.window / 1_000_000_000,
            remaining: u32::try_from((self.window - (at - self.now)) / (self.after - self.before))
                .unwrap_or(0),
            reset: seconds(at - self.now),
            retry_after: self.refuses().then(|| seconds(self.after - self.now - self.window).max(1)),
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
            let verdict = limiter.take_within("a", 60, MINUTE_MS, start);
            assert_eq!((verdict.remaining, verdict.retry_after), (left, None));
        }
        assert_eq!(limiter.take_within("a", 60, MINUTE_MS, start).retry_after, Some(1));
        assert_eq!(limiter.take_within("b", 60, MINUTE_MS, start).retry_after, None);
        assert_eq!(limiter.take_within("a", 60, MINUTE_MS, start + 1_000).retry_after, None);
        assert_eq!(limiter.take_within("a", 60, MINUTE_MS, start + 1_000).retry_after, Some(1));
        assert_eq!(limiter.take_within("a", 60, MINUTE_MS, start + 120_000).remaining, 59);
    }

    #[test]
    fn a_request_that_one_limit_refuses_counts_against_no_other() {
        let limiter = Limiter::default();
        let start = Timestamp::from_millis(1_000_000);
        let both = |own: &str| limiter.take_all([(own, 2), ("all", 3)], MINUTE_MS, start);
        assert_eq!(both("a").map(|verdict| verdict.remaining), [1, 2]);
        assert_eq!(both("a").map(|verdict| verdict.remaining), [0, 1]);
        let refused = both("a");
        assert_eq!(refused.map(|verdict| verdict.remaining), [0, 1]);
        assert_eq!(refused.map(|verdict| verdict.retry_after.is_some()), [true, false]);
        assert_eq!(both("b").map(|verdict| verdict.remaining), [1, 0]);
        assert_eq!(both("b").map(|verdict| verdict.retry_after.is_some()), [false, true]);
        assert_eq!(limiter.take_within("b", 2, MINUTE_MS, start).remaining, 0);
    }
}
