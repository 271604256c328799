//! What an OAuth app holds: its authorizations, which an admin withdraws, its live tokens, and what happened to them.

use actix_web::{HttpResponse, delete, get, web::Data, web::Json, web::Path, web::Query};
use api_types::{
    Page,
    authorizations::{Authorization, OAuthAppActivity, Withdrawn},
    ids::{AuthorizationId, OAuthAppId},
};

use super::{found, parse_id};
use crate::{
    app::App,
    auth::Admin,
    db::{
        authorizations::{self, Whose},
        oauth_apps, token_families, tokens,
    },
    oauth::access_token::LIFETIME_MS,
    paging::{PageParams, Slice},
    problem::{Answer, Failure},
    routes::authorizations::{parse_id as parse_authorization_id, withdraw_in, withdraw_one},
    upkeep::INCIDENTS_MS,
};

/// The most incidents that are told.
const MAX_INCIDENTS: i64 = 20;

/// Show what an OAuth app holds
///
/// How many authorizations and tokens are alive, and whether a copy of a credential was used lately.
#[utoipa::path(tag = "OAuth apps", security(("session" = ["admin"])),
    params(("id" = OAuthAppId, Path, description = "The app's id")),
    responses((status = 200, description = "What it holds", body = OAuthAppActivity)))]
#[get("/oauth-apps/{id}/activity")]
pub async fn show_activity(
    app: Data<App>,
    caller: Admin,
    path: Path<String>,
) -> Answer<Json<OAuthAppActivity>> {
    let id = parse_id(&path)?;
    let (workspace, now) = (caller.workspace_id(), app.clock.now());
    let activity = app
        .db
        .read(move |conn| {
            found(oauth_apps::find(conn, workspace, id, now)?)?;
            Ok::<_, Failure>(OAuthAppActivity {
                authorizations: authorizations::count(conn, id)?,
                access_tokens: tokens::count_of_members(conn, id, now)?,
                refresh_tokens: token_families::count(conn, id, now)?,
                client_credentials_tokens: tokens::count_of_app(conn, id, now - LIFETIME_MS, now)?,
                incidents: token_families::incidents(conn, id, now - INCIDENTS_MS, MAX_INCIDENTS)?,
            })
        })
        .await?;
    Ok(Json(activity))
}

/// List an OAuth app's authorizations
///
/// The members who let it act for them, newest first.
#[utoipa::path(tag = "OAuth apps", security(("session" = ["admin"])),
    params(("id" = OAuthAppId, Path, description = "The app's id"), PageParams),
    responses((status = 200, description = "A page of authorizations", body = Page<Authorization>)))]
#[get("/oauth-apps/{id}/authorizations")]
pub async fn list_authorizations(
    app: Data<App>,
    caller: Admin,
    path: Path<String>,
    page: Query<PageParams>,
) -> Answer<Json<Page<Authorization>>> {
    let id = parse_id(&path)?;
    let slice = Slice::parse(&page, &app.keys)?;
    let (workspace, now) = (caller.workspace_id(), app.clock.now());
    let rows = app
        .db
        .read(move |conn| {
            found(oauth_apps::find(conn, workspace, id, now)?)?;
            Ok::<_, Failure>(authorizations::list(conn, Whose::App(workspace, id), slice)?)
        })
        .await?;
    Ok(Json(slice.page(rows, |authorization| authorization.id, &app.keys)))
}

/// Withdraw a member's authorization
///
/// The app can no longer act for that member: every token that came from it stops at once.
#[utoipa::path(tag = "OAuth apps", security(("session" = ["admin"])),
    params(("id" = OAuthAppId, Path, description = "The app's id"),
        ("authorization_id" = AuthorizationId, Path, description = "The authorization's id")),
    responses((status = 204, description = "Withdrawn")))]
#[delete("/oauth-apps/{id}/authorizations/{authorization_id}")]
pub async fn withdraw_authorization(app: Data<App>, caller: Admin, path: Path<(String, String)>) -> Answer {
    let (id, authorization) = (parse_id(&path.0)?, parse_authorization_id(&path.1)?);
    let (inner, who, workspace) = (app.clone(), caller.who(), caller.workspace_id());
    app.db.write(move |tx| withdraw_one(tx, &inner, &who, Whose::App(workspace, id), authorization)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Withdraw all authorizations of an OAuth app
///
/// It can no longer act for anybody; each member would be asked again.
#[utoipa::path(tag = "OAuth apps", security(("session" = ["admin"])),
    params(("id" = OAuthAppId, Path, description = "The app's id")),
    responses((status = 200, description = "How many there were", body = Withdrawn)))]
#[delete("/oauth-apps/{id}/authorizations")]
pub async fn withdraw_all_authorizations(
    app: Data<App>,
    caller: Admin,
    path: Path<String>,
) -> Answer<Json<Withdrawn>> {
    let id = parse_id(&path)?;
    let (inner, who, workspace) = (app.clone(), caller.who(), caller.workspace_id());
    let withdrawn = app
        .db
        .write(move |tx| {
            found(oauth_apps::find(tx, workspace, id, inner.clock.now())?)?;
            withdraw_in(tx, &inner, &who, Whose::App(workspace, id), None)
        })
        .await?;
    Ok(Json(Withdrawn { withdrawn }))
}
