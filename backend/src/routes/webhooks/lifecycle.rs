//! A webhook's life: enabled, disabled, deleted.

use actix_web::{HttpResponse, delete, post, web::Data};
use api_types::{
    audit::AuditAction,
    deliveries::CancelReason,
    ids::WebhookId,
    webhooks::{DisabledReason, Webhook},
};
use serde_json::json;

use super::editing::{EditedWebhook, Editing};
use crate::{
    app::App,
    auth::{Caller, permission::WebhooksWrite},
    db::{
        Hint, Tx,
        deliveries::{
            cancel::{self, Canceled},
            destinations,
        },
        owners, signing_secrets, webhooks,
    },
    delivery,
    http::{
        etag::{IfMatch, Target},
        made::Made,
        problem::{Answer, Failure},
    },
    routes::idempotent::IdempotencyKey,
};

/// Enable a webhook
///
/// It sends again, with a clean slate; one that is paused too holds until it is resumed. Enabling an enabled webhook changes nothing. One whose owner has ended is adopted first. What waited when it was disabled stays
/// canceled: where that was much, it is canceled in steps, and until the last of them the answer is `conflict`.
#[utoipa::path(operation_id = "enableWebhook", tag = "Webhooks",
    security(("session" = ["admin"]), ("bearer" = ["webhooks:write"])),
    extensions(("x-problems" = json!(["session-required", "conflict"]))),
    params(("id" = WebhookId, Path, description = "The webhook's id"), IfMatch, IdempotencyKey),
    responses((status = 200, description = "The webhook", body = Webhook)))]
#[post("/webhooks/{id}/enable")]
pub async fn enable(
    app: Data<App>,
    caller: Caller<WebhooksWrite>,
    target: Target<WebhookId>,
    key: IdempotencyKey,
) -> Answer {
    let id = target.id;
    let request = key.of(&caller, String::new());
    let editing = Editing::of(caller, target);
    delivery::cancel::hurry(&app.base, id).await?;
    let enabled = request.answer(&app.base, move |tx| -> Answer<Made> {
        let edited = editing.open(tx)?;
        let now = tx.now();
        refuse_without_owner(tx, &edited)?;
        if webhooks::lifecycle::enable(tx, id, now)? {
            end_canceling(tx, id)?;
            destinations::bump_subscriptions(tx, edited.who.workspace_id)?;
            tx.on_commit(Hint::Breaker { webhook: id, open: false });
            let before = &edited.before;
            let details =
                json!({ "disabled_reason": before.disabled_reason, "disabled_at": before.disabled_at });
            edited.audit(tx, AuditAction::WebhookEnabled, details)?;
        }
        Made::shown(&edited.shown(tx)?)
    });
    enabled.await
}

/// Refuses to enable a webhook whose owner has ended: it would be disabled at once.
fn refuse_without_owner(tx: &mut Tx<'_>, edited: &EditedWebhook) -> Answer<()> {
    let Some(owner) = &edited.before.owner.owner_id else { return Ok(()) };
    owners::lock(tx, owner)?;
    let now = tx.now();
    if owners::is_over(tx, edited.before.id, now)? {
        let detail = "The webhook's owner has ended. An admin must adopt the webhook first, then enable it.";
        return Err(Failure::conflict(detail));
    }
    Ok(())
}

/// Cancels the last deliveries that waited when a webhook was disabled. Refuses where they are still too many: once the
/// webhook is enabled, they could not be told from new ones.
fn end_canceling(tx: &mut Tx<'_>, id: WebhookId) -> Answer<()> {
    let now = tx.now();
    if !cancel::is_marked(tx, id)? {
        return Ok(());
    }
    let Canceled { more, .. } = cancel::waiting(tx, id, CancelReason::WebhookDisabled, now, cancel::AT_ONCE)?;
    if more {
        let detail =
            "What waited when this webhook was disabled is still being canceled. Try again in a moment.";
        return Err(Failure::conflict(detail).retry_after(5));
    }
    Ok(())
}

/// Disable a webhook
///
/// It stops sending, and what waits is canceled: once this is answered, no request to it begins. Disabling a disabled
/// webhook changes nothing.
#[utoipa::path(operation_id = "disableWebhook", tag = "Webhooks",
    security(("session" = ["admin"]), ("bearer" = ["webhooks:write"])),
    extensions(("x-problems" = json!(["session-required"]))),
    params(("id" = WebhookId, Path, description = "The webhook's id"), IfMatch, IdempotencyKey),
    responses((status = 200, description = "The webhook", body = Webhook)))]
#[post("/webhooks/{id}/disable")]
pub async fn disable(
    app: Data<App>,
    caller: Caller<WebhooksWrite>,
    target: Target<WebhookId>,
    key: IdempotencyKey,
) -> Answer {
    let id = target.id;
    let publisher = app.delivery.publisher.clone();
    let request = key.of(&caller, String::new());
    let editing = Editing::of(caller, target);
    let disabled = request.answer(&app.base, move |tx| -> Answer<Made> {
        let edited = editing.open(tx)?;
        delivery::disable(tx, &publisher, &edited.who, id, DisabledReason::Manual)?;
        Made::shown(&edited.shown(tx)?)
    });
    let disabled = disabled.await?;
    app.delivery.views.settled().await;
    Ok(disabled)
}

/// Delete a webhook
///
/// It stops sending, and what waits is canceled. Its deliveries stay readable.
#[utoipa::path(operation_id = "deleteWebhook", tag = "Webhooks",
    security(("session" = ["admin"]), ("bearer" = ["webhooks:write"])),
    extensions(("x-problems" = json!(["session-required"]))),
    params(("id" = WebhookId, Path, description = "The webhook's id"), IfMatch),
    responses((status = 204, description = "Deleted")))]
#[delete("/webhooks/{id}")]
pub async fn remove(app: Data<App>, caller: Caller<WebhooksWrite>, target: Target<WebhookId>) -> Answer {
    let id = target.id;
    let editing = Editing::of(caller, target);
    let removed = app.base.db.write(move |tx| -> Answer<()> {
        let edited = editing.open(tx)?;
        let now = tx.now();
        webhooks::lifecycle::delete(tx, id, now)?;
        signing_secrets::end_all(tx, id, now)?;
        let canceled = cancel::waiting(tx, id, CancelReason::WebhookDeleted, now, cancel::AT_ONCE)?;
        destinations::bump_subscriptions(tx, edited.who.workspace_id)?;
        let details = json!({ "canceled_deliveries": canceled.count, "more_to_cancel": canceled.more });
        edited.audit(tx, AuditAction::WebhookDeleted, details)
    });
    removed.await?;
    app.delivery.views.settled().await;
    Ok(HttpResponse::NoContent().finish())
}
