//! The live tokens of an app of another workspace in this one, and the incidents with them.

use actix_web::{HttpResponse, delete, get, post, web::Data, web::Json};
use api_types::{
    Page,
    ids::{AppInstallId, TokenFamilyId},
    incidents::{Acknowledgement, Incident},
    token_families::TokenFamily,
};

use crate::{
    app::App,
    auth::Admin,
    db::{app_installs, token_families},
    http::{
        body::Body,
        made::Made,
        paging::{self, ListQuery, PageParams},
        path_id::{Noun, PathId, PathIds},
        problem::Answer,
        query::Query,
    },
    routes::{
        idempotent::IdempotencyKey,
        oauth_apps::{incidents::Acknowledged, tokens},
    },
};

/// List an installed app's live tokens
///
/// Those that act for members of this workspace, newest first. What the app got by one authorization code or device code is one entry: its
/// access tokens, and the refresh token that gives the next ones.
#[utoipa::path(operation_id = "listAppInstallTokens", tag = "Installed apps",
    security(("session" = ["admin"])),
    params(("id" = AppInstallId, Path, description = "The install's id"), PageParams),
    responses((status = 200, description = "A page of token families", body = Page<TokenFamily>)))]
#[get("/app-installs/{id}/tokens")]
pub async fn list(
    app: Data<App>,
    caller: Admin,
    PathId(id): PathId<AppInstallId>,
    Query(listed): ListQuery,
) -> Answer<Json<Page<TokenFamily>>> {
    let slice = listed.page.slice(&app.base.keys)?;
    let workspace = caller.workspace_id();
    let now = app.base.now();
    let rows = app.base.db.read(move |conn| -> Answer<Vec<TokenFamily>> {
        let install = app_installs::find(conn, workspace, id)?.ok_or_else(AppInstallId::missing)?;
        Ok(token_families::live(conn, workspace, install.app.id, slice, now)?)
    });
    Ok(Json(paging::page(slice, rows.await?, |family| family.id, &app.base.keys)))
}

/// Revoke tokens of an installed app
///
/// The access tokens and the refresh token of one family stop at once. The member's authorization stays: the app may send them through
/// consent again.
#[utoipa::path(operation_id = "revokeAppInstallTokens", tag = "Installed apps",
    security(("session" = ["admin"])),
    params(("id" = AppInstallId, Path, description = "The install's id"),
        ("family_id" = TokenFamilyId, Path, description = "The token family's id")),
    responses((status = 204, description = "Revoked")))]
#[delete("/app-installs/{id}/tokens/{family_id}")]
pub async fn revoke(
    app: Data<App>,
    caller: Admin,
    PathIds(id, family): PathIds<AppInstallId, TokenFamilyId>,
) -> Answer {
    let who = caller.who();
    let revoked = app.base.db.write(move |tx| -> Answer<()> {
        let install = app_installs::find(tx, who.workspace_id, id)?.ok_or_else(AppInstallId::missing)?;
        tokens::end(tx, &who, (install.app.id, &install.app.name), family)
    });
    revoked.await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Acknowledge an incident with an installed app's tokens
///
/// The incident stays, with who acknowledged it, when, and their note. Acknowledging it again replaces all three; the audit log keeps the
/// earlier ones.
#[utoipa::path(operation_id = "acknowledgeAppInstallIncident", tag = "Installed apps",
    security(("session" = ["admin"])), extensions(("x-problems" = json!(["secret-in-text"]))),
    params(("id" = AppInstallId, Path, description = "The install's id"),
        ("incident_id" = TokenFamilyId, Path, description = "The incident's id"), IdempotencyKey),
    request_body = Acknowledgement,
    responses((status = 200, description = "The incident, which is acknowledged", body = Incident)))]
#[post("/app-installs/{id}/incidents/{incident_id}/acknowledge")]
pub async fn acknowledge(
    app: Data<App>,
    caller: Admin,
    PathIds(id, incident): PathIds<AppInstallId, TokenFamilyId>,
    key: IdempotencyKey,
    body: Body<Acknowledgement>,
) -> Answer {
    let acknowledged = Acknowledged::read(&app, &caller, incident, body.value).await?;
    let who = caller.who();
    let request = key.of(&caller, body.digest);
    let made = request.answer(&app.base, move |tx| -> Answer<Made> {
        let install = app_installs::find(tx, who.workspace_id, id)?.ok_or_else(AppInstallId::missing)?;
        acknowledged.write(tx, &who, install.app.id, &install.app.name)
    });
    made.await
}
