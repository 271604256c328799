//! When a failed request is sent again, and after which pause.

use crate::answer::{Answer, Lost};
use std::time::Duration;

/// The longest pause that a server may ask for. Beyond, the caller decides.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
const FIRST_BACKOFF: Duration = Duration::from_millis(500);
const LONGEST_BACKOFF: Duration = Duration::from_secs(8);

/// The terms on which a request is sent again, known before it is sent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    /// True if the request does the same when it arrives twice.
    pub repeatable: bool,
    pub max_retries: u32,
}

impl Plan {
    /// The pause before the next request; `None` where the outcome stands. `chance` is between 0 and 1.
    pub fn pause(self, outcome: &Result<Answer, Lost>, attempt: u32, chance: f64) -> Option<Duration> {
        let again = match outcome {
            Ok(answer) => self.again_after(answer),
            Err(Lost::NotSent(error)) => !error.is_builder(),
            Err(Lost::Timeout | Lost::Broken(_)) => self.repeatable,
        };
        if !again || attempt >= self.max_retries {
            return None;
        }
        match outcome.as_ref().ok().and_then(Answer::retry_after) {
            Some(asked) => (asked <= LONGEST_WAIT).then_some(asked),
            None => Some(backoff(attempt).mul_f64(chance)),
        }
    }

    fn again_after(self, answer: &Answer) -> bool {
        match answer.status {
            // The server has not begun with it.
            408 | 429 => true,
            500 | 502..=504 => self.repeatable,
            // The first request of this key, whose answer was lost, still runs.
            409 => self.repeatable && answer.header("retry-after").is_some(),
            _ => false,
        }
    }
}

fn backoff(attempt: u32) -> Duration {
    FIRST_BACKOFF.saturating_mul(2_u32.saturating_pow(attempt)).min(LONGEST_BACKOFF)
}

/// A number between 0 and 1: clients that failed together do not come back together.
pub(crate) fn chance() -> f64 {
    let [a, b, ..] = random();
    f64::from(u16::from_le_bytes([a, b])) / f64::from(u16::MAX)
}

/// A key that no other call has.
pub(crate) fn new_key() -> String {
    use std::fmt::Write as _;
    random().iter().fold("sdk-".to_owned(), |mut key, byte| {
        let _ = write!(key, "{byte:02x}");
        key
    })
}

fn random() -> [u8; 16] {
    let mut bytes = [0; 16];
    // The system's generator fails on no supported system; a repeated key would be refused, not mixed up.
    let _ = ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut bytes);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderMap;

    #[expect(clippy::unnecessary_wraps, reason = "one of the two outcomes of an attempt")]
    fn answer(status: u16, retry_after: Option<&str>) -> Result<Answer, Lost> {
        let mut headers = HeaderMap::new();
        if let Some(seconds) = retry_after {
            headers.insert("retry-after", seconds.parse().unwrap());
        }
        Ok(Answer { status, headers, body: Vec::new() })
    }

    const SAFE: Plan = Plan { repeatable: true, max_retries: 3 };
    const UNSAFE: Plan = Plan { repeatable: false, max_retries: 3 };

    #[test]
    fn what_may_have_happened_is_repeated_only_where_that_does_no_harm() {
        for status in [500, 502, 503, 504] {
            assert!(SAFE.pause(&answer(status, None), 0, 1.0).is_some(), "{status}");
            assert!(UNSAFE.pause(&answer(status, None), 0, 1.0).is_none(), "{status}");
        }
        assert!(SAFE.pause(&Err(Lost::Timeout), 0, 1.0).is_some());
        assert!(UNSAFE.pause(&Err(Lost::Timeout), 0, 1.0).is_none());
        assert!(UNSAFE.pause(&answer(429, None), 0, 1.0).is_some());
        for status in [200, 400, 401, 404, 409, 412, 422, 501] {
            assert!(SAFE.pause(&answer(status, None), 0, 1.0).is_none(), "{status}");
        }
        assert!(SAFE.pause(&answer(409, Some("1")), 0, 1.0).is_some());
    }

    #[test]
    fn a_pause_is_the_servers_or_grows() {
        let seconds = |pause: Option<Duration>| pause.map(|pause| pause.as_secs_f64());
        assert_eq!(seconds(SAFE.pause(&answer(503, Some("7")), 0, 0.1)), Some(7.0));
        assert_eq!(seconds(SAFE.pause(&answer(503, Some("61")), 0, 0.1)), None);
        assert_eq!(seconds(SAFE.pause(&answer(503, None), 0, 1.0)), Some(0.5));
        assert_eq!(seconds(SAFE.pause(&answer(503, None), 2, 0.5)), Some(1.0));
        assert_eq!(seconds(SAFE.pause(&answer(503, None), 3, 1.0)), None);
        assert_eq!(backoff(30), LONGEST_BACKOFF);
    }

    #[test]
    fn keys_differ() {
        assert_ne!(new_key(), new_key());
        assert_eq!(new_key().len(), 36);
    }
}
