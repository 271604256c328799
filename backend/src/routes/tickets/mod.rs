//! Tickets: any member, and keys and tokens with the tickets scopes.

mod changes;
pub mod remarks;

use std::collections::BTreeSet;

use actix_web::{get, patch, post, web::Data, web::Json};
use api_types::{
    Page,
    audit::AuditAction,
    events::EventType,
    ids::TicketId,
    tickets::{NewTicket, Ticket, TicketChanges, TicketStatus},
};
use serde_json::json;

use self::changes::{check, check_changes};
use super::idempotent::IdempotencyKey;
use crate::{
    app::App,
    auth::{
        Caller,
        permission::{TicketsRead, TicketsWrite},
    },
    db::{
        audit::{self, Change},
        dialect,
        tickets::{self, TicketFilter},
    },
    delivery::Publication,
    http::{
        body::Body,
        etag::{IfMatch, Shown, Target},
        made::Made,
        paging::{self, ListQuery, PageParams},
        path_id::{Noun, PathId},
        problem::Answer,
        query::{FromQuery, Query, QueryReader, Several},
    },
    secret_scan,
};

type Statuses = Several<TicketStatus>;

/// The filters of the list.
#[derive(Debug, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListFilter {
    /// Only tickets in one of these states; several by repeating the parameter or separated by commas.
    #[param(value_type = Statuses, inline, style = Form, explode, required = false)]
    status: BTreeSet<TicketStatus>,
    /// Only tickets that this person works on, written as on the ticket.
    assignee: Option<String>,
}

impl FromQuery for ListFilter {
    fn read(query: &mut QueryReader) -> Self {
        Self { status: query.words("status"), assignee: query.text("assignee") }
    }
}

/// List tickets
///
/// Newest first.
#[utoipa::path(operation_id = "listTickets", tag = "Tickets",
    security(("session" = []), ("bearer" = ["tickets:read"])),
    params(PageParams, ListFilter),
    responses((status = 200, description = "A page of tickets", body = Page<Ticket>)))]
#[get("/tickets")]
pub async fn list(
    app: Data<App>,
    caller: Caller<TicketsRead>,
    Query(listed): ListQuery<ListFilter>,
) -> Answer<Json<Page<Ticket>>> {
    let slice = listed.page.slice(&app.base.keys)?;
    let wanted = TicketFilter { statuses: listed.filter.status, assignee: listed.filter.assignee };
    let workspace = caller.workspace_id();
    let rows = app.base.db.query(move |conn| tickets::list(conn, workspace, &wanted, slice)).await?;
    Ok(Json(paging::page(slice, rows, |ticket| ticket.id, &app.base.keys)))
}

/// Create a ticket
///
/// Publishes `ticket.created`.
#[utoipa::path(operation_id = "createTicket", tag = "Tickets",
    security(("session" = []), ("bearer" = ["tickets:write"])),
    extensions(("x-problems" = json!(["secret-in-text"]))),
    params(IdempotencyKey), request_body = NewTicket,
    responses((status = 201, description = "The ticket", body = Ticket)))]
#[post("/tickets")]
pub async fn create(
    app: Data<App>,
    caller: Caller<TicketsWrite>,
    key: IdempotencyKey,
    body: Body<NewTicket>,
) -> Answer {
    let input = check(&body.value)?;
    let assignee = input.assignee.as_deref().unwrap_or_default();
    let texts = [("title", input.title.as_str()), ("body", &input.body), ("assignee", assignee)];
    let who = caller.who();
    secret_scan::guard(&app.base, &who, "ticket", &texts).await?;
    let publisher = app.delivery.publisher.clone();
    let request = key.of(&caller, body.digest);
    request
        .answer(&app.base, move |tx| -> Answer<Made> {
            let ticket = Ticket {
                id: tx.new_id(),
                title: input.title,
                body: input.body,
                status: TicketStatus::Open,
                assignee: input.assignee,
                created_at: tx.now(),
                updated_at: tx.now(),
                closed_at: None,
            };
            tickets::insert(tx, who.workspace_id, &ticket)?;
            let change = Change::of(AuditAction::TicketCreated, ticket.id.as_str(), &ticket.title, json!({}));
            audit::append(tx, &who, change)?;
            publisher.publish(tx, &who, EventType::TicketCreated, &ticket)?;
            Ok(Made::created("tickets", ticket.id.as_str(), &ticket)?.tagged(&ticket))
        })
        .await
}

/// Show a ticket
#[utoipa::path(operation_id = "getTicket", tag = "Tickets",
    security(("session" = []), ("bearer" = ["tickets:read"])),
    params(("id" = TicketId, Path, description = "The ticket's id")),
    responses((status = 200, description = "The ticket", body = Ticket)))]
#[get("/tickets/{id}")]
pub async fn show(
    app: Data<App>,
    caller: Caller<TicketsRead>,
    PathId(id): PathId<TicketId>,
) -> Answer<Shown<Ticket>> {
    let workspace = caller.workspace_id();
    let ticket = app.base.db.query(move |conn| tickets::find(conn, workspace, id)).await?;
    ticket.map(Shown).ok_or_else(TicketId::missing)
}

/// Change a ticket
///
/// A JSON merge patch (RFC 7396): absent fields stay, `null` clears. `{"status": "closed"}` closes it and publishes `ticket.closed`; any other change, opening it again included,
/// publishes `ticket.updated`; both, where both happen. A change that changes nothing publishes nothing.
#[utoipa::path(operation_id = "updateTicket", tag = "Tickets",
    security(("session" = []), ("bearer" = ["tickets:write"])),
    extensions(("x-problems" = json!(["secret-in-text"]))),
    params(("id" = TicketId, Path, description = "The ticket's id"), IfMatch), request_body = TicketChanges,
    responses((status = 200, description = "The ticket as it is now", body = Ticket)))]
#[patch("/tickets/{id}")]
pub async fn update(
    app: Data<App>,
    caller: Caller<TicketsWrite>,
    target: Target<TicketId>,
    body: Body<TicketChanges>,
) -> Answer<Shown<Ticket>> {
    let id = target.id;
    let wanted = check_changes(&body.value)?;
    let texts = [
        ("title", wanted.title.as_deref().unwrap_or_default()),
        ("body", wanted.body.as_deref().unwrap_or_default()),
        ("assignee", wanted.assignee.as_deref().unwrap_or_default()),
    ];
    let who = caller.who();
    secret_scan::guard(&app.base, &who, "ticket", &texts).await?;
    let publisher = app.delivery.publisher.clone();
    let changed = app.base.db.write(move |tx| -> Answer<Ticket> {
        // One change at a time, so that closing is told once.
        dialect::lock(tx, id.as_str())?;
        let before = tickets::find(tx, who.workspace_id, id)?.ok_or_else(TicketId::missing)?;
        target.if_match.check(&before)?;
        let after = wanted.apply(&before, tx.now());
        if after.fields.is_empty() {
            return Ok(before);
        }
        tickets::update(tx, who.workspace_id, &after.ticket)?;
        let details = json!({ "fields": after.fields, "status": after.ticket.status });
        let change = Change::of(AuditAction::TicketUpdated, id.as_str(), &after.ticket.title, details);
        audit::append(tx, &who, change)?;
        for kind in after.events() {
            let publication =
                Publication { who: &who, kind, data: &after.ticket, before: Some(&before), about: None };
            publisher.announce(tx, &publication)?;
        }
        Ok(after.ticket)
    });
    Ok(Shown(changed.await?))
}
