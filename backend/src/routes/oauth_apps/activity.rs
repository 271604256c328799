//! An OAuth app's authorizations, which an admin withdraws, its live tokens, and the incidents with them.

use actix_web::{HttpResponse, delete, get, web::Data, web::Json};
use api_types::{
    Page,
    authorizations::{Authorization, OAuthAppActivity, Withdrawn},
    ids::{AuthorizationId, OAuthAppId},
};

use crate::{
    app::App,
    auth::{Admin, claims::LIFETIME_MS},
    db::{
        Tx,
        authorizations::{self, AuthorizationsOf},
        incidents, oauth_apps, token_families, tokens,
    },
    delivery,
    http::{
        paging::{self, ListQuery, PageParams},
        path_id::{Noun, PathId, PathIds},
        problem::Answer,
        query::Query,
    },
    oauth::withdraw,
};

/// Milliseconds for which it is shown how many tokens the app gave back.
const DAY_MS: i64 = 24 * 3_600_000;
/// The most incidents that are listed.
pub const MAX_INCIDENTS: i64 = 20;

/// Show what an OAuth app holds
///
/// The number of authorizations and tokens that are alive, in all workspaces together, and the codes and refresh tokens that were used
/// twice in this one.
#[utoipa::path(operation_id = "getOAuthAppActivity", tag = "OAuth apps",
    security(("session" = ["admin"])),
    params(("id" = OAuthAppId, Path, description = "The app's id")),
    responses((status = 200, description = "What it holds", body = OAuthAppActivity)))]
#[get("/oauth-apps/{id}/activity")]
pub async fn show_activity(
    app: Data<App>,
    caller: Admin,
    PathId(id): PathId<OAuthAppId>,
) -> Answer<Json<OAuthAppActivity>> {
    let workspace = caller.workspace_id();
    let now = app.base.now();
    let activity = app.base.db.read(move |conn| -> Answer<OAuthAppActivity> {
        oauth_apps::find(conn, workspace, id, now)?.ok_or_else(OAuthAppId::missing)?;
        Ok(OAuthAppActivity {
            authorizations: authorizations::count(conn, id, None)?,
            access_tokens: tokens::count_of_members(conn, id, None, now)?,
            refresh_tokens: token_families::count(conn, id, None, now)?,
            client_credentials_tokens: tokens::count_of_app(conn, id, now - LIFETIME_MS, now)?,
            revoked_tokens: tokens::revocations(conn, id, now - DAY_MS)?,
            incidents: incidents::list(conn, workspace, id, now - incidents::KEPT_MS, MAX_INCIDENTS)?,
        })
    });
    Ok(Json(activity.await?))
}

/// List an OAuth app's authorizations
///
/// The members who let it act for them, newest first.
#[utoipa::path(operation_id = "listOAuthAppAuthorizations", tag = "OAuth apps",
    security(("session" = ["admin"])),
    params(("id" = OAuthAppId, Path, description = "The app's id"), PageParams),
    responses((status = 200, description = "A page of authorizations", body = Page<Authorization>)))]
#[get("/oauth-apps/{id}/authorizations")]
pub async fn list_authorizations(
    app: Data<App>,
    caller: Admin,
    PathId(id): PathId<OAuthAppId>,
    Query(listed): ListQuery,
) -> Answer<Json<Page<Authorization>>> {
    let slice = listed.page.slice(&app.base.keys)?;
    let workspace = caller.workspace_id();
    let now = app.base.now();
    let rows = app.base.db.read(move |conn| -> Answer<Vec<Authorization>> {
        oauth_apps::find(conn, workspace, id, now)?.ok_or_else(OAuthAppId::missing)?;
        Ok(authorizations::list(conn, AuthorizationsOf::App(workspace, id), slice)?)
    });
    Ok(Json(paging::page(slice, rows.await?, |authorization| authorization.id, &app.base.keys)))
}

/// Withdraw a member's authorization
///
/// The app can no longer act for that member: every token that came from it stops at once. With the app's last consent, the
/// webhooks that it made for members are disabled.
#[utoipa::path(operation_id = "withdrawOAuthAppAuthorization", tag = "OAuth apps",
    security(("session" = ["admin"])),
    params(("id" = OAuthAppId, Path, description = "The app's id"),
        ("authorization_id" = AuthorizationId, Path, description = "The authorization's id")),
    responses((status = 204, description = "Withdrawn")))]
#[delete("/oauth-apps/{id}/authorizations/{authorization_id}")]
pub async fn withdraw_authorization(
    app: Data<App>,
    caller: Admin,
    PathIds(id, authorization): PathIds<OAuthAppId, AuthorizationId>,
) -> Answer {
    let who = caller.who();
    let whose = AuthorizationsOf::App(who.workspace_id, id);
    let only = Some(authorization);
    let publisher = app.delivery.publisher.clone();
    let withdrawn = app.base.db.execute(move |tx| {
        let end_owner =
            |tx: &mut Tx<'_>, app: OAuthAppId| delivery::end_owner(tx, &publisher, &who, app.as_str());
        withdraw::withdraw(tx, &who, whose, only, end_owner)
    });
    if withdrawn.await? == 0 {
        return Err(AuthorizationId::missing());
    }
    app.delivery.views.settled().await;
    Ok(HttpResponse::NoContent().finish())
}

/// Withdraw all authorizations of an OAuth app
///
/// It can no longer act for anybody; each member would be asked again. The webhooks that it made for members are disabled.
#[utoipa::path(operation_id = "withdrawAllOAuthAppAuthorizations", tag = "OAuth apps",
    security(("session" = ["admin"])),
    params(("id" = OAuthAppId, Path, description = "The app's id")),
    responses((status = 200, description = "How many there were", body = Withdrawn)))]
#[delete("/oauth-apps/{id}/authorizations")]
pub async fn withdraw_all_authorizations(
    app: Data<App>,
    caller: Admin,
    PathId(id): PathId<OAuthAppId>,
) -> Answer<Json<Withdrawn>> {
    let who = caller.who();
    let publisher = app.delivery.publisher.clone();
    let withdrawn = app.base.db.write(move |tx| -> Answer<u64> {
        let workspace = who.workspace_id;
        let now = tx.now();
        oauth_apps::find(tx, workspace, id, now)?.ok_or_else(OAuthAppId::missing)?;
        let end_owner =
            |tx: &mut Tx<'_>, app: OAuthAppId| delivery::end_owner(tx, &publisher, &who, app.as_str());
        Ok(withdraw::withdraw(tx, &who, AuthorizationsOf::App(workspace, id), None, end_owner)?)
    });
    let withdrawn = withdrawn.await?;
    app.delivery.views.settled().await;
    Ok(Json(Withdrawn { withdrawn }))
}
