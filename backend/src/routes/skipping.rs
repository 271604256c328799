//! Skipping a delivery by hand, so that those that wait behind it in an ordered webhook go on.

use actix_web::{post, web::Data};
use api_types::{
    audit::AuditAction,
    deliveries::{Delivery, DeliveryStatus},
    ids::DeliveryId,
};
use serde_json::json;

use super::idempotent::IdempotencyKey;
use crate::{
    app::App,
    auth::{Caller, permission::DeliveriesRetry},
    db::{
        Hint,
        audit::{self, Change},
        deliveries::{self, RetryTarget, lists, order},
        webhooks,
    },
    http::{
        made::Made,
        path_id::{Noun, PathId},
        problem::{Answer, Failure},
    },
};

/// Skip a delivery
///
/// It is canceled with the reason `skipped`, and nothing more is sent of it. In an ordered webhook the deliveries behind it go on.
/// It can still be recovered.
#[utoipa::path(operation_id = "skipDelivery", tag = "Deliveries",
    security(("session" = ["admin"]), ("bearer" = ["deliveries:retry"])),
    extensions(("x-problems" = json!(["conflict"]))),
    params(("id" = DeliveryId, Path, description = "The delivery's id"), IdempotencyKey),
    responses((status = 200, description = "The canceled delivery", body = Delivery)))]
#[post("/deliveries/{id}/skip")]
pub async fn skip(
    app: Data<App>,
    caller: Caller<DeliveriesRetry>,
    PathId(id): PathId<DeliveryId>,
    key: IdempotencyKey,
) -> Answer {
    let (who, viewer) = (caller.who(), caller.viewer());
    let request = key.of(&caller, String::new());
    let skipped = request.answer(&app.base, move |tx| -> Answer<Made> {
        let target = deliveries::lock_retry_target(tx, who.workspace_id, id)?;
        let target = target.ok_or_else(DeliveryId::missing)?;
        if !webhooks::is_seen_by(tx, &viewer, target.webhook_id)? {
            return Err(DeliveryId::missing());
        }
        if let Some(reason) = refusal(&target) {
            return Err(Failure::conflict(reason));
        }
        let now = tx.now();
        order::skip(tx, id, now)?;
        let shown = lists::find(tx, &viewer, id)?.ok_or_else(DeliveryId::missing)?.delivery;
        let details = json!({ "webhook_id": target.webhook_id, "event_type": target.event_type,
            "status": target.status });
        let change = Change::of(AuditAction::DeliverySkipped, id.as_str(), &shown.webhook.url, details);
        audit::append(tx, &who, change)?;
        tx.on_commit(Hint::DeliveriesDue);
        Made::json(200, &shown)
    });
    skipped.await
}

/// The reason why a delivery cannot be skipped, if there is one.
const fn refusal(target: &RetryTarget) -> Option<&'static str> {
    if target.lease_attempt_id.is_some() || target.manual_attempt_id.is_some() {
        return Some(
            "An attempt is under way. Wait for its result, then skip the delivery if that is still needed.",
        );
    }
    match target.status {
        DeliveryStatus::Succeeded => Some("The receiver took it already."),
        DeliveryStatus::Canceled => Some("It is canceled already."),
        DeliveryStatus::Pending | DeliveryStatus::Retrying | DeliveryStatus::Failed => None,
    }
}
