//! Recoveries as screens show them: the list, single recoveries with the outcome so far, and the count before a start.

use std::collections::{BTreeSet, HashMap};

use api_types::{
    deliveries::DeliveryStatus,
    ids::{RecoveryId, WebhookId, WorkspaceId},
    recoveries::{Recovery, RecoveryMatches, RecoveryOutcome, RecoveryStatus},
};
use diesel::{
    dsl::sql,
    expression::SqlLiteral,
    prelude::*,
    sql_types::{BigInt, Bool},
};

use super::rows::{RecoveryRow, Selection};
use crate::db::{
    Conn, Json, Slice,
    schema::{deliveries, recoveries, webhooks},
};

/// One recovery of a workspace.
pub fn find(conn: &mut Conn, workspace: WorkspaceId, id: RecoveryId) -> QueryResult<Option<Recovery>> {
    let row = recoveries::table
        .filter(recoveries::workspace_id.eq(workspace))
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

/// A workspace's recoveries, newest first, with one more than the page holds where there are more.
pub fn list(
    conn: &mut Conn,
    workspace: WorkspaceId,
    wanted: &RecoveryFilter,
    slice: Slice<RecoveryId>,
) -> QueryResult<Vec<(RecoveryId, Recovery)>> {
    let mut query = recoveries::table
        .filter(recoveries::workspace_id.eq(workspace))
        .order(recoveries::id.desc())
        .limit(slice.fetch())
        .select(RecoveryRow::as_select())
        .into_boxed();
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

fn counted(status: DeliveryStatus) -> SqlLiteral<BigInt> {
    sql(&format!(
        "(SELECT count(*) FROM (SELECT 1 FROM deliveries d WHERE d.recovery_id = recoveries.id AND d.status = '{status}' \
         LIMIT {MAX_COUNTED}) c)"
    ))
}

fn outcomes(conn: &mut Conn, ids: &[RecoveryId]) -> QueryResult<HashMap<RecoveryId, RecoveryOutcome>> {
    let found = recoveries::table
        .filter(recoveries::id.eq_any(ids))
        .select((
            recoveries::id,
            counted(DeliveryStatus::Succeeded),
            counted(DeliveryStatus::Pending),
            counted(DeliveryStatus::Retrying),
            counted(DeliveryStatus::Failed),
            counted(DeliveryStatus::Canceled),
        ))
        .load::<(RecoveryId, i64, i64, i64, i64, i64)>(conn)?;
    let outcome = |(id, succeeded, pending, retrying, failed, canceled)| {
        let outcome = RecoveryOutcome {
            succeeded: number(succeeded),
            waiting: number(pending + retrying),
            failed: number(failed + canceled),
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
        rate_per_second: u32::try_from(row.rate_per_second).unwrap_or_default(),
        total: number(row.total),
        matched: row.matched.map(Json::into_inner),
        started: number(row.started),
        passed_over: number(row.passed_over),
        outcome: outcomes.get(&row.id).copied().unwrap_or_default(),
        created_by: row.created_by.into_inner().into(),
        created_at: row.created_at,
        finished_at: row.finished_at,
    };
    Ok(rows.into_iter().map(|row| (row.id, wire(row))).collect())
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
        self.matched.failed + self.matched.canceled + self.matched.retrying
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
    let stopped: HashMap<WebhookId, bool> = chosen.load::<(WebhookId, bool)>(conn)?.into_iter().collect();
    let ids: Vec<WebhookId> = stopped.keys().copied().collect();
    let (first, end) = filter.ids();
    let mut matching = deliveries::table
        .filter(deliveries::webhook_id.eq_any(&ids))
        .filter(sql::<Bool>("deliveries.status IN ('failed', 'canceled', 'retrying')"))
        .filter(deliveries::id.ge(first))
        .filter(deliveries::id.lt(end))
        .group_by((deliveries::webhook_id, deliveries::status))
        .select((deliveries::webhook_id, deliveries::status, diesel::dsl::count_star()))
        .into_boxed();
    if let Some(kind) = filter.event_type {
        matching = matching.filter(deliveries::event_type.eq(kind));
    }
    if let Some(category) = filter.category {
        matching = matching.filter(deliveries::last_category.eq(category));
    }
    let mut count = Count::default();
    for (webhook, status, found) in matching.load::<(WebhookId, DeliveryStatus, i64)>(conn)? {
        let found = number(found);
        match status {
            DeliveryStatus::Failed => count.matched.failed += found,
            DeliveryStatus::Canceled => count.matched.canceled += found,
            _ => count.matched.retrying += found,
        }
        if stopped.get(&webhook).copied().unwrap_or(true) {
            count.passed_over += found;
        }
    }
    Ok(count)
}
