//! The addresses that deliveries come from, as the operator names them.

use actix_web::{
    get,
    web::{Data, Json},
};
use api_types::{Page, delivery_addresses::DeliveryAddress};

use crate::{
    app::App,
    auth::{Caller, permission::WebhooksRead},
    ranges,
};

/// List delivery addresses
///
/// The addresses that deliveries come from, for a firewall in front of a receiver, all on one page. The list is empty where the
/// operator has not named them: then deliveries may come from anywhere.
#[utoipa::path(operation_id = "listDeliveryAddresses", tag = "Webhooks",
    security(("session" = ["admin"]), ("bearer" = ["webhooks:read"])),
    responses((status = 200, description = "All addresses", body = Page<DeliveryAddress>)))]
#[get("/delivery-addresses")]
pub async fn list(app: Data<App>, _: Caller<WebhooksRead>) -> Json<Page<DeliveryAddress>> {
    let named = app.base.settings.delivery_addresses.iter();
    let data = named.map(|range| DeliveryAddress { address: ranges::shown(*range) }).collect();
    Json(Page { data, next_cursor: None })
}
