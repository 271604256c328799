// Generated from openapi/openapi.json by `cargo xtask sdk`: do not edit.

//! The operations of deliveries.

use crate::call::Call;
use crate::client::Client;
use crate::generated::models::{
    AcceptedRetry, Attempt, Category, Delivery, DeliveryDetail, DeliveryId, DeliveryStatus, EventId,
    EventType, WebhookId,
};
use crate::list::{Kind, List, Pages};
use crate::request::Request;
use crate::timestamp::Timestamp;
use reqwest::Method;

/// The operations of deliveries.
#[derive(Debug, Clone)]
pub struct Deliveries<C> {
    client: C,
}

impl<C: Client> Deliveries<C> {
    pub(crate) fn of(client: &C) -> Self {
        Self { client: client.clone() }
    }

    /// Show a delivery.
    ///
    /// With its event, the last diagnosis, and the last 20 attempts: what was sent, what came back, how long each phase took. The
    /// payload, the requests and the answers are shown to those who may read the event's type (`note.created` takes
    /// `tickets:read`); others are told by `hidden` what they lack.
    ///
    /// **Permission:** an admin's session, or a key or token with the scope `deliveries:read`
    pub fn get(&self, id: impl Into<DeliveryId>) -> Call<C, DeliveryDetail> {
        let id: DeliveryId = id.into();
        Call::new(&self.client, Request::new(Method::GET, &["v1", "deliveries", id.as_str()]))
    }

    /// List deliveries.
    ///
    /// Newest first. `status=retrying,failed` are the failures. A key or token is shown those of its own webhooks; another's are not found.
    ///
    /// **Permission:** an admin's session, or a key or token with the scope `deliveries:read`
    pub fn list(&self) -> List<C, ListDeliveries> {
        List::new(&self.client, Request::new(Method::GET, &["v1", "deliveries"]))
    }

    /// List a delivery's attempts.
    ///
    /// Every attempt, newest first. All of them sent the `payload` of the delivery's event. The requests and the answers are shown
    /// to those who may read the event's type.
    ///
    /// **Permission:** an admin's session, or a key or token with the scope `deliveries:read`
    pub fn list_attempts(&self, id: impl Into<DeliveryId>) -> List<C, ListDeliveryAttempts> {
        let id: DeliveryId = id.into();
        List::new(&self.client, Request::new(Method::GET, &["v1", "deliveries", id.as_str(), "attempts"]))
    }

    /// Retry a delivery.
    ///
    /// One attempt now, beside the schedule: success ends the schedule, failure changes nothing. Retry only once the receiver
    /// is mended; the same message can fail again. A delivery can be retried by hand 30 times an hour.
    ///
    /// **Permission:** an admin's session, or a key or token with the scope `deliveries:retry`
    pub fn retry(&self, id: impl Into<DeliveryId>) -> Call<C, AcceptedRetry> {
        let id: DeliveryId = id.into();
        Call::new(
            &self.client,
            Request::new(Method::POST, &["v1", "deliveries", id.as_str(), "retry"]).keyed(),
        )
    }

    /// Skip a delivery.
    ///
    /// It is canceled with the reason `skipped`, and nothing more is sent of it. In an ordered webhook the deliveries behind it go on.
    /// It can still be recovered.
    ///
    /// **Permission:** an admin's session, or a key or token with the scope `deliveries:retry`
    pub fn skip(&self, id: impl Into<DeliveryId>) -> Call<C, Delivery> {
        let id: DeliveryId = id.into();
        Call::new(
            &self.client,
            Request::new(Method::POST, &["v1", "deliveries", id.as_str(), "skip"]).keyed(),
        )
    }
}

/// The list that [`Deliveries::list`] gives.
#[derive(Debug)]
pub enum ListDeliveries {}

impl Kind for ListDeliveries {
    type Item = Delivery;
    const PAGES: Pages = Pages::Cursor;
}

impl<C: Client> List<C, ListDeliveries> {
    /// How many results to give: 1 to 200, 50 where absent.
    pub fn limit(self, limit: u32) -> Self {
        self.with("limit", limit.to_string())
    }

    /// Where to go on: the `next_cursor` of the page before.
    pub fn cursor(self, cursor: impl Into<String>) -> Self {
        self.with("cursor", cursor.into().as_str())
    }

    /// Only deliveries in one of these states; several by repeating the parameter or separated by commas. The failures
    /// are `retrying,failed`.
    pub fn status(self, status: impl IntoIterator<Item = DeliveryStatus>) -> Self {
        self.with_all("status", status)
    }

    /// Only of this webhook.
    pub fn webhook_id(self, webhook_id: impl Into<WebhookId>) -> Self {
        self.with("webhook_id", webhook_id.into().as_str())
    }

    /// Only events of one of these types; several by repeating the parameter or separated by commas.
    pub fn event_type(self, event_type: impl IntoIterator<Item = EventType>) -> Self {
        self.with_all("event_type", event_type)
    }

    /// Only of this event.
    pub fn event_id(self, event_id: impl Into<EventId>) -> Self {
        self.with("event_id", event_id.into().as_str())
    }

    /// Only where the last failure is of one of these categories; several by repeating the parameter or separated by
    /// commas.
    pub fn category(self, category: impl IntoIterator<Item = Category>) -> Self {
        self.with_all("category", category)
    }

    /// Created at or after this time (RFC 3339).
    pub fn since(self, since: impl Into<Timestamp>) -> Self {
        self.with("since", since.into().as_str())
    }

    /// Created before this time (RFC 3339).
    pub fn until(self, until: impl Into<Timestamp>) -> Self {
        self.with("until", until.into().as_str())
    }
}

/// The list that [`Deliveries::list_attempts`] gives.
#[derive(Debug)]
pub enum ListDeliveryAttempts {}

impl Kind for ListDeliveryAttempts {
    type Item = Attempt;
    const PAGES: Pages = Pages::Cursor;
}

impl<C: Client> List<C, ListDeliveryAttempts> {
    /// How many results to give: 1 to 200, 50 where absent.
    pub fn limit(self, limit: u32) -> Self {
        self.with("limit", limit.to_string())
    }

    /// Where to go on: the `next_cursor` of the page before.
    pub fn cursor(self, cursor: impl Into<String>) -> Self {
        self.with("cursor", cursor.into().as_str())
    }
}
