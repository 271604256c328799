//! Broadcasts: any member, and keys and tokens with the broadcasts scopes.

use std::collections::BTreeSet;

use actix_web::{get, post, web::Data, web::Json};
use api_types::{
    Page,
    audit::AuditAction,
    broadcasts::{Broadcast, BroadcastStatus, NewBroadcast},
    events::EventType,
    ids::BroadcastId,
};
use serde_json::json;

use super::{idempotent::IdempotencyKey, texts::MAX_BODY};
use crate::{
    app::App,
    auth::{
        Caller,
        permission::{BroadcastsRead, BroadcastsWrite},
    },
    db::{
        audit::{self, Change},
        broadcasts, dialect,
    },
    delivery::Publication,
    http::{
        body::Body,
        etag::{IfMatch, Shown, Target},
        fields::Fields,
        made::Made,
        paging::{self, ListQuery, PageParams},
        path_id::{Noun, PathId},
        problem::{Answer, Failure},
        query::{FromQuery, Query, QueryReader, Several},
    },
    secret_scan,
};

const MAX_SUBJECT: usize = 200;

type Statuses = Several<BroadcastStatus>;

/// The filters of the list.
#[derive(Debug, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListFilter {
    /// Only broadcasts in one of these states; several by repeating the parameter or separated by commas.
    #[param(value_type = Statuses, inline, style = Form, explode, required = false)]
    status: BTreeSet<BroadcastStatus>,
}

impl FromQuery for ListFilter {
    fn read(query: &mut QueryReader) -> Self {
        Self { status: query.words("status") }
    }
}

/// List broadcasts
///
/// Newest first.
#[utoipa::path(operation_id = "listBroadcasts", tag = "Broadcasts",
    security(("session" = []), ("bearer" = ["broadcasts:read"])), params(PageParams, ListFilter),
    responses((status = 200, description = "A page of broadcasts", body = Page<Broadcast>)))]
#[get("/broadcasts")]
pub async fn list(
    app: Data<App>,
    caller: Caller<BroadcastsRead>,
    Query(listed): ListQuery<ListFilter>,
) -> Answer<Json<Page<Broadcast>>> {
    let slice = listed.page.slice(&app.base.keys)?;
    let statuses = listed.filter.status;
    let workspace = caller.workspace_id();
    let rows = app.base.db.query(move |conn| broadcasts::list(conn, workspace, &statuses, slice)).await?;
    Ok(Json(paging::page(slice, rows, |broadcast| broadcast.id, &app.base.keys)))
}

/// Draft a broadcast
///
/// Publishes `broadcast.created`. Nobody gets it before it is sent.
#[utoipa::path(operation_id = "createBroadcast", tag = "Broadcasts",
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
    let input = check(&body.value)?;
    let texts = [("subject", input.subject.as_str()), ("body", &input.body)];
    let who = caller.who();
    secret_scan::guard(&app.base, &who, "broadcast", &texts).await?;
    let publisher = app.delivery.publisher.clone();
    let request = key.of(&caller, body.digest);
    request
        .answer(&app.base, move |tx| -> Answer<Made> {
            let broadcast = Broadcast {
                id: tx.new_id(),
                subject: input.subject,
                body: input.body,
                status: BroadcastStatus::Draft,
                created_at: tx.now(),
                sent_at: None,
            };
            broadcasts::insert(tx, who.workspace_id, &broadcast)?;
            audit::append(tx, &who, change(AuditAction::BroadcastCreated, &broadcast))?;
            publisher.publish(tx, &who, EventType::BroadcastCreated, &broadcast)?;
            Ok(Made::created("broadcasts", broadcast.id.as_str(), &broadcast)?.tagged(&broadcast))
        })
        .await
}

/// Show a broadcast
#[utoipa::path(operation_id = "getBroadcast", tag = "Broadcasts",
    security(("session" = []), ("bearer" = ["broadcasts:read"])),
    params(("id" = BroadcastId, Path, description = "The broadcast's id")),
    responses((status = 200, description = "The broadcast", body = Broadcast)))]
#[get("/broadcasts/{id}")]
pub async fn show(
    app: Data<App>,
    caller: Caller<BroadcastsRead>,
    PathId(id): PathId<BroadcastId>,
) -> Answer<Shown<Broadcast>> {
    let workspace = caller.workspace_id();
    let broadcast = app.base.db.query(move |conn| broadcasts::find(conn, workspace, id)).await?;
    broadcast.map(Shown).ok_or_else(BroadcastId::missing)
}

/// Send a broadcast
///
/// Publishes `broadcast.sent`. It can be sent once; a second time answers 409, unless it repeats the first request's
/// `Idempotency-Key`. Takes no body.
#[utoipa::path(operation_id = "sendBroadcast", tag = "Broadcasts",
    security(("session" = []), ("bearer" = ["broadcasts:write"])),
    extensions(("x-problems" = json!(["conflict"]))),
    params(("id" = BroadcastId, Path, description = "The broadcast's id"), IfMatch, IdempotencyKey),
    responses((status = 200, description = "The sent broadcast", body = Broadcast)))]
#[post("/broadcasts/{id}/send")]
pub async fn send(
    app: Data<App>,
    caller: Caller<BroadcastsWrite>,
    target: Target<BroadcastId>,
    key: IdempotencyKey,
) -> Answer {
    let id = target.id;
    let who = caller.who();
    let publisher = app.delivery.publisher.clone();
    // There is no body, so all requests with one key are the same.
    let request = key.of(&caller, String::new());
    request
        .answer(&app.base, move |tx| -> Answer<Made> {
            let now = tx.now();
            dialect::lock(tx, id.as_str())?;
            let before = broadcasts::find(tx, who.workspace_id, id)?.ok_or_else(BroadcastId::missing)?;
            target.if_match.check(&before)?;
            let first = broadcasts::mark_sent(tx, who.workspace_id, id, now)?;
            let broadcast = broadcasts::find(tx, who.workspace_id, id)?.ok_or_else(BroadcastId::missing)?;
            if !first {
                return Err(Failure::conflict(
                    "This broadcast was sent already. Draft a new one to send more.",
                ));
            }
            audit::append(tx, &who, change(AuditAction::BroadcastSent, &broadcast))?;
            let publication = Publication {
                who: &who,
                kind: EventType::BroadcastSent,
                data: &broadcast,
                before: Some(&before),
                about: None,
            };
            publisher.announce(tx, &publication)?;
            Made::shown(&broadcast)
        })
        .await
}

/// Checks a new broadcast.
fn check(input: &NewBroadcast) -> Answer<NewBroadcast> {
    let mut fields = Fields::new();
    let valid = NewBroadcast {
        subject: fields.name("subject", &input.subject, MAX_SUBJECT),
        body: fields.text("body", &input.body, 0, MAX_BODY),
    };
    fields.check(valid)
}

fn change(action: AuditAction, broadcast: &Broadcast) -> Change<'_> {
    Change::of(action, broadcast.id.as_str(), &broadcast.subject, json!({}))
}
