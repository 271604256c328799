// Generated from openapi/openapi.json by `cargo xtask sdk`: do not edit.

//! The operations of broadcasts.

use crate::call::Call;
use crate::client::Client;
use crate::generated::models::{Broadcast, BroadcastId, BroadcastStatus, NewBroadcast};
use crate::list::{Kind, List, Pages};
use crate::request::Request;
use reqwest::Method;

/// The operations of broadcasts.
#[derive(Debug, Clone)]
pub struct Broadcasts<C> {
    client: C,
}

impl<C: Client> Broadcasts<C> {
    pub(crate) fn of(client: &C) -> Self {
        Self { client: client.clone() }
    }

    /// Draft a broadcast.
    ///
    /// Publishes `broadcast.created`. Nobody gets it before it is sent.
    ///
    /// **Permission:** any member's session, or a key or token with the scope `broadcasts:write`
    pub fn create(&self, body: &NewBroadcast) -> Call<C, Broadcast> {
        Call::new(&self.client, Request::new(Method::POST, &["v1", "broadcasts"]).keyed().body(body))
    }

    /// Show a broadcast.
    ///
    /// **Permission:** any member's session, or a key or token with the scope `broadcasts:read`
    pub fn get(&self, id: impl Into<BroadcastId>) -> Call<C, Broadcast> {
        let id: BroadcastId = id.into();
        Call::new(&self.client, Request::new(Method::GET, &["v1", "broadcasts", id.as_str()]))
    }

    /// List broadcasts.
    ///
    /// Newest first.
    ///
    /// **Permission:** any member's session, or a key or token with the scope `broadcasts:read`
    pub fn list(&self) -> List<C, ListBroadcasts> {
        List::new(&self.client, Request::new(Method::GET, &["v1", "broadcasts"]))
    }

    /// Send a broadcast.
    ///
    /// Publishes `broadcast.sent`. It can be sent once; a second time answers 409, unless it repeats the first request's
    /// `Idempotency-Key`. Takes no body.
    ///
    /// **Permission:** any member's session, or a key or token with the scope `broadcasts:write`
    pub fn send(&self, id: impl Into<BroadcastId>) -> Call<C, Broadcast> {
        let id: BroadcastId = id.into();
        Call::new(
            &self.client,
            Request::new(Method::POST, &["v1", "broadcasts", id.as_str(), "send"]).keyed().conditional(),
        )
    }
}

/// The list that [`Broadcasts::list`] gives.
#[derive(Debug)]
pub enum ListBroadcasts {}

impl Kind for ListBroadcasts {
    type Item = Broadcast;
    const PAGES: Pages = Pages::Cursor;
}

impl<C: Client> List<C, ListBroadcasts> {
    /// How many results to give: 1 to 200, 50 where absent.
    pub fn limit(self, limit: u32) -> Self {
        self.with("limit", limit.to_string())
    }

    /// Where to go on: the `next_cursor` of the page before.
    pub fn cursor(self, cursor: impl Into<String>) -> Self {
        self.with("cursor", cursor.into().as_str())
    }

    /// Only broadcasts in one of these states; several by repeating the parameter or separated by commas.
    pub fn status(self, status: impl IntoIterator<Item = BroadcastStatus>) -> Self {
        self.with_all("status", status)
    }
}
