//! Comments and notes on tickets, for callers who may see or change tickets. Both kinds share one list and one create function.

use actix_web::{get, post, web::Data, web::Json};
use api_types::{
    Page,
    audit::AuditAction,
    events::EventType,
    ids::TicketId,
    tickets::{Comment, NewRemark, Note},
};
use serde::Serialize;
use serde_json::json;

use crate::{
    app::App,
    auth::{
        Caller,
        permission::{TicketsRead, TicketsWrite},
    },
    db::{
        audit::{self, Change},
        remarks::Remark,
        tickets,
    },
    http::{
        body::Body,
        fields::Fields,
        made::Made,
        paging::{self, ListQuery, PageParams},
        path_id::{Noun, PathId},
        problem::Answer,
        query::Query,
    },
    routes::{
        idempotent::{IdempotencyKey, KeyedRequest},
        texts::MAX_BODY,
    },
    secret_scan,
};

/// The words by which a new comment or note is told of.
trait Told: Remark + Serialize + Send + 'static {
    /// The kind's name in a sentence.
    const NAME: &'static str;
    /// The name of the list that it is in, as in the path.
    const LIST: &'static str;
    /// The audit entry that a new one gets.
    const CREATED: AuditAction;
    /// The event that tells of a new one.
    const EVENT: EventType;
}

impl Told for Comment {
    const NAME: &'static str = "comment";
    const LIST: &'static str = "comments";
    const CREATED: AuditAction = AuditAction::CommentCreated;
    const EVENT: EventType = EventType::CommentCreated;
}

impl Told for Note {
    const NAME: &'static str = "note";
    const LIST: &'static str = "notes";
    const CREATED: AuditAction = AuditAction::NoteCreated;
    const EVENT: EventType = EventType::NoteCreated;
}

/// List a ticket's comments
///
/// Newest first.
#[utoipa::path(operation_id = "listTicketComments", tag = "Tickets",
    security(("session" = []), ("bearer" = ["tickets:read"])),
    params(("id" = TicketId, Path, description = "The ticket's id"), PageParams),
    responses((status = 200, description = "A page of comments", body = Page<Comment>)))]
#[get("/tickets/{id}/comments")]
pub async fn list_comments(
    app: Data<App>,
    caller: Caller<TicketsRead>,
    PathId(ticket): PathId<TicketId>,
    Query(listed): ListQuery,
) -> Answer<Json<Page<Comment>>> {
    list(&app, &caller, ticket, &listed.page).await
}

/// Comment on a ticket
///
/// Publishes `comment.created`.
#[utoipa::path(operation_id = "createTicketComment", tag = "Tickets",
    security(("session" = []), ("bearer" = ["tickets:write"])),
    extensions(("x-problems" = json!(["secret-in-text"]))),
    params(("id" = TicketId, Path, description = "The ticket's id"), IdempotencyKey), request_body = NewRemark,
    responses((status = 201, description = "The comment", body = Comment)))]
#[post("/tickets/{id}/comments")]
pub async fn create_comment(
    app: Data<App>,
    caller: Caller<TicketsWrite>,
    PathId(ticket): PathId<TicketId>,
    key: IdempotencyKey,
    body: Body<NewRemark>,
) -> Answer {
    let request = key.of(&caller, body.digest);
    create::<Comment>(&app, &caller, ticket, body.value, request).await
}

/// List a ticket's notes
///
/// Newest first.
#[utoipa::path(operation_id = "listTicketNotes", tag = "Tickets",
    security(("session" = []), ("bearer" = ["tickets:read"])),
    params(("id" = TicketId, Path, description = "The ticket's id"), PageParams),
    responses((status = 200, description = "A page of notes", body = Page<Note>)))]
#[get("/tickets/{id}/notes")]
pub async fn list_notes(
    app: Data<App>,
    caller: Caller<TicketsRead>,
    PathId(ticket): PathId<TicketId>,
    Query(listed): ListQuery,
) -> Answer<Json<Page<Note>>> {
    list(&app, &caller, ticket, &listed.page).await
}

/// Write an internal note on a ticket
///
/// Publishes `note.created`.
#[utoipa::path(operation_id = "createTicketNote", tag = "Tickets",
    security(("session" = []), ("bearer" = ["tickets:write"])),
    extensions(("x-problems" = json!(["secret-in-text"]))),
    params(("id" = TicketId, Path, description = "The ticket's id"), IdempotencyKey), request_body = NewRemark,
    responses((status = 201, description = "The note", body = Note)))]
#[post("/tickets/{id}/notes")]
pub async fn create_note(
    app: Data<App>,
    caller: Caller<TicketsWrite>,
    PathId(ticket): PathId<TicketId>,
    key: IdempotencyKey,
    body: Body<NewRemark>,
) -> Answer {
    let request = key.of(&caller, body.digest);
    create::<Note>(&app, &caller, ticket, body.value, request).await
}

/// A page of a ticket's comments or notes.
async fn list<R: Told>(
    app: &App,
    caller: &Caller<TicketsRead>,
    ticket: TicketId,
    page: &PageParams,
) -> Answer<Json<Page<R>>> {
    let slice = page.slice(&app.base.keys)?;
    let workspace = caller.workspace_id();
    let rows = app.base.db.read(move |conn| -> Answer<Vec<R>> {
        tickets::find(conn, workspace, ticket)?.ok_or_else(TicketId::missing)?;
        Ok(R::list(conn, workspace, ticket, slice)?)
    });
    Ok(Json(paging::page(slice, rows.await?, R::id, &app.base.keys)))
}

/// Writes a comment or a note on a ticket.
async fn create<R: Told>(
    app: &App,
    caller: &Caller<TicketsWrite>,
    ticket: TicketId,
    input: NewRemark,
    request: KeyedRequest,
) -> Answer {
    let mut fields = Fields::new();
    let text = fields.text("body", &input.body, 1, MAX_BODY);
    let text = fields.check(text)?;
    let who = caller.who();
    secret_scan::guard(&app.base, &who, R::NAME, &[("body", &text)]).await?;
    let publisher = app.delivery.publisher.clone();
    request
        .answer(&app.base, move |tx| -> Answer<Made> {
            let ticket = tickets::find(tx, who.workspace_id, ticket)?.ok_or_else(TicketId::missing)?;
            let remark = R::new(tx.new_id(), ticket.id, text, tx.now());
            remark.insert(tx, who.workspace_id)?;
            let id = remark.id().to_string();
            audit::append(
                tx,
                &who,
                Change::of(R::CREATED, &id, &ticket.title, json!({ "ticket_id": ticket.id })),
            )?;
            publisher.publish(tx, &who, R::EVENT, &remark)?;
            // A comment or a note has no address of its own: it is read in its ticket's list.
            let list = format!("tickets/{}/{}", ticket.id, R::LIST);
            Ok(Made::json(201, &remark)?.about(&id).header("location", format!("/v1/{list}")))
        })
        .await
}
