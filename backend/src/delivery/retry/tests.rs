//! Tests of the decision: all states, triggers and results, the whole schedule, and each exception.

use super::*;

const NOW: i64 = 1_795_000_000_000;
const OUTAGE: AttemptResult = AttemptResult::Failed { category: Category::Outage, retry_after: None };
const OURS: AttemptResult = AttemptResult::Failed { category: Category::Ours, retry_after: None };

fn ended(trigger: Trigger, result: AttemptResult) -> EndedAttempt {
    EndedAttempt { trigger, result, now: NOW, jitter: 0.0 }
}

fn automatic(before: State, result: AttemptResult) -> Decision {
    decide(before, ended(Trigger::Automatic, result))
}

fn at_step(step: i32) -> State {
    State { status: DeliveryStatus::Retrying, step, ..State::new(NOW) }
}

/// Every state that a delivery can be in.
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

fn results() -> Vec<AttemptResult> {
    let failures = Category::ALL.iter().flat_map(|&category| {
        [None, Some(NOW - 1), Some(NOW + HOUR), Some(i64::MAX)]
            .map(|retry_after| AttemptResult::Failed { category, retry_after })
    });
    [AttemptResult::Succeeded, AttemptResult::Gone, AttemptResult::Interrupted, AttemptResult::NotSent]
        .into_iter()
        .chain(failures)
        .collect()
}

#[test]
fn the_schedule_is_walked_to_its_end() {
    let mut state = State::new(NOW);
    let mut now = NOW;
    for (index, pause) in SCHEDULE.iter().enumerate() {
        let decision =
            decide(state, EndedAttempt { trigger: Trigger::Automatic, result: OUTAGE, now, jitter: 0.0 });
        assert!(!decision.exhausted);
        assert_eq!(decision.state.status, DeliveryStatus::Retrying);
        assert_eq!(decision.state.step, i32::try_from(index).unwrap() + 1);
        assert_eq!(decision.state.next_attempt_at, Some(now + pause));
        now += pause;
        state = decision.state;
    }
    let last = decide(state, EndedAttempt { trigger: Trigger::Automatic, result: OUTAGE, now, jitter: 0.0 });
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
            let ended = EndedAttempt { trigger: Trigger::Automatic, result: OUTAGE, now: NOW, jitter };
            let pause = SCHEDULE[usize::try_from(step).unwrap()];
            assert_eq!(decide(at_step(step), ended).state.next_attempt_at, Some(NOW + pause / 10 * tenths));
        }
    }
}

#[test]
fn retry_after_is_honoured_up_to_a_day() {
    let next = |step, retry_after| {
        let result =
            AttemptResult::Failed { category: Category::Throttling, retry_after: Some(NOW + retry_after) };
        automatic(at_step(step), result).state.next_attempt_at.unwrap() - NOW
    };
    assert_eq!(next(0, MINUTE), MINUTE);
    assert_eq!(next(0, HOUR), HOUR);
    assert_eq!(next(0, 23 * HOUR), 23 * HOUR);
    assert_eq!(next(1, 10 * MINUTE), 10 * MINUTE);
    assert_eq!(next(1, MINUTE), 5 * MINUTE, "never sooner than the schedule");
    assert_eq!(next(0, -HOUR), 5 * SECOND, "a date in the past asks for nothing");
    for step in [0, 4, 8] {
        assert_eq!(next(step, 90 * HOUR), 24 * HOUR);
    }
    assert_eq!(next(8, HOUR), 24 * HOUR, "never sooner than the schedule");
}

#[test]
fn a_failed_retry_by_hand_changes_nothing() {
    for before in states() {
        for result in results() {
            let decision = decide(before, ended(Trigger::Manual, result));
            if let AttemptResult::Failed { .. } | AttemptResult::Interrupted | AttemptResult::NotSent = result
            {
                assert_eq!(State { interruptions: before.interruptions, ..decision.state }, before);
                assert!(!decision.exhausted && !decision.disable);
                assert!(matches!(decision.health, Health::Shown | Health::Nothing));
            }
        }
    }
}

#[test]
fn what_was_not_sent_for_our_shortage_costs_nothing_and_goes_again() {
    for before in states().into_iter().filter(|state| !is_finished(state.status)) {
        let mut state = before;
        for _ in 0..20 {
            let decision = automatic(state, AttemptResult::NotSent);
            let expected = State {
                status: DeliveryStatus::Retrying,
                next_attempt_at: Some(NOW + 30 * SECOND),
                ..before
            };
            assert_eq!(decision.state, expected);
            assert_eq!(decision.health, Health::Nothing);
            assert!(!decision.exhausted && !decision.disable);
            state = decision.state;
        }
    }
}

#[test]
fn success_ends_the_schedule_whoever_asked() {
    for before in states() {
        for &trigger in Trigger::ALL {
            let decision = decide(before, ended(trigger, AttemptResult::Succeeded));
            assert_eq!(decision.state.status, DeliveryStatus::Succeeded);
            assert_eq!((decision.state.next_attempt_at, decision.state.finished_at), (None, Some(NOW)));
            assert_eq!(decision.state.cancel_reason, None);
            assert_eq!(decision.health, Health::Success);
        }
    }
}

#[test]
fn gone_disables_at_once_and_cancels_what_waits() {
    let decision = automatic(at_step(2), AttemptResult::Gone);
    assert!(decision.disable && !decision.exhausted);
    assert_eq!(decision.state.status, DeliveryStatus::Canceled);
    assert_eq!(decision.state.cancel_reason, Some(CancelReason::WebhookDisabled));
    assert_eq!(decision.state.next_attempt_at, None);
    for before in states().into_iter().filter(|state| is_finished(state.status)) {
        let decision = decide(before, ended(Trigger::Manual, AttemptResult::Gone));
        assert!(decision.disable);
        assert_eq!(decision.state, before);
    }
}

#[test]
fn three_interruptions_in_a_row_are_one_failure_of_ours() {
    let mut state = State::new(NOW - 1);
    for count in 1..=2 {
        let decision = automatic(state, AttemptResult::Interrupted);
        assert_eq!(decision.health, Health::Nothing);
        state = decision.state;
        assert_eq!((state.status, state.step, state.interruptions), (DeliveryStatus::Pending, 0, count));
        assert_eq!(state.next_attempt_at, Some(NOW), "sent again at once");
    }
    let third = automatic(state, AttemptResult::Interrupted);
    assert_eq!(
        (third.state.status, third.state.step, third.state.interruptions),
        (DeliveryStatus::Retrying, 1, 0)
    );
    assert_eq!(third.state.next_attempt_at, Some(NOW + 5 * SECOND));
    assert_eq!(third.health, Health::Nothing, "it counts against nobody");
    // Another result in between starts the count anew.
    let after = automatic(State { interruptions: 2, ..at_step(1) }, OUTAGE);
    assert_eq!(after.state.interruptions, 0);
}

#[test]
fn an_interrupted_retry_by_hand_is_made_again_but_not_for_ever() {
    let first = decide(at_step(1), ended(Trigger::Manual, AttemptResult::Interrupted));
    assert!(first.again);
    let second = decide(first.state, ended(Trigger::Manual, AttemptResult::Interrupted));
    assert!(second.again);
    let third = decide(second.state, ended(Trigger::Manual, AttemptResult::Interrupted));
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
        for result in results() {
            for &trigger in Trigger::ALL {
                let decision = decide(before, ended(trigger, result));
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
                assert_eq!(decision.disable, result == AttemptResult::Gone);
            }
        }
    }
}

#[test]
fn five_days_of_failures_are_enough() {
    assert!(!failing_too_long(NOW - 5 * 24 * HOUR + 1, NOW));
    assert!(failing_too_long(NOW - 5 * 24 * HOUR, NOW));
}
