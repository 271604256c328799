//! The circuit breaker of a webhook. Five outages or throttlings in a row open it: the webhook is parked.
//! Probes go out after 5 s, then at doubling pauses up to 10 min, or up to a day where the receiver asks for that. One success closes the breaker, and the
//! held deliveries drain at a growing rate. Pure code: the caller brings the time and stores the result.

use api_types::Timestamp;

use super::retry;
use crate::db::deliveries::destinations::Breaker;

/// Outages or throttlings in a row that open the breaker.
const OUTAGES: i32 = 5;
/// The pause before the first probe, in milliseconds. The pause doubles with each probe that fails.
const FIRST_PROBE: i64 = 5_000;
/// The longest pause between probes that the receiver did not ask for, in milliseconds.
const LONGEST_PAUSE: i64 = 10 * 60_000;
/// The time after which a held delivery is due in any case, in milliseconds: should its webhook have no line
/// any more, it is sent.
pub const LOOK_AGAIN: i64 = 30 * 60_000;
/// Deliveries per second at the beginning of a drain. Each success adds one, so that the rate doubles each
/// second.
const FIRST_RATE: i32 = 5;
/// The most deliveries per second that a drain reaches.
const FULL_RATE: i32 = 1_000;

/// Evidence of the receiver's state that an attempt gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// The receiver works.
    Success,
    /// The receiver was out, or asked us to slow down. `until` is the moment that `Retry-After` names.
    Outage { until: Option<Timestamp> },
    /// The receiver answered, and refused the message.
    Refusal,
}

/// The breaker after an attempt. `probe` is set where the attempt only tried if the receiver is back.
pub fn note(before: Breaker, evidence: Evidence, probe: bool, now: Timestamp) -> Breaker {
    let before = Breaker { asked_until: asked(before, evidence, now), ..before };
    match evidence {
        Evidence::Success if before.parked_at.is_some() => drain(now),
        Evidence::Success => Breaker { outages: 0, pace: faster(before), ..before },
        // Only a success closes the breaker: while the receiver refuses, held deliveries would spend their
        // retries for nothing.
        Evidence::Outage { .. } | Evidence::Refusal if before.parked_at.is_some() => {
            let probes = before.probes.saturating_add(probe.into());
            let next =
                if probe { Some(next_probe(probes, before.asked_until, now)) } else { before.probe_at };
            Breaker { probes, probe_at: next.max(before.asked_until), ..before }
        }
        Evidence::Refusal => Breaker { outages: 0, pace: slower(before), ..before },
        Evidence::Outage { .. } if before.outages + 1 >= OUTAGES => Breaker {
            outages: before.outages + 1,
            parked_at: Some(now),
            probe_at: Some(next_probe(0, before.asked_until, now)),
            probes: 0,
            draining_since: None,
            pace: 0,
            asked_until: before.asked_until,
        },
        Evidence::Outage { .. } => Breaker { outages: before.outages + 1, pace: slower(before), ..before },
    }
}

/// The end of the longest pause that the receiver asked for since it last took a message, or refused one while the
/// breaker was closed.
fn asked(before: Breaker, evidence: Evidence, now: Timestamp) -> Option<Timestamp> {
    let known = before.asked_until.filter(|until| *until > now);
    match evidence {
        Evidence::Outage { until } => {
            let kept = until.map(|at| Timestamp::from_millis(retry::kept(at.as_millis(), now.as_millis())));
            known.max(kept.filter(|until| *until > now))
        }
        Evidence::Refusal => known.filter(|_| before.parked_at.is_some()),
        Evidence::Success => None,
    }
}

/// A breaker that was just closed: the held deliveries drain.
pub const fn drain(now: Timestamp) -> Breaker {
    Breaker {
        outages: 0,
        parked_at: None,
        probe_at: None,
        probes: 0,
        draining_since: Some(now),
        pace: FIRST_RATE,
        asked_until: None,
    }
}

/// The time of the next probe: after the longest pause at most, and not before the receiver asked for it.
fn next_probe(failed: i32, asked_until: Option<Timestamp>, now: Timestamp) -> Timestamp {
    let doubled = FIRST_PROBE << failed.clamp(0, 10);
    let usual = now + doubled.min(LONGEST_PAUSE);
    asked_until.map_or(usual, |asked| asked.max(usual))
}

/// `true` while the next probe is to be waited for. Further ahead than any pause it stands only where the clock was set
/// back.
pub fn waits(breaker: Breaker, probe_at: Timestamp, now: Timestamp) -> bool {
    let asked = breaker.asked_until.is_some_and(|asked| probe_at <= asked);
    let longest = if asked { retry::LONGEST_WAIT } else { LONGEST_PAUSE };
    probe_at > now && probe_at.millis_since(now) <= longest
}

fn faster(before: Breaker) -> i32 {
    match before.draining_since {
        Some(_) if before.pace > 0 => (before.pace + 1).min(FULL_RATE),
        _ => before.pace,
    }
}

fn slower(before: Breaker) -> i32 {
    match (before.draining_since, before.pace) {
        (None, pace) => pace,
        // The drain had no rate of its own, and was too fast.
        (Some(_), 0) => FIRST_RATE,
        (Some(_), pace) => (pace / 2).max(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_795_000_000_000);
    const OUT: Evidence = Evidence::Outage { until: None };

    fn after(all: &[Evidence]) -> Breaker {
        all.iter().fold(Breaker::default(), |breaker, evidence| note(breaker, *evidence, false, NOW))
    }

    #[test]
    fn five_outages_in_a_row_open_it() {
        assert_eq!(after(&[OUT; 4]).parked_at, None);
        let parked = after(&[OUT; 5]);
        assert_eq!((parked.parked_at, parked.probe_at), (Some(NOW), Some(NOW + 5_000)));
        for between in [Evidence::Success, Evidence::Refusal] {
            assert_eq!(after(&[OUT, OUT, OUT, OUT, between, OUT]).parked_at, None, "not in a row");
        }
        assert_eq!(after(&[Evidence::Refusal; 50]).parked_at, None, "a wrong configuration is no outage");
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
        let refused = note(breaker, Evidence::Refusal, true, NOW);
        assert_eq!((refused.parked_at, refused.probes), (Some(NOW), 10), "a refusal does not close it");
        assert_eq!(note(breaker, OUT, false, NOW), breaker, "what was under way as it opened is no probe");
    }

    #[test]
    fn retry_after_is_honoured_up_to_a_day() {
        const HOUR: i64 = 3_600_000;
        let ask = |millis| Evidence::Outage { until: Some(NOW + millis) };
        let probe = |breaker: Breaker| breaker.probe_at.map(|at| at.millis_since(NOW));
        let asked = |millis| after(&[OUT, OUT, OUT, OUT, ask(millis)]);
        assert_eq!(probe(asked(1_000)), Some(5_000));
        assert_eq!(probe(asked(-HOUR)), Some(5_000));
        assert_eq!((asked(-HOUR).asked_until, asked(1_000).asked_until), (None, Some(NOW + 1_000)));
        assert_eq!(probe(asked(60_000)), Some(60_000));
        assert_eq!(probe(asked(3 * HOUR)), Some(3 * HOUR));
        assert_eq!(probe(asked(90 * HOUR)), Some(24 * HOUR));
        // Whichever of the failures asked for it.
        let parked = after(&[ask(2 * HOUR), OUT, OUT, OUT, OUT]);
        assert_eq!(probe(parked), Some(2 * HOUR));
        assert_eq!(after(&[ask(2 * HOUR), Evidence::Success]).asked_until, None);
        // By what was under way as the breaker opened, and by a probe.
        assert_eq!(probe(note(parked, ask(5 * HOUR), false, NOW)), Some(5 * HOUR));
        assert_eq!(probe(note(parked, ask(HOUR), false, NOW)), Some(2 * HOUR));
        let later = NOW + 2 * HOUR;
        let probed = note(parked, Evidence::Outage { until: Some(later + 4 * HOUR) }, true, later);
        assert_eq!((probed.probe_at, probed.probes), (Some(later + 4 * HOUR), 1));
        assert_eq!(note(parked, OUT, true, later).probe_at, Some(later + 10_000), "that pause is over");
        assert_eq!(note(parked, Evidence::Success, true, later), drain(later));
    }

    #[test]
    fn a_probe_is_waited_for_unless_the_clock_was_set_back() {
        let waiting = |breaker: Breaker, now| waits(breaker, breaker.probe_at.unwrap(), now);
        let parked = after(&[OUT; 5]);
        assert!(waiting(parked, NOW) && !waiting(parked, NOW + 5_000));
        assert!(!waiting(parked, NOW - 3_600_000));
        let asked = after(&[OUT, OUT, OUT, OUT, Evidence::Outage { until: Some(NOW + 7_200_000) }]);
        assert!(waiting(asked, NOW) && waiting(asked, NOW - 3_600_000) && !waiting(asked, NOW + 7_200_000));
    }

    #[test]
    fn a_success_closes_it_and_each_one_more_quickens_the_drain() {
        let drained = note(after(&[OUT; 5]), Evidence::Success, true, NOW);
        assert_eq!((drained.parked_at, drained.draining_since, drained.pace), (None, Some(NOW), FIRST_RATE));
        let quick = (0..5000).fold(drained, |breaker, _| note(breaker, Evidence::Success, false, NOW));
        assert_eq!(quick.pace, FULL_RATE);
        assert_eq!(note(quick, OUT, false, NOW).pace, FULL_RATE / 2);
        let out = (0..5).fold(quick, |breaker, _| note(breaker, OUT, false, NOW));
        assert_eq!((out.parked_at, out.draining_since, out.probes), (Some(NOW), None, 0));
    }
}
