//! A rate, for held deliveries and for recoveries: a number per second, spread evenly, with a tenth of a
//! second's worth at once. Pure code: the caller brings the time and stores the result.

use api_types::Timestamp;

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

    /// The number that may go at `now`.
    pub fn allows(self, now: Timestamp) -> usize {
        let passed = (micros(now) - self.used_until).clamp(0, 60 * SECOND);
        usize::try_from((passed * self.per_second / SECOND).min(self.burst())).unwrap_or_default()
    }

    /// The rate once `count` more have gone at `now`.
    #[must_use]
    pub fn after(self, count: usize, now: Timestamp) -> Self {
        let saved = self.burst() * SECOND / self.per_second;
        let from = self.used_until.max(micros(now) - saved);
        // Rounded up, so that the rate is never quicker than was asked.
        let count = i64::try_from(count).unwrap_or(i64::MAX / (2 * SECOND));
        Self { used_until: from + (count * SECOND + self.per_second - 1) / self.per_second, ..self }
    }

    /// The time at which the next delivery may go.
    pub fn next(self) -> Timestamp {
        let at = self.used_until + (SECOND + self.per_second - 1) / self.per_second;
        Timestamp::from_millis((at + 999) / 1000)
    }
}

fn micros(at: Timestamp) -> i64 {
    at.as_millis() * 1000
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn the_next_one_is_allowed_when_it_says() {
        let now = Timestamp::from_millis(1_000_000);
        let rate = Rate { per_second: 3, used_until: 0 };
        let used = rate.after(rate.allows(now), now);
        assert_eq!(used.allows(used.next() - 1), 0);
        assert_eq!(used.allows(used.next()), 1);
    }
}
