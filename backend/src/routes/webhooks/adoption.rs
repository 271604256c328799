//! An admin takes a webhook over, whoever owned it.

use actix_web::{post, web::Data};
use api_types::{audit::AuditAction, ids::WebhookId, webhooks::Webhook};
use serde_json::json;

use super::editing::Editing;
use crate::{
    app::App,
    auth::Admin,
    db::owners,
    http::{
        etag::{IfMatch, Target},
        made::Made,
        problem::Answer,
    },
    routes::idempotent::IdempotencyKey,
};

/// Adopt a webhook
///
/// It becomes the admin's, and its owner before sees it no more. A disabled webhook stays disabled: enable it, then recover what it
/// missed. Its signing secret stays known to the owner before: rotate it. Adopting one's own webhook changes nothing.
#[utoipa::path(operation_id = "adoptWebhook", tag = "Webhooks",
    security(("session" = ["admin"])),
    params(("id" = WebhookId, Path, description = "The webhook's id"), IfMatch, IdempotencyKey),
    responses((status = 200, description = "The webhook, which is the admin's", body = Webhook)))]
#[post("/webhooks/{id}/adopt")]
pub async fn adopt(app: Data<App>, caller: Admin, target: Target<WebhookId>, key: IdempotencyKey) -> Answer {
    let id = target.id;
    let owner = caller.identity().owner();
    let request = key.of(&caller, String::new());
    let editing = Editing::of(caller, target);
    let adopted = request.answer(&app.base, move |tx| -> Answer<Made> {
        let edited = editing.open(tx)?;
        let before = &edited.before.owner;
        if before.owner_id.as_ref() != Some(&owner.owner_id) {
            let now = tx.now();
            owners::give(tx, id, &owner, now)?;
            let details = json!({ "owner_before": { "type": before.owner_kind, "id": before.owner_id,
                "name": before.owner_name } });
            edited.audit(tx, AuditAction::WebhookAdopted, details)?;
        }
        Made::shown(&edited.shown(tx)?)
    });
    adopted.await
}
