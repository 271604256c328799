//! Events: the catalogue of types, and publishing one of them.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{
    Timestamp,
    audit::{Actor, ActorKind},
    ids::{DeliveryId, EventId},
    words::words,
};

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

words! {
    /// The order of a list of events.
    EventOrder {
        /// The oldest first: the log.
        Oldest = "oldest",
        /// The newest first, to look at.
        Newest = "newest",
    }
}

words! {
    /// The right to be shown the content of an event: a scope, or an admin's session.
    ReadAccess {
        /// The scope to read tickets, comments and notes.
        TicketsRead = "tickets:read",
        /// The scope to read broadcasts.
        BroadcastsRead = "broadcasts:read",
        /// An admin's session: the event is about keys, apps, webhooks or deliveries.
        Session = "session",
    }
}

/// One entry of the catalogue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EventTypeInfo {
    /// The type.
    #[serde(rename = "type")]
    pub kind: EventType,
    /// The occasion on which an event of this type is sent.
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
    /// What happened, checked against the type's schema; further properties are allowed. The data is sent byte for byte as it came:
    /// digits, order, escapes and whitespace. A name that stands twice in one object, half of a surrogate pair, and nesting over
    /// 64 levels are refused.
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::HashMap<String, serde_json::Value>))]
    pub data: Box<RawValue>,
}

/// The event was stored and will be delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AcceptedEvent {
    /// The event's id, which is the `webhook-id` of its messages.
    pub id: EventId,
}

/// Send an event to a webhook.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(example = json!({ "webhook_id": "whk_01JDBN5X7W3Q9K2M4E6R8T0VYZ" })))]
#[serde(deny_unknown_fields)]
pub struct NewSend {
    /// The webhook's id.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::ids::WebhookId))]
    pub webhook_id: String,
}

/// The event is on its way to the webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AcceptedSend {
    /// The new delivery.
    pub delivery_id: DeliveryId,
}

/// The member, key or app that caused an event, as the event's message names it. An integration ignores events that it caused itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventActor {
    /// The kind of actor.
    #[serde(rename = "type")]
    pub kind: ActorKind,
    /// The member's, key's or app's id; `null` for the system.
    pub id: Option<String>,
    /// A key's name at the time of the event. Members and apps have their id alone here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl From<&Actor> for EventActor {
    /// Leaves out the names of members and apps: they are, or hold, e-mail addresses, and receivers are outside of the workspace.
    fn from(actor: &Actor) -> Self {
        let name = match actor.kind {
            ActorKind::ApiKey | ActorKind::System | ActorKind::Operator => Some(actor.name.clone()),
            ActorKind::Member | ActorKind::OAuthApp => None,
        };
        Self { kind: actor.kind, id: actor.id.clone(), name }
    }
}

/// An event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Event {
    /// The event's id.
    pub id: EventId,
    /// The event's type.
    #[serde(rename = "type")]
    pub kind: EventType,
    /// When it happened.
    pub created_at: Timestamp,
    /// The id of the object that the event is about, where there is one: the event's `data.id`.
    pub object_id: Option<String>,
    /// The body that is sent, parsed: `id`, `type`, `timestamp`, `workspace_id`, `actor`, `data`, and for updates `previous`. What was
    /// published before 28 November 2026 has `type`, `timestamp` and `data` alone. `null` where it is hidden.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<std::collections::HashMap<String, serde_json::Value>>))]
    pub payload: Option<Payload>,
    /// The exact body that is sent and signed, as a text: `payload` before it was parsed. Only where one event is shown to who may read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// The scope or session that the reader lacks to be shown the payload; `null` where it is shown.
    pub hidden: Option<ReadAccess>,
}

/// The JSON text of a message's body, which goes over the wire as it is.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Payload(Box<RawValue>);

impl Payload {
    /// Fails where the text is not JSON.
    pub fn new(text: String) -> serde_json::Result<Self> {
        RawValue::from_string(text).map(Self)
    }

    pub fn text(&self) -> &str {
        self.0.get()
    }
}

impl PartialEq for Payload {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}
