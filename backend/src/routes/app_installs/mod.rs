//! Apps of other workspaces in this one: for admins in a session alone.

mod decisions;
pub mod policy;
pub mod tokens;

use std::collections::BTreeSet;

use actix_web::{get, web::Data, web::Json};
use api_types::{
    Page,
    app_installs::{AppInstall, AppInstallActivity, InstallStatus},
    ids::AppInstallId,
};
pub use decisions::{approve, pause, refuse, remove, resume};

use super::oauth_apps::activity::MAX_INCIDENTS;
use crate::{
    app::App,
    auth::Admin,
    db::{app_installs, authorizations, incidents, token_families, tokens as access_tokens},
    http::{
        etag::Shown,
        paging::{self, ListQuery, PageParams},
        path_id::{Noun, PathId},
        problem::Answer,
        query::{FromQuery, Query, QueryReader, Several},
    },
};

type Statuses = Several<InstallStatus>;

/// The filters of the list.
#[derive(Debug, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListFilter {
    /// Only installs in one of these states; several by repeating the parameter or separated by commas.
    #[param(value_type = Statuses, inline, style = Form, explode, required = false)]
    status: BTreeSet<InstallStatus>,
}

impl FromQuery for ListFilter {
    fn read(query: &mut QueryReader) -> Self {
        Self { status: query.words("status") }
    }
}

/// List installed apps
///
/// Apps of other workspaces that act in this one, were refused, or are asked for; newest first.
#[utoipa::path(operation_id = "listAppInstalls", tag = "Installed apps",
    security(("session" = ["admin"])), params(PageParams, ListFilter),
    responses((status = 200, description = "A page of installs", body = Page<AppInstall>)))]
#[get("/app-installs")]
pub async fn list(
    app: Data<App>,
    caller: Admin,
    Query(listed): ListQuery<ListFilter>,
) -> Answer<Json<Page<AppInstall>>> {
    let slice = listed.page.slice(&app.base.keys)?;
    let statuses = listed.filter.status;
    let workspace = caller.workspace_id();
    let rows = app
        .base
        .db
        .read(move |conn| -> Answer<_> { Ok(app_installs::list(conn, workspace, &statuses, slice)?) });
    Ok(Json(paging::page(slice, rows.await?, |install| install.id, &app.base.keys)))
}

/// Show an installed app
#[utoipa::path(operation_id = "getAppInstall", tag = "Installed apps",
    security(("session" = ["admin"])), params(("id" = AppInstallId, Path, description = "The install's id")),
    responses((status = 200, description = "The install", body = AppInstall)))]
#[get("/app-installs/{id}")]
pub async fn show(
    app: Data<App>,
    caller: Admin,
    PathId(id): PathId<AppInstallId>,
) -> Answer<Shown<AppInstall>> {
    let workspace = caller.workspace_id();
    let row = app.base.db.read(move |conn| -> Answer<_> { Ok(app_installs::find(conn, workspace, id)?) });
    row.await?.map(Shown).ok_or_else(AppInstallId::missing)
}

/// Show what an installed app holds
///
/// The number of this workspace's authorizations and tokens that are alive, and the codes and refresh tokens that were used twice here
/// lately.
#[utoipa::path(operation_id = "getAppInstallActivity", tag = "Installed apps",
    security(("session" = ["admin"])), params(("id" = AppInstallId, Path, description = "The install's id")),
    responses((status = 200, description = "What it holds", body = AppInstallActivity)))]
#[get("/app-installs/{id}/activity")]
pub async fn show_activity(
    app: Data<App>,
    caller: Admin,
    PathId(id): PathId<AppInstallId>,
) -> Answer<Json<AppInstallActivity>> {
    let workspace = caller.workspace_id();
    let now = app.base.now();
    let activity = app.base.db.read(move |conn| -> Answer<AppInstallActivity> {
        let install = app_installs::find(conn, workspace, id)?.ok_or_else(AppInstallId::missing)?;
        let (app, here) = (install.app.id, Some(workspace));
        Ok(AppInstallActivity {
            authorizations: authorizations::count(conn, app, here)?,
            access_tokens: access_tokens::count_of_members(conn, app, here, now)?,
            refresh_tokens: token_families::count(conn, app, here, now)?,
            incidents: incidents::list(conn, workspace, app, now - incidents::KEPT_MS, MAX_INCIDENTS)?,
        })
    });
    Ok(Json(activity.await?))
}
