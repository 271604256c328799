// Generated from openapi/openapi.json by `cargo xtask sdk`: do not edit.

//! Models: deliveries.

use super::deliveries_words::{CancelReason, DeliveryStatus};
use super::ids::{AttemptId, DeliveryId, EventId, RecoveryId, WebhookId};
use super::shared::{Attempt, Diagnosis, Event};
use super::shared_words::{EventType, ReadAccess};
use crate::timestamp::Timestamp;

/// A retry was accepted: the attempt to follow.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct AcceptedRetry {
    /// The delivery.
    pub delivery_id: DeliveryId,
    /// The id that the attempt will have.
    pub attempt_id: AttemptId,
}

/// One event for one webhook, as lists show it.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct Delivery {
    /// The delivery's id.
    pub id: DeliveryId,
    /// The event that it carries.
    pub event_id: EventId,
    /// The event's type.
    pub event_type: EventType,
    /// The webhook that it is for.
    pub webhook: WebhookRef,
    /// Where it stands.
    pub status: DeliveryStatus,
    /// How many attempts there were.
    pub attempts: u32,
    /// `true` while the delivery is held, whatever the schedule says: its webhook is paused, parked, ordered or draining, or has a
    /// rate limit.
    pub held: bool,
    /// When it was created.
    pub created_at: Timestamp,
    /// Why it was canceled.
    pub cancel_reason: Option<CancelReason>,
    /// When it succeeded, failed for good or was canceled.
    pub finished_at: Option<Timestamp>,
    /// The scope or session that the reader lacks to be shown the payload, the requests and the answers; `null` where they are shown. Where they
    /// are hidden, a diagnosis does not repeat what the receiver said.
    pub hidden: Option<ReadAccess>,
    /// When the last attempt ended.
    pub last_attempt_at: Option<Timestamp>,
    /// What went wrong last, where the last attempt failed.
    pub last_diagnosis: Option<Diagnosis>,
    /// The last answer's HTTP status.
    pub last_response_status: Option<u32>,
    /// When the schedule tries next.
    pub next_attempt_at: Option<Timestamp>,
    /// The recovery that last set it going.
    pub recovery_id: Option<RecoveryId>,
}

/// A delivery with its event and its last attempts, newest first.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct DeliveryDetail {
    /// What every [`Delivery`] has.
    #[serde(flatten)]
    pub delivery: Delivery,
    /// The event with its payload.
    pub event: Event,
    /// The last 20 attempts, newest first. `GET /v1/deliveries/{id}/attempts` lists all of them.
    pub attempt_history: Vec<Attempt>,
    /// Whether an attempt is under way.
    pub in_flight: bool,
    /// `true` where the delivery failed and holds back the later ones of its ordered webhook, until it succeeds or is skipped.
    pub holds_line: bool,
    /// Whether "Retry" would be accepted now.
    pub retry: RetryAdvice,
}

impl std::ops::Deref for DeliveryDetail {
    type Target = Delivery;

    fn deref(&self) -> &Delivery {
        &self.delivery
    }
}

/// The possibility of a retry by hand, and what stands in its way.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct RetryAdvice {
    /// `true` where a retry would be accepted.
    pub possible: bool,
    /// Why not, as a sentence.
    pub reason: Option<String>,
}

/// The webhook of a delivery, as it is now.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct WebhookRef {
    /// The webhook's id.
    pub id: WebhookId,
    /// Where it sends.
    pub url: String,
    /// The webhook's purpose, in its owner's words.
    pub description: String,
    /// `true` where the webhook was deleted.
    pub deleted: bool,
}
