//! A webhook's life: enabled, disabled, its secret rotated, tested, deleted.

use actix_web::{HttpResponse, delete, post, web::Data, web::Json, web::Path};
use api_types::{
    Timestamp,
    audit::AuditAction,
    deliveries::CancelReason,
    ids::{WebhookId, WorkspaceId},
    oauth_apps::RotateSecret,
    webhooks::{CreatedWebhook, DisabledReason, TestResult, Webhook},
};
use serde_json::{Value, json};

use super::{change, describe, found, input, new_secret, parse_id};
use crate::{
    app::App,
    auth::{Caller, permission::WebhooksWrite},
    body::Body,
    db::{
        Tx,
        audit::{self, Who},
        deliveries::{self, Whose, destinations},
        webhooks::{self, Shown, WebhookRow},
    },
    delivery,
    idempotent::NoIdempotencyKey,
    problem::{Answer, Failure},
    wake::Hint,
};

/// A webhook that the caller may change, in the transaction that changes it.
struct Change {
    app: App,
    who: Who,
    id: WebhookId,
    workspace: WorkspaceId,
    now: Timestamp,
    /// The webhook as it is before.
    before: WebhookRow,
}

impl Change {
    /// The webhook as it is now.
    fn shown(&self, tx: &mut Tx<'_>) -> Result<Shown, Failure> {
        found(webhooks::find(tx, self.workspace, self.id, self.now)?)
    }

    fn audit(&self, tx: &mut Tx<'_>, action: AuditAction, details: Value) -> Result<(), Failure> {
        Ok(audit::append(tx, &self.app, &self.who, change(action, &self.id, &self.before.url, details))?)
    }
}

/// Runs `work` in one transaction on a webhook of the caller's workspace, all of whose events the caller may read.
async fn changing<T: Send + 'static>(
    app: &App,
    caller: Caller<WebhooksWrite>,
    path: &str,
    work: impl FnOnce(&mut Tx<'_>, &Change) -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let id = parse_id(path)?;
    let (app, who, workspace, now) = (app.clone(), caller.who(), caller.workspace_id(), app.clock.now());
    let identity = caller.principal.identity;
    let db = app.db.clone();
    db.write(move |tx| {
        let before = found(webhooks::find(tx, workspace, id, now)?)?.row;
        input::check_readable(&identity, &before.event_types.0)?;
        work(tx, &Change { app, who, id, workspace, now, before })
    })
    .await
}

/// Enable a webhook
///
/// It sends again, with a clean slate. Enabling an enabled webhook changes nothing.
#[utoipa::path(tag = "Webhooks", security(("session" = ["admin"]), ("bearer" = ["webhooks:write"])),
    extensions(("x-problems" = json!(["session-required"]))),
    params(("id" = WebhookId, Path, description = "The webhook's id")),
    responses((status = 200, description = "The webhook", body = Webhook)))]
#[post("/webhooks/{id}/enable")]
pub async fn enable(
    app: Data<App>,
    caller: Caller<WebhooksWrite>,
    path: Path<String>,
) -> Answer<Json<Webhook>> {
    let shown = changing(&app, caller, &path, |tx, webhook| {
        if webhooks::enable(tx, webhook.id, webhook.now)? {
            destinations::bump_subscriptions(tx, webhook.workspace)?;
            tx.on_commit(Hint::Breaker { webhook: webhook.id, open: false });
            let before = &webhook.before;
            let details =
                json!({ "disabled_reason": before.disabled_reason, "disabled_at": before.disabled_at });
            webhook.audit(tx, AuditAction::WebhookEnabled, details)?;
        }
        webhook.shown(tx)
    })
    .await?;
    Ok(Json(describe::webhook(shown)))
}

/// Disable a webhook
///
/// It stops sending, and what waits is canceled. Disabling a disabled webhook changes nothing.
#[utoipa::path(tag = "Webhooks", security(("session" = ["admin"]), ("bearer" = ["webhooks:write"])),
    extensions(("x-problems" = json!(["session-required"]))),
    params(("id" = WebhookId, Path, description = "The webhook's id")),
    responses((status = 200, description = "The webhook", body = Webhook)))]
#[post("/webhooks/{id}/disable")]
pub async fn disable(
    app: Data<App>,
    caller: Caller<WebhooksWrite>,
    path: Path<String>,
) -> Answer<Json<Webhook>> {
    let shown = changing(&app, caller, &path, |tx, webhook| {
        delivery::disable(tx, &webhook.app, &webhook.who, webhook.id, DisabledReason::Manual)?;
        webhook.shown(tx)
    })
    .await?;
    Ok(Json(describe::webhook(shown)))
}

/// Delete a webhook
///
/// It stops sending, and what waits is canceled. Its deliveries stay readable.
#[utoipa::path(tag = "Webhooks", security(("session" = ["admin"]), ("bearer" = ["webhooks:write"])),
    extensions(("x-problems" = json!(["session-required"]))),
    params(("id" = WebhookId, Path, description = "The webhook's id")),
    responses((status = 204, description = "Deleted")))]
#[delete("/webhooks/{id}")]
pub async fn remove(app: Data<App>, caller: Caller<WebhooksWrite>, path: Path<String>) -> Answer {
    changing(&app, caller, &path, |tx, webhook| {
        webhooks::delete(tx, webhook.id, webhook.now)?;
        webhooks::end_secrets(tx, webhook.id, webhook.now)?;
        let whose = Whose::Webhook(webhook.id);
        let canceled = deliveries::cancel_waiting(tx, whose, CancelReason::WebhookDeleted, webhook.now)?;
        destinations::bump_subscriptions(tx, webhook.workspace)?;
        webhook.audit(tx, AuditAction::WebhookDeleted, json!({ "canceled_deliveries": canceled }))
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Rotate a webhook's signing secret
///
/// The answer holds the new secret, this once. During the overlap every message carries a signature of each.
#[utoipa::path(tag = "Webhooks", security(("session" = ["admin"]), ("bearer" = ["webhooks:write"])),
    extensions(("x-problems" = json!(["session-required"]))),
    params(("id" = WebhookId, Path, description = "The webhook's id")), request_body = RotateSecret,
    responses((status = 201, description = "The webhook with its new signing secret", body = CreatedWebhook)))]
#[post("/webhooks/{id}/secret/rotate")]
pub async fn rotate(
    app: Data<App>,
    caller: Caller<WebhooksWrite>,
    path: Path<String>,
    _: NoIdempotencyKey,
    body: Body<RotateSecret>,
) -> Answer {
    let overlap = crate::fields::overlap(&body.value)?;
    let (signing_secret, shown) = changing(&app, caller, &path, move |tx, webhook| {
        let (secret, row) =
            new_secret(&webhook.app, webhook.workspace, webhook.id, webhook.before.signature)?;
        webhooks::end_secrets(tx, webhook.id, webhook.now + overlap.as_millis())?;
        webhooks::insert_secret(tx, &row)?;
        destinations::bump_subscriptions(tx, webhook.workspace)?;
        webhook.audit(tx, AuditAction::WebhookSecretRotated, json!({ "overlap": overlap }))?;
        Ok((secret, webhook.shown(tx)?))
    })
    .await?;
    let webhook = describe::webhook(shown);
    Ok(HttpResponse::Created().json(CreatedWebhook { webhook, signing_secret }))
}

/// Send a test
///
/// Sends `webhook.test` at once to this webhook alone, and answers with the whole attempt. It enters no failure list.
#[utoipa::path(tag = "Webhooks", security(("session" = ["admin"]), ("bearer" = ["webhooks:write"])),
    extensions(("x-problems" = json!(["session-required"]))),
    params(("id" = WebhookId, Path, description = "The webhook's id")),
    responses((status = 200, description = "What the receiver answered, or what went wrong", body = TestResult)))]
#[post("/webhooks/{id}/test")]
pub async fn test(
    app: Data<App>,
    caller: Caller<WebhooksWrite>,
    path: Path<String>,
) -> Answer<Json<TestResult>> {
    let id = changing(&app, caller, &path, |tx, webhook| {
        webhook.audit(tx, AuditAction::WebhookTested, json!({}))?;
        Ok(webhook.id)
    })
    .await?;
    Ok(Json(delivery::send_test(&app, id).await?))
}
