//! Recoveries: many deliveries set going again, counted first, with a pace, progress and a way to stop.

use actix_web::{HttpResponse, get, post, web::Data, web::Json, web::Path, web::Query};
use api_types::{
    Page, Timestamp,
    audit::AuditAction,
    deliveries::Category,
    events::EventType,
    ids::{RecoveryId, WebhookId, WorkspaceId},
    recoveries::{NewRecovery, Recovery, RecoveryCount, RecoveryStatus},
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    app::App,
    auth::{
        Caller,
        permission::{DeliveriesRead, DeliveriesRetry},
    },
    body::Body,
    db::{
        Conn, Json as Stored, Tx,
        audit::{self, Change, Who},
        deliveries::destinations::{self, Destination},
        dialect,
        recoveries::{self, Filter, RecoveryRow, Wanted},
    },
    fields::{Fields, quoted},
    idempotent::{self, IdempotencyKey},
    new_id,
    paging::{PageParams, Slice},
    params,
    problem::{Answer, Failure},
    wake::Hint,
};

/// How many deliveries a recovery sets going per second where nobody says.
const USUAL_RATE: u32 = 20;

/// Which recoveries a list wants.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListFilter {
    /// Only those that were asked for of this webhook.
    webhook_id: Option<String>,
    /// Only `running`, `done` or `canceled`; several separated by commas.
    status: Option<String>,
}

/// List recoveries
///
/// Newest first, each with how far it is.
#[utoipa::path(tag = "Recoveries", security(("session" = ["admin"]), ("bearer" = ["deliveries:read"])),
    params(PageParams, ListFilter), responses((status = 200, description = "A page of recoveries", body = Page<Recovery>)))]
#[get("/recoveries")]
pub async fn list(
    app: Data<App>,
    caller: Caller<DeliveriesRead>,
    page: Query<PageParams>,
    filter: Query<ListFilter>,
) -> Answer<Json<Page<Recovery>>> {
    let slice = Slice::parse(&page, &app.keys)?;
    let wanted = Wanted {
        webhook: params::parsed::<WebhookId>("webhook_id", filter.webhook_id.as_deref())?,
        statuses: params::words("status", filter.status.as_deref(), RecoveryStatus::ALL)?,
    };
    let workspace = caller.workspace_id();
    let rows =
        app.db.read(move |conn| Ok::<_, Failure>(recoveries::list(conn, workspace, &wanted, slice)?)).await?;
    Ok(Json(slice.page(rows, |recovery| recovery.id, &app.keys)))
}

/// Recover many deliveries
///
/// A job sets them going again, oldest first, so many per second: those that failed or were canceled start their schedule
/// anew, and those that are retrying get one attempt now, whose failure leaves their schedule as it is. Deliveries of disabled
/// and deleted webhooks are passed over; to recover those of a webhook that is disabled, enable it first. At most one recovery
/// runs for a webhook at a time, so that the receiver can rely on the pace; one without a webhook is for all of them.
///
/// With `dry_run` it only counts: nothing changes, and an `Idempotency-Key` has no effect.
#[utoipa::path(tag = "Recoveries", security(("session" = ["admin"]), ("bearer" = ["deliveries:retry"])),
    extensions(("x-problems" = json!(["conflict"]))),
    params(IdempotencyKey), request_body = NewRecovery,
    responses((status = 200, description = "What it would do, with `dry_run`", body = RecoveryCount),
        (status = 202, description = "The recovery has begun", body = Recovery)))]
#[post("/recoveries")]
pub async fn create(
    app: Data<App>,
    caller: Caller<DeliveriesRetry>,
    key: IdempotencyKey,
    body: Body<NewRecovery>,
) -> Answer {
    let now = app.clock.now();
    let (filter, rate) = read(&body.value, now)?;
    let workspace = caller.workspace_id();
    let wanted = filter.clone();
    let (webhook, count) = app
        .db
        .read(move |conn| {
            let webhook = named(conn, workspace, wanted.webhook_id)?;
            Ok::<_, Failure>((webhook, recoveries::count(conn, workspace, &wanted)?))
        })
        .await?;
    if body.value.dry_run {
        return Ok(HttpResponse::Ok().json(count));
    }
    let (inner, who) = (app.get_ref().clone(), caller.who());
    idempotent::create(&app, &caller, (key, body), 202, move |tx, _| {
        // Counting was not worth holding a transaction open for; what may have changed since is looked at again.
        let webhook = named(tx, workspace, webhook.map(|webhook| webhook.id))?;
        refuse(webhook.as_ref())?;
        let done = count.total == 0;
        let row = RecoveryRow {
            id: new_id!(inner, RecoveryId),
            workspace_id: workspace,
            status: if done { RecoveryStatus::Done } else { RecoveryStatus::Running },
            filter,
            rate_per_second: rate,
            total: i64::try_from(count.total).unwrap_or(i64::MAX),
            started: 0,
            passed_over: 0,
            position: None,
            released_at: 0,
            created_by: Stored::new(who.actor.clone()),
            created_at: now,
            finished_at: done.then_some(now),
        };
        start(tx, &inner, &who, row, webhook.as_ref())
    })
    .await
}

/// What was asked for, if every field can be read.
fn read(input: &NewRecovery, now: Timestamp) -> Result<(Filter, i32), Failure> {
    let mut fields = Fields::new();
    let webhook_id = input.webhook_id.as_deref().and_then(|text| {
        let id = text.parse().ok();
        if id.is_none() {
            fields.wrong("webhook_id", format!("{} is not a webhook's id.", quoted(text)));
        }
        id
    });
    let types: Vec<&str> = EventType::ALL.iter().map(|kind| kind.as_str()).collect();
    let categories: Vec<&str> = Category::ALL.iter().map(|category| category.as_str()).collect();
    let event_type = input.event_type.as_deref().and_then(|word| fields.word("event_type", word, &types));
    let category = input.category.as_deref().and_then(|word| fields.word("category", word, &categories));
    let since = time(&mut fields, "since", input.since.as_deref());
    let until = time(&mut fields, "until", input.until.as_deref());
    if let (Some(since), Some(until)) = (since, until)
        && since >= until
    {
        fields.wrong("since", "It must be before `until`.");
    }
    let rate = fields.rate("rate_per_second", input.rate_per_second.unwrap_or(USUAL_RATE));
    // What there is now is what can be recovered, that of this millisecond included.
    let until = until.unwrap_or(now + 1).min(now + 1);
    fields.check((Filter { webhook_id, event_type, category, since, until }, rate.unwrap_or(1)))
}

fn time(fields: &mut Fields, field: &str, value: Option<&str>) -> Option<Timestamp> {
    let value = value?;
    match value.parse() {
        Ok(time) => Some(time),
        Err(error) => {
            fields.wrong(field, format!("{}: {error}.", quoted(value)));
            None
        }
    }
}

/// The webhook that was named, which must be of this workspace; it may be disabled or deleted.
fn named(
    conn: &mut Conn,
    workspace: WorkspaceId,
    id: Option<WebhookId>,
) -> Result<Option<Destination>, Failure> {
    let Some(id) = id else { return Ok(None) };
    let found = destinations::load(conn, &[id])?.pop().map(|(webhook, _)| webhook);
    let ours = found.filter(|webhook| webhook.workspace_id == workspace);
    ours.map(Some).ok_or_else(|| Failure::field("webhook_id", "There is no such webhook in this workspace."))
}

/// Nothing can be sent to a webhook that is disabled or deleted.
fn refuse(webhook: Option<&Destination>) -> Result<(), Failure> {
    let Some(webhook) = webhook else { return Ok(()) };
    if webhook.deleted_at.is_some() {
        return Err(Failure::conflict("The webhook was deleted, so nothing can be sent to it any more."));
    }
    if webhook.disabled_at.is_some() {
        return Err(Failure::conflict(
            "The webhook is disabled. Enable it first, then recover what it missed.",
        ));
    }
    Ok(())
}

fn start(
    tx: &mut Tx<'_>,
    app: &App,
    who: &Who,
    row: RecoveryRow,
    webhook: Option<&Destination>,
) -> Result<Recovery, Failure> {
    let (id, workspace) = (row.id, row.workspace_id);
    dialect::lock(tx, &format!("recoveries {workspace}"))?;
    if row.status == RecoveryStatus::Running
        && let Some(rival) = recoveries::rival(tx, workspace, row.filter.webhook_id)?
    {
        return Err(Failure::conflict(format!(
            "The recovery {rival} is at it. Wait until it is done, or cancel it, then start this one."
        )));
    }
    let details = json!({ "webhook_id": row.filter.webhook_id, "event_type": row.filter.event_type,
        "category": row.filter.category, "since": row.filter.since, "until": row.filter.until,
        "rate_per_second": row.rate_per_second, "total": row.total });
    recoveries::insert(tx, row)?;
    let name = webhook.map_or("all webhooks", |webhook| &webhook.url);
    audit::append(tx, app, who, change(AuditAction::RecoveryStarted, &id, name, details))?;
    tx.on_commit(Hint::RecoveriesDue);
    found(recoveries::find(tx, workspace, id)?)
}

/// Show a recovery
///
/// With how far it is, and what became of the deliveries that it set going (counted up to 100,000 of each).
#[utoipa::path(tag = "Recoveries", security(("session" = ["admin"]), ("bearer" = ["deliveries:read"])),
    params(("id" = RecoveryId, Path, description = "The recovery's id")),
    responses((status = 200, description = "The recovery", body = Recovery)))]
#[get("/recoveries/{id}")]
pub async fn show(
    app: Data<App>,
    caller: Caller<DeliveriesRead>,
    path: Path<String>,
) -> Answer<Json<Recovery>> {
    let (id, workspace) = (parse_id(&path)?, caller.workspace_id());
    let shown = app.db.read(move |conn| found(recoveries::find(conn, workspace, id)?)).await?;
    Ok(Json(shown))
}

/// Cancel a recovery
///
/// It sets nothing more going. What it has set going goes on.
#[utoipa::path(tag = "Recoveries", security(("session" = ["admin"]), ("bearer" = ["deliveries:retry"])),
    extensions(("x-problems" = json!(["conflict"]))),
    params(("id" = RecoveryId, Path, description = "The recovery's id")),
    responses((status = 200, description = "The recovery, canceled", body = Recovery)))]
#[post("/recoveries/{id}/cancel")]
pub async fn cancel(
    app: Data<App>,
    caller: Caller<DeliveriesRetry>,
    path: Path<String>,
) -> Answer<Json<Recovery>> {
    let (id, workspace) = (parse_id(&path)?, caller.workspace_id());
    let (inner, who) = (app.get_ref().clone(), caller.who());
    let canceled = app
        .db
        .write(move |tx| {
            found(recoveries::find(tx, workspace, id)?)?;
            if !recoveries::cancel(tx, id, inner.clock.now())? {
                return Err(Failure::conflict("The recovery is over, so there is nothing left to cancel."));
            }
            let recovery = found(recoveries::find(tx, workspace, id)?)?;
            let webhook = named(tx, workspace, recovery.webhook_id)?;
            let name = webhook.as_ref().map_or("all webhooks", |webhook| &webhook.url);
            let details = json!({ "webhook_id": recovery.webhook_id, "event_type": recovery.event_type,
                "category": recovery.category, "since": recovery.since, "until": recovery.until,
                "total": recovery.total, "started": recovery.started });
            audit::append(tx, &inner, &who, change(AuditAction::RecoveryCanceled, &id, name, details))?;
            Ok(recovery)
        })
        .await?;
    Ok(Json(canceled))
}

fn change<'a>(action: AuditAction, id: &'a RecoveryId, object_name: &'a str, details: Value) -> Change<'a> {
    Change { action, object_id: Some(id.as_str()), object_name, details }
}

fn parse_id(path: &str) -> Result<RecoveryId, Failure> {
    path.parse().map_err(|_| Failure::not_found("recovery"))
}

fn found<T>(row: Option<T>) -> Result<T, Failure> {
    row.ok_or_else(|| Failure::not_found("recovery"))
}
