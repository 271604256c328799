//! The live tokens of an OAuth app, by the consents that they came from, each of which an admin ends alone.

use actix_web::{HttpResponse, delete, get, web::Data, web::Json};
use api_types::{
    Page,
    audit::AuditAction,
    ids::{OAuthAppId, TokenFamilyId},
    token_families::TokenFamily,
};
use serde_json::json;

use crate::{
    app::App,
    auth::Admin,
    db::{
        Tx,
        audit::{self, Change, Who},
        oauth_apps, token_families,
    },
    http::{
        paging::{self, ListQuery, PageParams},
        path_id::{Noun, PathId, PathIds},
        problem::Answer,
        query::Query,
    },
};

/// List an OAuth app's live tokens
///
/// Those that act for members of this workspace, newest first. What the app got by one authorization code or device code is one entry: its
/// access tokens, and the refresh token that gives the next ones.
#[utoipa::path(operation_id = "listOAuthAppTokens", tag = "OAuth apps",
    security(("session" = ["admin"])),
    params(("id" = OAuthAppId, Path, description = "The app's id"), PageParams),
    responses((status = 200, description = "A page of token families", body = Page<TokenFamily>)))]
#[get("/oauth-apps/{id}/tokens")]
pub async fn list(
    app: Data<App>,
    caller: Admin,
    PathId(id): PathId<OAuthAppId>,
    Query(listed): ListQuery,
) -> Answer<Json<Page<TokenFamily>>> {
    let slice = listed.page.slice(&app.base.keys)?;
    let workspace = caller.workspace_id();
    let now = app.base.now();
    let rows = app.base.db.read(move |conn| -> Answer<Vec<TokenFamily>> {
        oauth_apps::find(conn, workspace, id, now)?.ok_or_else(OAuthAppId::missing)?;
        Ok(token_families::live(conn, workspace, id, slice, now)?)
    });
    Ok(Json(paging::page(slice, rows.await?, |family| family.id, &app.base.keys)))
}

/// Revoke tokens of an OAuth app
///
/// The access tokens and the refresh token of one family stop at once. The member's authorization stays: the app may send them through
/// consent again.
#[utoipa::path(operation_id = "revokeOAuthAppTokens", tag = "OAuth apps",
    security(("session" = ["admin"])),
    params(("id" = OAuthAppId, Path, description = "The app's id"),
        ("family_id" = TokenFamilyId, Path, description = "The token family's id")),
    responses((status = 204, description = "Revoked")))]
#[delete("/oauth-apps/{id}/tokens/{family_id}")]
pub async fn revoke(
    app: Data<App>,
    caller: Admin,
    PathIds(id, family): PathIds<OAuthAppId, TokenFamilyId>,
) -> Answer {
    let who = caller.who();
    let revoked = app.base.db.write(move |tx| -> Answer<()> {
        let now = tx.now();
        let found = oauth_apps::find(tx, who.workspace_id, id, now)?.ok_or_else(OAuthAppId::missing)?;
        end(tx, &who, (id, &found.name), family)
    });
    revoked.await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Ends a family of this app in the workspace of `who`, with all its tokens.
pub fn end(tx: &mut Tx<'_>, who: &Who, (app, name): (OAuthAppId, &str), id: TokenFamilyId) -> Answer<()> {
    let now = tx.now();
    let found = token_families::find(tx, id)?;
    let found =
        found.filter(|family| family.row.app_id == app && family.row.workspace_id == who.workspace_id);
    let family = found.ok_or_else(TokenFamilyId::missing)?;
    if !token_families::revoke(tx, id, token_families::BY_ADMIN, who.ip.as_deref(), now)? {
        return Err(TokenFamilyId::missing());
    }
    let details = json!({ "token_family": id, "member": family.email, "scopes": family.row.scopes.0 });
    audit::append(tx, who, Change::of(AuditAction::OAuthTokenEnded, app.as_str(), name, details))?;
    tx.credentials_changed(who.workspace_id);
    Ok(())
}
