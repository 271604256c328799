// Generated from openapi/openapi.json by `cargo xtask sdk`: do not edit.

//! What webhooks receive: the events, and the data of each type.

use crate::generated::models::{BroadcastStatus, DisabledReason, EventId, TicketStatus, WorkspaceId};
use crate::timestamp::Timestamp;
use crate::webhook::message::{Actor, Message};
use serde::Deserialize;
use serde_json::{Map, Value};

/// An event that a webhook received.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// `api_key.created`: An API key was created. The secret is not part of the event.
    ApiKeyCreated(Message<ApiKeyCreatedData>),
    /// `api_key.revoked`: An API key was revoked.
    ApiKeyRevoked(Message<ApiKeyRevokedData>),
    /// `broadcast.created`: A broadcast was drafted. `data` is the broadcast.
    BroadcastCreated(Message<BroadcastData>),
    /// `broadcast.sent`: A broadcast was sent. `data` is the broadcast as it is now.
    BroadcastSent(Message<BroadcastData>),
    /// `comment.created`: A comment was written on a ticket. `data` is the comment.
    CommentCreated(Message<CommentCreatedData>),
    /// `delivery.exhausted`: A delivery used up its automatic retries. It is never sent to the webhook of that delivery.
    DeliveryExhausted(Message<DeliveryExhaustedData>),
    /// `note.created`: An internal note was written on a ticket. `data` is the note.
    NoteCreated(Message<NoteCreatedData>),
    /// `oauth_app.secret_rotated`: An OAuth app's client secret was rotated. The secret is not part of the event.
    OAuthAppSecretRotated(Message<OAuthAppSecretRotatedData>),
    /// `ticket.closed`: A ticket was closed. `data` is the ticket as it is now.
    TicketClosed(Message<TicketData>),
    /// `ticket.created`: A ticket was created. `data` is the ticket.
    TicketCreated(Message<TicketData>),
    /// `ticket.updated`: A ticket's title, body or assignee changed, or it was opened again. `data` is the ticket as it is now.
    TicketUpdated(Message<TicketData>),
    /// `webhook.disabled`: A webhook was disabled: by hand, because its receiver answered 410 Gone, or after five days of nothing but failures. It is never sent to that webhook itself.
    WebhookDisabled(Message<WebhookDisabledData>),
    /// `webhook.recovered`: A webhook that was failing works again. It is never sent to that webhook itself.
    WebhookRecovered(Message<WebhookRecoveredData>),
    /// `webhook.test`: Somebody pressed "Send test". It goes to that webhook alone, whatever it subscribes to.
    WebhookTest(Message<WebhookTestData>),
    /// A type that this version of the SDK does not know, or one whose data are other than it knows them.
    Unknown(Message<Value>),
}

macro_rules! each {
    ($self:ident, $message:ident => $value:expr) => {
        match $self {
            Self::ApiKeyCreated($message) => $value,
            Self::ApiKeyRevoked($message) => $value,
            Self::BroadcastCreated($message) => $value,
            Self::BroadcastSent($message) => $value,
            Self::CommentCreated($message) => $value,
            Self::DeliveryExhausted($message) => $value,
            Self::NoteCreated($message) => $value,
            Self::OAuthAppSecretRotated($message) => $value,
            Self::TicketClosed($message) => $value,
            Self::TicketCreated($message) => $value,
            Self::TicketUpdated($message) => $value,
            Self::WebhookDisabled($message) => $value,
            Self::WebhookRecovered($message) => $value,
            Self::WebhookTest($message) => $value,
            Self::Unknown($message) => $value,
        }
    };
}

impl Event {
    pub(crate) fn read(message: Message<Value>) -> Self {
        let event = match message.type_.as_str() {
            "api_key.created" => message.read().map(Self::ApiKeyCreated),
            "api_key.revoked" => message.read().map(Self::ApiKeyRevoked),
            "broadcast.created" => message.read().map(Self::BroadcastCreated),
            "broadcast.sent" => message.read().map(Self::BroadcastSent),
            "comment.created" => message.read().map(Self::CommentCreated),
            "delivery.exhausted" => message.read().map(Self::DeliveryExhausted),
            "note.created" => message.read().map(Self::NoteCreated),
            "oauth_app.secret_rotated" => message.read().map(Self::OAuthAppSecretRotated),
            "ticket.closed" => message.read().map(Self::TicketClosed),
            "ticket.created" => message.read().map(Self::TicketCreated),
            "ticket.updated" => message.read().map(Self::TicketUpdated),
            "webhook.disabled" => message.read().map(Self::WebhookDisabled),
            "webhook.recovered" => message.read().map(Self::WebhookRecovered),
            "webhook.test" => message.read().map(Self::WebhookTest),
            _ => None,
        };
        event.unwrap_or(Self::Unknown(message))
    }

    /// The event's id: the same on every attempt. Skip one that you have seen.
    pub fn id(&self) -> &EventId {
        each!(self, message => &message.id)
    }

    /// The event's type, such as `ticket.created`.
    pub fn event_type(&self) -> &str {
        each!(self, message => &message.type_)
    }

    /// When the event happened.
    pub fn timestamp(&self) -> &Timestamp {
        each!(self, message => &message.timestamp)
    }

    /// The workspace in which the event happened.
    pub fn workspace_id(&self) -> &WorkspaceId {
        each!(self, message => &message.workspace_id)
    }

    /// Who did it.
    pub fn actor(&self) -> &Actor {
        each!(self, message => &message.actor)
    }
}

/// The data of `api_key.created`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct ApiKeyCreatedData {
    /// The key's id.
    pub id: String,
    /// What it is for.
    pub name: String,
    /// Its first and last characters, to recognise it by.
    pub hint: String,
    /// What it may do.
    pub scopes: Vec<String>,
    /// When it was created.
    pub created_at: Timestamp,
    /// Properties that this version of the SDK does not know.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// The data of `api_key.revoked`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct ApiKeyRevokedData {
    /// The key's id.
    pub id: String,
    /// What it was for.
    pub name: String,
    /// Its first and last characters, to recognise it by.
    pub hint: String,
    /// When it was revoked.
    pub revoked_at: Timestamp,
    /// Why, where somebody said so.
    pub reason: Option<String>,
    /// Properties that this version of the SDK does not know.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// The data of `broadcast.created`, `broadcast.sent`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct BroadcastData {
    /// The broadcast's id.
    pub id: String,
    /// What it says.
    pub body: Option<String>,
    /// When it was drafted.
    pub created_at: Option<Timestamp>,
    /// When it was sent.
    pub sent_at: Option<Timestamp>,
    /// Where it stands.
    pub status: Option<BroadcastStatus>,
    /// What it is about.
    pub subject: Option<String>,
    /// Properties that this version of the SDK does not know.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// The data of `comment.created`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct CommentCreatedData {
    /// The comment's id.
    pub id: String,
    /// The ticket it is on.
    pub ticket_id: String,
    /// What it says.
    pub body: Option<String>,
    /// When it was written.
    pub created_at: Option<Timestamp>,
    /// Properties that this version of the SDK does not know.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// The data of `delivery.exhausted`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct DeliveryExhaustedData {
    /// The delivery's id.
    pub id: String,
    /// The webhook that did not take it.
    pub webhook_id: String,
    /// The event that it carries.
    pub event_id: String,
    /// The event's type.
    pub event_type: String,
    /// How many there were.
    pub attempts: u64,
    /// What went wrong last.
    pub diagnosis: Option<Map<String, Value>>,
    /// Properties that this version of the SDK does not know.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// The data of `note.created`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct NoteCreatedData {
    /// The note's id.
    pub id: String,
    /// The ticket it is on.
    pub ticket_id: String,
    /// What it says.
    pub body: Option<String>,
    /// When it was written.
    pub created_at: Option<Timestamp>,
    /// Properties that this version of the SDK does not know.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// The data of `oauth_app.secret_rotated`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct OAuthAppSecretRotatedData {
    /// The app's id, which is its `client_id`.
    pub id: String,
    /// The app's name.
    pub name: String,
    /// When the new secret was made.
    pub rotated_at: Timestamp,
    /// Its first and last characters, to recognise it by.
    pub hint: Option<String>,
    /// When the secret before it stops working.
    pub old_expires_at: Option<Timestamp>,
    /// Properties that this version of the SDK does not know.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// The data of `ticket.closed`, `ticket.created`, `ticket.updated`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct TicketData {
    /// The ticket's id.
    pub id: String,
    /// Who works on it.
    pub assignee: Option<String>,
    /// The whole story.
    pub body: Option<String>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// Where it stands.
    pub status: Option<TicketStatus>,
    /// What it is about.
    pub title: Option<String>,
    /// When it last changed.
    pub updated_at: Option<Timestamp>,
    /// Properties that this version of the SDK does not know.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// The data of `webhook.disabled`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct WebhookDisabledData {
    /// The webhook's id.
    pub id: String,
    /// Where the webhook sends.
    pub url: String,
    /// Why it was disabled.
    pub reason: DisabledReason,
    /// When it was disabled.
    pub disabled_at: Timestamp,
    /// Properties that this version of the SDK does not know.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// The data of `webhook.recovered`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct WebhookRecoveredData {
    /// The webhook's id.
    pub id: String,
    /// Where the webhook sends.
    pub url: String,
    /// Since when it had been failing.
    pub failing_since: Timestamp,
    /// When it worked again.
    pub recovered_at: Timestamp,
    /// Properties that this version of the SDK does not know.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// The data of `webhook.test`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct WebhookTestData {
    /// A greeting to recognise it by.
    pub message: String,
    /// The webhook's id.
    pub webhook_id: Option<String>,
    /// Properties that this version of the SDK does not know.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}
