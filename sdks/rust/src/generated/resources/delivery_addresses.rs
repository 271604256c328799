// Generated from openapi/openapi.json by `cargo xtask sdk`: do not edit.

//! The operations of delivery addresses.

use crate::client::Client;
use crate::generated::models::DeliveryAddress;
use crate::list::{Kind, List, Pages};
use crate::request::Request;
use reqwest::Method;

/// The operations of delivery addresses.
#[derive(Debug, Clone)]
pub struct DeliveryAddresses<C> {
    client: C,
}

impl<C: Client> DeliveryAddresses<C> {
    pub(crate) fn of(client: &C) -> Self {
        Self { client: client.clone() }
    }

    /// List delivery addresses.
    ///
    /// The addresses that deliveries come from, for a firewall in front of a receiver, all on one page. The list is empty where the
    /// operator has not named them: then deliveries may come from anywhere.
    ///
    /// **Permission:** an admin's session, or a key or token with the scope `webhooks:read`
    pub fn list(&self) -> List<C, ListDeliveryAddresses> {
        List::new(&self.client, Request::new(Method::GET, &["v1", "delivery-addresses"]))
    }
}

/// The list that [`DeliveryAddresses::list`] gives.
#[derive(Debug)]
pub enum ListDeliveryAddresses {}

impl Kind for ListDeliveryAddresses {
    type Item = DeliveryAddress;
    const PAGES: Pages = Pages::One;
}
