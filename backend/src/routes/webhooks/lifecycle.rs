//! A webhook's life: enabled, disabled, its secret rotated, tested, deleted.

use actix_web::{HttpResponse, delete, post, web::Data, web::Json};
use api_types::{
    audit::AuditAction,
    deliveries::CancelReason,
    ids::WebhookId,
    oauth_apps::RotateSecret,
    webhooks::{CreatedWebhook, DisabledReason, TestResult, Webhook},
};
use serde_json::json;

use super::{
    describe,
    editing::edit,
    new_secret::{NewSigningSecret, SecretOf},
};
use crate::{
    app::App,
    auth::{Caller, permission::WebhooksWrite},
    db::{
        Hint,
        deliveries::{self, CancelScope, destinations},
        webhooks::{self, WebhookWithCounts},
    },
    delivery::{self, TestError},
    http::{
        body::Body,
        path_id::{Noun, PathId},
        problem::{Answer, Failure},
    },
    routes::{idempotent::NoIdempotencyKey, overlap},
};

/// Enable a webhook
///
/// It sends again, with a clean slate. Enabling an enabled webhook changes nothing.
#[utoipa::path(operation_id = "enableWebhook", tag = "Webhooks",
    security(("session" = ["admin"]), ("bearer" = ["webhooks:write"])),
    extensions(("x-problems" = json!(["session-required"]))),
    params(("id" = WebhookId, Path, description = "The webhook's id")),
    responses((status = 200, description = "The webhook", body = Webhook)))]
#[post("/webhooks/{id}/enable")]
pub async fn enable(
    app: Data<App>,
    caller: Caller<WebhooksWrite>,
    PathId(id): PathId<WebhookId>,
) -> Answer<Json<Webhook>> {
    let enabled = edit(&app.base.db, caller, id, move |tx, edited| -> Answer<WebhookWithCounts> {
        let now = tx.now();
        if webhooks::enable(tx, id, now)? {
            destinations::bump_subscriptions(tx, edited.who.workspace_id)?;
            tx.on_commit(Hint::Breaker { webhook: id, open: false });
            let before = &edited.before;
            let details =
                json!({ "disabled_reason": before.disabled_reason, "disabled_at": before.disabled_at });
            edited.audit(tx, AuditAction::WebhookEnabled, details)?;
        }
        edited.shown(tx)
    });
    Ok(Json(describe::webhook(enabled.await?)))
}

/// Disable a webhook
///
/// It stops sending, and what waits is canceled. Disabling a disabled webhook changes nothing.
#[utoipa::path(operation_id = "disableWebhook", tag = "Webhooks",
    security(("session" = ["admin"]), ("bearer" = ["webhooks:write"])),
    extensions(("x-problems" = json!(["session-required"]))),
    params(("id" = WebhookId, Path, description = "The webhook's id")),
    responses((status = 200, description = "The webhook", body = Webhook)))]
#[post("/webhooks/{id}/disable")]
pub async fn disable(
    app: Data<App>,
    caller: Caller<WebhooksWrite>,
    PathId(id): PathId<WebhookId>,
) -> Answer<Json<Webhook>> {
    let publisher = app.delivery.publisher.clone();
    let disabled = edit(&app.base.db, caller, id, move |tx, edited| -> Answer<WebhookWithCounts> {
        delivery::disable(tx, &publisher, &edited.who, id, DisabledReason::Manual)?;
        edited.shown(tx)
    });
    Ok(Json(describe::webhook(disabled.await?)))
}

/// Delete a webhook
///
/// It stops sending, and what waits is canceled. Its deliveries stay readable.
#[utoipa::path(operation_id = "deleteWebhook", tag = "Webhooks",
    security(("session" = ["admin"]), ("bearer" = ["webhooks:write"])),
    extensions(("x-problems" = json!(["session-required"]))),
    params(("id" = WebhookId, Path, description = "The webhook's id")),
    responses((status = 204, description = "Deleted")))]
#[delete("/webhooks/{id}")]
pub async fn remove(app: Data<App>, caller: Caller<WebhooksWrite>, PathId(id): PathId<WebhookId>) -> Answer {
    let removed = edit(&app.base.db, caller, id, move |tx, edited| -> Answer<()> {
        let now = tx.now();
        webhooks::delete(tx, id, now)?;
        webhooks::end_secrets(tx, id, now)?;
        let whose = CancelScope::Webhook(id);
        let canceled = deliveries::cancel_waiting(tx, whose, CancelReason::WebhookDeleted, now)?;
        destinations::bump_subscriptions(tx, edited.who.workspace_id)?;
        edited.audit(tx, AuditAction::WebhookDeleted, json!({ "canceled_deliveries": canceled }))
    });
    removed.await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Rotate a webhook's signing secret
///
/// The answer holds the new secret, this once. During the overlap every message carries a signature of each.
#[utoipa::path(operation_id = "rotateWebhookSecret", tag = "Webhooks",
    security(("session" = ["admin"]), ("bearer" = ["webhooks:write"])),
    extensions(("x-problems" = json!(["session-required"]))),
    params(("id" = WebhookId, Path, description = "The webhook's id")), request_body = RotateSecret,
    responses((status = 201, description = "The webhook with its new signing secret", body = CreatedWebhook)))]
#[post("/webhooks/{id}/secret/rotate")]
pub async fn rotate(
    app: Data<App>,
    caller: Caller<WebhooksWrite>,
    PathId(id): PathId<WebhookId>,
    _: NoIdempotencyKey,
    body: Body<RotateSecret>,
) -> Answer {
    let overlap = overlap::read(&body.value)?;
    let keys = app.base.keys.clone();
    let rotated =
        edit(&app.base.db, caller, id, move |tx, edited| -> Answer<(Option<String>, WebhookWithCounts)> {
            let workspace_id = edited.who.workspace_id;
            let of = SecretOf { workspace_id, webhook_id: id, scheme: edited.before.signature };
            let new = NewSigningSecret::make(tx, &keys, of)?;
            let now = tx.now();
            webhooks::end_secrets(tx, id, overlap::old_secrets_end(overlap, now))?;
            webhooks::insert_secret(tx, &new.row)?;
            destinations::bump_subscriptions(tx, workspace_id)?;
            edited.audit(tx, AuditAction::WebhookSecretRotated, json!({ "overlap": overlap }))?;
            Ok((new.shown_once, edited.shown(tx)?))
        });
    let (signing_secret, shown) = rotated.await?;
    let webhook = describe::webhook(shown);
    Ok(HttpResponse::Created().json(CreatedWebhook { webhook, signing_secret }))
}

/// Send a test
///
/// Sends `webhook.test` at once to this webhook alone, and answers with the whole attempt. It enters no failure list.
#[utoipa::path(operation_id = "testWebhook", tag = "Webhooks",
    security(("session" = ["admin"]), ("bearer" = ["webhooks:write"])),
    extensions(("x-problems" = json!(["session-required"]))),
    params(("id" = WebhookId, Path, description = "The webhook's id")),
    responses((status = 200, description = "What the receiver answered, or what went wrong", body = TestResult)))]
#[post("/webhooks/{id}/test")]
pub async fn test(
    app: Data<App>,
    caller: Caller<WebhooksWrite>,
    PathId(id): PathId<WebhookId>,
) -> Answer<Json<TestResult>> {
    let noted = edit(&app.base.db, caller, id, |tx, edited| -> Answer<()> {
        edited.audit(tx, AuditAction::WebhookTested, json!({}))
    });
    noted.await?;
    delivery::send_test(&app.delivery, id).await.map(Json).map_err(untested)
}

/// The failure that the caller is told where no test could be sent.
fn untested(error: TestError) -> Failure {
    match error {
        TestError::NotFound => WebhookId::missing(),
        TestError::NoSecret => Failure::internal(&"a webhook's signing secret cannot be used"),
        TestError::Database(error) => error.into(),
    }
}
