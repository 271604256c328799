//! The audit log, for admins.

use actix_web::{get, web::Data, web::Json, web::Query};
use api_types::{
    Page,
    audit::{AuditAction, AuditEntry},
};
use serde::Deserialize;

use crate::{
    app::App,
    auth::Admin,
    db::audit::{self, AuditFilter},
    http::{
        paging::{self, PageParams},
        params,
        problem::Answer,
    },
};

/// The filters of the list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListFilter {
    /// Only this action, such as `api_key.revoked`.
    action: Option<String>,
    /// Only changes by this member, key or app: its id.
    actor: Option<String>,
    /// Only changes to this object: its id.
    object: Option<String>,
    /// Not before this time (RFC 3339).
    since: Option<String>,
    /// Before this time (RFC 3339).
    until: Option<String>,
}

/// List audit entries
///
/// Who changed what in Settings > API, newest first.
#[utoipa::path(operation_id = "listAuditEntries", tag = "Audit log",
    security(("session" = ["admin"])), params(PageParams, ListFilter),
    responses((status = 200, description = "A page of entries", body = Page<AuditEntry>)))]
#[get("/audit-log")]
pub async fn list(
    app: Data<App>,
    caller: Admin,
    page: Query<PageParams>,
    filter: Query<ListFilter>,
) -> Answer<Json<Page<AuditEntry>>> {
    let slice = page.slice(&app.base.keys)?;
    let wanted = AuditFilter {
        action: params::word("action", filter.action.as_deref(), AuditAction::ALL)?,
        actor: params::text("actor", filter.actor.as_deref())?,
        object: params::text("object", filter.object.as_deref())?,
        since: params::time("since", filter.since.as_deref())?,
        until: params::time("until", filter.until.as_deref())?,
    };
    let workspace = caller.workspace_id();
    let rows = app.base.db.query(move |conn| audit::list(conn, workspace, &wanted, slice)).await?;
    Ok(Json(paging::page(slice, rows, |entry| entry.id, &app.base.keys)))
}
