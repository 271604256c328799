// Generated from openapi/openapi.json by `cargo xtask sdk`: do not edit.

//! The operations of event types.

use crate::client::Client;
use crate::generated::models::EventTypeInfo;
use crate::list::{Kind, List, Pages};
use crate::request::Request;
use reqwest::Method;

/// The operations of event types.
#[derive(Debug, Clone)]
pub struct EventTypes<C> {
    client: C,
}

impl<C: Client> EventTypes<C> {
    pub(crate) fn of(client: &C) -> Self {
        Self { client: client.clone() }
    }

    /// List event types.
    ///
    /// Every type with its description, the JSON Schema of its `data` and an example, all on one page.
    ///
    /// **Permission:** an admin's session, or a key or token with the scope `webhooks:read`
    pub fn list(&self) -> List<C, ListEventTypes> {
        List::new(&self.client, Request::new(Method::GET, &["v1", "event-types"]))
    }
}

/// The list that [`EventTypes::list`] gives.
#[derive(Debug)]
pub enum ListEventTypes {}

impl Kind for ListEventTypes {
    type Item = EventTypeInfo;
    const PAGES: Pages = Pages::One;
}
