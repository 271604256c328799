// Generated from openapi/openapi.json by `cargo xtask sdk`: do not edit.

//! The operations of events.

use crate::call::Call;
use crate::client::Client;
use crate::generated::models::{
    AcceptedEvent, AcceptedSend, Event, EventId, EventType, NewEvent, NewSend, Order,
};
use crate::list::{Kind, List, Pages};
use crate::request::Request;
use reqwest::Method;

/// The operations of events.
#[derive(Debug, Clone)]
pub struct Events<C> {
    client: C,
}

impl<C: Client> Events<C> {
    pub(crate) fn of(client: &C) -> Self {
        Self { client: client.clone() }
    }

    /// Show an event.
    ///
    /// Parsed, and as the exact body that webhooks receive and that is signed, for those who may read the event's type. Others are told by
    /// `hidden` what they lack.
    ///
    /// **Permission:** an admin's session, or a key or token with the scope `deliveries:read`
    pub fn get(&self, id: impl Into<EventId>) -> Call<C, Event> {
        let id: EventId = id.into();
        Call::new(&self.client, Request::new(Method::GET, &["v1", "events", id.as_str()]))
    }

    /// List events.
    ///
    /// The workspace's events as a log, oldest first: in an order that never changes and without gaps, so that whoever goes on after
    /// `next_cursor` misses nothing. `next_cursor` is always there; where nothing more has happened yet, `wait` has the answer come with
    /// the next event, or empty after that time. At most 50 requests of a workspace wait at once. Events are kept for 30 days, unless the
    /// operator chose otherwise: a place of which later events are gone is answered with `events-expired`. With `order=newest` the list
    /// is for looking at, and its last page has no `next_cursor`.
    ///
    /// **Permission:** an admin's session, or a key or token with the scope `deliveries:read`
    pub fn list(&self) -> List<C, ListEvents> {
        List::new(&self.client, Request::new(Method::GET, &["v1", "events"]))
    }

    /// Publish an event.
    ///
    /// For internal systems. Answered once the event is durable; it is then on its way to every webhook that wants it. `data` is
    /// checked against the type's schema and sent byte for byte as it came, every digit, escape and blank: it is not searched for
    /// pasted credentials, so leave them out.
    ///
    /// **Permission:** an admin's session, or a key or token with the scope `events:write`
    pub fn publish(&self, body: &NewEvent) -> Call<C, AcceptedEvent> {
        Call::new(&self.client, Request::new(Method::POST, &["v1", "events"]).keyed().body(body))
    }

    /// Send an event to a webhook.
    ///
    /// A new delivery of this event to that webhook, whatever it subscribes to: for what it missed, or to try a receiver with something
    /// real. The message is the event's own, byte for byte, under the same `webhook-id`. The credential must be allowed to read events
    /// of the type. An event can be sent to the same webhook 30 times an hour, and not while a delivery of it is on its way there.
    ///
    /// **Permission:** an admin's session, or a key or token with the scope `deliveries:retry`
    pub fn send(&self, id: impl Into<EventId>, body: &NewSend) -> Call<C, AcceptedSend> {
        let id: EventId = id.into();
        Call::new(
            &self.client,
            Request::new(Method::POST, &["v1", "events", id.as_str(), "send"]).keyed().body(body),
        )
    }
}

/// The list that [`Events::list`] gives.
#[derive(Debug)]
pub enum ListEvents {}

impl Kind for ListEvents {
    type Item = Event;
    const PAGES: Pages = Pages::Log;
}

impl<C: Client> List<C, ListEvents> {
    /// The place to go on after: the `next_cursor` of the answer before, an event's id, or `latest` for what is published from now
    /// on. Absent, the list begins at its beginning.
    pub fn after(self, after: impl Into<String>) -> Self {
        self.with("after", after.into().as_str())
    }

    /// Only events of one of these types; several by repeating the parameter or separated by commas.
    pub fn type_(self, type_: impl IntoIterator<Item = EventType>) -> Self {
        self.with_all("type", type_)
    }

    /// Only events about the object with this id: their `data.id`. Events from before 28 November 2026 are not found by it.
    pub fn object_id(self, object_id: impl Into<String>) -> Self {
        self.with("object_id", object_id.into().as_str())
    }

    /// The order: `oldest` first is the log, `newest` first is for looking at.
    pub fn order(self, order: impl Into<Order>) -> Self {
        self.with("order", order.into().as_str())
    }

    /// How many events to give at most: 1 to 200, 50 where absent. A page holds 4 MiB at most.
    pub fn limit(self, limit: u32) -> Self {
        self.with("limit", limit.to_string())
    }

    /// Seconds to wait for an event where there is none yet: 1 to 30. Not at all where absent.
    pub fn wait(self, wait: u32) -> Self {
        self.with("wait", wait.to_string())
    }
}
