//! What comes after an attempt: the schedule and its exceptions, decided in pure code. The caller brings the clock and the
//! jitter, and writes down what is decided here.

use api_types::deliveries::{CancelReason, Category, DeliveryStatus, Trigger};

/// The pauses between automatic attempts, in milliseconds: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h.
pub const SCHEDULE: [i64; 9] =
    [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR];
/// How many automatic attempts a delivery gets.
pub const AUTOMATIC_ATTEMPTS: usize = SCHEDULE.len() + 1;
/// How many interruptions in a row count as one failure.
const INTERRUPTIONS_PER_FAILURE: i32 = 3;
/// How long nothing but failed automatic attempts is borne before the webhook is disabled, in milliseconds.
const FAILING_TOLERATED: i64 = 5 * 24 * HOUR;
/// How far the jitter moves an attempt, as a part of the pause before it.
const JITTER: f64 = 0.1;

const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;

/// Where a delivery stands on its schedule. Times are unix milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State {
    pub status: DeliveryStatus,
    /// How many pauses of the schedule have begun: 0 before the first failure.
    pub step: i32,
    /// When the schedule tries next; none once finished.
    pub next_attempt_at: Option<i64>,
    /// When it succeeded, failed for good or was canceled.
    pub finished_at: Option<i64>,
    pub cancel_reason: Option<CancelReason>,
    /// How many attempts in a row were interrupted.
    pub interruptions: i32,
}

impl State {
    /// A delivery that is due at once.
    pub const fn new(now: i64) -> Self {
        Self {
            status: DeliveryStatus::Pending,
            step: 0,
            next_attempt_at: Some(now),
            finished_at: None,
            cancel_reason: None,
            interruptions: 0,
        }
    }
}

/// How an attempt ended, as far as the schedule cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    Succeeded,
    /// 410: the receiver asks to be left alone for good.
    Gone,
    Failed {
        category: Category,
        /// The moment `Retry-After` names, in unix milliseconds.
        retry_after: Option<i64>,
    },
    /// Our process stopped in the middle.
    Interrupted,
}

/// An attempt that ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ended {
    pub trigger: Trigger,
    pub ending: Ending,
    /// Unix milliseconds.
    pub now: i64,
    /// Chance, within -1 and 1.
    pub jitter: f64,
}

/// What the attempt says about its webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// The receiver works.
    Success,
    /// It failed, on our own initiative: it counts towards disabling.
    Failure,
    /// It failed, but the attempt was asked for: shown, and counted towards nothing.
    Shown,
    /// It says nothing about the receiver.
    Nothing,
}

/// What to write down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    pub state: State,
    pub health: Health,
    /// Disable the webhook (410), which cancels what else waits for it.
    pub disable: bool,
    /// The schedule is used up: publish `delivery.exhausted`.
    pub exhausted: bool,
    /// The attempt was promised to somebody and interrupted: make it again.
    pub again: bool,
}

/// Decides what follows an attempt of a delivery that stood at `before` when it started.
pub fn decide(before: State, ended: Ended) -> Decision {
    match ended.ending {
        Ending::Succeeded => Decision {
            state: State {
                status: DeliveryStatus::Succeeded,
                step: before.step,
                next_attempt_at: None,
                finished_at: Some(ended.now),
                cancel_reason: None,
                interruptions: 0,
            },
            ..unchanged(before, Health::Success)
        },
        Ending::Gone => gone(before, ended),
        Ending::Failed { category, retry_after } => failed(before, ended, category, retry_after),
        Ending::Interrupted => interrupted(before, ended),
    }
}

/// Whether a webhook that has only been failing since then (unix milliseconds) is to be disabled.
pub const fn failing_too_long(failing_since: i64, now: i64) -> bool {
    now - failing_since >= FAILING_TOLERATED
}

const fn unchanged(state: State, health: Health) -> Decision {
    Decision { state, health, disable: false, exhausted: false, again: false }
}

const fn is_finished(status: DeliveryStatus) -> bool {
    matches!(status, DeliveryStatus::Succeeded | DeliveryStatus::Failed | DeliveryStatus::Canceled)
}

fn gone(before: State, ended: Ended) -> Decision {
    let state = if is_finished(before.status) {
        before
    } else {
        State {
            status: DeliveryStatus::Canceled,
            step: before.step,
            next_attempt_at: None,
            finished_at: Some(ended.now),
            cancel_reason: Some(CancelReason::WebhookDisabled),
            interruptions: 0,
        }
    };
    Decision { disable: true, ..unchanged(state, Health::Shown) }
}

fn failed(before: State, ended: Ended, category: Category, retry_after: Option<i64>) -> Decision {
    let ours = category == Category::Ours;
    let calm = State { interruptions: 0, ..before };
    match ended.trigger {
        // By hand: neither status, step nor next time change.
        Trigger::Manual | Trigger::Test => {
            unchanged(calm, if ours { Health::Nothing } else { Health::Shown })
        }
        _ if is_finished(before.status) => unchanged(calm, Health::Nothing),
        // Parked deliveries spend no steps; the breaker says when the next probe is.
        Trigger::Probe => unchanged(
            State { status: DeliveryStatus::Retrying, ..calm },
            if ours { Health::Nothing } else { Health::Failure },
        ),
        Trigger::Automatic => {
            let health = if ours { Health::Nothing } else { Health::Failure };
            advance(calm, ended, retry_after, health)
        }
    }
}

fn advance(before: State, ended: Ended, retry_after: Option<i64>, health: Health) -> Decision {
    let index = usize::try_from(before.step).unwrap_or_default();
    let Some(pause) = SCHEDULE.get(index) else {
        let state = State {
            status: DeliveryStatus::Failed,
            next_attempt_at: None,
            finished_at: Some(ended.now),
            ..before
        };
        return Decision { exhausted: true, ..unchanged(state, health) };
    };
    let scheduled = ended.now + jittered(*pause, ended.jitter);
    // A receiver may ask for patience, up to the pause that would follow this one.
    let most = ended.now + SCHEDULE.get(index + 1).unwrap_or(pause);
    let asked = retry_after.map_or(scheduled, |at| at.min(most));
    let state = State {
        status: DeliveryStatus::Retrying,
        step: before.step + 1,
        next_attempt_at: Some(scheduled.max(asked)),
        ..before
    };
    unchanged(state, health)
}

fn interrupted(before: State, ended: Ended) -> Decision {
    let interruptions = before.interruptions + 1;
    let by_hand = matches!(ended.trigger, Trigger::Manual | Trigger::Test);
    if interruptions >= INTERRUPTIONS_PER_FAILURE {
        return failed(before, ended, Category::Ours, None);
    }
    let state = State { interruptions, ..before };
    if by_hand {
        return Decision { again: ended.trigger == Trigger::Manual, ..unchanged(state, Health::Nothing) };
    }
    if is_finished(before.status) {
        return unchanged(before, Health::Nothing);
    }
    unchanged(State { next_attempt_at: Some(ended.now), ..state }, Health::Nothing)
}

/// A pause of `pause` milliseconds, moved by up to a tenth.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "a day is far below 2^52 ms"
)]
fn jittered(pause: i64, jitter: f64) -> i64 {
    (pause as f64 * JITTER.mul_add(jitter.clamp(-1.0, 1.0), 1.0)) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_000_000_000;
    const OUTAGE: Ending = Ending::Failed { category: Category::Outage, retry_after: None };
    const OURS: Ending = Ending::Failed { category: Category::Ours, retry_after: None };

    fn ended(trigger: Trigger, ending: Ending) -> Ended {
        Ended { trigger, ending, now: NOW, jitter: 0.0 }
    }

    fn automatic(before: State, ending: Ending) -> Decision {
        decide(before, ended(Trigger::Automatic, ending))
    }

    fn at_step(step: i32) -> State {
        State { status: DeliveryStatus::Retrying, step, ..State::new(NOW) }
    }

    /// Every state a delivery can be in.
    fn states() -> Vec<State> {
        let waiting = (0..=9).map(at_step).chain([State::new(NOW - 5)]);
        let finished = [
            (DeliveryStatus::Succeeded, None),
            (DeliveryStatus::Failed, None),
            (DeliveryStatus::Canceled, Some(CancelReason::Plan)),
        ]
        .map(|(status, cancel_reason)| State {
            status,
            step: 3,
            next_attempt_at: None,
            finished_at: Some(NOW - 9),
            cancel_reason,
            interruptions: 0,
        });
        waiting
            .chain(finished)
            .flat_map(|state| (0..3).map(move |interruptions| State { interruptions, ..state }))
            .collect()
    }

    fn endings() -> Vec<Ending> {
        let failures = Category::ALL.iter().flat_map(|&category| {
            [None, Some(NOW - 1), Some(NOW + HOUR), Some(i64::MAX)]
                .map(|retry_after| Ending::Failed { category, retry_after })
        });
        [Ending::Succeeded, Ending::Gone, Ending::Interrupted].into_iter().chain(failures).collect()
    }

    #[test]
    fn the_schedule_is_walked_to_its_end() {
        let mut state = State::new(NOW);
        let mut now = NOW;
        for (index, pause) in SCHEDULE.iter().enumerate() {
            let decision =
                decide(state, Ended { trigger: Trigger::Automatic, ending: OUTAGE, now, jitter: 0.0 });
            assert!(!decision.exhausted);
            assert_eq!(decision.state.status, DeliveryStatus::Retrying);
            assert_eq!(decision.state.step, i32::try_from(index).unwrap() + 1);
            assert_eq!(decision.state.next_attempt_at, Some(now + pause));
            now += pause;
            state = decision.state;
        }
        let last = decide(state, Ended { trigger: Trigger::Automatic, ending: OUTAGE, now, jitter: 0.0 });
        assert!(last.exhausted);
        assert_eq!(last.state.status, DeliveryStatus::Failed);
        assert_eq!((last.state.next_attempt_at, last.state.finished_at), (None, Some(now)));
        assert_eq!(now - NOW, SCHEDULE.iter().sum::<i64>());
        assert_eq!(AUTOMATIC_ATTEMPTS, 10);
    }

    #[test]
    fn jitter_moves_an_attempt_by_a_tenth_at_most() {
        for step in 0..9 {
            for (jitter, tenths) in [(-1.0, 9), (0.0, 10), (1.0, 11), (7.0, 11)] {
                let ended = Ended { trigger: Trigger::Automatic, ending: OUTAGE, now: NOW, jitter };
                let pause = SCHEDULE[usize::try_from(step).unwrap()];
                assert_eq!(
                    decide(at_step(step), ended).state.next_attempt_at,
                    Some(NOW + pause / 10 * tenths)
                );
            }
        }
    }

    #[test]
    fn retry_after_is_honoured_up_to_the_following_step() {
        let next = |step, retry_after| {
            let ending =
                Ending::Failed { category: Category::Throttling, retry_after: Some(NOW + retry_after) };
            automatic(at_step(step), ending).state.next_attempt_at.unwrap() - NOW
        };
        assert_eq!(next(0, MINUTE), MINUTE);
        assert_eq!(next(0, HOUR), 5 * MINUTE);
        assert_eq!(next(1, 10 * MINUTE), 10 * MINUTE);
        assert_eq!(next(1, MINUTE), 5 * MINUTE, "never sooner than the schedule");
        assert_eq!(next(0, -HOUR), 5 * SECOND, "a date in the past asks for nothing");
        assert_eq!(next(8, 90 * HOUR), 24 * HOUR, "nothing follows the last step");
    }

    #[test]
    fn a_failed_retry_by_hand_changes_nothing() {
        for before in states() {
            for ending in endings() {
                let decision = decide(before, ended(Trigger::Manual, ending));
                if let Ending::Failed { .. } | Ending::Interrupted = ending {
                    assert_eq!(State { interruptions: before.interruptions, ..decision.state }, before);
                    assert!(!decision.exhausted && !decision.disable);
                    assert!(matches!(decision.health, Health::Shown | Health::Nothing));
                }
            }
        }
    }

    #[test]
    fn success_ends_the_schedule_whoever_asked() {
        for before in states() {
            for &trigger in Trigger::ALL {
                let decision = decide(before, ended(trigger, Ending::Succeeded));
                assert_eq!(decision.state.status, DeliveryStatus::Succeeded);
                assert_eq!((decision.state.next_attempt_at, decision.state.finished_at), (None, Some(NOW)));
                assert_eq!(decision.state.cancel_reason, None);
                assert_eq!(decision.health, Health::Success);
            }
        }
    }

    #[test]
    fn gone_disables_at_once_and_cancels_what_waits() {
        let decision = automatic(at_step(2), Ending::Gone);
        assert!(decision.disable && !decision.exhausted);
        assert_eq!(decision.state.status, DeliveryStatus::Canceled);
        assert_eq!(decision.state.cancel_reason, Some(CancelReason::WebhookDisabled));
        assert_eq!(decision.state.next_attempt_at, None);
        for before in states().into_iter().filter(|state| is_finished(state.status)) {
            let decision = decide(before, ended(Trigger::Manual, Ending::Gone));
            assert!(decision.disable);
            assert_eq!(decision.state, before);
        }
    }

    #[test]
    fn three_interruptions_in_a_row_are_one_failure_of_ours() {
        let mut state = State::new(NOW - 1);
        for count in 1..=2 {
            let decision = automatic(state, Ending::Interrupted);
            assert_eq!(decision.health, Health::Nothing);
            state = decision.state;
            assert_eq!((state.status, state.step, state.interruptions), (DeliveryStatus::Pending, 0, count));
            assert_eq!(state.next_attempt_at, Some(NOW), "sent again at once");
        }
        let third = automatic(state, Ending::Interrupted);
        assert_eq!(
            (third.state.status, third.state.step, third.state.interruptions),
            (DeliveryStatus::Retrying, 1, 0)
        );
        assert_eq!(third.state.next_attempt_at, Some(NOW + 5 * SECOND));
        assert_eq!(third.health, Health::Nothing, "it counts against nobody");
        // Another ending in between starts the count anew.
        let after = automatic(State { interruptions: 2, ..at_step(1) }, OUTAGE);
        assert_eq!(after.state.interruptions, 0);
    }

    #[test]
    fn an_interrupted_retry_by_hand_is_made_again_but_not_for_ever() {
        let first = decide(at_step(1), ended(Trigger::Manual, Ending::Interrupted));
        assert!(first.again);
        let second = decide(first.state, ended(Trigger::Manual, Ending::Interrupted));
        assert!(second.again);
        let third = decide(second.state, ended(Trigger::Manual, Ending::Interrupted));
        assert!(!third.again);
        assert_eq!(third.state, at_step(1));
    }

    #[test]
    fn probes_spend_no_steps() {
        for before in states().into_iter().filter(|state| !is_finished(state.status)) {
            let decision = decide(before, ended(Trigger::Probe, OUTAGE));
            assert_eq!(
                (decision.state.step, decision.state.next_attempt_at),
                (before.step, before.next_attempt_at)
            );
            assert_eq!(decision.state.status, DeliveryStatus::Retrying);
            assert_eq!(decision.health, Health::Failure);
        }
    }

    #[test]
    fn our_own_faults_say_nothing_about_the_receiver() {
        for &trigger in Trigger::ALL {
            assert_eq!(decide(at_step(1), ended(trigger, OURS)).health, Health::Nothing);
        }
    }

    #[test]
    fn whatever_happens_the_state_holds_together() {
        for before in states() {
            for ending in endings() {
                for &trigger in Trigger::ALL {
                    let decision = decide(before, ended(trigger, ending));
                    let state = decision.state;
                    assert_eq!(is_finished(state.status), state.next_attempt_at.is_none(), "{decision:?}");
                    assert_eq!(is_finished(state.status), state.finished_at.is_some(), "{decision:?}");
                    assert_eq!(state.status == DeliveryStatus::Canceled, state.cancel_reason.is_some());
                    assert!(
                        (0..=9).contains(&state.step)
                            && state.step >= before.step
                            && state.step <= before.step + 1
                    );
                    assert!((0..3).contains(&state.interruptions));
                    assert!(state.next_attempt_at.is_none_or(|at| at <= NOW + 27 * HOUR));
                    assert!(!decision.exhausted || trigger == Trigger::Automatic);
                    assert_eq!(decision.disable, ending == Ending::Gone);
                }
            }
        }
    }

    #[test]
    fn five_days_of_failures_are_enough() {
        assert!(!failing_too_long(NOW - 5 * 24 * HOUR + 1, NOW));
        assert!(failing_too_long(NOW - 5 * 24 * HOUR, NOW));
    }
}
