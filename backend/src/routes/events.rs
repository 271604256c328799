//! Events: published by internal systems, and read back.

use actix_web::{get, post, web::Data};
use api_types::{
    FieldError,
    events::{AcceptedEvent, Event, EventType, NewEvent, Payload},
    ids::EventId,
    pointer::Pointer,
    problem::FaultCode,
};

use super::idempotent::{self, IdempotencyKey};
use crate::{
    app::App,
    auth::{
        Caller,
        permission::{DeliveriesRead, EventsWrite},
    },
    catalogue::{self, Reader},
    db::{
        events::{self, EventRow},
        idempotency::Stored,
    },
    delivery::{self, Submission, SubmitError},
    http::{
        body::Body,
        etag::Shown,
        fields::quoted,
        path_id::{Noun, PathId},
        problem::{Answer, Failure},
        raw_json,
    },
};

/// Publish an event
///
/// For internal systems. Answered once the event is durable; it is then on its way to every webhook that wants it. `data` is
/// checked against the type's schema and sent byte for byte as it came, every digit, escape and blank: it is not searched for
/// pasted credentials, so leave them out.
#[utoipa::path(operation_id = "publishEvent", tag = "Events",
    security(("session" = ["admin"]), ("bearer" = ["events:write"])),
    params(IdempotencyKey), request_body = NewEvent,
    responses((status = 202, description = "The event is stored and will be delivered", body = AcceptedEvent)))]
#[post("/events")]
pub async fn create(
    app: Data<App>,
    caller: Caller<EventsWrite>,
    key: IdempotencyKey,
    body: Body<NewEvent>,
) -> Answer {
    let kind = check(&body.value)?;
    let event = delivery::new_event(&app.base, &caller.who(), kind, &body.value.data)?;
    let answer = Stored::new(body.digest, 202, &AcceptedEvent { id: event.id }, event.created_at)?;
    let used = key.used_by(&caller);
    let stored = app.delivery.ingest.submit(Submission { event, answer, used }).await;
    stored.map(idempotent::respond).map_err(refused)
}

/// The event's type, if it is known, publishable, and `data` is of its form.
fn check(event: &NewEvent) -> Answer<EventType> {
    let kind: EventType = event.kind.parse().map_err(|_| {
        Failure::field(
            "type",
            FaultCode::UnknownWord,
            format!("{} is no event type; GET /v1/event-types lists them.", quoted(&event.kind)),
        )
    })?;
    if !catalogue::is_publishable(kind) {
        let detail = format!(
            "{kind} is published by Sayless alone. Tickets', comments', notes' and broadcasts' types can be published."
        );
        return Err(Failure::field("type", FaultCode::NotAllowed, detail));
    }
    let data = raw_json::read(event.data.get(), Pointer::from("data"))
        .map_err(|error| Failure::fields(vec![error]))?;
    catalogue::check(kind, &data).map_err(|errors: Vec<FieldError>| Failure::fields(errors))?;
    Ok(kind)
}

/// The failure that a publisher is told where the event was not stored.
fn refused(error: SubmitError) -> Failure {
    match error {
        SubmitError::Full => Failure::unavailable(
            "More events are coming in than can be stored. Nothing of this one was; try again in a moment.",
            1,
        ),
        SubmitError::Stopping => Failure::unavailable("The server is stopping. Nothing was stored.", 1),
        SubmitError::Key(conflict) => conflict.into(),
        SubmitError::Unavailable => Failure::no_database(),
        SubmitError::Refused => Failure::internal(&"the database refused an event"),
    }
}

/// Show an event
///
/// Parsed, and as the exact body that webhooks receive and that is signed, for those who may read the event's type. Others are told by
/// `hidden` what they lack.
#[utoipa::path(operation_id = "getEvent", tag = "Events",
    security(("session" = ["admin"]), ("bearer" = ["deliveries:read"])),
    params(("id" = EventId, Path, description = "The event's id")),
    responses((status = 200, description = "The event", body = Event)))]
#[get("/events/{id}")]
pub async fn show(
    app: Data<App>,
    caller: Caller<DeliveriesRead>,
    PathId(id): PathId<EventId>,
) -> Answer<Shown<Event>> {
    let workspace = caller.workspace_id();
    let row = app.base.db.query(move |conn| events::find(conn, workspace, id)).await?;
    let row = row.ok_or_else(EventId::missing)?;
    let reader = caller.viewer().reader;
    let body = reader.sight(row.kind).show(row.payload.clone());
    to_wire(row, &reader).map(|event| Shown(Event { body, ..event }))
}

/// An event as the wire has it for a reader.
pub fn to_wire(row: EventRow, reader: &Reader) -> Answer<Event> {
    let sight = reader.sight(row.kind);
    let payload = sight.show(row.payload).map(Payload::new).transpose();
    Ok(Event {
        id: row.id,
        kind: row.kind,
        created_at: row.created_at,
        object_id: row.object_id,
        payload: payload.map_err(|error| Failure::internal(&error))?,
        hidden: sight.hidden(),
        body: None,
    })
}
