//! Signing secrets: listed, rotated with an overlap, and dropped before it is over.

use actix_web::{HttpResponse, delete, get, post, web::Data, web::Json};
use api_types::{
    Page,
    audit::AuditAction,
    ids::{SecretId, WebhookId},
    oauth_apps::{Overlap, RotateSecret},
    webhooks::{CreatedSigningSecret, CreatedWebhook, SigningSecret},
};
use serde_json::json;

use super::{
    editing::{EditedWebhook, Editing},
    new_secret::{NewSigningSecret, SecretOf},
};
use crate::{
    app::App,
    auth::{
        Caller,
        permission::{WebhooksRead, WebhooksWrite},
    },
    crypto::keys::ServerKeys,
    db::{Tx, deliveries::destinations, signing_secrets, webhooks},
    http::{
        body::Body,
        etag::{IfMatch, Target},
        made::Made,
        paging::{self, ListQuery, PageParams},
        path_id::{Noun, PathId, PathIds},
        problem::Answer,
        query::Query,
    },
    routes::{idempotent::IdempotencyKey, overlap},
};

/// List a webhook's signing secrets
///
/// Those that still sign, newest first; never the secrets themselves.
#[utoipa::path(operation_id = "listWebhookSecrets", tag = "Webhooks",
    security(("session" = ["admin"]), ("bearer" = ["webhooks:read"])),
    params(("id" = WebhookId, Path, description = "The webhook's id"), PageParams),
    responses((status = 200, description = "A page of secrets", body = Page<SigningSecret>)))]
#[get("/webhooks/{id}/secrets")]
pub async fn list(
    app: Data<App>,
    caller: Caller<WebhooksRead>,
    PathId(id): PathId<WebhookId>,
    Query(listed): ListQuery,
) -> Answer<Json<Page<SigningSecret>>> {
    let slice = listed.page.slice(&app.base.keys)?;
    let viewer = caller.viewer();
    let now = app.base.now();
    let rows = app.base.db.read(move |conn| -> Answer<Vec<SigningSecret>> {
        webhooks::find(conn, &viewer, id, now)?.ok_or_else(WebhookId::missing)?;
        Ok(signing_secrets::list(conn, id, slice, now)?)
    });
    Ok(Json(paging::page(slice, rows.await?, |secret| secret.id, &app.base.keys)))
}

/// Rotate a webhook's signing secret
///
/// The answer holds the new secret, this once. During the overlap every message carries a signature of each. At most three
/// sign at once: where three do, rotating is refused until one ends or is dropped, unless the overlap is `none`.
#[utoipa::path(operation_id = "rotateWebhookSecret", tag = "Webhooks",
    security(("session" = ["admin"]), ("bearer" = ["webhooks:write"])),
    extensions(("x-problems" = json!(["conflict", "session-required"]))),
    params(("id" = WebhookId, Path, description = "The webhook's id"), IfMatch, IdempotencyKey),
    request_body = RotateSecret, responses((status = 201, description = "The new secret", body = CreatedSigningSecret)))]
#[post("/webhooks/{id}/secrets")]
pub async fn rotate(
    app: Data<App>,
    caller: Caller<WebhooksWrite>,
    target: Target<WebhookId>,
    key: IdempotencyKey,
    body: Body<RotateSecret>,
) -> Answer {
    let overlap = overlap::read(&body.value)?;
    let keys = app.base.keys.clone();
    let request = key.of(&caller, body.digest);
    let editing = Editing::of(caller, target);
    let rotated = request.answer(&app.base, move |tx| -> Answer<Made> {
        let edited = editing.open(tx)?;
        let new = replace(tx, &keys, &edited, overlap)?;
        let made = working(tx, edited.before.id)?.into_iter().find(|secret| secret.id == new.row.id);
        new.answer(edited.before.id, made.ok_or_else(SecretId::missing)?)
    });
    let rotated = rotated.await?;
    app.delivery.views.settled().await;
    Ok(rotated)
}

/// Rotate a webhook's signing secret, at its old path
///
/// It does the same, and answers with the whole webhook.
#[utoipa::path(operation_id = "rotateWebhookSecretAtOldPath", tag = "Webhooks",
    security(("session" = ["admin"]), ("bearer" = ["webhooks:write"])),
    extensions(("x-problems" = json!(["conflict", "session-required"])),
        ("x-deprecated" = json!({ "since": "2026-11-27", "sunset": "2027-11-27",
            "successor": "POST /v1/webhooks/{id}/secrets" }))),
    params(("id" = WebhookId, Path, description = "The webhook's id"), IfMatch, IdempotencyKey), request_body = RotateSecret,
    responses((status = 201, description = "The webhook with its new signing secret", body = CreatedWebhook)))]
#[post("/webhooks/{id}/secret/rotate")]
pub async fn rotate_at_old_path(
    app: Data<App>,
    caller: Caller<WebhooksWrite>,
    target: Target<WebhookId>,
    key: IdempotencyKey,
    body: Body<RotateSecret>,
) -> Answer {
    let overlap = overlap::read(&body.value)?;
    let keys = app.base.keys.clone();
    let request = key.of(&caller, body.digest);
    let editing = Editing::of(caller, target);
    let rotated = request.answer(&app.base, move |tx| -> Answer<Made> {
        let edited = editing.open(tx)?;
        let new = replace(tx, &keys, &edited, overlap)?;
        new.answer_with_webhook(edited.shown(tx)?)
    });
    let rotated = rotated.await?;
    app.delivery.views.settled().await;
    Ok(rotated)
}

/// Gives a webhook a new secret, and the old ones an end.
fn replace(
    tx: &mut Tx<'_>,
    keys: &ServerKeys,
    edited: &EditedWebhook,
    overlap: Overlap,
) -> Answer<NewSigningSecret> {
    let webhook_id = edited.before.id;
    let workspace_id = edited.who.workspace_id;
    overlap::check_room(overlap, working(tx, webhook_id)?.iter().map(|secret| secret.expires_at))?;
    let of = SecretOf { workspace_id, webhook_id, scheme: edited.before.signature };
    let new = NewSigningSecret::make(tx, keys, of)?;
    let now = tx.now();
    signing_secrets::delete_stopped(tx, webhook_id, now)?;
    signing_secrets::end_all(tx, webhook_id, overlap::old_secrets_end(overlap, now))?;
    signing_secrets::insert(tx, &new.row)?;
    destinations::bump_subscriptions(tx, workspace_id)?;
    let details = json!({ "overlap": overlap, "hint": new.row.hint });
    edited.audit(tx, AuditAction::WebhookSecretRotated, details)?;
    Ok(new)
}

/// A webhook's secrets that sign now, the current one first.
fn working(tx: &mut Tx<'_>, webhook: WebhookId) -> Answer<Vec<SigningSecret>> {
    let now = tx.now();
    Ok(signing_secrets::of_webhooks(tx, &[webhook], now)?.remove(&webhook).unwrap_or_default())
}

/// Drop an old signing secret
///
/// One that was rotated out signs no more, at once instead of from the end of its overlap. The current one can only be
/// rotated.
#[utoipa::path(operation_id = "deleteWebhookSecret", tag = "Webhooks",
    security(("session" = ["admin"]), ("bearer" = ["webhooks:write"])),
    extensions(("x-problems" = json!(["conflict", "session-required"]))),
    params(("id" = WebhookId, Path, description = "The webhook's id"),
        ("secret_id" = SecretId, Path, description = "The secret's id"), IfMatch),
    responses((status = 204, description = "Dropped")))]
#[delete("/webhooks/{id}/secrets/{secret_id}")]
pub async fn drop_secret(
    app: Data<App>,
    caller: Caller<WebhooksWrite>,
    if_match: IfMatch,
    PathIds(id, secret): PathIds<WebhookId, SecretId>,
) -> Answer {
    let editing = Editing::of(caller, Target { id, if_match });
    let dropped = app.base.db.write(move |tx| -> Answer<()> {
        let edited = editing.open(tx)?;
        let secrets = working(tx, id)?;
        let place = secrets.iter().position(|known| known.id == secret);
        let place = place.ok_or_else(SecretId::missing)?;
        overlap::check_not_current(place)?;
        let known = &secrets[place];
        let now = tx.now();
        signing_secrets::end(tx, id, secret, now)?;
        destinations::bump_subscriptions(tx, edited.who.workspace_id)?;
        let details = json!({ "hint": known.hint, "expires_at": known.expires_at });
        edited.audit(tx, AuditAction::WebhookSecretDropped, details)
    });
    dropped.await?;
    app.delivery.views.settled().await;
    Ok(HttpResponse::NoContent().finish())
}
