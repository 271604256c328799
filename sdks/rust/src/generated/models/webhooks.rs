// Generated from openapi/openapi.json by `cargo xtask sdk`: do not edit.

//! Models: webhooks.

use super::ids::{DeliveryId, SecretId, WebhookId};
use super::shared::{Actor, Attempt};
use super::shared_words::{DiagnosisCode, DisabledReason};
use super::webhooks_words::{
    CheckMessage, CheckVerdict, CheckedProperty, FilterOp, OwnerKind, SignatureScheme, WebhookStatus,
};
use crate::secret::Secret;
use crate::timestamp::Timestamp;

/// What a check found out about one property.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
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
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct CheckStep {
    /// The message.
    pub message: CheckMessage,
    /// Whether the receiver answered 2xx.
    pub accepted: bool,
    /// The whole attempt. It has no diagnosis where a refusal is what it should bring.
    pub attempt: Attempt,
}

/// A new signing secret, which is shown this once.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct CreatedSigningSecret {
    /// What every [`SigningSecret`] has.
    #[serde(flatten)]
    pub secret: SigningSecret,
    /// The `whsec_` secret that receivers verify with; absent under `v1a`, where the public key serves. Never shown again.
    pub signing_secret: Option<Secret>,
}

impl std::ops::Deref for CreatedSigningSecret {
    type Target = SigningSecret;

    fn deref(&self) -> &SigningSecret {
        &self.secret
    }
}

/// A webhook with its new signing secret, which is shown this once.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct CreatedWebhook {
    /// What every [`Webhook`] has.
    #[serde(flatten)]
    pub webhook: Webhook,
    /// The `whsec_` secret that receivers verify with; absent under `v1a`, where the public key serves. Never shown again.
    pub signing_secret: Option<Secret>,
}

impl std::ops::Deref for CreatedWebhook {
    type Target = Webhook;

    fn deref(&self) -> &Webhook {
        &self.webhook
    }
}

/// Held deliveries being let go, oldest first.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct Draining {
    /// Since when.
    pub since: Timestamp,
    /// How many per second at present; it grows with every success.
    pub per_second: u32,
}

/// Conditions on an event's fields, under `all` or under `any`: 1 to 20. A field that an event does not have meets no condition
/// but `exists` with `false`; a list meets one that an element meets.
#[derive(Debug, Clone, PartialEq, serde::Serialize, Default, serde::Deserialize)]
#[non_exhaustive]
pub struct EventFilter {
    /// All of these must hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub all: Option<Vec<FilterCondition>>,
    /// One of these must hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub any: Option<Vec<FilterCondition>>,
}

impl EventFilter {
    /// With nothing said.
    pub fn new() -> Self {
        Self::default()
    }

    /// All of these must hold.
    #[must_use]
    pub fn all(mut self, all: impl IntoIterator<Item = FilterCondition>) -> Self {
        self.all = Some(all.into_iter().collect());
        self
    }

    /// One of these must hold.
    #[must_use]
    pub fn any(mut self, any: impl IntoIterator<Item = FilterCondition>) -> Self {
        self.any = Some(any.into_iter().collect());
        self
    }
}

/// A condition on one field.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct FilterCondition {
    /// The field, as names with dots between, from the message's body on: `data.status`. At least one of the webhook's event
    /// types must have it.
    pub path: String,
    /// The comparison.
    pub op: FilterOp,
    /// The value that the field is compared with, of the field's type. `in` takes a list of at most 50 values; `exists` takes a boolean
    /// or nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<serde_json::Value>,
}

impl FilterCondition {
    /// With what is required.
    pub fn new(path: impl Into<String>, op: impl Into<FilterOp>) -> Self {
        Self { path: path.into(), op: op.into(), value: None }
    }

    /// The value that the field is compared with, of the field's type. `in` takes a list of at most 50 values; `exists` takes a boolean
    /// or nothing.
    #[must_use]
    pub fn value(mut self, value: impl Into<serde_json::Value>) -> Self {
        self.value = Some(value.into());
        self
    }
}

/// The number of past events that a filter would have let through.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct FilterPreview {
    /// The events that match.
    pub matched: u32,
    /// The events of these types that were looked at, the newest first.
    pub examined: u32,
    /// The time from which on events were looked at: 30 days ago, or later where there were too many to look at them all.
    pub since: Timestamp,
    /// `false` where there were more events than one preview looks at.
    pub complete: bool,
}

/// The owner of a webhook. A key or an app sees and changes its own webhooks alone.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct Owner {
    /// The kind of owner.
    #[serde(rename = "type")]
    pub type_: OwnerKind,
    /// The member's, key's or app's id. Of keys that replaced each other it is the newest that works.
    pub id: String,
    /// The member's e-mail address, or the key's or app's name.
    pub name: String,
}

/// An open breaker: five outage or throttling failures in a row opened it, one success closes it.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct Parked {
    /// When it opened.
    pub since: Timestamp,
    /// When the next probe is due.
    pub next_probe_at: Timestamp,
    /// How many probes have failed.
    pub probes: u32,
}

/// The result of a check.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
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

/// A signing secret, without the secret itself.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct SigningSecret {
    /// The secret's id.
    pub id: SecretId,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it stops signing; `null` for the current one.
    pub expires_at: Option<Timestamp>,
    /// The first 8 and last 4 characters of the secret, or of the public key under `v1a`; `null` for a secret made before
    /// hints were kept.
    pub hint: Option<String>,
    /// When it last signed: the time of the webhook's last attempt. `null` where there was none since the secret was made or
    /// the URL changed. It does not say whether the receiver verified with this secret or with another.
    pub last_used_at: Option<Timestamp>,
    /// The public key of a `v1a` secret.
    pub public_key: Option<String>,
}

/// What a test message brought.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct TestResult {
    /// Whether the receiver answered 2xx.
    pub succeeded: bool,
    /// The whole attempt: request, answer, timings and, where it failed, the diagnosis.
    pub attempt: Attempt,
}

/// A webhook.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct Webhook {
    /// The webhook's id.
    pub id: WebhookId,
    /// Where events are sent.
    pub url: String,
    /// The webhook's purpose, in its owner's words; empty where not said.
    pub description: String,
    /// The event types, groups or `*` that it wants.
    pub event_types: Vec<String>,
    /// How its messages are signed.
    pub signature: SignatureScheme,
    /// The webhook's state: it sends, waits, or is disabled.
    pub status: WebhookStatus,
    /// The signing secrets that are in use, newest first; never the secrets themselves.
    pub secrets: Vec<SigningSecret>,
    /// The request headers of the owner's own, without their values.
    pub headers: Vec<WebhookHeader>,
    /// `true` where the webhook is sent one delivery at a time, oldest first.
    pub ordered: bool,
    /// How it has been doing.
    pub health: WebhookHealth,
    /// When it was created.
    pub created_at: Timestamp,
    /// When its configuration last changed.
    pub updated_at: Timestamp,
    /// The member, key or app that created the webhook; `null` where that was not recorded.
    pub created_by: Option<Actor>,
    /// When it was deleted; only on deliveries' details.
    pub deleted_at: Option<Timestamp>,
    /// When it was disabled.
    pub disabled_at: Option<Timestamp>,
    /// Why it is disabled.
    pub disabled_reason: Option<DisabledReason>,
    /// The webhook was parked, or fell behind, and what was held is being let go.
    pub draining: Option<Draining>,
    /// Only events that pass this filter are sent to it; `null` for every event of its types.
    pub filter: Option<EventFilter>,
    /// The delivery that failed and holds back the later ones, where it is ordered.
    pub held_by: Option<DeliveryId>,
    /// The webhook's owner: its creator, until an admin adopts it. `null` where nobody was recorded.
    pub owner: Option<Owner>,
    /// The webhook's breaker is open: set while the webhook is parked and not disabled.
    pub parked: Option<Parked>,
    /// When it was paused: it holds what comes until it is resumed. `null` while it is not paused. A webhook can be paused and
    /// parked or disabled at the same time: `status` then says `paused`, or `disabled`.
    pub paused_at: Option<Timestamp>,
    /// The public key that verifies `v1a` signatures (`whpk_…`); `null` under `v1`.
    pub public_key: Option<String>,
    /// The most deliveries per second that the receiver is sent; `null` for no limit.
    pub rate_limit: Option<u32>,
}

/// A header that a webhook is sent with, without its value.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct WebhookHeader {
    /// The header's name, in lower case.
    pub name: String,
}

/// How a webhook has been doing.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct WebhookHealth {
    /// A line for a person: "Connection refused since 2026-11-23 14:02 UTC. 312 deliveries are waiting."
    pub summary: String,
    /// Deliveries that are due or wait for another attempt.
    pub waiting: u64,
    /// Of these, those held in the webhook's own line: while it is paused, parked, ordered or draining, or by its rate limit.
    pub held: u64,
    /// Deliveries that are `retrying` or `failed`.
    pub failures: u64,
    /// Whether counting stopped early, so that there may be more of each than the numbers say.
    pub counts_capped: bool,
    /// Deliveries that were canceled, and that a recovery can set going.
    pub canceled: Option<u64>,
    /// Since when nothing but failures: the first failed attempt after the last success.
    pub failing_since: Option<Timestamp>,
    /// What the last failure was, while it is failing.
    pub failing_with: Option<DiagnosisCode>,
    /// The last failed attempt.
    pub last_failure_at: Option<Timestamp>,
    /// The last successful attempt.
    pub last_success_at: Option<Timestamp>,
    /// Until when the receiver asked to be left alone (`Retry-After`), as far as that is kept: 24 hours at most.
    pub wait_until: Option<Timestamp>,
}
