//! Recoveries: many deliveries set going again, as a job that keeps a pace.

use serde::{Deserialize, Serialize};

use crate::{
    Timestamp,
    audit::Actor,
    deliveries::{Category, Diagnosis},
    events::EventType,
    ids::{RecoveryId, WebhookId},
    words::words,
};

words! {
    /// The state of a recovery.
    RecoveryStatus {
        /// The recovery was only counted: `dry_run`.
        Counted = "counted",
        /// The recovery is setting deliveries going.
        Running = "running",
        /// The recovery has looked at every delivery that matched.
        Done = "done",
        /// A stage of its canary failed: it sets nothing more going until it is continued or canceled.
        Stopped = "stopped",
        /// The recovery was canceled; deliveries that it had set going go on.
        Canceled = "canceled",
    }
}

words! {
    /// The deliveries that a recovery is for.
    Included {
        /// Those that failed, for good or for now.
        Failed = "failed",
        /// Those that were canceled.
        Canceled = "canceled",
        /// Events that the webhook wants and was never to get: they were published before it existed, or are of a type that it did
        /// not want then.
        Missing = "missing",
        /// Those that the receiver took: they are sent once more.
        Succeeded = "succeeded",
    }
}

/// Recover many deliveries: those that `failed`, were `canceled` or `succeeded` start their schedule anew, those that are
/// `retrying` get one attempt now, and `missing` ones are made. Absent fields choose all.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(
    feature = "openapi",
    schema(example = json!({
        "event_type": "ticket.created", "category": "outage", "since": "2026-11-22T14:00:00Z",
        "rate_per_second": 20, "dry_run": true
    }))
)]
#[serde(deny_unknown_fields)]
pub struct NewRecovery {
    /// Only of this webhook.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<WebhookId>))]
    pub webhook_id: Option<String>,
    /// Only events of this type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<EventType>))]
    pub event_type: Option<String>,
    /// Which deliveries: `failed` (those that are retrying, too), `canceled`, `missing` and `succeeded`; the first two where absent. The
    /// last two need a `webhook_id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<Included>>, min_items = 1))]
    pub include: Option<Vec<String>>,
    /// Only where the last failure is `configuration`, `outage`, `throttling` or `ours`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Category>))]
    pub category: Option<String>,
    /// Only created at or after this time (RFC 3339).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Timestamp>))]
    pub since: Option<String>,
    /// Only created before this time (RFC 3339); now where absent or later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Timestamp>))]
    pub until: Option<String>,
    /// How many deliveries to set going per second: 1 to 1,000, 20 where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 1000))]
    pub rate_per_second: Option<u32>,
    /// Try a few first: 1 delivery, then 10, then 100, then all others at the full pace. Where most of a stage fails, the recovery stops
    /// there. Until the last stage each delivery gets a single attempt, beside its schedule.
    #[serde(default)]
    pub canary: bool,
    /// Only count, and change nothing: the answer is a recovery without an id.
    #[serde(default)]
    pub dry_run: bool,
}

/// The deliveries that matched a recovery when they were counted, by their status then.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecoveryMatches {
    /// Failed for good: they start their schedule anew.
    #[cfg_attr(feature = "openapi", schema(example = 300))]
    pub failed: u64,
    /// Canceled: they start their schedule anew.
    pub canceled: u64,
    /// Still retrying: they get one attempt now.
    #[cfg_attr(feature = "openapi", schema(example = 12))]
    pub retrying: u64,
    /// The receiver took them: they are sent once more.
    #[serde(default)]
    pub succeeded: u64,
    /// Events without a delivery for the webhook: they get one. Counted up to 100,000.
    #[serde(default)]
    pub missing: u64,
}

impl RecoveryMatches {
    /// All of them.
    pub const fn total(&self) -> u64 {
        self.failed + self.canceled + self.retrying + self.succeeded + self.missing
    }
}

/// The stage at which a canary is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Canary {
    /// The stage, from 1 to 4.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 4))]
    pub stage: u8,
    /// How many deliveries the stage is for: 1, 10 or 100; `null` for the last, which is for all others.
    pub size: Option<u64>,
    /// How many of them have been set going; `null` in the last stage.
    pub started: Option<u64>,
}

/// Why a canary stopped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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

/// A recovery, with how far it is; under `dry_run`, the recovery as it would begin.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Recovery {
    /// The recovery's id; `null` where it was only counted, or found nothing to do.
    pub id: Option<RecoveryId>,
    /// Where it stands.
    pub status: RecoveryStatus,
    /// Only of this webhook.
    pub webhook_id: Option<WebhookId>,
    /// Only events of this type.
    pub event_type: Option<EventType>,
    /// Only of this category.
    pub category: Option<Category>,
    /// Only created at or after.
    pub since: Option<Timestamp>,
    /// Only created before.
    pub until: Timestamp,
    /// Which deliveries.
    pub include: Vec<Included>,
    /// How many deliveries it sets going per second.
    pub rate_per_second: u32,
    /// How many deliveries matched when they were counted.
    #[cfg_attr(feature = "openapi", schema(example = 312))]
    pub total: u64,
    /// The same number by status; `null` for a recovery made before that was kept.
    pub matched: Option<RecoveryMatches>,
    /// How many of them it has set going.
    pub started: u64,
    /// How many it passed over: recovered by other means meanwhile, or their webhook is disabled or deleted. Where it was only
    /// counted, how many it would pass over.
    pub passed_over: u64,
    /// The present states of the deliveries that the recovery set going.
    pub outcome: RecoveryOutcome,
    /// The stage of its canary; `null` where it has none.
    pub canary: Option<Canary>,
    /// Why it stopped; `null` where it did not, or goes on since.
    pub stopped: Option<Stopped>,
    /// The member, key or app that asked for the recovery.
    pub created_by: Actor,
    /// When it was created or counted.
    pub created_at: Timestamp,
    /// When it was done, stopped or canceled.
    pub finished_at: Option<Timestamp>,
}

/// The present states of the deliveries that a recovery set going, as numbers. Each is counted up to 100,000.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecoveryOutcome {
    /// Deliveries that the receiver took.
    pub succeeded: u64,
    /// Deliveries that wait for an attempt or its result.
    pub waiting: u64,
    /// Deliveries that failed for good or were canceled again.
    pub failed: u64,
    /// Deliveries among the waiting ones that were sent and failed again; their schedule goes on. What failed for good is in `failed`.
    #[serde(default)]
    pub failed_again: u64,
}
