//! Events: the catalogue of types, and publishing one of them.

use serde::{Deserialize, Serialize};

use crate::{Timestamp, ids::EventId, words::words};

words! {
    /// A catalogued type of event.
    EventType {
        /// A ticket was created.
        TicketCreated = "ticket.created",
        /// A ticket's fields changed.
        TicketUpdated = "ticket.updated",
        /// A ticket was closed.
        TicketClosed = "ticket.closed",
        /// A comment was written on a ticket.
        CommentCreated = "comment.created",
        /// An internal note was written on a ticket.
        NoteCreated = "note.created",
        /// A broadcast was drafted.
        BroadcastCreated = "broadcast.created",
        /// A broadcast was sent.
        BroadcastSent = "broadcast.sent",
        /// A webhook was disabled.
        WebhookDisabled = "webhook.disabled",
        /// A webhook that was failing works again.
        WebhookRecovered = "webhook.recovered",
        /// A delivery used up its retries.
        DeliveryExhausted = "delivery.exhausted",
        /// An API key was created.
        ApiKeyCreated = "api_key.created",
        /// An API key was revoked.
        ApiKeyRevoked = "api_key.revoked",
        /// An OAuth app's client secret was rotated.
        OAuthAppSecretRotated = "oauth_app.secret_rotated",
        /// Somebody pressed "Send test".
        WebhookTest = "webhook.test",
    }
}

impl EventType {
    /// The part before the dot; `group.*` subscribes to all of a group.
    pub fn group(self) -> &'static str {
        self.as_str().split('.').next().unwrap_or_default()
    }
}

/// One entry of the catalogue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EventTypeInfo {
    /// The type.
    #[serde(rename = "type")]
    pub kind: EventType,
    /// What happened when one is sent.
    pub description: String,
    /// The part before the dot.
    pub group: String,
    /// Whether `POST /v1/events` may publish it.
    pub publishable: bool,
    /// JSON Schema (2020-12) of `data`.
    pub schema: serde_json::Value,
    /// An example of `data`.
    pub example: serde_json::Value,
}

/// Publish an event.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(
    feature = "openapi",
    schema(example = json!({
        "type": "ticket.created", "data": {"id": "T-1042", "title": "Printer on fire",
        "status": "open"}
    }))
)]
#[serde(deny_unknown_fields)]
pub struct NewEvent {
    /// A publishable type of the catalogue.
    #[serde(rename = "type")]
    #[cfg_attr(feature = "openapi", schema(value_type = EventType))]
    pub kind: String,
    /// What happened, checked against the type's schema; further properties are allowed.
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::HashMap<String, serde_json::Value>))]
    pub data: serde_json::Value,
}

/// The event was stored and will be delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AcceptedEvent {
    /// The event's id, which is the `webhook-id` of its messages.
    pub id: EventId,
}

/// An event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Event {
    /// The event's id.
    pub id: EventId,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: EventType,
    /// When it happened.
    pub created_at: Timestamp,
    /// The exact body that is sent: `type`, `timestamp`, `data`.
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::HashMap<String, serde_json::Value>))]
    pub payload: serde_json::Value,
}
