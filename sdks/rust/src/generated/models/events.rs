// Generated from openapi/openapi.json by `cargo xtask sdk`: do not edit.

//! Models: events.

use super::ids::{DeliveryId, EventId};

/// The event was stored and will be delivered.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct AcceptedEvent {
    /// The event's id, which is the `webhook-id` of its messages.
    pub id: EventId,
}

/// The event is on its way to the webhook.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct AcceptedSend {
    /// The new delivery.
    pub delivery_id: DeliveryId,
}
