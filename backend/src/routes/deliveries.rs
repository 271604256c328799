//! Deliveries: lists (the failures among them), one with every attempt, and the retry by hand.

use actix_web::{HttpResponse, get, post, web::Data, web::Json, web::Path, web::Query};
use api_types::{
    Page,
    audit::AuditAction,
    deliveries::{AcceptedRetry, Category, Delivery, DeliveryDetail, DeliveryStatus, RetryAdvice},
    events::EventType,
    ids::{AttemptId, DeliveryId, EventId, WebhookId},
};
use serde::Deserialize;
use serde_json::json;

use super::events as event_routes;
use crate::{
    app::App,
    auth::{
        Caller,
        permission::{DeliveriesRead, DeliveriesRetry},
    },
    db::{
        audit::{self, Change},
        deliveries::{
            self,
            destinations::{self, Destination},
            lists::{self, Shown, Wanted},
        },
        dialect, events,
    },
    new_id,
    paging::{PageParams, Slice},
    params,
    problem::{Answer, Failure},
    wake::Hint,
};

/// Which deliveries a list wants.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListFilter {
    /// Only `pending`, `retrying`, `succeeded`, `failed` or `canceled`; several separated by commas. The failures are
    /// `retrying,failed`.
    status: Option<String>,
    /// Only of this webhook.
    webhook_id: Option<String>,
    /// Only events of this type.
    event_type: Option<String>,
    /// Only of this event.
    event_id: Option<String>,
    /// Only where the last failure is `configuration`, `outage`, `throttling` or `ours`.
    category: Option<String>,
    /// Created at or after this time (RFC 3339).
    since: Option<String>,
    /// Created before this time (RFC 3339).
    until: Option<String>,
}

impl ListFilter {
    fn read(&self) -> Result<Wanted, Failure> {
        Ok(Wanted {
            statuses: params::words("status", self.status.as_deref(), DeliveryStatus::ALL)?,
            webhook: params::parsed::<WebhookId>("webhook_id", self.webhook_id.as_deref())?,
            event_type: params::word("event_type", self.event_type.as_deref(), EventType::ALL)?,
            event: params::parsed::<EventId>("event_id", self.event_id.as_deref())?,
            category: params::word("category", self.category.as_deref(), Category::ALL)?,
            since: params::time("since", self.since.as_deref())?,
            until: params::time("until", self.until.as_deref())?,
        })
    }
}

/// List deliveries
///
/// Newest first. `status=retrying,failed` are the failures.
#[utoipa::path(tag = "Deliveries", security(("session" = ["admin"]), ("bearer" = ["deliveries:read"])),
    params(PageParams, ListFilter), responses((status = 200, description = "A page of deliveries", body = Page<Delivery>)))]
#[get("/deliveries")]
pub async fn list(
    app: Data<App>,
    caller: Caller<DeliveriesRead>,
    page: Query<PageParams>,
    filter: Query<ListFilter>,
) -> Answer<Json<Page<Delivery>>> {
    let slice = Slice::parse(&page, &app.keys)?;
    let (workspace, wanted) = (caller.workspace_id(), filter.read()?);
    let rows =
        app.db.read(move |conn| Ok::<_, Failure>(lists::list(conn, workspace, &wanted, slice)?)).await?;
    Ok(Json(slice.page(rows, |delivery| delivery.id, &app.keys)))
}

/// Show a delivery
///
/// With its event, the last diagnosis, and every attempt: what was sent, what came back, how long each phase took.
#[utoipa::path(tag = "Deliveries", security(("session" = ["admin"]), ("bearer" = ["deliveries:read"])),
    params(("id" = DeliveryId, Path, description = "The delivery's id")),
    responses((status = 200, description = "The delivery", body = DeliveryDetail)))]
#[get("/deliveries/{id}")]
pub async fn show(
    app: Data<App>,
    caller: Caller<DeliveriesRead>,
    path: Path<String>,
) -> Answer<Json<DeliveryDetail>> {
    let (id, workspace) = (parse_id(&path)?, caller.workspace_id());
    let detail = app
        .db
        .read(move |conn| {
            let shown = found(lists::find(conn, workspace, id)?)?;
            let event = found(events::find(conn, workspace, shown.delivery.event_id)?)?;
            let refusal = refusal(&Target::of(&shown));
            Ok::<_, Failure>(DeliveryDetail {
                attempt_history: lists::attempts(conn, id, &event.payload)?,
                event: event_routes::to_wire(&event),
                in_flight: shown.in_flight,
                retry: RetryAdvice { possible: refusal.is_none(), reason: refusal.map(str::to_owned) },
                delivery: shown.delivery,
            })
        })
        .await?;
    Ok(Json(detail))
}

/// Retry a delivery
///
/// One attempt now, beside the schedule: success ends the schedule, failure changes nothing. Retry only once the receiver
/// is mended; the same message can fail again.
#[utoipa::path(tag = "Deliveries", security(("session" = ["admin"]), ("bearer" = ["deliveries:retry"])),
    extensions(("x-problems" = json!(["conflict"]))),
    params(("id" = DeliveryId, Path, description = "The delivery's id")),
    responses((status = 202, description = "The attempt is stored and will be made at once", body = AcceptedRetry)))]
#[post("/deliveries/{id}/retry")]
pub async fn retry(app: Data<App>, caller: Caller<DeliveriesRetry>, path: Path<String>) -> Answer {
    let (id, workspace) = (parse_id(&path)?, caller.workspace_id());
    let (inner, who) = (app.get_ref().clone(), caller.who());
    let accepted = app
        .db
        .write(move |tx| {
            let target = found(dialect::lock_retry_target(tx, workspace, id)?)?;
            let (webhook, _) = found(destinations::load(tx, &[target.webhook_id])?.pop())?;
            let under_way = target.lease_attempt_id.is_some() || target.manual_attempt_id.is_some();
            if let Some(reason) = refusal(&Target { under_way, ..Target::at(&webhook) }) {
                return Err(Failure::conflict(reason));
            }
            let attempt_id = new_id!(inner, AttemptId);
            deliveries::request_retry(tx, id, attempt_id, inner.clock.now())?;
            let change = Change {
                action: AuditAction::DeliveryRetried,
                object_id: Some(id.as_str()),
                object_name: &webhook.url,
                details: json!({ "attempt_id": attempt_id, "webhook_id": webhook.id, "event_type": target.event_type }),
            };
            audit::append(tx, &inner, &who, change)?;
            tx.on_commit(Hint::DeliveriesDue);
            Ok(AcceptedRetry { delivery_id: id, attempt_id })
        })
        .await?;
    Ok(HttpResponse::Accepted().json(accepted))
}

/// What decides whether a delivery can be retried by hand.
struct Target {
    under_way: bool,
    disabled: bool,
    deleted: bool,
}

impl Target {
    const fn of(shown: &Shown) -> Self {
        Self {
            under_way: shown.in_flight || shown.retry_waits,
            disabled: shown.webhook_disabled,
            deleted: shown.delivery.webhook.deleted,
        }
    }

    const fn at(webhook: &Destination) -> Self {
        Self {
            under_way: false,
            disabled: webhook.disabled_at.is_some(),
            deleted: webhook.deleted_at.is_some(),
        }
    }
}

/// Why a retry by hand is refused, if it is.
const fn refusal(target: &Target) -> Option<&'static str> {
    if target.deleted {
        Some("The webhook was deleted, so nothing can be sent to it any more.")
    } else if target.disabled {
        Some("The webhook is disabled. Enable it first, then retry.")
    } else if target.under_way {
        Some("An attempt is under way. Wait for its result, then retry if it is still needed.")
    } else {
        None
    }
}

fn parse_id(path: &str) -> Result<DeliveryId, Failure> {
    path.parse().map_err(|_| Failure::not_found("delivery"))
}

fn found<T>(row: Option<T>) -> Result<T, Failure> {
    row.ok_or_else(|| Failure::not_found("delivery"))
}
