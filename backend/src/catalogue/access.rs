//! Access to the events of a type: the types that others may publish, and the scope that reading takes.

use api_types::{Scope, events::EventType};

/// `true` if `POST /v1/events` may publish the type. Types about keys, apps, webhooks and deliveries are ours
/// alone.
pub const fn is_publishable(kind: EventType) -> bool {
    scope_for_reading(kind).is_some()
}

/// The scope that lets a key or token read events of the type. `None` where only an admin's session may.
pub const fn scope_for_reading(kind: EventType) -> Option<Scope> {
    match kind {
        EventType::TicketCreated
        | EventType::TicketUpdated
        | EventType::TicketClosed
        | EventType::CommentCreated
        | EventType::NoteCreated => Some(Scope::TicketsRead),
        EventType::BroadcastCreated | EventType::BroadcastSent => Some(Scope::BroadcastsRead),
        EventType::WebhookDisabled
        | EventType::WebhookRecovered
        | EventType::DeliveryExhausted
        | EventType::ApiKeyCreated
        | EventType::ApiKeyRevoked
        | EventType::OAuthAppSecretRotated
        | EventType::WebhookTest => None,
    }
}
