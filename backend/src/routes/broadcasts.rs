//! Broadcasts: any member, and keys and tokens with the broadcasts scopes.

use actix_web::{get, post, web::Data, web::Json, web::Path, web::Query};
use api_types::{
    Page,
    audit::AuditAction,
    broadcasts::{Broadcast, BroadcastStatus, NewBroadcast},
    events::EventType,
    ids::BroadcastId,
};
use serde::Deserialize;
use serde_json::json;

use super::tickets::MAX_BODY;
use crate::{
    app::App,
    auth::{
        Caller,
        permission::{BroadcastsRead, BroadcastsWrite},
    },
    body::Body,
    catalogue::data_of,
    db::{
        Tx,
        audit::{self, Change, Who},
        broadcasts,
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

const MAX_SUBJECT: usize = 200;

/// Which broadcasts a list wants.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListFilter {
    /// Only broadcasts that are `draft` or `sent`.
    #[param(example = "draft")]
    status: Option<String>,
}

/// List broadcasts
///
/// Newest first.
#[utoipa::path(tag = "Broadcasts",
    security(("session" = []), ("bearer" = ["broadcasts:read"])), params(PageParams, ListFilter),
    responses((status = 200, description = "A page of broadcasts", body = Page<Broadcast>)))]
#[get("/broadcasts")]
pub async fn list(
    app: Data<App>,
    caller: Caller<BroadcastsRead>,
    page: Query<PageParams>,
    filter: Query<ListFilter>,
) -> Answer<Json<Page<Broadcast>>> {
    let slice = Slice::parse(&page, &app.keys)?;
    let status = params::word("status", filter.status.as_deref(), BroadcastStatus::ALL)?;
    let workspace = caller.workspace_id();
    let rows =
        app.db.read(move |conn| Ok::<_, Failure>(broadcasts::list(conn, workspace, status, slice)?)).await?;
    Ok(Json(slice.page(rows, |broadcast| broadcast.id, &app.keys)))
}

/// Draft a broadcast
///
/// Publishes `broadcast.created`. Nobody gets it before it is sent.
#[utoipa::path(tag = "Broadcasts",
    security(("session" = []), ("bearer" = ["broadcasts:write"])),
    extensions(("x-problems" = json!(["secret-in-text"]))), params(IdempotencyKey), request_body = NewBroadcast,
    responses((status = 201, description = "The draft", body = Broadcast)))]
#[post("/broadcasts")]
pub async fn create(
    app: Data<App>,
    caller: Caller<BroadcastsWrite>,
    key: IdempotencyKey,
    body: Body<NewBroadcast>,
) -> Answer {
    let mut fields = Fields::new();
    let checked = NewBroadcast {
        subject: fields.name("subject", &body.value.subject, MAX_SUBJECT),
        body: fields.text("body", &body.value.body, 0, MAX_BODY),
    };
    let checked = fields.check(checked)?;
    let texts = [("subject", checked.subject.as_str()), ("body", &checked.body)];
    secret_scan::guard(&app, &caller.who(), "broadcast", &texts).await?;
    let (inner, who, now) = (app.clone(), caller.who(), app.clock.now());
    let body = Body { value: checked, digest: body.digest };
    idempotent::create(&app, &caller, (key, body), 201, move |tx, input| {
        let broadcast = Broadcast {
            id: new_id!(inner, BroadcastId),
            subject: input.subject,
            body: input.body,
            status: BroadcastStatus::Draft,
            created_at: now,
            sent_at: None,
        };
        broadcasts::insert(tx, who.workspace_id, &broadcast)?;
        note_change(tx, &inner, &who, AuditAction::BroadcastCreated, &broadcast)?;
        publish(tx, &inner, who.workspace_id, EventType::BroadcastCreated, &data_of(&broadcast)?)?;
        Ok(broadcast)
    })
    .await
}

/// Show a broadcast
#[utoipa::path(tag = "Broadcasts",
    security(("session" = []), ("bearer" = ["broadcasts:read"])),
    params(("id" = BroadcastId, Path, description = "The broadcast's id")),
    responses((status = 200, description = "The broadcast", body = Broadcast)))]
#[get("/broadcasts/{id}")]
pub async fn show(
    app: Data<App>,
    caller: Caller<BroadcastsRead>,
    path: Path<String>,
) -> Answer<Json<Broadcast>> {
    let id = parse_id(&path)?;
    let workspace = caller.workspace_id();
    let broadcast = app.db.read(move |conn| Ok::<_, Failure>(broadcasts::find(conn, workspace, id)?)).await?;
    found(broadcast).map(Json)
}

/// Send a broadcast
///
/// Publishes `broadcast.sent`. It can be sent once; a second time answers 409, unless it repeats the first request's
/// `Idempotency-Key`. Takes no body.
#[utoipa::path(tag = "Broadcasts",
    security(("session" = []), ("bearer" = ["broadcasts:write"])),
    extensions(("x-problems" = json!(["conflict"]))),
    params(("id" = BroadcastId, Path, description = "The broadcast's id"), IdempotencyKey),
    responses((status = 200, description = "The sent broadcast", body = Broadcast)))]
#[post("/broadcasts/{id}/send")]
pub async fn send(
    app: Data<App>,
    caller: Caller<BroadcastsWrite>,
    path: Path<String>,
    key: IdempotencyKey,
) -> Answer {
    let id = parse_id(&path)?;
    let (inner, who, now) = (app.clone(), caller.who(), app.clock.now());
    let nothing = Body { value: (), digest: String::new() };
    idempotent::create(&app, &caller, (key, nothing), 200, move |tx, ()| {
        let first = broadcasts::mark_sent(tx, who.workspace_id, id, now)?;
        let broadcast = found(broadcasts::find(tx, who.workspace_id, id)?)?;
        if !first {
            return Err(Failure::conflict("This broadcast was sent already. Draft a new one to send more."));
        }
        note_change(tx, &inner, &who, AuditAction::BroadcastSent, &broadcast)?;
        publish(tx, &inner, who.workspace_id, EventType::BroadcastSent, &data_of(&broadcast)?)?;
        Ok(broadcast)
    })
    .await
}

fn note_change(
    tx: &mut Tx<'_>,
    app: &App,
    who: &Who,
    action: AuditAction,
    broadcast: &Broadcast,
) -> Result<(), Failure> {
    let change = Change {
        action,
        object_id: Some(broadcast.id.as_str()),
        object_name: &broadcast.subject,
        details: json!({}),
    };
    Ok(audit::append(tx, app, who, change)?)
}

fn parse_id(path: &str) -> Result<BroadcastId, Failure> {
    path.parse().map_err(|_| Failure::not_found("broadcast"))
}

fn found(broadcast: Option<Broadcast>) -> Result<Broadcast, Failure> {
    broadcast.ok_or_else(|| Failure::not_found("broadcast"))
}
