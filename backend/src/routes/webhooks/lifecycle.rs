//! A webhook's life: enabled, disabled, its secret rotated, tested, deleted.

use actix_web::{HttpResponse, delete, post, web::Data, web::Json, web::Path};
use api_types::{
    audit::AuditAction,
    deliveries::CancelReason,
    ids::WebhookId,
    oauth_apps::RotateSecret,
    webhooks::{CreatedWebhook, DisabledReason, TestResult, Webhook},
};
use serde_json::json;

use super::{change, describe, found, input, new_secret, parse_id, until};
use crate::{
    app::App,
    auth::{Caller, permission::WebhooksWrite},
    body::Body,
    db::{
        audit,
        deliveries::{self, Whose, destinations},
        webhooks,
    },
    delivery,
    idempotent::NoIdempotencyKey,
    problem::{Answer, Failure},
};

/// Enable a webhook
///
/// It sends again, with a clean slate. Enabling an enabled webhook changes nothing.
#[utoipa::path(tag = "Webhooks", security(("session" = ["admin"]), ("bearer" = ["webhooks:write"])),
    params(("id" = WebhookId, Path, description = "The webhook's id")),
    responses((status = 200, description = "The webhook", body = Webhook)))]
#[post("/webhooks/{id}/enable")]
pub async fn enable(
    app: Data<App>,
    caller: Caller<WebhooksWrite>,
    path: Path<String>,
) -> Answer<Json<Webhook>> {
    let id = parse_id(&path)?;
    let (inner, who, workspace, now) = (app.clone(), caller.who(), caller.workspace_id(), app.clock.now());
    let identity = caller.principal.identity;
    let shown = app
        .db
        .write(move |tx| {
            let before = found(webhooks::find(tx, workspace, id, now)?)?.row;
            input::check_readable(&identity, &before.event_types.0)?;
            if webhooks::enable(tx, id, now)? {
                destinations::bump_subscriptions(tx, workspace)?;
                let details =
                    json!({ "disabled_reason": before.disabled_reason, "disabled_at": before.disabled_at });
                audit::append(
                    tx,
                    &inner,
                    &who,
                    change(AuditAction::WebhookEnabled, &id, &before.url, details),
                )?;
            }
            found(webhooks::find(tx, workspace, id, now)?)
        })
        .await?;
    Ok(Json(describe::webhook(shown)))
}

/// Disable a webhook
///
/// It stops sending, and what waits is canceled. Disabling a disabled webhook changes nothing.
#[utoipa::path(tag = "Webhooks", security(("session" = ["admin"]), ("bearer" = ["webhooks:write"])),
    params(("id" = WebhookId, Path, description = "The webhook's id")),
    responses((status = 200, description = "The webhook", body = Webhook)))]
#[post("/webhooks/{id}/disable")]
pub async fn disable(
    app: Data<App>,
    caller: Caller<WebhooksWrite>,
    path: Path<String>,
) -> Answer<Json<Webhook>> {
    let id = parse_id(&path)?;
    let (inner, who, workspace, now) = (app.clone(), caller.who(), caller.workspace_id(), app.clock.now());
    let identity = caller.principal.identity;
    let shown = app
        .db
        .write(move |tx| {
            let before = found(webhooks::find(tx, workspace, id, now)?)?.row;
            input::check_readable(&identity, &before.event_types.0)?;
            delivery::disable(tx, &inner, &who, id, DisabledReason::Manual)?;
            found(webhooks::find(tx, workspace, id, now)?)
        })
        .await?;
    Ok(Json(describe::webhook(shown)))
}

/// Delete a webhook
///
/// It stops sending, and what waits is canceled. Its deliveries stay readable.
#[utoipa::path(tag = "Webhooks", security(("session" = ["admin"]), ("bearer" = ["webhooks:write"])),
    params(("id" = WebhookId, Path, description = "The webhook's id")),
    responses((status = 204, description = "Deleted")))]
#[delete("/webhooks/{id}")]
pub async fn remove(app: Data<App>, caller: Caller<WebhooksWrite>, path: Path<String>) -> Answer {
    let id = parse_id(&path)?;
    let (inner, who, workspace, now) = (app.clone(), caller.who(), caller.workspace_id(), app.clock.now());
    let identity = caller.principal.identity;
    app.db
        .write(move |tx| {
            let before = found(webhooks::find(tx, workspace, id, now)?)?.row;
            input::check_readable(&identity, &before.event_types.0)?;
            webhooks::delete(tx, id, now)?;
            webhooks::end_secrets(tx, id, now)?;
            let canceled =
                deliveries::cancel_waiting(tx, Whose::Webhook(id), CancelReason::WebhookDeleted, now)?;
            destinations::bump_subscriptions(tx, workspace)?;
            let details = json!({ "canceled_deliveries": canceled });
            audit::append(tx, &inner, &who, change(AuditAction::WebhookDeleted, &id, &before.url, details))?;
            Ok::<_, Failure>(())
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Rotate a webhook's signing secret
///
/// The answer holds the new secret, this once. During the overlap every message carries a signature of each.
#[utoipa::path(tag = "Webhooks", security(("session" = ["admin"]), ("bearer" = ["webhooks:write"])),
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
    let id = parse_id(&path)?;
    let overlap = crate::fields::overlap(&body.value)?;
    let (inner, who, workspace, now) = (app.clone(), caller.who(), caller.workspace_id(), app.clock.now());
    let identity = caller.principal.identity;
    let (signing_secret, shown) = app
        .db
        .write(move |tx| {
            let before = found(webhooks::find(tx, workspace, id, now)?)?.row;
            input::check_readable(&identity, &before.event_types.0)?;
            let (secret, row) = new_secret(&inner, workspace, id, before.signature)?;
            webhooks::end_secrets(tx, id, until(now, overlap))?;
            webhooks::insert_secret(tx, &row)?;
            let details = json!({ "overlap": overlap });
            audit::append(
                tx,
                &inner,
                &who,
                change(AuditAction::WebhookSecretRotated, &id, &before.url, details),
            )?;
            let shown = found(webhooks::find(tx, workspace, id, now)?)?;
            Ok::<_, Failure>((secret, shown))
        })
        .await?;
    let webhook = describe::webhook(shown);
    Ok(HttpResponse::Created().json(CreatedWebhook { webhook, signing_secret }))
}

/// Send a test
///
/// Sends `webhook.test` at once to this webhook alone, and answers with the whole attempt. It enters no failure list.
#[utoipa::path(tag = "Webhooks", security(("session" = ["admin"]), ("bearer" = ["webhooks:write"])),
    params(("id" = WebhookId, Path, description = "The webhook's id")),
    responses((status = 200, description = "What the receiver answered, or what went wrong", body = TestResult)))]
#[post("/webhooks/{id}/test")]
pub async fn test(
    app: Data<App>,
    caller: Caller<WebhooksWrite>,
    path: Path<String>,
) -> Answer<Json<TestResult>> {
    let id = parse_id(&path)?;
    let (inner, who, workspace, now) = (app.clone(), caller.who(), caller.workspace_id(), app.clock.now());
    let identity = caller.principal.identity;
    app.db
        .write(move |tx| {
            let before = found(webhooks::find(tx, workspace, id, now)?)?.row;
            input::check_readable(&identity, &before.event_types.0)?;
            audit::append(tx, &inner, &who, change(AuditAction::WebhookTested, &id, &before.url, json!({})))?;
            Ok::<_, Failure>(())
        })
        .await?;
    Ok(Json(delivery::send_test(&app, id).await?))
}
