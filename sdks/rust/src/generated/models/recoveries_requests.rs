// Generated from openapi/openapi.json by `cargo xtask sdk`: do not edit.

//! What callers send: recoveries.

use super::ids::WebhookId;
use super::recoveries_words::Included;
use super::shared_words::{Category, EventType};
use crate::timestamp::Timestamp;

/// Recover many deliveries: those that `failed`, were `canceled` or `succeeded` start their schedule anew, those that are
/// `retrying` get one attempt now, and `missing` ones are made. Absent fields choose all.
#[derive(Debug, Clone, PartialEq, serde::Serialize, Default)]
#[non_exhaustive]
pub struct NewRecovery {
    /// Try a few first: 1 delivery, then 10, then 100, then all others at the full pace. Where most of a stage fails, the recovery stops
    /// there. Until the last stage each delivery gets a single attempt, beside its schedule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub canary: Option<bool>,
    /// Only where the last failure is `configuration`, `outage`, `throttling` or `ours`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<Category>,
    /// Only count, and change nothing: the answer is a recovery without an id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dry_run: Option<bool>,
    /// Only events of this type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_type: Option<EventType>,
    /// Which deliveries: `failed` (those that are retrying, too), `canceled`, `missing` and `succeeded`; the first two where absent. The
    /// last two need a `webhook_id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include: Option<Vec<Included>>,
    /// How many deliveries to set going per second: 1 to 1,000, 20 where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate_per_second: Option<u32>,
    /// Only created at or after this time (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Only created before this time (RFC 3339); now where absent or later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Only of this webhook.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhook_id: Option<WebhookId>,
}

impl NewRecovery {
    /// With nothing said.
    pub fn new() -> Self {
        Self::default()
    }

    /// Try a few first: 1 delivery, then 10, then 100, then all others at the full pace. Where most of a stage fails, the recovery stops
    /// there. Until the last stage each delivery gets a single attempt, beside its schedule.
    #[must_use]
    pub fn canary(mut self, canary: bool) -> Self {
        self.canary = Some(canary);
        self
    }

    /// Only where the last failure is `configuration`, `outage`, `throttling` or `ours`.
    #[must_use]
    pub fn category(mut self, category: impl Into<Category>) -> Self {
        self.category = Some(category.into());
        self
    }

    /// Only count, and change nothing: the answer is a recovery without an id.
    #[must_use]
    pub fn dry_run(mut self, dry_run: bool) -> Self {
        self.dry_run = Some(dry_run);
        self
    }

    /// Only events of this type.
    #[must_use]
    pub fn event_type(mut self, event_type: impl Into<EventType>) -> Self {
        self.event_type = Some(event_type.into());
        self
    }

    /// Which deliveries: `failed` (those that are retrying, too), `canceled`, `missing` and `succeeded`; the first two where absent. The
    /// last two need a `webhook_id`.
    #[must_use]
    pub fn include(mut self, include: impl IntoIterator<Item = impl Into<Included>>) -> Self {
        self.include = Some(include.into_iter().map(Into::into).collect());
        self
    }

    /// How many deliveries to set going per second: 1 to 1,000, 20 where absent.
    #[must_use]
    pub fn rate_per_second(mut self, rate_per_second: u32) -> Self {
        self.rate_per_second = Some(rate_per_second);
        self
    }

    /// Only created at or after this time (RFC 3339).
    #[must_use]
    pub fn since(mut self, since: impl Into<Timestamp>) -> Self {
        self.since = Some(since.into());
        self
    }

    /// Only created before this time (RFC 3339); now where absent or later.
    #[must_use]
    pub fn until(mut self, until: impl Into<Timestamp>) -> Self {
        self.until = Some(until.into());
        self
    }

    /// Only of this webhook.
    #[must_use]
    pub fn webhook_id(mut self, webhook_id: impl Into<WebhookId>) -> Self {
        self.webhook_id = Some(webhook_id.into());
        self
    }
}
