//! The audit log, for admins.

use std::collections::BTreeSet;

use actix_web::{get, web::Data, web::Json};
use api_types::{
    Page, Timestamp,
    audit::{AuditAction, AuditEntry},
};

use crate::{
    app::App,
    auth::Admin,
    db::audit::{self, AuditFilter},
    http::{
        paging::{self, ListQuery, PageParams},
        problem::Answer,
        query::{FromQuery, Query, QueryReader, Several},
    },
};

type Actions = Several<AuditAction>;

/// The filters of the list.
#[derive(Debug, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListFilter {
    /// Only these actions, such as `api_key.revoked`; several by repeating the parameter or separated by commas.
    #[param(value_type = Actions, inline, style = Form, explode, required = false)]
    action: BTreeSet<AuditAction>,
    /// Only changes by this member, key or app: its id.
    actor: Option<String>,
    /// Only changes to this object: its id.
    object: Option<String>,
    /// Not before this time (RFC 3339).
    since: Option<Timestamp>,
    /// Before this time (RFC 3339).
    until: Option<Timestamp>,
}

impl FromQuery for ListFilter {
    fn read(query: &mut QueryReader) -> Self {
        Self {
            action: query.words("action"),
            actor: query.text("actor"),
            object: query.text("object"),
            since: query.time("since"),
            until: query.time("until"),
        }
    }
}

impl From<ListFilter> for AuditFilter {
    fn from(filter: ListFilter) -> Self {
        Self {
            actions: filter.action,
            actor: filter.actor,
            object: filter.object,
            since: filter.since,
            until: filter.until,
        }
    }
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
    Query(listed): ListQuery<ListFilter>,
) -> Answer<Json<Page<AuditEntry>>> {
    let slice = listed.page.slice(&app.base.keys)?;
    let wanted: AuditFilter = listed.filter.into();
    let workspace = caller.workspace_id();
    let rows =
        app.base.db.read(move |conn| -> Answer<_> { Ok(audit::list(conn, workspace, &wanted, slice)?) });
    Ok(Json(paging::page(slice, rows.await?, |entry| entry.id, &app.base.keys)))
}
