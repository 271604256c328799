//! Deliveries: the operations under `/v1/deliveries`.

use api_types::{
    Page,
    deliveries::{AcceptedRetry, Attempt, Delivery, DeliveryDetail},
    ids::DeliveryId,
};

use crate::{
    api::call::{Call, Query},
    paths::api as paths,
};

/// The value of [`Filter::status`] for deliveries that failed, for now or for good.
pub const FAILING: &str = "retrying,failed";

/// The deliveries that a list is narrowed to; an empty field narrows nothing.
#[derive(Default)]
pub struct Filter<'a> {
    /// One or more statuses, separated by commas.
    pub status: &'a str,
    pub webhook_id: &'a str,
    pub event_type: &'a str,
    /// The category of the last failure.
    pub category: &'a str,
    /// The earliest instant of creation, as RFC 3339.
    pub since: &'a str,
    /// The latest instant of creation, as RFC 3339.
    pub until: &'a str,
}

pub fn list(filter: &Filter<'_>) -> Query<Page<Delivery>> {
    let Filter { status, webhook_id, event_type, category, since, until } = *filter;
    Query::new(paths::DELIVERIES).with(&[
        ("status", status),
        ("webhook_id", webhook_id),
        ("event_type", event_type),
        ("category", category),
        ("since", since),
        ("until", until),
    ])
}

/// The deliveries of an event; `id` as it stands in the page's address.
pub fn of_event(id: &str) -> Query<Page<Delivery>> {
    list(&Filter::default()).with(&[("event_id", id)])
}

/// The newest delivery alone.
pub fn newest(filter: &Filter<'_>) -> Query<Page<Delivery>> {
    list(filter).with(&[("limit", "1")])
}

/// A page of a delivery's attempts, newest first: the first one, or the one at which `cursor` starts.
pub fn attempts(id: DeliveryId, cursor: &str) -> Query<Page<Attempt>> {
    Query::new(paths::delivery_attempts(id)).with(&[("limit", "100"), ("cursor", cursor)])
}

/// One delivery with its event and last attempts; `id` as it stands in the page's address.
pub fn show(id: &str) -> Query<DeliveryDetail> {
    Query::new(paths::delivery(id))
}

/// Cancels a delivery, so that those after it go on.
pub fn skip(id: DeliveryId) -> Call<Delivery> {
    Call::act(paths::delivery_skip(id))
}

pub fn retry(id: DeliveryId) -> Call<AcceptedRetry> {
    Call::act(paths::delivery_retry(id))
}
