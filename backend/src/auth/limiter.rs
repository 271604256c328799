//! Requests per minute of a credential and of a workspace: the generic cell rate algorithm, so that a minute's requests may come at once
//! and are then given back evenly.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use super::recent::Recent;

/// A minute, the window of the plans' limits, in milliseconds.
pub const MINUTE_MS: i64 = 60_000;
/// The most keys of each of a table's halves: some megabytes. Beyond that, those are forgotten that were not counted for longest.
const HALF: usize = 50_000;

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

/// Counts requests per key, in nanoseconds, so that no fraction of a millisecond is lost. All times are monotonic.
#[derive(Debug)]
pub struct Limiter {
    /// The time at which all of a key's requests are given back, in nanoseconds.
    full_again: Mutex<Recent<i64>>,
}

impl Default for Limiter {
    /// A limiter for windows of a minute or less.
    fn default() -> Self {
        Self::for_windows_of(Duration::from_millis(MINUTE_MS.unsigned_abs()))
    }
}

impl Limiter {
    /// A limiter for windows of this length or less.
    pub fn for_windows_of(longest: Duration) -> Self {
        Self { full_again: Mutex::new(Recent::new(longest, HALF)) }
    }

    /// Counts one request of `key` against `limit` per `window_ms`.
    pub fn take_within(&self, key: &str, limit: u32, window_ms: i64, now: Duration) -> Verdict {
        let [verdict] = self.take_all([(key, limit)], window_ms, now);
        verdict
    }

    /// Counts one request against the limits of all these keys, or against none where one of them refuses it.
    pub fn take_all<const N: usize>(
        &self,
        counted: [(&str, u32); N],
        window_ms: i64,
        now: Duration,
    ) -> [Verdict; N] {
        let mut table = self.full_again.lock().unwrap_or_else(PoisonError::into_inner);
        let at = nanoseconds(now);
        let buckets = counted.map(|(key, limit)| {
            Bucket::new(table.get(key).unwrap_or(at).max(at), at, limit, window_ms * 1_000_000)
        });
        let refused = buckets.iter().any(Bucket::refuses);
        if !refused {
            for ((key, _), bucket) in counted.iter().zip(&buckets) {
                table.put(key, bucket.after, now);
            }
        }
        buckets.map(|bucket| bucket.verdict(!refused))
    }

    /// Takes back one request that was counted.
    pub fn give_back(&self, key: &str, limit: u32, window_ms: i64, now: Duration) {
        let mut table = self.full_again.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = table.get(key) {
            table.put(key, at - each(limit, window_ms * 1_000_000), now);
        }
    }
}

fn nanoseconds(time: Duration) -> i64 {
    i64::try_from(time.as_nanos()).unwrap_or(i64::MAX / 2)
}

/// The part of a window that one request uses up. A limit beyond one request per nanosecond is none.
fn each(limit: u32, window: i64) -> i64 {
    (window / i64::from(limit.max(1))).max(1)
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
        Self { limit, window, now, before, after: before + each(limit, window) }
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
        let start = Duration::from_secs(1_000);
        for left in (0..60).rev() {
            let verdict = limiter.take_within("a", 60, MINUTE_MS, start);
            assert_eq!((verdict.remaining, verdict.retry_after), (left, None));
        }
        assert_eq!(limiter.take_within("a", 60, MINUTE_MS, start).retry_after, Some(1));
        assert_eq!(limiter.take_within("b", 60, MINUTE_MS, start).retry_after, None);
        assert_eq!(limiter.take_within("a", 60, MINUTE_MS, start + Duration::from_secs(1)).retry_after, None);
        assert_eq!(
            limiter.take_within("a", 60, MINUTE_MS, start + Duration::from_secs(1)).retry_after,
            Some(1)
        );
        assert_eq!(limiter.take_within("a", 60, MINUTE_MS, start + Duration::from_mins(2)).remaining, 59);
    }

    #[test]
    fn what_is_given_back_can_be_taken_again() {
        let limiter = Limiter::default();
        let now = Duration::from_secs(1_000);
        for _ in 0..100 {
            assert_eq!(limiter.take_within("a", 3, MINUTE_MS, now).remaining, 2);
            limiter.give_back("a", 3, MINUTE_MS, now);
        }
        limiter.give_back("unknown", 3, MINUTE_MS, now);
    }

    #[test]
    fn any_limit_can_be_counted_against() {
        let limiter = Limiter::default();
        for limit in [0, 1, 999_999_999, 1_000_000_000, 1_000_000_001, 2_000_000_000, u32::MAX] {
            let verdict = limiter.take_within(&format!("{limit}"), limit, 1_000, Duration::from_secs(1_000));
            assert_eq!((verdict.limit, verdict.retry_after), (limit, None));
        }
    }

    #[test]
    fn a_request_that_one_limit_refuses_counts_against_no_other() {
        let limiter = Limiter::default();
        let start = Duration::from_secs(1_000);
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
