//! The filters of the list of deliveries.

use api_types::{
    Timestamp,
    deliveries::{Category, DeliveryStatus},
    events::EventType,
    ids::{EventId, WebhookId},
};

/// The deliveries that a list is to show; an absent filter lets everything pass.
#[derive(Clone, Debug, Default)]
pub struct DeliveryFilter {
    /// An empty list lets every status pass.
    pub statuses: Vec<DeliveryStatus>,
    pub webhook: Option<WebhookId>,
    pub event_type: Option<EventType>,
    pub event: Option<EventId>,
    /// Category of the delivery's last failure.
    pub category: Option<Category>,
    /// The earliest time of creation, inclusive.
    pub since: Option<Timestamp>,
    /// The latest time of creation, exclusive.
    pub until: Option<Timestamp>,
}
