//! Comments and notes on tickets: who may see or change tickets may see or write them.

use actix_web::{get, post, web::Data, web::Json, web::Path, web::Query};
use api_types::{
    Page,
    audit::AuditAction,
    events::EventType,
    ids::{CommentId, NoteId, TicketId},
    tickets::{Comment, NewRemark, Note, Ticket},
};
use serde_json::json;

use super::tickets::{MAX_BODY, found, parse_id};
use crate::{
    app::App,
    auth::{
        Caller,
        permission::{TicketsRead, TicketsWrite},
    },
    body::Body,
    catalogue::data_of,
    db::{
        Tx,
        audit::{self, Change, Who},
        remarks::{internal, on_tickets},
        tickets,
    },
    delivery::publish,
    fields::Fields,
    idempotent::{self, IdempotencyKey},
    new_id,
    paging::{PageParams, Slice},
    problem::{Answer, Failure},
    secret_scan,
};

/// List a ticket's comments
///
/// Newest first.
#[utoipa::path(tag = "Tickets", security(("session" = []), ("bearer" = ["tickets:read"])),
    params(("id" = TicketId, Path, description = "The ticket's id"), PageParams),
    responses((status = 200, description = "A page of comments", body = Page<Comment>)))]
#[get("/tickets/{id}/comments")]
pub async fn list_comments(
    app: Data<App>,
    caller: Caller<TicketsRead>,
    path: Path<String>,
    page: Query<PageParams>,
) -> Answer<Json<Page<Comment>>> {
    let (ticket, slice) = (parse_id(&path)?, Slice::parse(&page, &app.keys)?);
    let workspace = caller.workspace_id();
    let rows = app
        .db
        .read(move |conn| {
            found(tickets::find(conn, workspace, ticket)?)?;
            Ok::<_, Failure>(on_tickets::list(conn, workspace, ticket, slice)?)
        })
        .await?;
    Ok(Json(slice.page(rows, |comment| comment.id, &app.keys)))
}

/// Comment on a ticket
///
/// Publishes `comment.created`.
#[utoipa::path(tag = "Tickets", security(("session" = []), ("bearer" = ["tickets:write"])),
    extensions(("x-problems" = json!(["secret-in-text"]))),
    params(("id" = TicketId, Path, description = "The ticket's id"), IdempotencyKey), request_body = NewRemark,
    responses((status = 201, description = "The comment", body = Comment)))]
#[post("/tickets/{id}/comments")]
pub async fn create_comment(
    app: Data<App>,
    caller: Caller<TicketsWrite>,
    path: Path<String>,
    key: IdempotencyKey,
    body: Body<NewRemark>,
) -> Answer {
    let (ticket_id, body) = (parse_id(&path)?, check(&app, &caller, "comment", body).await?);
    let (inner, who, now) = (app.clone(), caller.who(), app.clock.now());
    idempotent::create(&app, &caller, (key, body), 201, move |tx, body| {
        let ticket = found(tickets::find(tx, who.workspace_id, ticket_id)?)?;
        let comment = Comment { id: new_id!(inner, CommentId), ticket_id, body, created_at: now };
        on_tickets::insert(tx, who.workspace_id, &comment)?;
        note_change(tx, &inner, &who, (AuditAction::CommentCreated, comment.id.as_str()), &ticket)?;
        publish(tx, &inner, who.workspace_id, EventType::CommentCreated, &data_of(&comment)?)?;
        Ok(comment)
    })
    .await
}

/// List a ticket's notes
///
/// Newest first.
#[utoipa::path(tag = "Tickets", security(("session" = []), ("bearer" = ["tickets:read"])),
    params(("id" = TicketId, Path, description = "The ticket's id"), PageParams),
    responses((status = 200, description = "A page of notes", body = Page<Note>)))]
#[get("/tickets/{id}/notes")]
pub async fn list_notes(
    app: Data<App>,
    caller: Caller<TicketsRead>,
    path: Path<String>,
    page: Query<PageParams>,
) -> Answer<Json<Page<Note>>> {
    let (ticket, slice) = (parse_id(&path)?, Slice::parse(&page, &app.keys)?);
    let workspace = caller.workspace_id();
    let rows = app
        .db
        .read(move |conn| {
            found(tickets::find(conn, workspace, ticket)?)?;
            Ok::<_, Failure>(internal::list(conn, workspace, ticket, slice)?)
        })
        .await?;
    Ok(Json(slice.page(rows, |note| note.id, &app.keys)))
}

/// Write an internal note on a ticket
///
/// Publishes `note.created`.
#[utoipa::path(tag = "Tickets", security(("session" = []), ("bearer" = ["tickets:write"])),
    extensions(("x-problems" = json!(["secret-in-text"]))),
    params(("id" = TicketId, Path, description = "The ticket's id"), IdempotencyKey), request_body = NewRemark,
    responses((status = 201, description = "The note", body = Note)))]
#[post("/tickets/{id}/notes")]
pub async fn create_note(
    app: Data<App>,
    caller: Caller<TicketsWrite>,
    path: Path<String>,
    key: IdempotencyKey,
    body: Body<NewRemark>,
) -> Answer {
    let (ticket_id, body) = (parse_id(&path)?, check(&app, &caller, "note", body).await?);
    let (inner, who, now) = (app.clone(), caller.who(), app.clock.now());
    idempotent::create(&app, &caller, (key, body), 201, move |tx, body| {
        let ticket = found(tickets::find(tx, who.workspace_id, ticket_id)?)?;
        let note = Note { id: new_id!(inner, NoteId), ticket_id, body, created_at: now };
        internal::insert(tx, who.workspace_id, &note)?;
        note_change(tx, &inner, &who, (AuditAction::NoteCreated, note.id.as_str()), &ticket)?;
        publish(tx, &inner, who.workspace_id, EventType::NoteCreated, &data_of(&note)?)?;
        Ok(note)
    })
    .await
}

/// The text, checked and free of credentials.
async fn check(
    app: &App,
    caller: &Caller<TicketsWrite>,
    what: &str,
    body: Body<NewRemark>,
) -> Result<Body<String>, Failure> {
    let mut fields = Fields::new();
    let text = fields.text("body", &body.value.body, 1, MAX_BODY);
    let text = fields.check(text)?;
    secret_scan::guard(app, &caller.who(), what, &[("body", &text)]).await?;
    Ok(Body { value: text, digest: body.digest })
}

fn note_change(
    tx: &mut Tx<'_>,
    app: &App,
    who: &Who,
    (action, id): (AuditAction, &str),
    ticket: &Ticket,
) -> Result<(), Failure> {
    let details = json!({ "ticket_id": ticket.id });
    Ok(audit::append(
        tx,
        app,
        who,
        Change { action, object_id: Some(id), object_name: &ticket.title, details },
    )?)
}
