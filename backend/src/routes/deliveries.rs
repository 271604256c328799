//! Deliveries: lists (the failures among them), one with every attempt, and the retry by hand.

use std::collections::BTreeSet;

use actix_web::{get, post, web::Data, web::Json};
use api_types::{
    Page, Timestamp,
    audit::AuditAction,
    deliveries::{AcceptedRetry, Category, Delivery, DeliveryDetail, DeliveryStatus, RetryAdvice},
    events::EventType,
    ids::{DeliveryId, EventId, WebhookId},
};
use serde_json::json;

use super::{events as event_routes, idempotent::IdempotencyKey};
use crate::{
    app::App,
    auth::{
        Caller,
        permission::{DeliveriesRead, DeliveriesRetry},
    },
    db::{
        Hint,
        audit::{self, Change},
        deliveries::{
            self,
            destinations::{self, Destination},
            filter::DeliveryFilter,
            lists::{self, ListedDelivery},
        },
        events,
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
/// Newest first. `status=retrying,failed` are the failures.
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
    let workspace = caller.workspace_id();
    let wanted: DeliveryFilter = listed.filter.into();
    let rows =
        app.base.db.read(move |conn| -> Answer<_> { Ok(lists::list(conn, workspace, &wanted, slice)?) });
    Ok(Json(paging::page(slice, rows.await?, |delivery| delivery.id, &app.base.keys)))
}

/// Show a delivery
///
/// With its event, the last diagnosis, and every attempt: what was sent, what came back, how long each phase took.
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
    let workspace = caller.workspace_id();
    let detail = app.base.db.read(move |conn| -> Answer<DeliveryDetail> {
        let shown = lists::find(conn, workspace, id)?.ok_or_else(DeliveryId::missing)?;
        let event =
            events::find(conn, workspace, shown.delivery.event_id)?.ok_or_else(DeliveryId::missing)?;
        let refusal = Retryability::of(&shown).refusal();
        Ok(DeliveryDetail {
            attempt_history: lists::attempts(conn, id, &event.payload)?,
            event: event_routes::to_wire(&event),
            in_flight: shown.in_flight,
            retry: RetryAdvice { possible: refusal.is_none(), reason: refusal.map(str::to_owned) },
            delivery: shown.delivery,
        })
    });
    Ok(Shown(detail.await?))
}

/// Retry a delivery
///
/// One attempt now, beside the schedule: success ends the schedule, failure changes nothing. Retry only once the receiver
/// is mended; the same message can fail again.
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
    let who = caller.who();
    // There is no body, so all requests with one key are the same.
    let request = key.of(&caller, String::new());
    let accepted = request.answer(&app.base, move |tx| -> Answer<Made> {
        let target = deliveries::lock_retry_target(tx, who.workspace_id, id)?;
        let target = target.ok_or_else(DeliveryId::missing)?;
        let webhook = destinations::load(tx, &[target.webhook_id])?.pop();
        let (webhook, _) = webhook.ok_or_else(DeliveryId::missing)?;
        let under_way = target.lease_attempt_id.is_some() || target.manual_attempt_id.is_some();
        if let Some(reason) = Retryability::at(&webhook, under_way).refusal() {
            return Err(Failure::conflict(reason));
        }
        let attempt_id = tx.new_id();
        let now = tx.now();
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
struct Retryability {
    under_way: bool,
    disabled: bool,
    deleted: bool,
}

impl Retryability {
    const fn of(shown: &ListedDelivery) -> Self {
        Self {
            under_way: shown.in_flight || shown.retry_waits,
            disabled: shown.webhook_disabled,
            deleted: shown.delivery.webhook.deleted,
        }
    }

    const fn at(webhook: &Destination, under_way: bool) -> Self {
        Self { under_way, disabled: webhook.disabled_at.is_some(), deleted: webhook.deleted_at.is_some() }
    }

    /// The reason why a retry by hand is refused, if it is.
    const fn refusal(&self) -> Option<&'static str> {
        if self.deleted {
            Some("The webhook was deleted, so nothing can be sent to it any more.")
        } else if self.disabled {
            Some("The webhook is disabled. Enable it first, then retry.")
        } else if self.under_way {
            Some("An attempt is under way. Wait for its result, then retry if it is still needed.")
        } else {
            None
        }
    }
}
