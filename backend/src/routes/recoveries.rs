//! Recoveries: many deliveries set going again, counted first, at a pace, with progress and a way to stop.

use std::collections::BTreeSet;

use actix_web::{get, post, web::Data, web::Json};
use api_types::{
    Page, Timestamp,
    audit::AuditAction,
    deliveries::Category,
    events::EventType,
    ids::{RecoveryId, WebhookId, WorkspaceId},
    problem::FaultCode,
    recoveries::{NewRecovery, Recovery, RecoveryOutcome, RecoveryStatus},
};
use serde_json::json;

use super::idempotent::IdempotencyKey;
use crate::{
    app::App,
    auth::{
        Caller,
        permission::{DeliveriesRead, DeliveriesRetry},
    },
    db::{
        Conn, Hint, Json as JsonColumn, StoredActor, Tx,
        audit::{self, Change, Who},
        deliveries::destinations::{self, Destination},
        dialect,
        recoveries::{self, Count, RecoveryFilter, RecoveryRow, Selection},
    },
    http::{
        body::Body,
        etag::{IfMatch, Shown, Target},
        fields::{Fields, quoted},
        made::Made,
        paging::{self, ListQuery, PageParams},
        path_id::{Noun, PathId},
        problem::{Answer, Failure},
        query::{FromQuery, Query, QueryReader, Several},
    },
};

/// Deliveries per second that a recovery sets going where the request names no rate.
const USUAL_RATE: u32 = 20;
/// The name that the audit log gives to a recovery of no single webhook.
const ALL_WEBHOOKS: &str = "all webhooks";

type Statuses = Several<RecoveryStatus>;

/// The filters of the list.
#[derive(Debug, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListFilter {
    /// Only those that were asked for of this webhook.
    webhook_id: Option<WebhookId>,
    /// Only recoveries in one of these states; several by repeating the parameter or separated by commas.
    #[param(value_type = Statuses, inline, style = Form, explode, required = false)]
    status: BTreeSet<RecoveryStatus>,
}

impl FromQuery for ListFilter {
    fn read(query: &mut QueryReader) -> Self {
        Self { webhook_id: query.id("webhook_id"), status: query.words("status") }
    }
}

/// List recoveries
///
/// Newest first, each with how far it is.
#[utoipa::path(operation_id = "listRecoveries", tag = "Recoveries",
    security(("session" = ["admin"]), ("bearer" = ["deliveries:read"])),
    params(PageParams, ListFilter), responses((status = 200, description = "A page of recoveries", body = Page<Recovery>)))]
#[get("/recoveries")]
pub async fn list(
    app: Data<App>,
    caller: Caller<DeliveriesRead>,
    Query(listed): ListQuery<ListFilter>,
) -> Answer<Json<Page<Recovery>>> {
    let slice = listed.page.slice(&app.base.keys)?;
    let wanted = RecoveryFilter { webhook: listed.filter.webhook_id, statuses: listed.filter.status };
    let workspace = caller.workspace_id();
    let rows =
        app.base.db.read(move |conn| -> Answer<_> { Ok(recoveries::list(conn, workspace, &wanted, slice)?) });
    let page = paging::page(slice, rows.await?, |(id, _)| *id, &app.base.keys);
    Ok(Json(page.map(|(_, recovery)| recovery)))
}

/// Recover many deliveries
///
/// A job sets them going again, oldest first, so many per second: those that failed or were canceled start their schedule
/// anew, and those that are retrying get one attempt now, whose failure leaves their schedule as it is. Deliveries of disabled
/// and deleted webhooks are passed over; to recover those of a webhook that is disabled, enable it first. At most one recovery
/// runs for a webhook at a time, so that the receiver can rely on the pace; one without a webhook is for all of them.
///
/// With `dry_run` it only counts, and nothing changes. The answer is the recovery as it would begin: it has no id, its status
/// is `counted`, and `passed_over` is what it would pass over.
#[utoipa::path(operation_id = "createRecovery", tag = "Recoveries",
    security(("session" = ["admin"]), ("bearer" = ["deliveries:retry"])),
    extensions(("x-problems" = json!(["conflict"]))),
    params(IdempotencyKey), request_body = NewRecovery,
    responses((status = 200, description = "What it would do, with `dry_run`", body = Recovery),
        (status = 202, description = "The recovery has begun", body = Recovery)))]
#[post("/recoveries")]
pub async fn create(
    app: Data<App>,
    caller: Caller<DeliveriesRetry>,
    key: IdempotencyKey,
    body: Body<NewRecovery>,
) -> Answer {
    let input = check(&body.value, app.base.now())?;
    let workspace = caller.workspace_id();
    let selection = input.selection.clone();
    let count = app.base.db.read(move |conn| -> Answer<Count> {
        named(conn, workspace, selection.webhook_id)?;
        Ok(recoveries::count(conn, workspace, &selection)?)
    });
    let count = count.await?;
    let who = caller.who();
    let dry_run = body.value.dry_run;
    let request = key.of(&caller, body.digest);
    request
        .answer(&app.base, move |tx| -> Answer<Made> {
            if dry_run {
                return Made::json(200, &counted(input, &count, who, tx.now()));
            }
            // Counting was not worth holding a transaction open for; what may have changed since is looked at again.
            let webhook = named(tx, workspace, input.selection.webhook_id)?;
            refuse(webhook.as_ref())?;
            let done = count.total() == 0;
            let row = RecoveryRow {
                id: tx.new_id(),
                workspace_id: workspace,
                status: if done { RecoveryStatus::Done } else { RecoveryStatus::Running },
                filter: input.selection,
                rate_per_second: input.rate,
                total: i64::try_from(count.total()).unwrap_or(i64::MAX),
                matched: Some(JsonColumn::new(count.matched)),
                started: 0,
                passed_over: 0,
                position: None,
                released_at: 0,
                created_by: JsonColumn::new(StoredActor::from(who.actor.clone())),
                created_at: tx.now(),
                finished_at: done.then_some(tx.now()),
            };
            let id = row.id;
            let recovery = start(tx, &who, row, webhook.as_ref())?;
            let made = Made::json(202, &recovery)?.about(id.as_str()).tagged(&recovery);
            Ok(made.header("location", format!("/v1/recoveries/{id}")))
        })
        .await
}

/// A new recovery that passed.
struct ValidRecovery {
    selection: Selection,
    /// Deliveries per second.
    rate: i32,
}

/// A recovery that was only counted.
fn counted(input: ValidRecovery, count: &Count, who: Who, now: Timestamp) -> Recovery {
    let ValidRecovery { selection, rate } = input;
    let Selection { webhook_id, event_type, category, since, until } = selection;
    Recovery {
        id: None,
        status: RecoveryStatus::Counted,
        webhook_id,
        event_type,
        category,
        since,
        until,
        rate_per_second: u32::try_from(rate).unwrap_or_default(),
        total: count.total(),
        matched: Some(count.matched),
        started: 0,
        passed_over: count.passed_over,
        outcome: RecoveryOutcome::default(),
        created_by: who.actor,
        created_at: now,
        finished_at: None,
    }
}

/// Checks a new recovery.
fn check(input: &NewRecovery, now: Timestamp) -> Answer<ValidRecovery> {
    let mut fields = Fields::new();
    let webhook_id = input.webhook_id.as_deref().and_then(|text| {
        let id = text.parse().ok();
        if id.is_none() {
            fields.wrong(
                "webhook_id",
                FaultCode::Malformed,
                format!("{} is not a webhook's id.", quoted(text)),
            );
        }
        id
    });
    let types: Vec<&str> = EventType::ALL.iter().map(|kind| kind.as_str()).collect();
    let categories: Vec<&str> = Category::ALL.iter().map(|category| category.as_str()).collect();
    let event_type = input.event_type.as_deref().and_then(|word| fields.word("event_type", word, &types));
    let category = input.category.as_deref().and_then(|word| fields.word("category", word, &categories));
    let since = time(&mut fields, "since", input.since.as_deref());
    let until = time(&mut fields, "until", input.until.as_deref());
    if let Some(since) = since
        && let Some(until) = until
        && since >= until
    {
        fields.wrong("since", FaultCode::OutOfRange, "It must be before `until`.");
    }
    let rate = fields.rate("rate_per_second", input.rate_per_second.unwrap_or(USUAL_RATE));
    // Deliveries that exist now can be recovered, those of this millisecond included.
    let until = until.unwrap_or(now + 1).min(now + 1);
    let selection = Selection { webhook_id, event_type, category, since, until };
    fields.check(ValidRecovery { selection, rate: rate.unwrap_or(1) })
}

fn time(fields: &mut Fields, field: &str, value: Option<&str>) -> Option<Timestamp> {
    let value = value?;
    match value.parse() {
        Ok(time) => Some(time),
        Err(error) => {
            fields.wrong(field, FaultCode::Malformed, format!("{}: {error}.", quoted(value)));
            None
        }
    }
}

/// The webhook that was named, which must be of this workspace; it may be disabled or deleted.
fn named(conn: &mut Conn, workspace: WorkspaceId, id: Option<WebhookId>) -> Answer<Option<Destination>> {
    let Some(id) = id else { return Ok(None) };
    let found = destinations::load(conn, &[id])?.pop().map(|(webhook, _)| webhook);
    let ours = found.filter(|webhook| webhook.workspace_id == workspace);
    ours.map(Some).ok_or_else(|| {
        let detail = "There is no such webhook in this workspace.";
        Failure::field("webhook_id", FaultCode::NotFound, detail)
    })
}

/// Nothing can be sent to a webhook that is disabled or deleted.
fn refuse(webhook: Option<&Destination>) -> Answer<()> {
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

/// Stores a recovery, unless another one is at the same deliveries.
fn start(tx: &mut Tx<'_>, who: &Who, row: RecoveryRow, webhook: Option<&Destination>) -> Answer<Recovery> {
    let id = row.id;
    let workspace = row.workspace_id;
    dialect::lock(tx, &format!("recoveries {workspace}"))?;
    if row.status == RecoveryStatus::Running
        && let Some(rival) = recoveries::overlapping(tx, workspace, row.filter.webhook_id)?
    {
        return Err(Failure::conflict(format!(
            "The recovery {rival} is at it. Wait until it is done, or cancel it, then start this one."
        )));
    }
    let details = json!({ "webhook_id": row.filter.webhook_id, "event_type": row.filter.event_type,
        "category": row.filter.category, "since": row.filter.since, "until": row.filter.until,
        "rate_per_second": row.rate_per_second, "total": row.total });
    recoveries::insert(tx, row)?;
    let name = webhook.map_or(ALL_WEBHOOKS, |webhook| &webhook.url);
    audit::append(tx, who, Change::of(AuditAction::RecoveryStarted, id.as_str(), name, details))?;
    tx.on_commit(Hint::RecoveriesDue);
    recoveries::find(tx, workspace, id)?.ok_or_else(RecoveryId::missing)
}

/// Show a recovery
///
/// With how far it is, and what became of the deliveries that it set going (counted up to 100,000 of each).
#[utoipa::path(operation_id = "getRecovery", tag = "Recoveries",
    security(("session" = ["admin"]), ("bearer" = ["deliveries:read"])),
    params(("id" = RecoveryId, Path, description = "The recovery's id")),
    responses((status = 200, description = "The recovery", body = Recovery)))]
#[get("/recoveries/{id}")]
pub async fn show(
    app: Data<App>,
    caller: Caller<DeliveriesRead>,
    PathId(id): PathId<RecoveryId>,
) -> Answer<Shown<Recovery>> {
    let workspace = caller.workspace_id();
    let recovery = app.base.db.read(move |conn| -> Answer<_> { Ok(recoveries::find(conn, workspace, id)?) });
    recovery.await?.map(Shown).ok_or_else(RecoveryId::missing)
}

/// Cancel a recovery
///
/// It sets nothing more going. What it has set going goes on.
#[utoipa::path(operation_id = "cancelRecovery", tag = "Recoveries",
    security(("session" = ["admin"]), ("bearer" = ["deliveries:retry"])),
    extensions(("x-problems" = json!(["conflict"]))),
    params(("id" = RecoveryId, Path, description = "The recovery's id"), IfMatch, IdempotencyKey),
    responses((status = 200, description = "The recovery, canceled", body = Recovery)))]
#[post("/recoveries/{id}/cancel")]
pub async fn cancel(
    app: Data<App>,
    caller: Caller<DeliveriesRetry>,
    target: Target<RecoveryId>,
    key: IdempotencyKey,
) -> Answer {
    let id = target.id;
    let who = caller.who();
    let request = key.of(&caller, String::new());
    let canceled = request.answer(&app.base, move |tx| -> Answer<Made> {
        let workspace = who.workspace_id;
        let now = tx.now();
        dialect::lock(tx, id.as_str())?;
        let before = recoveries::find(tx, workspace, id)?.ok_or_else(RecoveryId::missing)?;
        target.if_match.check(&before)?;
        if !recoveries::cancel(tx, id, now)? {
            return Err(Failure::conflict("The recovery is over, so there is nothing left to cancel."));
        }
        let recovery = recoveries::find(tx, workspace, id)?.ok_or_else(RecoveryId::missing)?;
        let webhook = named(tx, workspace, recovery.webhook_id)?;
        let name = webhook.as_ref().map_or(ALL_WEBHOOKS, |webhook| &webhook.url);
        let details = json!({ "webhook_id": recovery.webhook_id, "event_type": recovery.event_type,
            "category": recovery.category, "since": recovery.since, "until": recovery.until,
            "total": recovery.total, "started": recovery.started });
        audit::append(tx, &who, Change::of(AuditAction::RecoveryCanceled, id.as_str(), name, details))?;
        Made::shown(&recovery)
    });
    canceled.await
}
