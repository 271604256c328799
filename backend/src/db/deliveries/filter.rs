//! The filters of the list of deliveries.

use std::collections::BTreeSet;

use api_types::{
    Timestamp,
    deliveries::{Category, DeliveryStatus},
    events::EventType,
    ids::{EventId, WebhookId},
};

/// The deliveries that a list is to show; an absent filter lets everything pass, and so does an empty set.
#[derive(Clone, Debug, Default)]
pub struct DeliveryFilter {
    pub statuses: BTreeSet<DeliveryStatus>,
    pub webhook: Option<WebhookId>,
    pub event_types: BTreeSet<EventType>,
    pub event: Option<EventId>,
    /// Categories of the delivery's last failure.
    pub categories: BTreeSet<Category>,
    /// The earliest time of creation, inclusive.
    pub since: Option<Timestamp>,
    /// The latest time of creation, exclusive.
    pub until: Option<Timestamp>,
}
