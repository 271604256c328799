//! Client secrets: made, rotated with an overlap, and dropped before it is over.

use actix_web::{HttpResponse, delete, post, web::Data, web::Path};
use api_types::{
    Timestamp,
    audit::AuditAction,
    events::EventType,
    ids::{OAuthAppId, SecretId, WorkspaceId},
    oauth_apps::{ClientKind, ClientSecret, CreatedClientSecret, RotateSecret},
};
use serde_json::json;

use super::{change, found, parse_id};
use crate::{
    app::App,
    auth::Admin,
    body::Body,
    crypto::tokens,
    db::{
        audit,
        oauth_apps::{self, NewSecretRow},
    },
    delivery::publish,
    idempotent::NoIdempotencyKey,
    new_id,
    problem::{Answer, Failure},
    wake::Hint,
};

/// Rotate an OAuth app's client secret
///
/// The answer holds the new secret, this once. The old ones keep working for the overlap.
#[utoipa::path(tag = "OAuth apps", security(("session" = ["admin"])),
    extensions(("x-problems" = json!(["conflict"]))), params(("id" = OAuthAppId, Path, description = "The app's id")),
    request_body = RotateSecret, responses((status = 201, description = "The new secret", body = CreatedClientSecret)))]
#[post("/oauth-apps/{id}/secrets")]
pub async fn rotate(
    app: Data<App>,
    caller: Admin,
    path: Path<String>,
    _: NoIdempotencyKey,
    body: Body<RotateSecret>,
) -> Answer {
    let id = parse_id(&path)?;
    let overlap = crate::fields::overlap(&body.value)?;
    let (workspace, now) = (caller.workspace_id(), app.clock.now());
    let (client_secret, row) = new_secret(&app, workspace, id, now);
    let secret = ClientSecret {
        id: row.id,
        hint: row.hint.clone(),
        created_at: now,
        expires_at: None,
        last_used_at: None,
        last_used_ip: None,
    };
    let (inner, who) = (app.clone(), caller.who());
    app.db
        .write(move |tx| {
            let before = found(oauth_apps::find(tx, workspace, id, now)?)?;
            if before.kind == ClientKind::Public {
                return Err(Failure::conflict("A public app has no client secret: it cannot keep one."));
            }
            oauth_apps::end_secrets(tx, id, now + overlap.as_millis())?;
            oauth_apps::insert_secret(tx, &row)?;
            let details = json!({ "overlap": overlap, "hint": row.hint });
            audit::append(
                tx,
                &inner,
                &who,
                change(AuditAction::OAuthAppSecretRotated, &id, &before.name, details),
            )?;
            let about = json!({ "id": id, "name": before.name, "overlap": overlap, "rotated_at": now });
            publish(tx, &inner, workspace, EventType::OAuthAppSecretRotated, &about)?;
            tx.on_commit(Hint::CredentialsChanged);
            Ok::<_, Failure>(())
        })
        .await?;
    Ok(HttpResponse::Created().json(CreatedClientSecret { secret, client_secret }))
}

/// Drop an old client secret
///
/// One that was rotated out stops at once instead of at the end of its overlap. The current one can only be rotated.
#[utoipa::path(tag = "OAuth apps", security(("session" = ["admin"])),
    extensions(("x-problems" = json!(["conflict"]))),
    params(("id" = OAuthAppId, Path, description = "The app's id"), ("secret_id" = SecretId, Path, description = "The secret's id")),
    responses((status = 204, description = "Dropped")))]
#[delete("/oauth-apps/{id}/secrets/{secret_id}")]
pub async fn drop_secret(app: Data<App>, caller: Admin, path: Path<(String, String)>) -> Answer {
    let id = parse_id(&path.0)?;
    let no_secret = || Failure::not_found("client secret");
    let secret: SecretId = path.1.parse().map_err(|_| no_secret())?;
    let (inner, who, workspace, now) = (app.clone(), caller.who(), caller.workspace_id(), app.clock.now());
    app.db
        .write(move |tx| {
            let before = found(oauth_apps::find(tx, workspace, id, now)?)?;
            let dropped = before.secrets.iter().find(|known| known.id == secret).ok_or_else(no_secret)?;
            if dropped.expires_at.is_none() {
                return Err(Failure::conflict("This is the current secret: rotate it instead."));
            }
            oauth_apps::end_secret(tx, id, secret, now)?;
            let details = json!({ "hint": dropped.hint, "last_used_at": dropped.last_used_at });
            audit::append(
                tx,
                &inner,
                &who,
                change(AuditAction::OAuthAppSecretDropped, &id, &before.name, details),
            )?;
            tx.on_commit(Hint::CredentialsChanged);
            Ok::<_, Failure>(())
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Makes a client secret and its row.
pub(super) fn new_secret(
    app: &App,
    workspace: WorkspaceId,
    app_id: OAuthAppId,
    now: Timestamp,
) -> (String, NewSecretRow) {
    let secret = tokens::generate(tokens::CLIENT_SECRET, &app.chance);
    let (digest, pepper_version) = app.keys.digest(&secret);
    let row = NewSecretRow {
        id: new_id!(app, SecretId),
        app_id,
        workspace_id: workspace,
        hint: tokens::hint(&secret),
        digest,
        pepper_version,
        created_at: now,
    };
    (secret, row)
}
