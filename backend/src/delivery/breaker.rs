//! The circuit breaker: five outage or throttling failures in a row park a webhook; probes go out after 5 s, then at
//! doubling pauses up to 10 min; one success closes it, and what was held drains at a growing pace. Pure.

use api_types::Timestamp;

use crate::db::deliveries::destinations::Breaker;

/// Outage or throttling failures in a row that open it.
const OUTAGES: i32 = 5;
/// The pause before the first probe, in milliseconds; it doubles with each that fails.
const FIRST_PROBE: i64 = 5_000;
/// The longest pause between probes, in milliseconds.
const LONGEST_PAUSE: i64 = 10 * 60_000;
/// Deliveries per second that a drain begins with. Each success adds one, so that it doubles each second.
const FIRST_PACE: i32 = 5;
/// Deliveries per second that a drain reaches at most.
const FULL_PACE: i32 = 1_000;

/// What an attempt that says something about the receiver showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// It works.
    Success,
    /// It was out, or asked us to slow down, until the moment that `Retry-After` names.
    Outage { until: Option<Timestamp> },
    /// It answered, and refuses what it was sent.
    Refusal,
}

/// What follows for the breaker. `probe`: the attempt tried whether the receiver is back.
pub fn note(before: Breaker, sign: Sign, probe: bool, now: Timestamp) -> Breaker {
    match sign {
        Sign::Success if before.parked_at.is_some() => drain(now),
        Sign::Success => Breaker { outages: 0, pace: faster(before), ..before },
        // Only success closes it: while it refuses, what is held would spend its retries for nothing.
        Sign::Outage { .. } | Sign::Refusal if before.parked_at.is_some() => {
            if probe {
                probe_failed(before, sign, now)
            } else {
                before
            }
        }
        Sign::Refusal => Breaker { outages: 0, pace: slower(before), ..before },
        Sign::Outage { until } if before.outages + 1 >= OUTAGES => Breaker {
            outages: before.outages + 1,
            parked_at: Some(now),
            probe_at: Some(next_probe(0, until, now)),
            probes: 0,
            draining_since: None,
            pace: 0,
        },
        Sign::Outage { .. } => Breaker { outages: before.outages + 1, pace: slower(before), ..before },
    }
}

/// A breaker that was just closed: what was held is let go.
pub const fn drain(now: Timestamp) -> Breaker {
    Breaker {
        outages: 0,
        parked_at: None,
        probe_at: None,
        probes: 0,
        draining_since: Some(now),
        pace: FIRST_PACE,
    }
}

fn probe_failed(before: Breaker, sign: Sign, now: Timestamp) -> Breaker {
    let probes = before.probes.saturating_add(1);
    let until = match sign {
        Sign::Outage { until } => until,
        Sign::Success | Sign::Refusal => None,
    };
    Breaker { probes, probe_at: Some(next_probe(probes, until, now)), ..before }
}

/// When the next probe is due: never before the receiver asked for it, and never later than the longest pause.
fn next_probe(failed: i32, until: Option<Timestamp>, now: Timestamp) -> Timestamp {
    let doubled = FIRST_PROBE << failed.clamp(0, 10);
    let asked = until.map_or(0, |until| until.millis_since(now));
    now + doubled.max(asked).min(LONGEST_PAUSE)
}

fn faster(before: Breaker) -> i32 {
    match before.draining_since {
        Some(_) if before.pace > 0 => (before.pace + 1).min(FULL_PACE),
        _ => before.pace,
    }
}

fn slower(before: Breaker) -> i32 {
    match (before.draining_since, before.pace) {
        (None, pace) => pace,
        // It drained as fast as it could, which was too fast.
        (Some(_), 0) => FIRST_PACE,
        (Some(_), pace) => (pace / 2).max(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_795_000_000_000);
    const OUT: Sign = Sign::Outage { until: None };

    fn after(signs: &[Sign]) -> Breaker {
        signs.iter().fold(Breaker::default(), |breaker, sign| note(breaker, *sign, false, NOW))
    }

    #[test]
    fn five_outages_in_a_row_open_it() {
        assert_eq!(after(&[OUT; 4]).parked_at, None);
        let parked = after(&[OUT; 5]);
        assert_eq!((parked.parked_at, parked.probe_at), (Some(NOW), Some(NOW + 5_000)));
        for between in [Sign::Success, Sign::Refusal] {
            assert_eq!(after(&[OUT, OUT, OUT, OUT, between, OUT]).parked_at, None, "not in a row");
        }
        assert_eq!(after(&[Sign::Refusal; 50]).parked_at, None, "a wrong configuration is no outage");
    }

    #[test]
    fn probes_go_out_at_doubling_pauses() {
        let mut breaker = after(&[OUT; 5]);
        let mut pauses = Vec::new();
        for _ in 0..9 {
            breaker = note(breaker, OUT, true, NOW);
            pauses.push(breaker.probe_at.map(|at| at.millis_since(NOW) / 1000));
        }
        assert_eq!(pauses, [10, 20, 40, 80, 160, 320, 600, 600, 600].map(Some));
        let refused = note(breaker, Sign::Refusal, true, NOW);
        assert_eq!((refused.parked_at, refused.probes), (Some(NOW), 10), "a refusal does not close it");
        assert_eq!(note(breaker, OUT, false, NOW), breaker, "what was under way as it opened is no probe");
    }

    #[test]
    fn retry_after_is_honoured_up_to_the_longest_pause() {
        let asked = |millis| {
            let sign = Sign::Outage { until: Some(NOW + millis) };
            let breaker = after(&[OUT, OUT, OUT, OUT, sign]);
            breaker.probe_at.map(|at| at.millis_since(NOW))
        };
        assert_eq!(asked(1_000), Some(5_000));
        assert_eq!(asked(60_000), Some(60_000));
        assert_eq!(asked(3_600_000), Some(LONGEST_PAUSE));
    }

    #[test]
    fn a_success_closes_it_and_each_one_more_quickens_the_drain() {
        let drained = note(after(&[OUT; 5]), Sign::Success, true, NOW);
        assert_eq!((drained.parked_at, drained.draining_since, drained.pace), (None, Some(NOW), FIRST_PACE));
        let quick = (0..5000).fold(drained, |breaker, _| note(breaker, Sign::Success, false, NOW));
        assert_eq!(quick.pace, FULL_PACE);
        assert_eq!(note(quick, OUT, false, NOW).pace, FULL_PACE / 2);
        let out = (0..5).fold(quick, |breaker, _| note(breaker, OUT, false, NOW));
        assert_eq!((out.parked_at, out.draining_since, out.probes), (Some(NOW), None, 0));
    }
}
