//! Receiver checks: messages, some good and some not, sent to a webhook's receiver, and what it did with each of them.

use serde::{Deserialize, Serialize};

use crate::{Timestamp, deliveries::Attempt, words::words};

words! {
    /// A property that a good receiver has.
    CheckedProperty {
        /// The receiver takes a message that is signed as it should be.
        Verifies = "verifies",
        /// The receiver refuses a message with a wrong signature.
        RejectsForgeries = "rejects_forgeries",
        /// The receiver refuses an old message that is sent again.
        RejectsReplays = "rejects_replays",
        /// The receiver takes a message that comes a second time.
        TakesRepeats = "takes_repeats",
        /// The receiver answers within a second.
        AnswersInTime = "answers_in_time",
        /// The receiver takes a message that only the new secret signs.
        RotationReady = "rotation_ready",
    }
}

words! {
    /// Whether a receiver has a property.
    CheckVerdict {
        /// The receiver has the property.
        Passed = "passed",
        /// The receiver has the property, but in a way that will cause trouble.
        Warning = "warning",
        /// The receiver lacks the property.
        Failed = "failed",
        /// The check could not tell.
        Unknown = "unknown",
    }
}

words! {
    /// A message of a check.
    CheckMessage {
        /// Signed as every message is.
        Valid = "valid",
        /// Signed with a key that is not ours.
        Forged = "forged",
        /// Signed as every message is, ten minutes ago.
        Stale = "stale",
        /// The valid message once more.
        Repeated = "repeated",
        /// Signed with the new secret alone. Sent only while the secret is rotated.
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
