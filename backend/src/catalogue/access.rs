//! Access to the events of a type: the types that others may publish, and the scope that reading takes.

use api_types::{
    Scope,
    events::{EventType, ReadAccess},
};

/// `true` if `POST /v1/events` may publish the type. Types about keys, apps, webhooks and deliveries are ours
/// alone.
pub const fn is_publishable(kind: EventType) -> bool {
    scope_for_reading(kind).is_some()
}

/// What it takes to be shown events of the type. `None` for a test message, which says nothing: whoever sees the webhook may
/// see it.
pub const fn needed_to_read(kind: EventType) -> Option<ReadAccess> {
    match kind {
        EventType::TicketCreated
        | EventType::TicketUpdated
        | EventType::TicketClosed
        | EventType::CommentCreated
        | EventType::NoteCreated => Some(ReadAccess::TicketsRead),
        EventType::BroadcastCreated | EventType::BroadcastSent => Some(ReadAccess::BroadcastsRead),
        EventType::WebhookDisabled
        | EventType::WebhookRecovered
        | EventType::DeliveryExhausted
        | EventType::ApiKeyCreated
        | EventType::ApiKeyRevoked
        | EventType::OAuthAppSecretRotated => Some(ReadAccess::Session),
        EventType::WebhookTest => None,
    }
}

/// The scope that lets a key or token read and subscribe to events of the type. `None` where only an admin's session may
/// subscribe, and for a test message, to which nobody subscribes.
pub const fn scope_for_reading(kind: EventType) -> Option<Scope> {
    match needed_to_read(kind) {
        Some(ReadAccess::TicketsRead) => Some(Scope::TicketsRead),
        Some(ReadAccess::BroadcastsRead) => Some(Scope::BroadcastsRead),
        Some(ReadAccess::Session) | None => None,
    }
}
