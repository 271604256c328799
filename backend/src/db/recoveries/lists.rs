//! Recoveries as screens show them: the list, single recoveries with the outcome so far, and the count before a start.

use std::collections::{BTreeSet, HashMap};

use api_types::{
    deliveries::{CancelReason, DeliveryStatus},
    ids::{RecoveryId, WebhookId, WorkspaceId},
    recoveries::{Canary, Included, Recovery, RecoveryMatches, RecoveryOutcome, RecoveryStatus},
};
use diesel::{
    dsl::{exists, sql},
    expression::SqlLiteral,
    prelude::*,
    sql_types::{BigInt, Bool},
};

use super::{
    missing,
    rows::{CanaryStage, RecoveryRow, Selection},
};
use crate::db::{
    Conn, Json, Slice, Viewer,
    schema::{deliveries, recoveries, webhooks},
};

/// The recoveries that are there for a viewer: of their own webhook, or of all that they own.
macro_rules! seen_by {
    ($viewer:expr) => {{
        let query = recoveries::table.filter(recoveries::workspace_id.eq($viewer.workspace)).into_boxed();
        match &$viewer.own {
            Some(owner) => {
                let own = webhooks::table
                    .filter(webhooks::id.nullable().eq(recoveries::webhook_id))
                    .filter(webhooks::owner_id.eq(owner));
                let of_all = recoveries::owner_id.eq(owner).assume_not_null();
                query.filter(exists(own).or(recoveries::webhook_id.is_null().and(of_all)))
            }
            None => query,
        }
    }};
}

/// One recovery that is there for a viewer.
pub fn find(conn: &mut Conn, viewer: &Viewer, id: RecoveryId) -> QueryResult<Option<Recovery>> {
    let row = seen_by!(viewer)
        .filter(recoveries::id.eq(id))
        .select(RecoveryRow::as_select())
        .first(conn)
        .optional()?;
    Ok(to_wire(conn, row.into_iter().collect())?.pop().map(|(_, recovery)| recovery))
}

/// The filters of a list of recoveries.
#[derive(Clone, Debug, Default)]
pub struct RecoveryFilter {
    /// `None` lets the recoveries of every webhook pass.
    pub webhook: Option<WebhookId>,
    /// An empty set lets every status pass.
    pub statuses: BTreeSet<RecoveryStatus>,
}

/// The recoveries that are there for a viewer, newest first, with one more than the page holds where there are more.
pub fn list(
    conn: &mut Conn,
    viewer: &Viewer,
    wanted: &RecoveryFilter,
    slice: Slice<RecoveryId>,
) -> QueryResult<Vec<(RecoveryId, Recovery)>> {
    let mut query =
        seen_by!(viewer).order(recoveries::id.desc()).limit(slice.fetch()).select(RecoveryRow::as_select());
    if let Some(before) = slice.before {
        query = query.filter(recoveries::id.lt(before));
    }
    if let Some(webhook) = wanted.webhook {
        query = query.filter(recoveries::webhook_id.eq(webhook));
    }
    if !wanted.statuses.is_empty() {
        query = query.filter(recoveries::status.eq_any(&wanted.statuses));
    }
    let rows = query.load(conn)?;
    to_wire(conn, rows)
}

/// The number at which counting a recovery's deliveries stops, for each status.
const MAX_COUNTED: i64 = 100_000;

fn counted(which: &str) -> SqlLiteral<BigInt> {
    sql(&format!(
        "(SELECT count(*) FROM (SELECT 1 FROM deliveries d WHERE d.recovery_id = recoveries.id AND {which} \
         LIMIT {MAX_COUNTED}) c)"
    ))
}

fn in_status(status: DeliveryStatus) -> SqlLiteral<BigInt> {
    counted(&format!("d.status = '{status}'"))
}

/// Deliveries with an attempt that is asked for or under way.
const UNDER_WAY: &str = "(d.manual_attempt_id IS NOT NULL OR d.lease_attempt_id IS NOT NULL)";
/// Deliveries that are retrying because an attempt has failed since: the one that a recovery asked for is over.
const FAILED_AGAIN: &str = "d.status = 'retrying' AND d.manual_attempt_id IS NULL \
    AND (d.lease_trigger IS NULL OR d.lease_trigger <> 'manual')";

fn outcomes(conn: &mut Conn, ids: &[RecoveryId]) -> QueryResult<HashMap<RecoveryId, RecoveryOutcome>> {
    let found = recoveries::table
        .filter(recoveries::id.eq_any(ids))
        .select((
            recoveries::id,
            in_status(DeliveryStatus::Succeeded),
            in_status(DeliveryStatus::Pending),
            in_status(DeliveryStatus::Retrying),
            counted(&format!("d.status IN ('failed', 'canceled') AND NOT {UNDER_WAY}")),
            counted(&format!("d.status IN ('failed', 'canceled') AND {UNDER_WAY}")),
            counted(FAILED_AGAIN),
        ))
        .load::<(RecoveryId, i64, i64, i64, i64, i64, i64)>(conn)?;
    let outcome = |(id, succeeded, pending, retrying, failed, tried, failed_again)| {
        let outcome = RecoveryOutcome {
            succeeded: number(succeeded),
            waiting: number(pending + retrying + tried),
            failed: number(failed),
            failed_again: number(failed_again),
        };
        (id, outcome)
    };
    Ok(found.into_iter().map(outcome).collect())
}

fn number(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}

fn to_wire(conn: &mut Conn, rows: Vec<RecoveryRow>) -> QueryResult<Vec<(RecoveryId, Recovery)>> {
    let ids: Vec<RecoveryId> = rows.iter().map(|row| row.id).collect();
    let outcomes = outcomes(conn, &ids)?;
    let wire = |row: RecoveryRow| Recovery {
        id: Some(row.id),
        status: row.status,
        webhook_id: row.filter.webhook_id,
        event_type: row.filter.event_type,
        category: row.filter.category,
        since: row.filter.since,
        until: row.filter.until,
        include: row.filter.include().to_vec(),
        rate_per_second: u32::try_from(row.rate_per_second).unwrap_or_default(),
        total: number(row.total),
        matched: row.matched.map(Json::into_inner),
        started: number(row.started),
        passed_over: number(row.passed_over),
        outcome: outcomes.get(&row.id).copied().unwrap_or_default(),
        canary: row.canary.as_ref().map(|stage| canary(&stage.0)),
        stopped: row.stopped.map(Json::into_inner),
        created_by: row.created_by.into_inner().into(),
        created_at: row.created_at,
        finished_at: row.finished_at,
    };
    Ok(rows.into_iter().map(|row| (row.id, wire(row))).collect())
}

/// A stage for the wire.
fn canary(stage: &CanaryStage) -> Canary {
    let size = stage.size().map(|size| size as u64);
    Canary { stage: stage.stage, size, started: size.map(|_| stage.tried.len() as u64) }
}

/// The deliveries that a recovery is for, counted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Count {
    pub matched: RecoveryMatches,
    /// The number of those whose webhook is disabled or deleted.
    pub passed_over: u64,
}

impl Count {
    /// The number of deliveries that match, whatever their status.
    pub const fn total(&self) -> u64 {
        self.matched.total()
    }

    fn add(
        &mut self,
        filter: &Selection,
        status: DeliveryStatus,
        reason: Option<CancelReason>,
        found: u64,
    ) -> bool {
        let matched = &mut self.matched;
        let kind = match status {
            DeliveryStatus::Failed if filter.includes(Included::Failed) => &mut matched.failed,
            DeliveryStatus::Retrying if filter.includes(Included::Failed) => &mut matched.retrying,
            DeliveryStatus::Canceled if filter.includes(Included::Canceled) => &mut matched.canceled,
            DeliveryStatus::Canceled
                if filter.includes(Included::Missing) && reason == Some(CancelReason::Missed) =>
            {
                &mut matched.missing
            }
            _ => return false,
        };
        *kind += found;
        true
    }
}

/// Counts the deliveries that a recovery would set going or pass over.
pub fn count(conn: &mut Conn, workspace: WorkspaceId, filter: &Selection) -> QueryResult<Count> {
    let mut chosen = webhooks::table
        .filter(webhooks::workspace_id.eq(workspace))
        .select((webhooks::id, webhooks::disabled_at.is_not_null().or(webhooks::deleted_at.is_not_null())))
        .into_boxed();
    if let Some(webhook) = filter.webhook_id {
        chosen = chosen.filter(webhooks::id.eq(webhook));
    }
    if let Some(owner) = &filter.owner_id {
        chosen = chosen.filter(webhooks::owner_id.eq(owner));
    }
    let stopped: HashMap<WebhookId, bool> = chosen.load::<(WebhookId, bool)>(conn)?.into_iter().collect();
    let ids: Vec<WebhookId> = stopped.keys().copied().collect();
    let (first, end) = filter.ids();
    let mut matching = deliveries::table
        .filter(deliveries::webhook_id.eq_any(&ids))
        .filter(sql::<Bool>("deliveries.status IN ('failed', 'canceled', 'retrying')"))
        .filter(deliveries::id.ge(first))
        .filter(deliveries::id.lt(end))
        .group_by((deliveries::webhook_id, deliveries::status, deliveries::cancel_reason))
        .select((
            deliveries::webhook_id,
            deliveries::status,
            deliveries::cancel_reason,
            diesel::dsl::count_star(),
        ))
        .into_boxed();
    if let Some(kind) = filter.event_type {
        matching = matching.filter(deliveries::event_type.eq(kind));
    }
    if let Some(category) = filter.category {
        matching = matching.filter(deliveries::last_category.eq(category));
    }
    let mut count = Count::default();
    for (webhook, status, reason, found) in
        matching.load::<(WebhookId, DeliveryStatus, Option<CancelReason>, i64)>(conn)?
    {
        let found = number(found);
        if count.add(filter, status, reason, found) && stopped.get(&webhook).copied().unwrap_or(true) {
            count.passed_over += found;
        }
    }
    // These are of one webhook.
    let (succeeded, missing) = (count_succeeded(conn, filter)?, missing::count(conn, workspace, filter)?);
    count.matched.succeeded += succeeded;
    count.matched.missing += missing;
    if filter.webhook_id.is_some_and(|webhook| stopped.get(&webhook).copied().unwrap_or(true)) {
        count.passed_over += succeeded + missing;
    }
    Ok(count)
}

/// The number of deliveries that one webhook's receiver took, where the recovery is for them.
fn count_succeeded(conn: &mut Conn, filter: &Selection) -> QueryResult<u64> {
    let Some(webhook) = filter.webhook_id.filter(|_| filter.includes(Included::Succeeded)) else {
        return Ok(0);
    };
    // What succeeded has no failure, and so no category.
    if filter.category.is_some() {
        return Ok(0);
    }
    let (first, end) = filter.ids();
    let mut taken = deliveries::table
        .filter(deliveries::webhook_id.eq(webhook))
        .filter(deliveries::status.eq(DeliveryStatus::Succeeded))
        .filter(deliveries::id.ge(first))
        .filter(deliveries::id.lt(end))
        .select(diesel::dsl::count_star())
        .into_boxed();
    if let Some(kind) = filter.event_type {
        taken = taken.filter(deliveries::event_type.eq(kind));
    }
    taken.first::<i64>(conn).map(number)
}
