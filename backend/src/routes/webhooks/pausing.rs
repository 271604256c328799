//! Pausing a webhook, which holds its deliveries, and resuming it, which lets them go.

use actix_web::{post, web::Data};
use api_types::{Timestamp, audit::AuditAction, ids::WebhookId, webhooks::Webhook};
use serde_json::json;

use super::editing::Editing;
use crate::{
    app::App,
    auth::{Caller, permission::WebhooksWrite},
    db::{
        deliveries::destinations,
        webhooks::{WebhookRow, lifecycle},
    },
    delivery,
    http::{
        etag::{IfMatch, Target},
        made::Made,
        problem::Answer,
    },
    routes::idempotent::IdempotencyKey,
};

/// Pause a webhook
///
/// It sends nothing until it is resumed: once this is answered, no request to it begins but for tests. Nothing is canceled: what
/// waits and what comes is held in its line, however long, and spends no retries. A retry by hand is refused meanwhile. Pausing
/// a paused webhook changes nothing.
#[utoipa::path(operation_id = "pauseWebhook", tag = "Webhooks",
    security(("session" = ["admin"]), ("bearer" = ["webhooks:write"])),
    extensions(("x-problems" = json!(["session-required"]))),
    params(("id" = WebhookId, Path, description = "The webhook's id"), IfMatch, IdempotencyKey),
    responses((status = 200, description = "The webhook", body = Webhook)))]
#[post("/webhooks/{id}/pause")]
pub async fn pause(
    app: Data<App>,
    caller: Caller<WebhooksWrite>,
    target: Target<WebhookId>,
    key: IdempotencyKey,
) -> Answer {
    let id = target.id;
    let request = key.of(&caller, String::new());
    let editing = Editing::of(caller, target);
    let paused = request.answer(&app.base, move |tx| -> Answer<Made> {
        let edited = editing.open(tx)?;
        let now = tx.now();
        if lifecycle::pause(tx, id, now)? {
            edited.audit(tx, AuditAction::WebhookPaused, json!({}))?;
            destinations::bump_subscriptions(tx, edited.who.workspace_id)?;
        }
        Made::shown(&edited.shown(tx)?)
    });
    let paused = paused.await?;
    app.delivery.views.settled().await;
    Ok(paused)
}

/// Resume a webhook
///
/// What was held is sent, oldest first, at a pace that grows with every success; where the webhook is parked, once a probe
/// succeeds. The time of the pause does not count towards the five days of failures that disable a webhook. Resuming a webhook
/// that is not paused changes nothing.
#[utoipa::path(operation_id = "resumeWebhook", tag = "Webhooks",
    security(("session" = ["admin"]), ("bearer" = ["webhooks:write"])),
    extensions(("x-problems" = json!(["session-required"]))),
    params(("id" = WebhookId, Path, description = "The webhook's id"), IfMatch, IdempotencyKey),
    responses((status = 200, description = "The webhook", body = Webhook)))]
#[post("/webhooks/{id}/resume")]
pub async fn resume(
    app: Data<App>,
    caller: Caller<WebhooksWrite>,
    target: Target<WebhookId>,
    key: IdempotencyKey,
) -> Answer {
    let id = target.id;
    let request = key.of(&caller, String::new());
    let editing = Editing::of(caller, target);
    let resumed = request.answer(&app.base, move |tx| -> Answer<Made> {
        let edited = editing.open(tx)?;
        let now = tx.now();
        if lifecycle::resume(tx, id, failing_since(&edited.before, now), now)? {
            delivery::resume(tx, id)?;
            edited.audit(tx, AuditAction::WebhookResumed, json!({ "paused_at": edited.before.paused_at }))?;
            destinations::bump_subscriptions(tx, edited.who.workspace_id)?;
        }
        Made::shown(&edited.shown(tx)?)
    });
    resumed.await
}

/// The beginning of the failures, moved on by the time of the pause: nothing was tried meanwhile.
fn failing_since(before: &WebhookRow, now: Timestamp) -> Option<Timestamp> {
    let (since, paused_at) = (before.failing_since?, before.paused_at?);
    Some(since + now.millis_since(paused_at.max(since)))
}
