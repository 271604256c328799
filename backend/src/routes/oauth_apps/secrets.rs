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
    auth::{
        Admin,
        claims::{LEEWAY_MS, LIFETIME_MS},
    },
    db::{client_secrets, oauth_apps, token_families, tokens},
    http::{
        body::Body,
        etag::{IfMatch, Target},
        made::Made,
        paging::{self, ListQuery, PageParams},
        path_id::{Noun, PathId, PathIds},
        problem::{Answer, Failure},
        query::{FromQuery, Query, QueryReader},
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
        Ok(client_secrets::list(conn, id, slice, now)?)
    });
    Ok(Json(paging::page(slice, rows.await?, |secret| secret.id, &app.base.keys)))
}

/// Rotate an OAuth app's client secret
///
/// The answer holds the new secret, this once. The old ones keep working for the overlap. At most three work at once: where
/// three do, rotating is refused until one ends or is dropped, unless the overlap is `none`.
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
        overlap::check_room(overlap, edited.before.secrets.iter().map(|secret| secret.expires_at))?;
        client_secrets::delete_stopped(tx, id, now)?;
        client_secrets::end_all(tx, id, overlap::old_secrets_end(overlap, now))?;
        client_secrets::insert(tx, &row)?;
        let details = json!({ "overlap": overlap, "hint": row.hint });
        edited.audit(tx, AuditAction::OAuthAppSecretRotated, details)?;
        let data = json!({ "id": id, "name": edited.before.name, "overlap": overlap, "rotated_at": now });
        publisher.publish(tx, &edited.who, EventType::OAuthAppSecretRotated, &data)?;
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

/// What becomes of the tokens of a secret that is dropped.
#[derive(Clone, Copy, Debug, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DropOptions {
    /// `true`: what the app got by this secret ends, too: its own tokens, access tokens that act for members, and refresh tokens whose
    /// last use was by this secret.
    #[param(required = false, nullable = false)]
    end_tokens: bool,
}

impl FromQuery for DropOptions {
    fn read(query: &mut QueryReader) -> Self {
        Self { end_tokens: query.flag("end_tokens") }
    }
}

/// Drop an old client secret
///
/// One that was rotated out stops at once instead of at the end of its overlap. The current one can only be rotated. If the secret
/// leaked, have its tokens end, too: the members for whom they act are then asked by the app again.
#[utoipa::path(operation_id = "deleteOAuthAppSecret", tag = "OAuth apps",
    security(("session" = ["admin"])),
    extensions(("x-problems" = json!(["conflict"]))),
    params(("id" = OAuthAppId, Path, description = "The app's id"),
        ("secret_id" = SecretId, Path, description = "The secret's id"), DropOptions, IfMatch),
    responses((status = 204, description = "Dropped")))]
#[delete("/oauth-apps/{id}/secrets/{secret_id}")]
pub async fn drop_secret(
    app: Data<App>,
    caller: Admin,
    if_match: IfMatch,
    PathIds(id, secret): PathIds<OAuthAppId, SecretId>,
    Query(DropOptions { end_tokens }): Query<DropOptions>,
) -> Answer {
    let who = caller.who();
    let dropped = app.base.db.write(move |tx| -> Answer<()> {
        let edited = open(tx, who, &Target { id, if_match })?;
        let secrets = &edited.before.secrets;
        let place = secrets.iter().position(|known| known.id == secret);
        let place = place.ok_or_else(SecretId::missing)?;
        overlap::check_not_current(place)?;
        let known = &secrets[place];
        let now = tx.now();
        client_secrets::end(tx, id, secret, now)?;
        let mut details = json!({ "hint": known.hint, "last_used_at": known.last_used_at });
        if end_tokens {
            // A token that was given a moment ago lives the longest.
            let last_end = now + LIFETIME_MS + LEEWAY_MS;
            tokens::revoke_of_secret(tx, id, secret, now, last_end)?;
            details["ended_refresh_tokens"] = token_families::revoke_of_secret(tx, id, secret, now)?.into();
        }
        edited.audit(tx, AuditAction::OAuthAppSecretDropped, details)
    });
    dropped.await?;
    Ok(HttpResponse::NoContent().finish())
}
