//! Events: the operations under `/v1/events`.

use api_types::{
    Page,
    events::{AcceptedSend, Event, NewSend},
    ids::EventId,
};

use crate::{
    api::call::{Call, Query},
    paths::api as paths,
};

/// Events, newest first, of a type and about an object where these are not empty.
pub fn list(event_type: &str, object_id: &str) -> Query<Page<Event>> {
    Query::new(paths::EVENTS).with(&[("order", "newest"), ("type", event_type), ("object_id", object_id)])
}

/// One event with its exact body; `id` as it stands in the page's address.
pub fn show(id: &str) -> Query<Event> {
    Query::new(paths::event(id))
}

/// Sends an event to a webhook.
pub fn send(id: EventId, webhook_id: &str) -> Call<AcceptedSend> {
    Call::post(paths::event_send(id), &NewSend { webhook_id: webhook_id.to_owned() })
}
