//! Decides what follows an attempt: the retry schedule and its exceptions. Pure code: the caller brings the
//! time and the jitter, and writes the decision down.

#[cfg(test)]
mod tests;

use api_types::deliveries::{CancelReason, Category, DeliveryStatus, Trigger};

/// The pauses between automatic attempts, in milliseconds: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24
/// h.
pub const SCHEDULE: [i64; 9] =
    [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR];
/// The number of automatic attempts that a delivery gets.
pub const AUTOMATIC_ATTEMPTS: usize = SCHEDULE.len() + 1;
/// Interruptions in a row that count as one failure.
const INTERRUPTIONS_PER_FAILURE: i32 = 3;
/// A webhook with nothing but failed automatic attempts for this long, in milliseconds, is disabled.
const FAILING_TOLERATED: i64 = 5 * 24 * HOUR;
/// The pause after an attempt for which our machine had nothing left, in milliseconds.
const SHORTAGE: i64 = 30 * SECOND;
/// The longest pause that a receiver may ask for, in milliseconds.
pub const LONGEST_WAIT: i64 = 24 * HOUR;
/// The most that the jitter moves an attempt, as a part of the pause before it.
const JITTER: f64 = 0.1;

const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;

/// A delivery's place on its schedule. Times are unix milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State {
    pub status: DeliveryStatus,
    /// The number of pauses of the schedule that have begun: 0 before the first failure.
    pub step: i32,
    /// The next attempt by the schedule; none once finished.
    pub next_attempt_at: Option<i64>,
    /// The time at which the delivery succeeded, failed for good or was canceled.
    pub finished_at: Option<i64>,
    pub cancel_reason: Option<CancelReason>,
    /// The number of attempts in a row that were interrupted.
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

/// The end of an attempt, as far as the schedule needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptResult {
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
    /// Our machine had nothing left to send with.
    NotSent,
}

/// An attempt that ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EndedAttempt {
    pub trigger: Trigger,
    pub result: AttemptResult,
    /// Unix milliseconds.
    pub now: i64,
    /// Random, within -1 and 1.
    pub jitter: f64,
}

/// The attempt's meaning for the health of its webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// The receiver works.
    Success,
    /// An attempt by the schedule or a probe failed: the failure counts towards disabling.
    Failure,
    /// An attempt that somebody asked for failed: the failure is shown, and counts towards nothing.
    Shown,
    /// The attempt says nothing about the receiver.
    Nothing,
}

/// The decision, to be written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    pub state: State,
    pub health: Health,
    /// Disable the webhook (410). That also cancels the deliveries that wait for it.
    pub disable: bool,
    /// The schedule is used up: publish `delivery.exhausted`.
    pub exhausted: bool,
    /// A retry by hand was interrupted: make it again.
    pub again: bool,
}

/// Decides what follows an attempt of a delivery that stood at `before` when it started.
pub fn decide(before: State, ended: EndedAttempt) -> Decision {
    match ended.result {
        AttemptResult::Succeeded => Decision {
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
        AttemptResult::Gone => gone(before, ended),
        AttemptResult::Failed { category, retry_after } => failed(before, ended, category, retry_after),
        AttemptResult::Interrupted => interrupted(before, ended),
        AttemptResult::NotSent => not_sent(before, ended),
    }
}

/// `true` if a webhook with nothing but failures since `failing_since` (unix milliseconds) is to be disabled.
pub const fn failing_too_long(failing_since: i64, now: i64) -> bool {
    now - failing_since >= FAILING_TOLERATED
}

/// The end of the pause that a receiver asked for, as far as it is kept: both are unix milliseconds.
pub fn kept(until: i64, now: i64) -> i64 {
    until.min(now.saturating_add(LONGEST_WAIT))
}

const fn unchanged(state: State, health: Health) -> Decision {
    Decision { state, health, disable: false, exhausted: false, again: false }
}

const fn is_finished(status: DeliveryStatus) -> bool {
    matches!(status, DeliveryStatus::Succeeded | DeliveryStatus::Failed | DeliveryStatus::Canceled)
}

fn gone(before: State, ended: EndedAttempt) -> Decision {
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

fn failed(before: State, ended: EndedAttempt, category: Category, retry_after: Option<i64>) -> Decision {
    let ours = category == Category::Ours;
    let calm = State { interruptions: 0, ..before };
    match ended.trigger {
        // An attempt by hand changes neither status, step nor next time.
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

fn advance(before: State, ended: EndedAttempt, retry_after: Option<i64>, health: Health) -> Decision {
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
    let asked = retry_after.map_or(scheduled, |at| kept(at, ended.now));
    let state = State {
        status: DeliveryStatus::Retrying,
        step: before.step + 1,
        next_attempt_at: Some(scheduled.max(asked)),
        ..before
    };
    unchanged(state, health)
}

fn interrupted(before: State, ended: EndedAttempt) -> Decision {
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

/// The shortage is ours, so the delivery spends no step: it goes again in a moment, for as long as the shortage lasts.
fn not_sent(before: State, ended: EndedAttempt) -> Decision {
    if ended.trigger != Trigger::Automatic || is_finished(before.status) {
        return failed(before, ended, Category::Ours, None);
    }
    let state = State {
        status: DeliveryStatus::Retrying,
        next_attempt_at: Some(ended.now + jittered(SHORTAGE, ended.jitter)),
        ..before
    };
    unchanged(state, Health::Nothing)
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
