//! A webhook's life: enabled, disabled, tested, deleted.

use actix_web::{HttpResponse, delete, post, web::Data};
use api_types::{
    audit::AuditAction,
    deliveries::CancelReason,
    ids::WebhookId,
    webhooks::{DisabledReason, TestResult, Webhook},
};
use serde_json::json;

use super::editing::Editing;
use crate::{
    app::App,
    auth::{Caller, permission::WebhooksWrite},
    db::{
        Hint,
        deliveries::{self, CancelScope, destinations},
        signing_secrets, webhooks,
    },
    delivery::{self, TestError},
    http::{
        etag::{IfMatch, Target},
        made::Made,
        path_id::Noun,
        problem::{Answer, Failure},
    },
    routes::idempotent::{Claim, IdempotencyKey},
};

/// Enable a webhook
///
/// It sends again, with a clean slate. Enabling an enabled webhook changes nothing.
#[utoipa::path(operation_id = "enableWebhook", tag = "Webhooks",
    security(("session" = ["admin"]), ("bearer" = ["webhooks:write"])),
    extensions(("x-problems" = json!(["session-required"]))),
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
    let enabled = request.answer(&app.base, move |tx| -> Answer<Made> {
        let edited = editing.open(tx)?;
        let now = tx.now();
        if webhooks::enable(tx, id, now)? {
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

/// Disable a webhook
///
/// It stops sending, and what waits is canceled. Disabling a disabled webhook changes nothing.
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
    disabled.await
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
        webhooks::delete(tx, id, now)?;
        signing_secrets::end_all(tx, id, now)?;
        let whose = CancelScope::Webhook(id);
        let canceled = deliveries::cancel_waiting(tx, whose, CancelReason::WebhookDeleted, now)?;
        destinations::bump_subscriptions(tx, edited.who.workspace_id)?;
        edited.audit(tx, AuditAction::WebhookDeleted, json!({ "canceled_deliveries": canceled }))
    });
    removed.await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Send a test
///
/// Sends `webhook.test` at once to this webhook alone, and answers with the whole attempt. It enters no failure list.
#[utoipa::path(operation_id = "testWebhook", tag = "Webhooks",
    security(("session" = ["admin"]), ("bearer" = ["webhooks:write"])),
    extensions(("x-problems" = json!(["session-required"]))),
    params(("id" = WebhookId, Path, description = "The webhook's id"), IfMatch, IdempotencyKey),
    responses((status = 200, description = "What the receiver answered, or what went wrong", body = TestResult)))]
#[post("/webhooks/{id}/test")]
pub async fn test(
    app: Data<App>,
    caller: Caller<WebhooksWrite>,
    target: Target<WebhookId>,
    key: IdempotencyKey,
) -> Answer {
    let id = target.id;
    let request = key.of(&caller, String::new());
    let editing = Editing::of(caller, target);
    // The exchange with the receiver spans no transaction.
    let claimed = match request.claim(&app.base).await? {
        Claim::Answered(response) => return Ok(response),
        Claim::Work(claimed) => claimed,
    };
    let noted = app.base.db.write(move |tx| -> Answer<()> {
        let edited = editing.open(tx)?;
        edited.audit(tx, AuditAction::WebhookTested, json!({}))
    });
    let tested = match noted.await {
        Ok(()) => delivery::send_test(&app.delivery, id)
            .await
            .map_err(untested)
            .and_then(|result| Made::json(200, &result)),
        Err(failure) => Err(failure),
    };
    claimed.finish(&app.base, tested).await
}

/// The failure that the caller is told where no test could be sent.
fn untested(error: TestError) -> Failure {
    match error {
        TestError::NotFound => WebhookId::missing(),
        TestError::NoSecret => Failure::internal(&"a webhook's signing secret cannot be used"),
        TestError::Database(error) => error.into(),
    }
}
