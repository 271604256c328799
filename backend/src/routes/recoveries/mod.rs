//! Recoveries: many deliveries set going again, counted first, at a pace, with progress and a way to stop.

mod input;

use std::collections::BTreeSet;

use actix_web::{get, post, web::Data, web::Json};
use api_types::{
    Page, Timestamp,
    audit::AuditAction,
    ids::{RecoveryId, WebhookId},
    problem::FaultCode,
    recoveries::{Canary, Included, NewRecovery, Recovery, RecoveryOutcome, RecoveryStatus},
};
use serde_json::json;

use self::input::ValidRecovery;
use super::idempotent::IdempotencyKey;
use crate::{
    app::App,
    auth::{
        Caller,
        permission::{DeliveriesRead, DeliveriesRetry},
    },
    db::{
        Conn, Hint, Json as JsonColumn, StoredActor, Tx, Viewer,
        audit::{self, Change, Who},
        deliveries::destinations::{self, Destination},
        dialect,
        recoveries::{self, CanaryStage, Count, RecoveryFilter, RecoveryRow, Selection},
        webhooks,
    },
    http::{
        body::Body,
        etag::{IfMatch, Shown, Target},
        made::Made,
        paging::{self, ListQuery, PageParams},
        path_id::{Noun, PathId},
        problem::{Answer, Failure},
        query::{FromQuery, Query, QueryReader, Several},
    },
};

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
    let viewer = caller.viewer();
    let rows =
        app.base.db.read(move |conn| -> Answer<_> { Ok(recoveries::list(conn, &viewer, &wanted, slice)?) });
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
/// `include` may also name what is `missing`, events that the webhook wants now and had no delivery for, and what `succeeded`. With
/// `canary` a few go first: 1, then 10, then 100, each with a single attempt. Where half of such a stage fails, the recovery is
/// `stopped` and says why, until it is continued or canceled.
///
/// A key or token recovers deliveries of its own webhooks alone.
///
/// With `dry_run` it only counts, and nothing changes. The answer is the recovery as it would begin: it has no id, its status
/// is `counted`, and `passed_over` is what it would pass over. Where nothing matches, nothing is stored either: the answer has no id,
/// and its status is `done`.
#[utoipa::path(operation_id = "createRecovery", tag = "Recoveries",
    security(("session" = ["admin"]), ("bearer" = ["deliveries:retry"])),
    extensions(("x-problems" = json!(["conflict"]))),
    params(IdempotencyKey), request_body = NewRecovery,
    responses((status = 200, description = "What it would do, with `dry_run`; or that there is nothing to do", body = Recovery),
        (status = 202, description = "The recovery has begun", body = Recovery)))]
#[post("/recoveries")]
pub async fn create(
    app: Data<App>,
    caller: Caller<DeliveriesRetry>,
    key: IdempotencyKey,
    body: Body<NewRecovery>,
) -> Answer {
    let mut input = input::check(&body.value, app.base.now())?;
    let (workspace, viewer) = (caller.workspace_id(), caller.viewer());
    input.selection.owner_id.clone_from(&viewer.own);
    let selection = input.selection.clone();
    let counting = viewer.clone();
    let count = app.base.db.read(move |conn| -> Answer<Count> {
        named(conn, &counting, selection.webhook_id)?;
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
            let webhook = named(tx, &viewer, input.selection.webhook_id)?;
            refuse(webhook.as_ref())?;
            if count.total() == 0 {
                let now = tx.now();
                let counted = counted(input, &count, who, now);
                let done = Recovery { status: RecoveryStatus::Done, finished_at: Some(now), ..counted };
                return Made::json(200, &done);
            }
            let row = begin(tx, &who, input, &count);
            let id = row.id;
            let recovery = start(tx, (&who, &viewer), row, webhook.as_ref())?;
            let made = Made::json(202, &recovery)?.about(id.as_str()).tagged(&recovery);
            Ok(made.header("location", format!("/v1/recoveries/{id}")))
        })
        .await
}

/// A recovery about to be stored.
fn begin(tx: &Tx<'_>, who: &Who, input: ValidRecovery, count: &Count) -> RecoveryRow {
    RecoveryRow {
        id: tx.new_id(),
        workspace_id: who.workspace_id,
        status: RecoveryStatus::Running,
        events_done: !input.selection.includes(Included::Missing),
        event_position: None,
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
        finished_at: None,
        canary: input.canary.then(|| JsonColumn::new(CanaryStage::FIRST)),
        stopped: None,
    }
}

/// A recovery that was only counted.
fn counted(input: ValidRecovery, count: &Count, who: Who, now: Timestamp) -> Recovery {
    let ValidRecovery { selection, rate, canary } = input;
    let include = selection.include().to_vec();
    let Selection { webhook_id, event_type, category, since, until, .. } = selection;
    Recovery {
        id: None,
        status: RecoveryStatus::Counted,
        webhook_id,
        event_type,
        category,
        since,
        until,
        include,
        rate_per_second: u32::try_from(rate).unwrap_or_default(),
        total: count.total(),
        matched: Some(count.matched),
        started: 0,
        passed_over: count.passed_over,
        outcome: RecoveryOutcome::default(),
        canary: canary.then_some(Canary { stage: 1, size: Some(1), started: Some(0) }),
        stopped: None,
        created_by: who.actor,
        created_at: now,
        finished_at: None,
    }
}

/// The webhook that was named, which must be there for the viewer; it may be disabled or deleted.
fn named(conn: &mut Conn, viewer: &Viewer, id: Option<WebhookId>) -> Answer<Option<Destination>> {
    let Some(id) = id else { return Ok(None) };
    let ids = webhooks::ids_seen_by(conn, viewer, Some(&[id]))?;
    let found = destinations::load(conn, &ids)?.pop().map(|(webhook, _)| webhook);
    found.map(Some).ok_or_else(|| {
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
fn start(
    tx: &mut Tx<'_>,
    (who, viewer): (&Who, &Viewer),
    row: RecoveryRow,
    webhook: Option<&Destination>,
) -> Answer<Recovery> {
    let id = row.id;
    refuse_rivals(tx, viewer, row.filter.webhook_id)?;
    let details = json!({ "webhook_id": row.filter.webhook_id, "event_type": row.filter.event_type,
        "category": row.filter.category, "since": row.filter.since, "until": row.filter.until,
        "include": row.filter.include(), "canary": row.canary.is_some(),
        "rate_per_second": row.rate_per_second, "total": row.total });
    recoveries::insert(tx, row)?;
    let name = webhook.map_or(ALL_WEBHOOKS, |webhook| &webhook.url);
    audit::append(tx, who, Change::of(AuditAction::RecoveryStarted, id.as_str(), name, details))?;
    tx.on_commit(Hint::RecoveriesDue);
    recoveries::find(tx, viewer, id)?.ok_or_else(RecoveryId::missing)
}

/// Refuses where a recovery is at the same deliveries. No other one begins until the transaction ends.
fn refuse_rivals(tx: &mut Tx<'_>, viewer: &Viewer, webhook: Option<WebhookId>) -> Answer<()> {
    let workspace = viewer.workspace;
    dialect::lock(tx, &format!("recoveries {workspace}"))?;
    let Some(rival) = recoveries::overlapping(tx, workspace, webhook)? else { return Ok(()) };
    // Another owner's recovery is not named.
    Err(Failure::conflict(match recoveries::find(tx, viewer, rival)? {
        Some(_) => {
            format!(
                "The recovery {rival} is at it. Wait until it is done, or cancel it, then start this one."
            )
        }
        None => "Another recovery is at it. Wait until it is done, then start this one.".to_owned(),
    }))
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
    let viewer = caller.viewer();
    let recovery = app.base.db.read(move |conn| -> Answer<_> { Ok(recoveries::find(conn, &viewer, id)?) });
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
    let (who, viewer) = (caller.who(), caller.viewer());
    let request = key.of(&caller, String::new());
    let canceled = request.answer(&app.base, move |tx| -> Answer<Made> {
        let now = tx.now();
        dialect::lock(tx, id.as_str())?;
        let before = recoveries::find(tx, &viewer, id)?.ok_or_else(RecoveryId::missing)?;
        target.if_match.check(&before)?;
        if !recoveries::cancel(tx, id, now)? {
            return Err(Failure::conflict("The recovery is over, so there is nothing left to cancel."));
        }
        shown_and_audited(tx, (&who, &viewer), id, AuditAction::RecoveryCanceled)
    });
    canceled.await
}

/// Continue a recovery
///
/// A canary that has stopped goes on with its next stage, whatever the last one brought.
#[utoipa::path(operation_id = "continueRecovery", tag = "Recoveries",
    security(("session" = ["admin"]), ("bearer" = ["deliveries:retry"])),
    extensions(("x-problems" = json!(["conflict"]))),
    params(("id" = RecoveryId, Path, description = "The recovery's id"), IfMatch, IdempotencyKey),
    responses((status = 200, description = "The recovery, running again", body = Recovery)))]
#[post("/recoveries/{id}/continue")]
pub async fn resume(
    app: Data<App>,
    caller: Caller<DeliveriesRetry>,
    target: Target<RecoveryId>,
    key: IdempotencyKey,
) -> Answer {
    let id = target.id;
    let (who, viewer) = (caller.who(), caller.viewer());
    let request = key.of(&caller, String::new());
    let continued = request.answer(&app.base, move |tx| -> Answer<Made> {
        dialect::lock(tx, id.as_str())?;
        let before = recoveries::find(tx, &viewer, id)?.ok_or_else(RecoveryId::missing)?;
        target.if_match.check(&before)?;
        if before.status != RecoveryStatus::Stopped {
            return Err(Failure::conflict("Only a recovery that has stopped can be continued."));
        }
        refuse(named(tx, &viewer, before.webhook_id)?.as_ref())?;
        refuse_rivals(tx, &viewer, before.webhook_id)?;
        recoveries::resume(tx, id)?;
        tx.on_commit(Hint::RecoveriesDue);
        shown_and_audited(tx, (&who, &viewer), id, AuditAction::RecoveryContinued)
    });
    continued.await
}

/// A recovery that was just changed, with an entry in the audit log.
fn shown_and_audited(
    tx: &mut Tx<'_>,
    (who, viewer): (&Who, &Viewer),
    id: RecoveryId,
    action: AuditAction,
) -> Answer<Made> {
    let recovery = recoveries::find(tx, viewer, id)?.ok_or_else(RecoveryId::missing)?;
    let webhook = named(tx, viewer, recovery.webhook_id)?;
    let name = webhook.as_ref().map_or(ALL_WEBHOOKS, |webhook| &webhook.url);
    let details = json!({ "webhook_id": recovery.webhook_id, "event_type": recovery.event_type,
        "category": recovery.category, "since": recovery.since, "until": recovery.until,
        "total": recovery.total, "started": recovery.started });
    audit::append(tx, who, Change::of(action, id.as_str(), name, details))?;
    Made::shown(&recovery)
}
