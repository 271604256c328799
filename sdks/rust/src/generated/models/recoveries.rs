// Generated from openapi/openapi.json by `cargo xtask sdk`: do not edit.

//! Models: recoveries.

use super::ids::{RecoveryId, WebhookId};
use super::recoveries_words::{Included, RecoveryStatus};
use super::shared::{Actor, Diagnosis};
use super::shared_words::{Category, EventType};
use crate::timestamp::Timestamp;

/// The stage at which a canary is.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct Canary {
    /// The stage, from 1 to 4.
    pub stage: u32,
    /// How many deliveries the stage is for: 1, 10 or 100; `null` for the last, which is for all others.
    pub size: Option<u64>,
    /// How many of them have been set going; `null` in the last stage.
    pub started: Option<u64>,
}

/// A recovery, with how far it is; under `dry_run`, the recovery as it would begin.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct Recovery {
    /// Where it stands.
    pub status: RecoveryStatus,
    /// Only created before.
    pub until: Timestamp,
    /// Which deliveries.
    pub include: Vec<Included>,
    /// How many deliveries it sets going per second.
    pub rate_per_second: u32,
    /// How many deliveries matched when they were counted.
    pub total: u64,
    /// How many of them it has set going.
    pub started: u64,
    /// How many it passed over: recovered by other means meanwhile, or their webhook is disabled or deleted. Where it was only
    /// counted, how many it would pass over.
    pub passed_over: u64,
    /// The present states of the deliveries that the recovery set going.
    pub outcome: RecoveryOutcome,
    /// The member, key or app that asked for the recovery.
    pub created_by: Actor,
    /// When it was created or counted.
    pub created_at: Timestamp,
    /// The stage of its canary; `null` where it has none.
    pub canary: Option<Canary>,
    /// Only of this category.
    pub category: Option<Category>,
    /// Only events of this type.
    pub event_type: Option<EventType>,
    /// When it was done, stopped or canceled.
    pub finished_at: Option<Timestamp>,
    /// The recovery's id; `null` where it was only counted, or found nothing to do.
    pub id: Option<RecoveryId>,
    /// The same number by status; `null` for a recovery made before that was kept.
    pub matched: Option<RecoveryMatches>,
    /// Only created at or after.
    pub since: Option<Timestamp>,
    /// Why it stopped; `null` where it did not, or goes on since.
    pub stopped: Option<Stopped>,
    /// Only of this webhook.
    pub webhook_id: Option<WebhookId>,
}

/// The deliveries that matched a recovery when they were counted, by their status then.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct RecoveryMatches {
    /// Failed for good: they start their schedule anew.
    pub failed: u64,
    /// Canceled: they start their schedule anew.
    pub canceled: u64,
    /// Still retrying: they get one attempt now.
    pub retrying: u64,
    /// Events without a delivery for the webhook: they get one. Counted up to 100,000.
    pub missing: Option<u64>,
    /// The receiver took them: they are sent once more.
    pub succeeded: Option<u64>,
}

/// The present states of the deliveries that a recovery set going, as numbers. Each is counted up to 100,000.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct RecoveryOutcome {
    /// Deliveries that the receiver took.
    pub succeeded: u64,
    /// Deliveries that wait for an attempt or its result.
    pub waiting: u64,
    /// Deliveries that failed for good or were canceled again.
    pub failed: u64,
    /// Deliveries among the waiting ones that were sent and failed again; their schedule goes on. What failed for good is in `failed`.
    pub failed_again: Option<u64>,
}

/// Why a canary stopped.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct Stopped {
    /// A sentence for a person: "9 of the 10 deliveries of this stage failed, 9 of them as before: …".
    pub reason: String,
    /// How many deliveries of the stage failed.
    pub failed: u64,
    /// How many of them failed with the diagnosis that they had before.
    pub repeated: u64,
    /// How many the stage had set going.
    pub tried: u64,
    /// The commonest diagnosis among those that failed.
    pub diagnosis: Option<Diagnosis>,
}
