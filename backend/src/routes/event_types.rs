//! The event catalogue, for those who create webhooks.

use actix_web::{get, web::Json};
use api_types::{Page, events::EventTypeInfo};

use crate::{
    auth::{Caller, permission::WebhooksRead},
    catalogue,
};

/// List event types
///
/// Every type with its description, the JSON Schema of its `data` and an example, all on one page.
#[utoipa::path(operation_id = "listEventTypes", tag = "Events",
    security(("session" = ["admin"]), ("bearer" = ["webhooks:read"])),
    responses((status = 200, description = "The whole catalogue", body = Page<EventTypeInfo>)))]
#[get("/event-types")]
pub async fn list(_: Caller<WebhooksRead>) -> Json<Page<EventTypeInfo>> {
    Json(Page { data: catalogue::all().to_vec(), next_cursor: None })
}
