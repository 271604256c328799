//! Tickets: any member, and keys and tokens with the tickets scopes.

use actix_web::{get, patch, post, web::Data, web::Json, web::Path, web::Query};
use api_types::{
    Page, Timestamp,
    audit::AuditAction,
    events::EventType,
    ids::TicketId,
    tickets::{NewTicket, Ticket, TicketChanges, TicketStatus},
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    app::App,
    auth::{
        Caller,
        permission::{TicketsRead, TicketsWrite},
    },
    body::Body,
    catalogue::data_of,
    db::{
        audit::{self, Change},
        dialect,
        tickets::{self, Wanted},
    },
    delivery::publish,
    fields::Fields,
    idempotent::{self, IdempotencyKey},
    new_id,
    paging::{PageParams, Slice},
    params,
    problem::{Answer, Failure},
    secret_scan,
};

const MAX_TITLE: usize = 200;
const MAX_ASSIGNEE: usize = 200;
/// The longest body of a ticket, comment, note or broadcast, in characters.
pub const MAX_BODY: usize = 20_000;

/// Which tickets a list wants.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListFilter {
    /// Only tickets that are `open` or `closed`.
    #[param(example = "open")]
    status: Option<String>,
    /// Only tickets that this person works on, written as on the ticket.
    #[param(example = "sam@acme.example")]
    assignee: Option<String>,
}

/// List tickets
///
/// Newest first.
#[utoipa::path(tag = "Tickets", security(("session" = []), ("bearer" = ["tickets:read"])),
    params(PageParams, ListFilter),
    responses((status = 200, description = "A page of tickets", body = Page<Ticket>)))]
#[get("/tickets")]
pub async fn list(
    app: Data<App>,
    caller: Caller<TicketsRead>,
    page: Query<PageParams>,
    filter: Query<ListFilter>,
) -> Answer<Json<Page<Ticket>>> {
    let slice = Slice::parse(&page, &app.keys)?;
    let wanted = Wanted {
        status: params::word("status", filter.status.as_deref(), TicketStatus::ALL)?,
        assignee: params::text("assignee", filter.assignee.as_deref())?,
    };
    let workspace = caller.workspace_id();
    let rows =
        app.db.read(move |conn| Ok::<_, Failure>(tickets::list(conn, workspace, &wanted, slice)?)).await?;
    Ok(Json(slice.page(rows, |ticket| ticket.id, &app.keys)))
}

/// Create a ticket
///
/// Publishes `ticket.created`.
#[utoipa::path(tag = "Tickets", security(("session" = []), ("bearer" = ["tickets:write"])),
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
    let checked = check(&body.value)?;
    let assignee = checked.assignee.as_deref().unwrap_or_default();
    let texts = [("title", checked.title.as_str()), ("body", &checked.body), ("assignee", assignee)];
    secret_scan::guard(&app, &caller.who(), "ticket", &texts).await?;
    let (inner, who, now) = (app.clone(), caller.who(), app.clock.now());
    let body = Body { value: checked, digest: body.digest };
    idempotent::create(&app, &caller, (key, body), 201, move |tx, input| {
        let ticket = Ticket {
            id: new_id!(inner, TicketId),
            title: input.title,
            body: input.body,
            status: TicketStatus::Open,
            assignee: input.assignee,
            created_at: now,
            updated_at: now,
            closed_at: None,
        };
        tickets::insert(tx, who.workspace_id, &ticket)?;
        audit::append(tx, &inner, &who, change(AuditAction::TicketCreated, &ticket, json!({})))?;
        publish(tx, &inner, who.workspace_id, EventType::TicketCreated, &data_of(&ticket)?)?;
        Ok(ticket)
    })
    .await
}

/// Show a ticket
#[utoipa::path(tag = "Tickets", security(("session" = []), ("bearer" = ["tickets:read"])),
    params(("id" = TicketId, Path, description = "The ticket's id")),
    responses((status = 200, description = "The ticket", body = Ticket)))]
#[get("/tickets/{id}")]
pub async fn show(app: Data<App>, caller: Caller<TicketsRead>, path: Path<String>) -> Answer<Json<Ticket>> {
    let id = parse_id(&path)?;
    let workspace = caller.workspace_id();
    let ticket = app.db.read(move |conn| Ok::<_, Failure>(tickets::find(conn, workspace, id)?)).await?;
    found(ticket).map(Json)
}

/// Change a ticket
///
/// `{"status": "closed"}` closes it and publishes `ticket.closed`; any other change, opening it again included,
/// publishes `ticket.updated`; both, where both happen. A change that changes nothing publishes nothing.
#[utoipa::path(tag = "Tickets", security(("session" = []), ("bearer" = ["tickets:write"])),
    extensions(("x-problems" = json!(["secret-in-text"]))),
    params(("id" = TicketId, Path, description = "The ticket's id")), request_body = TicketChanges,
    responses((status = 200, description = "The ticket as it is now", body = Ticket)))]
#[patch("/tickets/{id}")]
pub async fn update(
    app: Data<App>,
    caller: Caller<TicketsWrite>,
    path: Path<String>,
    body: Body<TicketChanges>,
) -> Answer<Json<Ticket>> {
    let id = parse_id(&path)?;
    let wanted = check_changes(&body.value)?;
    let texts = [
        ("title", wanted.title.as_deref().unwrap_or_default()),
        ("body", wanted.body.as_deref().unwrap_or_default()),
        ("assignee", wanted.assignee.as_deref().unwrap_or_default()),
    ];
    secret_scan::guard(&app, &caller.who(), "ticket", &texts).await?;
    let (inner, who, now) = (app.clone(), caller.who(), app.clock.now());
    let ticket = app
        .db
        .write(move |tx| {
            // One change at a time, so that closing is told once.
            dialect::lock(tx, id.as_str())?;
            let before = found(tickets::find(tx, who.workspace_id, id)?)?;
            let after = wanted.apply(&before, now);
            if after.fields.is_empty() {
                return Ok(before);
            }
            tickets::update(tx, who.workspace_id, &after.ticket)?;
            let details = json!({ "fields": after.fields, "status": after.ticket.status });
            audit::append(tx, &inner, &who, change(AuditAction::TicketUpdated, &after.ticket, details))?;
            let data = data_of(&after.ticket)?;
            for kind in after.events() {
                publish(tx, &inner, who.workspace_id, kind, &data)?;
            }
            Ok::<_, Failure>(after.ticket)
        })
        .await?;
    Ok(Json(ticket))
}

fn check(input: &NewTicket) -> Result<NewTicket, Failure> {
    let mut fields = Fields::new();
    let checked = NewTicket {
        title: fields.name("title", &input.title, MAX_TITLE),
        body: fields.text("body", &input.body, 0, MAX_BODY),
        assignee: input.assignee.as_deref().and_then(|assignee| check_assignee(&mut fields, assignee)),
    };
    fields.check(checked)
}

/// A name or an address on one line; nobody where empty.
fn check_assignee(fields: &mut Fields, value: &str) -> Option<String> {
    if value.trim().is_empty() { None } else { Some(fields.name("assignee", value, MAX_ASSIGNEE)) }
}

/// What a `PATCH` asks for, checked. An empty assignee is nobody.
#[derive(Debug)]
struct Wish {
    title: Option<String>,
    body: Option<String>,
    status: Option<TicketStatus>,
    assignee: Option<String>,
}

fn check_changes(input: &TicketChanges) -> Result<Wish, Failure> {
    let known: Vec<&str> = TicketStatus::ALL.iter().map(|status| status.as_str()).collect();
    let mut fields = Fields::new();
    let wish = Wish {
        title: input.title.as_deref().map(|title| fields.name("title", title, MAX_TITLE)),
        body: input.body.as_deref().map(|body| fields.text("body", body, 0, MAX_BODY)),
        status: input.status.as_deref().and_then(|status| fields.word("status", status, &known)),
        assignee: input.assignee.as_ref().map(|assignee| {
            let name = assignee.as_deref().unwrap_or_default();
            check_assignee(&mut fields, name).unwrap_or_default()
        }),
    };
    fields.check(wish)
}

/// A ticket after a change, and what changed.
struct Applied {
    ticket: Ticket,
    fields: Vec<&'static str>,
}

impl Wish {
    /// Pure: the ticket as it will be.
    fn apply(self, before: &Ticket, now: Timestamp) -> Applied {
        let mut ticket = before.clone();
        ticket.title = self.title.unwrap_or(ticket.title);
        ticket.body = self.body.unwrap_or(ticket.body);
        if let Some(assignee) = self.assignee {
            ticket.assignee = Some(assignee).filter(|name| !name.is_empty());
        }
        ticket.status = self.status.unwrap_or(ticket.status);
        let fields: Vec<&'static str> = [
            ("title", ticket.title != before.title),
            ("body", ticket.body != before.body),
            ("assignee", ticket.assignee != before.assignee),
            ("status", ticket.status != before.status),
        ]
        .into_iter()
        .filter_map(|(field, changed)| changed.then_some(field))
        .collect();
        if !fields.is_empty() {
            ticket.updated_at = now;
        }
        if ticket.status != before.status {
            ticket.closed_at = (ticket.status == TicketStatus::Closed).then_some(now);
        }
        Applied { ticket, fields }
    }
}

impl Applied {
    /// The events that tell of the change, in order.
    fn events(&self) -> Vec<EventType> {
        let closed = self.fields.contains(&"status") && self.ticket.status == TicketStatus::Closed;
        let updated = !closed || self.fields.len() > 1;
        let mut events = Vec::new();
        if updated {
            events.push(EventType::TicketUpdated);
        }
        if closed {
            events.push(EventType::TicketClosed);
        }
        events
    }
}

fn change(action: AuditAction, ticket: &Ticket, details: Value) -> Change<'_> {
    Change { action, object_id: Some(ticket.id.as_str()), object_name: &ticket.title, details }
}

/// The id of a ticket in a path.
pub fn parse_id(path: &str) -> Result<TicketId, Failure> {
    path.parse().map_err(|_| Failure::not_found("ticket"))
}

/// The ticket, or 404.
pub fn found(ticket: Option<Ticket>) -> Result<Ticket, Failure> {
    ticket.ok_or_else(|| Failure::not_found("ticket"))
}
