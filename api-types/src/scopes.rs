//! Scopes: what a key or a token may do (RFC 6749, section 3.3).

use crate::words::words;

words! {
    /// One permission that a key or a token can hold.
    Scope {
        /// Read tickets, comments and notes.
        TicketsRead = "tickets:read",
        /// Create and change tickets, comments and notes.
        TicketsWrite = "tickets:write",
        /// Read broadcasts.
        BroadcastsRead = "broadcasts:read",
        /// Create and send broadcasts.
        BroadcastsWrite = "broadcasts:write",
        /// Publish events.
        EventsWrite = "events:write",
        /// Read webhooks and event types.
        WebhooksRead = "webhooks:read",
        /// Create, change and delete webhooks for event types that the credential may read.
        WebhooksWrite = "webhooks:write",
        /// Read events, deliveries and their attempts.
        DeliveriesRead = "deliveries:read",
        /// Retry and recover deliveries.
        DeliveriesRetry = "deliveries:retry",
        /// Read the audit log.
        AuditRead = "audit:read",
    }
}

impl Scope {
    /// A sentence that tells a person who grants the scope what its holder may do.
    pub const fn describe(self) -> &'static str {
        match self {
            Self::TicketsRead => "Read tickets, their comments and notes",
            Self::TicketsWrite => "Create and change tickets, comments and notes",
            Self::BroadcastsRead => "Read broadcasts",
            Self::BroadcastsWrite => "Create and send broadcasts",
            Self::EventsWrite => "Publish events to your webhooks",
            Self::WebhooksRead => "Read webhooks and the event catalogue",
            Self::WebhooksWrite => "Create, change and delete webhooks",
            Self::DeliveriesRead => "Read events, deliveries and what receivers answered",
            Self::DeliveriesRetry => "Retry failed deliveries",
            Self::AuditRead => "Read the audit log: who changed what, and from where",
        }
    }
}
