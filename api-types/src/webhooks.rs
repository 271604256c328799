//! Webhooks: a destination URL and the events it wants.

use serde::{Deserialize, Serialize};

use crate::{
    Timestamp,
    audit::Actor,
    deliveries::{Attempt, DiagnosisCode},
    filters::EventFilter,
    ids::{DeliveryId, SecretId, WebhookId},
    merge_patch::{always, clearable},
    webhook_headers::{NewWebhookHeader, WebhookHeader},
    words::words,
};

words! {
    /// How messages are signed (Standard Webhooks).
    SignatureScheme {
        /// HMAC-SHA-256 with a shared `whsec_` secret.
        V1 = "v1",
        /// Ed25519; receivers verify with a `whpk_` public key.
        V1a = "v1a",
    }
}

words! {
    /// The state of a webhook.
    WebhookStatus {
        /// The webhook sends.
        Active = "active",
        /// Somebody paused it: what comes is held until it is resumed.
        Paused = "paused",
        /// The breaker is open: the webhook waits for the receiver to come back.
        Parked = "parked",
        /// The webhook does not send.
        Disabled = "disabled",
    }
}

words! {
    /// The reason why a webhook is disabled.
    DisabledReason {
        /// An admin or a credential disabled it.
        Manual = "manual",
        /// The receiver answered 410 Gone.
        Gone = "gone",
        /// Five days of nothing but failures.
        Failing = "failing",
        /// The owner ended: the key was revoked or expired, the app deleted or suspended, the last consent withdrawn.
        OwnerEnded = "owner_ended",
    }
}

words! {
    /// What kind of owner a webhook has.
    OwnerKind {
        /// A member.
        Member = "member",
        /// An API key, and those that replace it.
        ApiKey = "api_key",
        /// An OAuth app, as itself and for whichever member.
        OAuthApp = "oauth_app",
    }
}

/// The owner of a webhook. A key or an app sees and changes its own webhooks alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Owner {
    /// The kind of owner.
    #[serde(rename = "type")]
    pub kind: OwnerKind,
    /// The member's, key's or app's id. Of keys that replaced each other it is the newest that works.
    pub id: String,
    /// The member's e-mail address, or the key's or app's name.
    pub name: String,
}

/// Create a webhook.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(
    feature = "openapi",
    schema(example = json!({
        "url": "https://hooks.acme.example/sayless", "event_types": ["ticket.*", "broadcast.sent"],
        "description": "Acme's ticket mirror", "rate_limit": 50
    }))
)]
#[serde(deny_unknown_fields)]
pub struct NewWebhook {
    /// Where events are sent: https, at most 2,048 characters, without credentials or fragment.
    #[cfg_attr(feature = "openapi", schema(format = "uri", max_length = 2048))]
    pub url: String,
    /// Event types, groups such as `ticket.*`, or `*` for all: at least one.
    #[cfg_attr(feature = "openapi", schema(min_items = 1))]
    pub event_types: Vec<String>,
    /// The webhook's purpose, in its owner's words: at most 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub description: Option<String>,
    /// `v1` (the default) or `v1a`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<SignatureScheme>))]
    pub signature: Option<String>,
    /// The most deliveries per second that the receiver is sent, 1 to 1,000; no limit where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 1000))]
    pub rate_limit: Option<u32>,
    /// Request headers of your own, at most 10 and 4,096 bytes: kept encrypted, never shown again, sent with every message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_items = 10))]
    pub headers: Option<Vec<NewWebhookHeader>>,
    /// Only events that pass this filter are sent; every event of the types where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<EventFilter>,
    /// One delivery at a time, oldest first: one that fails holds back the later ones until it succeeds or is skipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ordered: Option<bool>,
}

/// Change a webhook by a merge patch: absent fields stay, `null` clears. A new URL resets its health and holds from the next attempt.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(
    feature = "openapi",
    schema(example = json!({
        "description": "Acme's ticket mirror, second region", "rate_limit": null
    }))
)]
#[serde(deny_unknown_fields)]
pub struct WebhookChanges {
    /// Where events are sent.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "always")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, required = false, format = "uri", max_length = 2048))]
    pub url: Option<String>,
    /// Event types, groups or `*`.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "always")]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>, required = false, min_items = 1))]
    pub event_types: Option<Vec<String>>,
    /// The webhook's purpose, in its owner's words; `null` clears it.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "clearable")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, max_length = 200))]
    pub description: Option<Option<String>>,
    /// The most deliveries per second that the receiver is sent, 1 to 1,000; `null` lifts the limit.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "clearable")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<u32>, minimum = 1, maximum = 1000))]
    pub rate_limit: Option<Option<u32>>,
    /// The request headers of your own from now on, in place of those that it had: one without a value keeps the value that it
    /// has; `null` removes them all. Where the URL leads to another server, the values must be given anew.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "clearable")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<NewWebhookHeader>>, max_items = 10))]
    pub headers: Option<Option<Vec<NewWebhookHeader>>>,
    /// The filter from now on; `null` removes it.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "clearable")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<EventFilter>))]
    pub filter: Option<Option<EventFilter>>,
    /// Whether one delivery is sent after the other. What failed before holds nothing back.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "always")]
    #[cfg_attr(feature = "openapi", schema(value_type = bool, required = false))]
    pub ordered: Option<bool>,
}

/// A webhook.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
    /// Why it is disabled.
    pub disabled_reason: Option<DisabledReason>,
    /// When it was disabled.
    pub disabled_at: Option<Timestamp>,
    /// When it was paused: it holds what comes until it is resumed. `null` while it is not paused. A webhook can be paused and
    /// parked or disabled at the same time: `status` then says `paused`, or `disabled`.
    pub paused_at: Option<Timestamp>,
    /// The public key that verifies `v1a` signatures (`whpk_…`); `null` under `v1`.
    pub public_key: Option<String>,
    /// The signing secrets that are in use, newest first; never the secrets themselves.
    pub secrets: Vec<SigningSecret>,
    /// The most deliveries per second that the receiver is sent; `null` for no limit.
    pub rate_limit: Option<u32>,
    /// The request headers of the owner's own, without their values.
    pub headers: Vec<WebhookHeader>,
    /// Only events that pass this filter are sent to it; `null` for every event of its types.
    pub filter: Option<EventFilter>,
    /// `true` where the webhook is sent one delivery at a time, oldest first.
    pub ordered: bool,
    /// The delivery that failed and holds back the later ones, where it is ordered.
    pub held_by: Option<DeliveryId>,
    /// The webhook's breaker is open: set while the webhook is parked and not disabled.
    pub parked: Option<Parked>,
    /// The webhook was parked, or fell behind, and what was held is being let go.
    pub draining: Option<Draining>,
    /// How it has been doing.
    pub health: WebhookHealth,
    /// When it was created.
    pub created_at: Timestamp,
    /// The member, key or app that created the webhook; `null` where that was not recorded.
    pub created_by: Option<Actor>,
    /// The webhook's owner: its creator, until an admin adopts it. `null` where nobody was recorded.
    pub owner: Option<Owner>,
    /// When its configuration last changed.
    pub updated_at: Timestamp,
    /// When it was deleted; only on deliveries' details.
    pub deleted_at: Option<Timestamp>,
}

/// How a webhook has been doing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WebhookHealth {
    /// A line for a person: "Connection refused since 2026-11-23 14:02 UTC. 312 deliveries are waiting."
    pub summary: String,
    /// Since when nothing but failures: the first failed attempt after the last success.
    pub failing_since: Option<Timestamp>,
    /// What the last failure was, while it is failing.
    pub failing_with: Option<DiagnosisCode>,
    /// The last successful attempt.
    pub last_success_at: Option<Timestamp>,
    /// The last failed attempt.
    pub last_failure_at: Option<Timestamp>,
    /// Until when the receiver asked to be left alone (`Retry-After`), as far as that is kept: 24 hours at most.
    #[serde(default)]
    pub wait_until: Option<Timestamp>,
    /// Deliveries that are due or wait for another attempt.
    pub waiting: u64,
    /// Of these, those held in the webhook's own line: while it is paused, parked, ordered or draining, or by its rate limit.
    pub held: u64,
    /// Deliveries that are `retrying` or `failed`.
    pub failures: u64,
    /// Deliveries that were canceled, and that a recovery can set going.
    #[serde(default)]
    pub canceled: u64,
    /// Whether counting stopped early, so that there may be more of each than the numbers say.
    pub counts_capped: bool,
}

/// An open breaker: five outage or throttling failures in a row opened it, one success closes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Parked {
    /// When it opened.
    pub since: Timestamp,
    /// When the next probe is due.
    pub next_probe_at: Timestamp,
    /// How many probes have failed.
    pub probes: u32,
}

/// Held deliveries being let go, oldest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Draining {
    /// Since when.
    pub since: Timestamp,
    /// How many per second at present; it grows with every success.
    pub per_second: u32,
}

/// A signing secret, without the secret itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SigningSecret {
    /// The secret's id.
    pub id: SecretId,
    /// The first 8 and last 4 characters of the secret, or of the public key under `v1a`; `null` for a secret made before
    /// hints were kept.
    pub hint: Option<String>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last signed: the time of the webhook's last attempt. `null` where there was none since the secret was made or
    /// the URL changed. It does not say whether the receiver verified with this secret or with another.
    pub last_used_at: Option<Timestamp>,
    /// When it stops signing; `null` for the current one.
    pub expires_at: Option<Timestamp>,
    /// The public key of a `v1a` secret.
    pub public_key: Option<String>,
}

/// A new signing secret, which is shown this once.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreatedSigningSecret {
    /// The secret's fields.
    #[serde(flatten)]
    pub secret: SigningSecret,
    /// The `whsec_` secret that receivers verify with; absent under `v1a`, where the public key serves. Never shown again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = "whsec_…"))]
    pub signing_secret: Option<String>,
}

impl std::fmt::Debug for CreatedSigningSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreatedSigningSecret").field("secret", &self.secret).finish_non_exhaustive()
    }
}

/// A webhook with its new signing secret, which is shown this once.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreatedWebhook {
    /// The webhook's fields.
    #[serde(flatten)]
    pub webhook: Webhook,
    /// The `whsec_` secret that receivers verify with; absent under `v1a`, where the public key serves. Never shown again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = "whsec_…"))]
    pub signing_secret: Option<String>,
}

impl std::fmt::Debug for CreatedWebhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreatedWebhook").field("webhook", &self.webhook).finish_non_exhaustive()
    }
}

/// Send a test: `webhook.test` where nothing is chosen.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(example = json!({ "event_type": "ticket.created" })))]
#[serde(deny_unknown_fields)]
pub struct NewTest {
    /// Send the example of this type, which the webhook must want; or `webhook.test`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::events::EventType>))]
    pub event_type: Option<String>,
    /// Send this event of the past, as it was sent then; its type must be one that the webhook wants.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::ids::EventId>))]
    pub event_id: Option<String>,
}

/// What a test message brought.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TestResult {
    /// Whether the receiver answered 2xx.
    pub succeeded: bool,
    /// The whole attempt: request, answer, timings and, where it failed, the diagnosis.
    pub attempt: Attempt,
}
