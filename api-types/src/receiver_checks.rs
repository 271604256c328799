//! Receiver checks: messages, some good and some not, sent to a webhook's receiver, and what it did with each of them.

use serde::{Deserialize, Serialize};

use crate::{Timestamp, deliveries::Attempt, words::words};

words! {
    /// A property that a good receiver has.
    CheckedProperty {
        /// It takes a message that is signed as it should be.
        Verifies = "verifies",
        /// It refuses a message under a wrong signature.
        RejectsForgeries = "rejects_forgeries",
        /// It refuses an old message that is sent again.
        RejectsReplays = "rejects_replays",
        /// It takes a message that comes a second time.
        TakesRepeats = "takes_repeats",
        /// It answers within a second.
        AnswersInTime = "answers_in_time",
        /// It takes a message that only the new secret signs.
        RotationReady = "rotation_ready",
    }
}

words! {
    /// Whether a receiver has a property.
    CheckVerdict {
        /// It has.
        Passed = "passed",
        /// It has, but in a way that will cause trouble.
        Warning = "warning",
        /// It has not.
        Failed = "failed",
        /// That could not be told.
        Unknown = "unknown",
    }
}

words! {
    /// A message of a check.
    CheckMessage {
        /// Signed as every message is.
        Valid = "valid",
        /// Under a signature that is not ours.
        Forged = "forged",
        /// Signed as every message is, ten minutes ago.
        Stale = "stale",
        /// The valid message once more.
        Repeated = "repeated",
        /// Under the new secret alone: only while the secret is rotated.
        NewSecret = "new_secret",
    }
}

/// What a check found out about one property.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CheckFinding {
    /// The property.
    pub property: CheckedProperty,
    /// Whether the receiver has it.
    pub verdict: CheckVerdict,
    /// What was seen, as a sentence.
    pub summary: String,
    /// What to do about it, as a sentence; `null` where there is nothing to do.
    pub advice: Option<String>,
}

/// One message of a check, and what came back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CheckStep {
    /// The message.
    pub message: CheckMessage,
    /// Whether the receiver answered 2xx.
    pub accepted: bool,
    /// The whole attempt. It has no diagnosis where a refusal is what it should bring.
    pub attempt: Attempt,
}

/// The result of a check.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReceiverCheck {
    /// When it was made.
    pub checked_at: Timestamp,
    /// Whether the receiver has every property that could be tried.
    pub passed: bool,
    /// What it found out, one for each property.
    pub findings: Vec<CheckFinding>,
    /// The messages in the order in which they were sent. Where the receiver does not take the valid one, or does not answer, no
    /// more are sent.
    pub steps: Vec<CheckStep>,
}
