//! The audit log: for admins to look at, and for keys and apps that copy it elsewhere.

use std::collections::BTreeSet;

use actix_web::{HttpRequest, get, web::Data};
use api_types::{
    Page, Timestamp,
    audit::{AuditAction, AuditEntry, AuditOrder},
    ids::AuditId,
};

use crate::{
    app::App,
    auth::{Caller, permission::AuditRead},
    db::audit::{self, AuditFilter, Order},
    http::{
        jsonl,
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
    /// Only entries that are newer than this one: an entry's id. The oldest come first then.
    after: Option<AuditId>,
    /// `newest` or `oldest` first; `newest` where absent and `after` is, too. Oldest first gives no entry of the last 30
    /// seconds, so that none can come before one that was given already.
    #[param(inline)]
    order: Option<AuditOrder>,
}

impl FromQuery for ListFilter {
    fn read(query: &mut QueryReader) -> Self {
        Self {
            action: query.words("action"),
            actor: query.text("actor"),
            object: query.text("object"),
            since: query.time("since"),
            until: query.time("until"),
            after: query.id("after"),
            order: query.word("order"),
        }
    }
}

impl ListFilter {
    /// The filter as of `now`.
    fn at(self, now: Timestamp) -> AuditFilter {
        let usual = if self.after.is_some() { AuditOrder::Oldest } else { AuditOrder::Newest };
        AuditFilter {
            actions: self.action,
            actor: self.actor,
            object: self.object,
            since: self.since,
            until: self.until,
            after: self.after,
            order: match self.order.unwrap_or(usual) {
                AuditOrder::Newest => Order::NewestFirst,
                AuditOrder::Oldest => Order::OldestFirst { now },
            },
        }
    }
}

/// List audit entries
///
/// Who changed what in Settings > API, newest first.
///
/// To copy the log elsewhere, ask with `order=oldest`, go on with the cursor to the last page, and later ask for what is new
/// with `after` and the id of the last entry that you have. With `Accept: application/jsonl` (or `application/x-ndjson`) the
/// answer is JSON lines, one entry a line; the next page is then in the `Link` header, as it is for JSON, too.
#[utoipa::path(operation_id = "listAuditEntries", tag = "Audit log",
    security(("session" = ["admin"]), ("bearer" = ["audit:read"])), params(PageParams, ListFilter),
    responses((status = 200, description = "A page of entries",
        content((Page<AuditEntry> = "application/json"), (AuditEntry = "application/jsonl"),
            (AuditEntry = "application/x-ndjson")),
        headers(("Link" = String, description = "The next page, as `<…>; rel=\"next\"`; absent on the last one")))))]
#[get("/audit-log")]
pub async fn list(
    app: Data<App>,
    caller: Caller<AuditRead>,
    request: HttpRequest,
    Query(listed): ListQuery<ListFilter>,
) -> Answer {
    let slice = listed.page.slice(&app.base.keys)?;
    let wanted = listed.filter.at(app.base.now());
    let workspace = caller.workspace_id();
    let rows =
        app.base.db.read(move |conn| -> Answer<_> { Ok(audit::list(conn, workspace, &wanted, slice)?) });
    jsonl::respond(&request, &paging::page(slice, rows.await?, |entry| entry.id, &app.base.keys))
}
