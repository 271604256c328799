//! A rate, for held deliveries and for recoveries: a number per second, spread evenly, with a tenth of a
//! second's worth at once. Pure code: the caller brings the time and stores the result.

use api_types::Timestamp;

use crate::db::deliveries::destinations::HoldingWebhook;

/// A second, in microseconds: milliseconds are too coarse for hundreds per second.
const SECOND: i64 = 1_000_000;

/// A number per second, and the time up to which it has been used: the generic cell rate algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Deliveries per second, at least 1.
    pub per_second: i64,
    /// The time up to which the rate has been used, in unix microseconds.
    pub used_until: i64,
}

impl Rate {
    /// The number that may go at once, after a pause.
    fn burst(self) -> i64 {
        (self.per_second / 10).max(1)
    }

    /// The time in which a burst is saved up, in microseconds.
    fn saved(self) -> i64 {
        self.burst() * SECOND / self.per_second
    }

    /// The time that one delivery takes of the rate, in microseconds.
    fn each(self) -> i64 {
        (SECOND + self.per_second - 1) / self.per_second
    }

    /// The time up to which the rate has been used, as seen from `now`. Further ahead than a burst it stands only where the
    /// clock was set back: then one may go, and the rate begins anew.
    fn used_at(self, now: Timestamp) -> i64 {
        let now = micros(now);
        if self.used_until > now + self.saved() { now - self.each() } else { self.used_until }
    }

    /// The number that may go at `now`.
    pub fn allows(self, now: Timestamp) -> usize {
        let passed = (micros(now) - self.used_at(now)).clamp(0, 60 * SECOND);
        usize::try_from((passed * self.per_second / SECOND).min(self.burst())).unwrap_or_default()
    }

    /// The rate once `count` more have gone at `now`.
    #[must_use]
    pub fn after(self, count: usize, now: Timestamp) -> Self {
        let from = self.used_at(now).max(micros(now) - self.saved());
        // Rounded up, so that the rate is never quicker than was asked.
        let count = i64::try_from(count).unwrap_or(i64::MAX / (2 * SECOND));
        Self { used_until: from + (count * SECOND + self.per_second - 1) / self.per_second, ..self }
    }

    /// The time at which the next delivery may go, as seen from `now`.
    pub fn next(self, now: Timestamp) -> Timestamp {
        let at = self.used_at(now) + self.each();
        Timestamp::from_millis((at + 999) / 1000)
    }
}

fn micros(at: Timestamp) -> i64 {
    at.as_millis() * 1000
}

/// The tighter of a webhook's rate limit and the rate of its drain.
pub fn of(webhook: &HoldingWebhook) -> Option<Rate> {
    let drain = webhook.breaker.draining_since.map(|_| webhook.breaker.pace).filter(|pace| *pace > 0);
    let per_second = [webhook.rate_limit, drain].into_iter().flatten().min()?;
    Some(Rate { per_second: i64::from(per_second.max(1)), used_until: webhook.released_at })
}

#[cfg(test)]
mod tests {
    use api_types::ids::{WebhookId, WorkspaceId};

    use super::*;
    use crate::db::deliveries::destinations::Breaker;

    /// The number that goes within `seconds`, looking every `step` ms.
    fn count(per_second: i64, seconds: i64, step: i64) -> usize {
        let start = Timestamp::from_millis(1_000_000);
        let mut rate = Rate { per_second, used_until: 0 };
        let mut gone = 0;
        for tick in 0..(seconds * 1000 / step) {
            let now = start + tick * step;
            let allowed = rate.allows(now);
            rate = rate.after(allowed, now);
            gone += allowed;
        }
        gone
    }

    #[test]
    fn a_rate_is_kept_whatever_the_step() {
        for per_second in [1, 2, 3, 7, 10, 50, 333, 1000] {
            for step in [1, 10, 20] {
                let gone = i64::try_from(count(per_second, 20, step)).unwrap();
                let most = per_second * 20 + (per_second / 10).max(1);
                assert!(gone <= most, "{gone} of {most} at {per_second}/s looking every {step} ms");
                assert!(
                    gone * 10 >= per_second * 20 * 8,
                    "only {gone} at {per_second}/s looking every {step} ms"
                );
            }
        }
    }

    #[test]
    fn a_clock_that_was_set_back_stops_nothing() {
        for per_second in [1, 3, 50, 1_000] {
            let now = Timestamp::from_millis(10_000_000_000);
            let mut rate = Rate { per_second, used_until: micros(now) };
            for back in [1, 99, 500, 3_600_000] {
                let now = now - back;
                let next = rate.next(now);
                assert!(next.millis_since(now) <= 2_001, "{per_second}/s, {back} ms back");
                assert_eq!(rate.allows(next), 1);
                rate = Rate { used_until: micros(now + back), ..rate };
            }
            let back = now - 3_600_000;
            rate = rate.after(rate.allows(back), back);
            assert_eq!(rate.allows(back), 0, "the rate holds from then on");
        }
    }

    #[test]
    fn the_next_one_is_allowed_when_it_says() {
        let now = Timestamp::from_millis(1_000_000);
        let rate = Rate { per_second: 3, used_until: 0 };
        let used = rate.after(rate.allows(now), now);
        assert_eq!(used.allows(used.next(now) - 1), 0);
        assert_eq!(used.allows(used.next(now)), 1);
    }

    #[test]
    fn the_tighter_of_limit_and_drain_is_the_rate() {
        let holding = |rate_limit, draining: Option<i32>| HoldingWebhook {
            id: WebhookId::from_parts(1, 1),
            workspace_id: WorkspaceId::from_parts(1, 1),
            rate_limit,
            released_at: 0,
            ordered_since: None,
            breaker: Breaker {
                draining_since: draining.map(|_| Timestamp::from_millis(1)),
                pace: draining.unwrap_or_default(),
                ..Breaker::default()
            },
        };
        let per_second =
            |rate_limit, draining| of(&holding(rate_limit, draining)).map(|rate| rate.per_second);
        assert_eq!(per_second(None, None), None);
        assert_eq!(per_second(None, Some(0)), None, "as fast as there are slots");
        assert_eq!(per_second(Some(10), None), Some(10));
        assert_eq!(per_second(Some(10), Some(5)), Some(5));
        assert_eq!(per_second(Some(10), Some(40)), Some(10));
        assert_eq!(per_second(Some(10), Some(0)), Some(10));
    }
}
