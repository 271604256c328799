//! Deliveries: lists (the failures among them), one with its last attempts, all attempts, and the retry by hand.

use std::collections::BTreeSet;

use actix_web::{get, post, web::Data, web::Json};
use api_types::{
    Page, Timestamp,
    audit::AuditAction,
    deliveries::{AcceptedRetry, Attempt, Category, Delivery, DeliveryDetail, DeliveryStatus, RetryAdvice},
    events::EventType,
    ids::{DeliveryId, EventId, WebhookId},
};
use diesel::QueryResult;
use serde_json::json;

use super::{events as event_routes, idempotent::IdempotencyKey};
use crate::{
    app::App,
    auth::{
        Caller,
        permission::{DeliveriesRead, DeliveriesRetry},
    },
    db::{
        Conn, Hint, Slice,
        audit::{self, Change},
        deliveries::{
            self, destinations,
            filter::DeliveryFilter,
            lists::{self, ListedDelivery},
            order,
        },
        events, webhooks,
    },
    http::{
        etag::Shown,
        made::Made,
        paging::{self, ListQuery, PageParams},
        path_id::{Noun, PathId},
        problem::{Answer, Failure},
        query::{FromQuery, Query, QueryReader, Several},
    },
};

type Statuses = Several<DeliveryStatus>;
type EventTypes = Several<EventType>;
type Categories = Several<Category>;

/// The number of attempts that a delivery is shown with.
const SHOWN_ATTEMPTS: i64 = 20;
/// The most retries of one delivery by hand within an hour; the attempts that recoveries made count too.
const RETRIES_AN_HOUR: usize = 30;

/// The filters of the list.
#[derive(Debug, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListFilter {
    /// Only deliveries in one of these states; several by repeating the parameter or separated by commas. The failures
    /// are `retrying,failed`.
    #[param(value_type = Statuses, inline, style = Form, explode, required = false)]
    status: BTreeSet<DeliveryStatus>,
    /// Only of this webhook.
    webhook_id: Option<WebhookId>,
    /// Only events of one of these types; several by repeating the parameter or separated by commas.
    #[param(value_type = EventTypes, inline, style = Form, explode, required = false)]
    event_type: BTreeSet<EventType>,
    /// Only of this event.
    event_id: Option<EventId>,
    /// Only where the last failure is of one of these categories; several by repeating the parameter or separated by
    /// commas.
    #[param(value_type = Categories, inline, style = Form, explode, required = false)]
    category: BTreeSet<Category>,
    /// Created at or after this time (RFC 3339).
    since: Option<Timestamp>,
    /// Created before this time (RFC 3339).
    until: Option<Timestamp>,
}

impl FromQuery for ListFilter {
    fn read(query: &mut QueryReader) -> Self {
        Self {
            status: query.words("status"),
            webhook_id: query.id("webhook_id"),
            event_type: query.words("event_type"),
            event_id: query.id("event_id"),
            category: query.words("category"),
            since: query.time("since"),
            until: query.time("until"),
        }
    }
}

impl From<ListFilter> for DeliveryFilter {
    fn from(filter: ListFilter) -> Self {
        Self {
            statuses: filter.status,
            webhook: filter.webhook_id,
            event_types: filter.event_type,
            event: filter.event_id,
            categories: filter.category,
            since: filter.since,
            until: filter.until,
        }
    }
}

/// List deliveries
///
/// Newest first. `status=retrying,failed` are the failures. A key or token is shown those of its own webhooks; another's are not found.
#[utoipa::path(operation_id = "listDeliveries", tag = "Deliveries",
    security(("session" = ["admin"]), ("bearer" = ["deliveries:read"])),
    params(PageParams, ListFilter), responses((status = 200, description = "A page of deliveries", body = Page<Delivery>)))]
#[get("/deliveries")]
pub async fn list(
    app: Data<App>,
    caller: Caller<DeliveriesRead>,
    Query(listed): ListQuery<ListFilter>,
) -> Answer<Json<Page<Delivery>>> {
    let slice = listed.page.slice(&app.base.keys)?;
    let viewer = caller.viewer();
    let wanted: DeliveryFilter = listed.filter.into();
    let rows = app.base.db.read(move |conn| -> Answer<_> { Ok(lists::list(conn, &viewer, &wanted, slice)?) });
    Ok(Json(paging::page(slice, rows.await?, |delivery| delivery.id, &app.base.keys)))
}

/// Show a delivery
///
/// With its event, the last diagnosis, and the last 20 attempts: what was sent, what came back, how long each phase took. The
/// payload, the requests and the answers are shown to those who may read the event's type (`note.created` takes
/// `tickets:read`); others are told by `hidden` what they lack.
#[utoipa::path(operation_id = "getDelivery", tag = "Deliveries",
    security(("session" = ["admin"]), ("bearer" = ["deliveries:read"])),
    params(("id" = DeliveryId, Path, description = "The delivery's id")),
    responses((status = 200, description = "The delivery", body = DeliveryDetail)))]
#[get("/deliveries/{id}")]
pub async fn show(
    app: Data<App>,
    caller: Caller<DeliveriesRead>,
    PathId(id): PathId<DeliveryId>,
) -> Answer<Shown<DeliveryDetail>> {
    let viewer = caller.viewer();
    let now = app.base.now();
    let detail = app.base.db.read(move |conn| -> Answer<DeliveryDetail> {
        let shown = lists::find(conn, &viewer, id)?.ok_or_else(DeliveryId::missing)?;
        let event = events::find(conn, viewer.workspace, shown.delivery.event_id)?;
        let event = event.ok_or_else(DeliveryId::missing)?;
        let sight = viewer.reader.sight(event.kind);
        let line = Line::of(conn, &shown)?;
        let refusal = Retryability::of(&shown, line.out_of_turn, often_retried(conn, id, now)?).refusal();
        Ok(DeliveryDetail {
            attempt_history: lists::attempts(conn, (id, sight), None, SHOWN_ATTEMPTS)?,
            event: event_routes::to_wire(event, &viewer.reader)?,
            in_flight: shown.in_flight,
            holds_line: line.held_by_it,
            retry: RetryAdvice { possible: refusal.is_none(), reason: refusal.map(str::to_owned) },
            delivery: shown.delivery,
        })
    });
    Ok(Shown(detail.await?))
}

/// List a delivery's attempts
///
/// Every attempt, newest first. All of them sent the `payload` of the delivery's event. The requests and the answers are shown
/// to those who may read the event's type.
#[utoipa::path(operation_id = "listDeliveryAttempts", tag = "Deliveries",
    security(("session" = ["admin"]), ("bearer" = ["deliveries:read"])),
    params(("id" = DeliveryId, Path, description = "The delivery's id"), PageParams),
    responses((status = 200, description = "A page of attempts", body = Page<Attempt>)))]
#[get("/deliveries/{id}/attempts")]
pub async fn attempts(
    app: Data<App>,
    caller: Caller<DeliveriesRead>,
    PathId(id): PathId<DeliveryId>,
    Query(listed): ListQuery,
) -> Answer<Json<Page<Attempt>>> {
    // Attempts are told apart by their number within the delivery.
    let slice: Slice<u32> = listed.page.slice(&app.base.keys)?;
    let viewer = caller.viewer();
    let rows = app.base.db.read(move |conn| -> Answer<Vec<Attempt>> {
        let shown = lists::find(conn, &viewer, id)?.ok_or_else(DeliveryId::missing)?;
        let sight = viewer.reader.sight(shown.delivery.event_type);
        Ok(lists::attempts(conn, (id, sight), slice.before, slice.fetch())?)
    });
    Ok(Json(paging::page(slice, rows.await?, |attempt| attempt.number, &app.base.keys)))
}

/// Retry a delivery
///
/// One attempt now, beside the schedule: success ends the schedule, failure changes nothing. Retry only once the receiver
/// is mended; the same message can fail again. A delivery can be retried by hand 30 times an hour.
#[utoipa::path(operation_id = "retryDelivery", tag = "Deliveries",
    security(("session" = ["admin"]), ("bearer" = ["deliveries:retry"])),
    extensions(("x-problems" = json!(["conflict"]))),
    params(("id" = DeliveryId, Path, description = "The delivery's id"), IdempotencyKey),
    responses((status = 202, description = "The attempt is stored and will be made at once", body = AcceptedRetry)))]
#[post("/deliveries/{id}/retry")]
pub async fn retry(
    app: Data<App>,
    caller: Caller<DeliveriesRetry>,
    PathId(id): PathId<DeliveryId>,
    key: IdempotencyKey,
) -> Answer {
    let (who, viewer) = (caller.who(), caller.viewer());
    // There is no body, so all requests with one key are the same.
    let request = key.of(&caller, String::new());
    let accepted = request.answer(&app.base, move |tx| -> Answer<Made> {
        let target = deliveries::lock_retry_target(tx, who.workspace_id, id)?;
        let target = target.ok_or_else(DeliveryId::missing)?;
        if !webhooks::is_seen_by(tx, &viewer, target.webhook_id)? {
            return Err(DeliveryId::missing());
        }
        let webhook = destinations::load(tx, &[target.webhook_id])?.pop();
        let (webhook, _) = webhook.ok_or_else(DeliveryId::missing)?;
        let now = tx.now();
        let retryability = Retryability {
            under_way: target.lease_attempt_id.is_some() || target.manual_attempt_id.is_some(),
            disabled: webhook.disabled_at.is_some(),
            deleted: webhook.deleted_at.is_some(),
            paused: webhook.paused_at.is_some(),
            out_of_turn: waits_behind(tx, (webhook.id, webhook.ordered_since), (target.id, target.status))?,
            often: often_retried(tx, id, now)?,
        };
        if let Some(reason) = retryability.refusal() {
            return Err(Failure::conflict(reason));
        }
        let attempt_id = tx.new_id();
        deliveries::request_retry(tx, id, attempt_id, now)?;
        let details = json!({ "attempt_id": attempt_id, "webhook_id": webhook.id,
            "event_type": target.event_type });
        let change = Change::of(AuditAction::DeliveryRetried, id.as_str(), &webhook.url, details);
        audit::append(tx, &who, change)?;
        tx.on_commit(Hint::DeliveriesDue);
        Ok(Made::json(202, &AcceptedRetry { delivery_id: id, attempt_id })?.about(id.as_str()))
    });
    accepted.await
}

/// The facts that decide whether a delivery can be retried by hand.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, and they go together in any way"
)]
struct Retryability {
    under_way: bool,
    disabled: bool,
    deleted: bool,
    paused: bool,
    /// The webhook is ordered, and an older delivery waits.
    out_of_turn: bool,
    /// The delivery was retried by hand as often as an hour allows.
    often: bool,
}

/// `true` if a delivery of a webhook that is ordered since a time waits behind an older one.
fn waits_behind(
    conn: &mut Conn,
    (webhook, since): (WebhookId, Option<Timestamp>),
    (id, status): (DeliveryId, DeliveryStatus),
) -> QueryResult<bool> {
    let waits = matches!(status, DeliveryStatus::Pending | DeliveryStatus::Retrying);
    let Some(since) = since.filter(|_| waits) else { return Ok(false) };
    Ok(order::head(conn, webhook)?.is_some_and(|head| head.id != id)
        || order::blocking(conn, webhook, since)?.is_some())
}

/// The place of a delivery in the line of an ordered webhook.
#[derive(Clone, Copy, Default)]
struct Line {
    out_of_turn: bool,
    /// It failed, and holds back the others.
    held_by_it: bool,
}

impl Line {
    fn of(conn: &mut Conn, shown: &ListedDelivery) -> QueryResult<Self> {
        let delivery = &shown.delivery;
        let webhook = delivery.webhook.id;
        let Some(since) = order::ordered_since(conn, webhook)? else { return Ok(Self::default()) };
        Ok(Self {
            out_of_turn: waits_behind(conn, (webhook, Some(since)), (delivery.id, delivery.status))?,
            held_by_it: order::holder(conn, webhook, since)? == Some(delivery.id),
        })
    }
}

/// `true` if a delivery was retried by hand as often as an hour allows.
fn often_retried(conn: &mut Conn, id: DeliveryId, now: Timestamp) -> QueryResult<bool> {
    const HOUR_MS: i64 = 3_600_000;
    Ok(deliveries::retried_since(conn, id, now - HOUR_MS)? >= RETRIES_AN_HOUR)
}

impl Retryability {
    const fn of(shown: &ListedDelivery, out_of_turn: bool, often: bool) -> Self {
        Self {
            under_way: shown.in_flight || shown.retry_waits,
            disabled: shown.webhook_disabled,
            deleted: shown.delivery.webhook.deleted,
            paused: shown.webhook_paused,
            out_of_turn,
            often,
        }
    }

    /// The reason why a retry by hand is refused, if it is.
    const fn refusal(&self) -> Option<&'static str> {
        if self.deleted {
            Some("The webhook was deleted, so nothing can be sent to it any more.")
        } else if self.disabled {
            Some("The webhook is disabled. Enable it first, then retry.")
        } else if self.paused {
            Some("The webhook is paused. Resume it first, then retry.")
        } else if self.out_of_turn {
            Some("The webhook is ordered, and an older delivery comes first. Retry or skip that one.")
        } else if self.under_way {
            Some("An attempt is under way. Wait for its result, then retry if it is still needed.")
        } else if self.often {
            Some("It was retried by hand 30 times within the last hour, which is the most. Wait a while.")
        } else {
            None
        }
    }
}
