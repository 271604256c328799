// Generated from openapi/openapi.json by `cargo xtask sdk`: do not edit.

//! What callers send: events.

use super::ids::WebhookId;
use super::shared_words::EventType;

/// Publish an event.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct NewEvent {
    /// A publishable type of the catalogue.
    #[serde(rename = "type")]
    pub type_: EventType,
    /// What happened, checked against the type's schema; further properties are allowed. The data is sent byte for byte as it came:
    /// digits, order, escapes and whitespace. A name that stands twice in one object, half of a surrogate pair, and nesting over
    /// 64 levels are refused.
    pub data: serde_json::Value,
}

impl NewEvent {
    /// With what is required.
    pub fn new(type_: impl Into<EventType>, data: impl Into<serde_json::Value>) -> Self {
        Self { type_: type_.into(), data: data.into() }
    }
}

/// Send an event to a webhook.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct NewSend {
    /// The webhook's id.
    pub webhook_id: WebhookId,
}

impl NewSend {
    /// With what is required.
    pub fn new(webhook_id: impl Into<WebhookId>) -> Self {
        Self { webhook_id: webhook_id.into() }
    }
}
