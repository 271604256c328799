//! Recoveries: many deliveries set going again, as a job that keeps a pace.

use serde::{Deserialize, Serialize};

use crate::{
    Timestamp,
    audit::Actor,
    deliveries::Category,
    events::EventType,
    ids::{RecoveryId, WebhookId},
    words::words,
};

words! {
    /// The state of a recovery.
    RecoveryStatus {
        /// It was only counted: `dry_run`.
        Counted = "counted",
        /// It is setting deliveries going.
        Running = "running",
        /// It has looked at every delivery that matched.
        Done = "done",
        /// It was canceled; what it had set going goes on.
        Canceled = "canceled",
    }
}

/// Recover many deliveries: those that `failed` or were `canceled` start their schedule anew, and those that are `retrying`
/// get one attempt now. Absent fields choose all.
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
}

/// A recovery, with how far it is; under `dry_run`, the recovery as it would begin.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Recovery {
    /// The recovery's id; `null` where it was only counted.
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
    /// What became of those that it set going.
    pub outcome: RecoveryOutcome,
    /// Who asked for it.
    pub created_by: Actor,
    /// When it was created or counted.
    pub created_at: Timestamp,
    /// When it was done or canceled.
    pub finished_at: Option<Timestamp>,
}

/// What became of the deliveries that a recovery set going. Each number is counted up to 100,000.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecoveryOutcome {
    /// The receiver took them.
    pub succeeded: u64,
    /// They wait for an attempt or its result.
    pub waiting: u64,
    /// They failed for good or were canceled again.
    pub failed: u64,
}
