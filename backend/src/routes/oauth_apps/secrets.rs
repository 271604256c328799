//! Client secrets: listed, rotated with an overlap, and dropped before it is over.

use actix_web::{HttpResponse, delete, get, post, web::Data, web::Json};
use api_types::{
    Page,
    audit::AuditAction,
    events::EventType,
    ids::{OAuthAppId, SecretId},
    oauth_apps::{ClientKind, ClientSecret, CreatedClientSecret, RotateSecret},
};
use serde_json::json;

use super::{editing::open, new_secret::NewClientSecret};
use crate::{
    app::App,
    auth::Admin,
    db::oauth_apps,
    http::{
        body::Body,
        etag::{IfMatch, Target},
        made::Made,
        paging::{self, ListQuery, PageParams},
        path_id::{Noun, PathId, PathIds},
        problem::{Answer, Failure},
        query::Query,
    },
    routes::{idempotent::IdempotencyKey, overlap},
};

/// List an OAuth app's client secrets
///
/// Those that still work, newest first; never the secrets themselves.
#[utoipa::path(operation_id = "listOAuthAppSecrets", tag = "OAuth apps",
    security(("session" = ["admin"])),
    params(("id" = OAuthAppId, Path, description = "The app's id"), PageParams),
    responses((status = 200, description = "A page of secrets", body = Page<ClientSecret>)))]
#[get("/oauth-apps/{id}/secrets")]
pub async fn list(
    app: Data<App>,
    caller: Admin,
    PathId(id): PathId<OAuthAppId>,
    Query(listed): ListQuery,
) -> Answer<Json<Page<ClientSecret>>> {
    let slice = listed.page.slice(&app.base.keys)?;
    let workspace = caller.workspace_id();
    let now = app.base.now();
    let rows = app.base.db.read(move |conn| -> Answer<Vec<ClientSecret>> {
        oauth_apps::find(conn, workspace, id, now)?.ok_or_else(OAuthAppId::missing)?;
        Ok(oauth_apps::list_secrets(conn, id, slice, now)?)
    });
    Ok(Json(paging::page(slice, rows.await?, |secret| secret.id, &app.base.keys)))
}

/// Rotate an OAuth app's client secret
///
/// The answer holds the new secret, this once. The old ones keep working for the overlap.
#[utoipa::path(operation_id = "rotateOAuthAppSecret", tag = "OAuth apps",
    security(("session" = ["admin"])),
    extensions(("x-problems" = json!(["conflict"]))), 
    params(("id" = OAuthAppId, Path, description = "The app's id"), IfMatch, IdempotencyKey),
    request_body = RotateSecret, responses((status = 201, description = "The new secret", body = CreatedClientSecret)))]
#[post("/oauth-apps/{id}/secrets")]
pub async fn rotate(
    app: Data<App>,
    caller: Admin,
    target: Target<OAuthAppId>,
    key: IdempotencyKey,
    body: Body<RotateSecret>,
) -> Answer {
    let overlap = overlap::read(&body.value)?;
    let new = NewClientSecret::generate(&app.base);
    let client_secret = new.text.clone();
    let publisher = app.delivery.publisher.clone();
    let who = caller.who();
    let request = key.of(&caller, body.digest);
    let rotated = request.answer(&app.base, move |tx| -> Answer<Made> {
        let edited = open(tx, who, &target)?;
        if edited.before.kind == ClientKind::Public {
            return Err(Failure::conflict("A public app has no client secret: it cannot keep one."));
        }
        let id = target.id;
        let now = tx.now();
        let workspace = edited.who.workspace_id;
        let row = new.into_row(tx, workspace, id);
        oauth_apps::end_secrets(tx, id, overlap::old_secrets_end(overlap, now))?;
        oauth_apps::insert_secret(tx, &row)?;
        let details = json!({ "overlap": overlap, "hint": row.hint });
        edited.audit(tx, AuditAction::OAuthAppSecretRotated, details)?;
        let data = json!({ "id": id, "name": edited.before.name, "overlap": overlap, "rotated_at": now });
        publisher.publish(tx, workspace, EventType::OAuthAppSecretRotated, &data)?;
        let secret = ClientSecret {
            id: row.id,
            hint: row.hint,
            created_at: now,
            expires_at: None,
            last_used_at: None,
            last_used_ip: None,
        };
        let created = CreatedClientSecret { secret, client_secret };
        let secrets = format!("oauth-apps/{id}/secrets");
        Ok(Made::created(&secrets, row.id.as_str(), &created)?.secret())
    });
    rotated.await
}

/// Drop an old client secret
///
/// One that was rotated out stops at once instead of at the end of its overlap. The current one can only be rotated.
#[utoipa::path(operation_id = "deleteOAuthAppSecret", tag = "OAuth apps",
    security(("session" = ["admin"])),
    extensions(("x-problems" = json!(["conflict"]))),
    params(("id" = OAuthAppId, Path, description = "The app's id"),
        ("secret_id" = SecretId, Path, description = "The secret's id"), IfMatch),
    responses((status = 204, description = "Dropped")))]
#[delete("/oauth-apps/{id}/secrets/{secret_id}")]
pub async fn drop_secret(
    app: Data<App>,
    caller: Admin,
    if_match: IfMatch,
    PathIds(id, secret): PathIds<OAuthAppId, SecretId>,
) -> Answer {
    let who = caller.who();
    let dropped = app.base.db.write(move |tx| -> Answer<()> {
        let edited = open(tx, who, &Target { id, if_match })?;
        let known = edited.before.secrets.iter().find(|known| known.id == secret);
        let known = known.ok_or_else(SecretId::missing)?;
        if known.expires_at.is_none() {
            return Err(Failure::conflict("This is the current secret: rotate it instead."));
        }
        let now = tx.now();
        oauth_apps::end_secret(tx, id, secret, now)?;
        let details = json!({ "hint": known.hint, "last_used_at": known.last_used_at });
        edited.audit(tx, AuditAction::OAuthAppSecretDropped, details)
    });
    dropped.await?;
    Ok(HttpResponse::NoContent().finish())
}
