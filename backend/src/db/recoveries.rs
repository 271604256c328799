//! Recoveries: what they were asked for, how far they are, and the deliveries that they set going again.
//!
//! Times are compared with those in the deliveries' ids, which every index has: they are the times of creation.

use std::collections::HashMap;

use api_types::{
    Timestamp,
    audit::Actor,
    deliveries::{CancelReason, Category, DeliveryStatus},
    events::EventType,
    ids::{AttemptId, DeliveryId, RecoveryId, WebhookId, WorkspaceId},
    recoveries::{Recovery, RecoveryCount, RecoveryOutcome, RecoveryStatus},
};
use diesel::{
    dsl::sql,
    expression::SqlLiteral,
    prelude::*,
    sql_types::{BigInt, Bool},
};

use super::{
    Conn, Json,
    schema::{deliveries, recoveries, webhooks},
};
use crate::paging::Slice;

/// Which deliveries a recovery is for.
#[derive(Clone, Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = recoveries)]
#[diesel(treat_none_as_default_value = false)]
pub struct Filter {
    /// Only of this webhook.
    pub webhook_id: Option<WebhookId>,
    /// Only of this type.
    pub event_type: Option<EventType>,
    /// Only whose last failure is of this category.
    pub category: Option<Category>,
    /// Created at or after.
    pub since: Option<Timestamp>,
    /// Created before.
    pub until: Timestamp,
}

impl Filter {
    /// The first id that is meant, and the first that is not any more.
    fn ids(&self) -> (DeliveryId, DeliveryId) {
        let first = |time: Timestamp| DeliveryId::from_parts(u64::try_from(time.as_millis()).unwrap_or(0), 0);
        (first(self.since.unwrap_or(Timestamp::from_millis(0))), first(self.until))
    }
}

/// A recovery as it is stored.
#[derive(Clone, Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = recoveries)]
#[diesel(treat_none_as_default_value = false)]
pub struct RecoveryRow {
    /// Its id.
    pub id: RecoveryId,
    /// Its workspace.
    pub workspace_id: WorkspaceId,
    /// Where it stands.
    pub status: RecoveryStatus,
    /// Which deliveries it is for.
    #[diesel(embed)]
    pub filter: Filter,
    /// How many it sets going per second.
    pub rate_per_second: i32,
    /// How many matched when it started.
    pub total: i64,
    /// How many it has set going.
    pub started: i64,
    /// How many it has passed over.
    pub passed_over: i64,
    /// The last one that it looked at.
    pub position: Option<DeliveryId>,
    /// Up to when it has used its pace, in unix microseconds.
    pub released_at: i64,
    /// Who asked for it.
    pub created_by: Json<Actor>,
    /// When.
    pub created_at: Timestamp,
    /// When it was done or canceled.
    pub finished_at: Option<Timestamp>,
}

/// A delivery that a recovery may set going.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = deliveries)]
pub struct Candidate {
    /// Which one.
    pub id: DeliveryId,
    /// Whom it is for.
    pub webhook_id: WebhookId,
    /// What it carries.
    pub event_type: EventType,
    /// Where it stands.
    pub status: DeliveryStatus,
    /// Whose problem the last failure is.
    pub last_category: Option<Category>,
    /// An attempt by hand that waits for a worker.
    pub manual_attempt_id: Option<AttemptId>,
    /// The attempt under way.
    pub lease_attempt_id: Option<AttemptId>,
    /// When the last attempt ended.
    pub last_attempt_at: Option<Timestamp>,
    /// When it was finished.
    pub finished_at: Option<Timestamp>,
}

/// Stores a recovery.
pub fn insert(conn: &mut Conn, row: RecoveryRow) -> QueryResult<()> {
    diesel::insert_into(recoveries::table).values(row).execute(conn).map(drop)
}

/// One recovery of a workspace.
pub fn find(conn: &mut Conn, workspace: WorkspaceId, id: RecoveryId) -> QueryResult<Option<Recovery>> {
    let row = recoveries::table
        .filter(recoveries::workspace_id.eq(workspace))
        .filter(recoveries::id.eq(id))
        .select(RecoveryRow::as_select())
        .first(conn)
        .optional()?;
    Ok(to_wire(conn, row.into_iter().collect())?.pop())
}

/// Which recoveries a list wants.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Only of this webhook.
    pub webhook: Option<WebhookId>,
    /// Any of these; all where empty.
    pub statuses: Vec<RecoveryStatus>,
}

/// A workspace's recoveries, newest first, with one more than the page holds where there are more.
pub fn list(
    conn: &mut Conn,
    workspace: WorkspaceId,
    wanted: &Wanted,
    slice: Slice<RecoveryId>,
) -> QueryResult<Vec<Recovery>> {
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

/// A recovery of the same deliveries that is running: of this webhook or of all; of any where this one is of all.
pub fn rival(
    conn: &mut Conn,
    workspace: WorkspaceId,
    webhook: Option<WebhookId>,
) -> QueryResult<Option<RecoveryId>> {
    let mut query = recoveries::table
        .filter(recoveries::workspace_id.eq(workspace))
        .filter(is_running())
        .select(recoveries::id)
        .into_boxed();
    if let Some(webhook) = webhook {
        query = query.filter(recoveries::webhook_id.eq(webhook).or(recoveries::webhook_id.is_null()));
    }
    query.first(conn).optional()
}

/// The words of the index `recoveries_running`.
fn is_running() -> SqlLiteral<Bool> {
    sql("recoveries.status = 'running'")
}

/// Running recoveries, oldest first: up to when each has used its pace, and what that is.
pub fn running(conn: &mut Conn) -> QueryResult<Vec<(RecoveryId, i64, i32)>> {
    recoveries::table
        .filter(is_running())
        .order(recoveries::id)
        .select((recoveries::id, recoveries::released_at, recoveries::rate_per_second))
        .load(conn)
}

/// Writes down how far a recovery is.
pub fn advance(conn: &mut Conn, row: &RecoveryRow) -> QueryResult<()> {
    diesel::update(recoveries::table.find(row.id))
        .set((
            recoveries::status.eq(row.status),
            recoveries::started.eq(row.started),
            recoveries::passed_over.eq(row.passed_over),
            recoveries::position.eq(row.position),
            recoveries::released_at.eq(row.released_at),
            recoveries::finished_at.eq(row.finished_at),
        ))
        .execute(conn)
        .map(drop)
}

/// Cancels a recovery that is running; `false` where it is not.
pub fn cancel(conn: &mut Conn, id: RecoveryId, now: Timestamp) -> QueryResult<bool> {
    diesel::update(recoveries::table.find(id).filter(recoveries::status.eq(RecoveryStatus::Running)))
        .set((recoveries::status.eq(RecoveryStatus::Canceled), recoveries::finished_at.eq(now)))
        .execute(conn)
        .map(|changed| changed == 1)
}

/// How far counting what became of deliveries goes.
const COUNTED: i64 = 100_000;

fn counted(status: DeliveryStatus) -> SqlLiteral<BigInt> {
    sql(&format!(
        "(SELECT count(*) FROM (SELECT 1 FROM deliveries d WHERE d.recovery_id = recoveries.id AND d.status = '{status}' \
         LIMIT {COUNTED}) c)"
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

fn to_wire(conn: &mut Conn, rows: Vec<RecoveryRow>) -> QueryResult<Vec<Recovery>> {
    let ids: Vec<RecoveryId> = rows.iter().map(|row| row.id).collect();
    let outcomes = outcomes(conn, &ids)?;
    let wire = |row: RecoveryRow| Recovery {
        id: row.id,
        status: row.status,
        webhook_id: row.filter.webhook_id,
        event_type: row.filter.event_type,
        category: row.filter.category,
        since: row.filter.since,
        until: row.filter.until,
        rate_per_second: u32::try_from(row.rate_per_second).unwrap_or_default(),
        total: number(row.total),
        started: number(row.started),
        passed_over: number(row.passed_over),
        outcome: outcomes.get(&row.id).copied().unwrap_or_default(),
        created_by: row.created_by.into_inner(),
        created_at: row.created_at,
        finished_at: row.finished_at,
    };
    Ok(rows.into_iter().map(wire).collect())
}

/// Counts what a recovery would do.
pub fn count(conn: &mut Conn, workspace: WorkspaceId, filter: &Filter) -> QueryResult<RecoveryCount> {
    let mut those = webhooks::table
        .filter(webhooks::workspace_id.eq(workspace))
        .select((webhooks::id, webhooks::disabled_at.is_not_null().or(webhooks::deleted_at.is_not_null())))
        .into_boxed();
    if let Some(webhook) = filter.webhook_id {
        those = those.filter(webhooks::id.eq(webhook));
    }
    let stopped: HashMap<WebhookId, bool> = those.load::<(WebhookId, bool)>(conn)?.into_iter().collect();
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
    let mut count = RecoveryCount::default();
    for (webhook, status, found) in matching.load::<(WebhookId, DeliveryStatus, i64)>(conn)? {
        let found = number(found);
        count.total += found;
        match status {
            DeliveryStatus::Failed => count.failed += found,
            DeliveryStatus::Canceled => count.canceled += found,
            _ => count.retrying += found,
        }
        if stopped.get(&webhook).copied().unwrap_or(true) {
            count.passed_over += found;
        }
    }
    Ok(count)
}

/// The next deliveries that a recovery is to look at, oldest first: at most `limit`, and fewer only at the end.
///
/// They are of its webhook and time; its other wishes are for the caller to look at, so that a step never reads more than
/// it says.
pub fn candidates(conn: &mut Conn, row: &RecoveryRow, limit: usize) -> QueryResult<Vec<Candidate>> {
    let (first, end) = row.filter.ids();
    let most = i64::try_from(limit).unwrap_or(i64::MAX);
    // Each of these is one walk along one partial index, in the index's own words.
    let walks: &[&str] = match row.filter.webhook_id {
        Some(_) => &[
            "deliveries.status = 'failed'",
            "deliveries.status = 'canceled'",
            "deliveries.status = 'retrying'",
        ],
        None => &["deliveries.status IN ('retrying', 'failed')", "deliveries.status = 'canceled'"],
    };
    let mut found: Vec<Candidate> = Vec::new();
    for walk in walks {
        let mut query = deliveries::table
            .filter(sql::<Bool>(walk))
            .filter(deliveries::id.lt(end))
            .order(deliveries::id)
            .limit(most)
            .select(Candidate::as_select())
            .into_boxed();
        query = match row.filter.webhook_id {
            Some(webhook) => query.filter(deliveries::webhook_id.eq(webhook)),
            None => query.filter(deliveries::workspace_id.eq(row.workspace_id)),
        };
        query = match row.position {
            Some(position) => query.filter(deliveries::id.gt(position)),
            None => query.filter(deliveries::id.ge(first)),
        };
        found.extend(query.load(conn)?);
    }
    found.sort_unstable_by_key(|candidate| candidate.id);
    found.truncate(limit);
    Ok(found)
}

/// Starts the schedule of deliveries anew that this transaction has locked. `held`: they wait in their webhooks' own lines,
/// and are looked at in any case then.
pub fn start_anew(
    conn: &mut Conn,
    ids: &[DeliveryId],
    recovery: RecoveryId,
    now: Timestamp,
    held: Option<Timestamp>,
) -> QueryResult<()> {
    if ids.is_empty() {
        return Ok(());
    }
    diesel::update(deliveries::table.filter(deliveries::id.eq_any(ids)))
        .set((
            deliveries::status.eq(DeliveryStatus::Pending),
            deliveries::cancel_reason.eq(None::<CancelReason>),
            deliveries::step.eq(0),
            deliveries::next_attempt_at.eq(now),
            deliveries::due_at.eq(held.unwrap_or(now)),
            deliveries::held.eq(held.is_some()),
            deliveries::recovery_id.eq(recovery),
            deliveries::interrupted.eq(0),
            deliveries::finished_at.eq(None::<Timestamp>),
        ))
        .execute(conn)
        .map(drop)
}

/// Asks for one attempt, beside the schedule, of a delivery that this transaction has locked: now, or, where `held`, when its
/// webhook's own line comes to it.
pub fn ask_for_attempt(
    conn: &mut Conn,
    (id, attempt): (DeliveryId, AttemptId),
    recovery: RecoveryId,
    now: Timestamp,
    held: bool,
) -> QueryResult<()> {
    let target = diesel::update(deliveries::table.find(id));
    let asked = (deliveries::manual_attempt_id.eq(attempt), deliveries::recovery_id.eq(recovery));
    if held {
        return target.set((asked, deliveries::held.eq(true))).execute(conn).map(drop);
    }
    target.set((asked, deliveries::held.eq(false), deliveries::due_at.eq(now))).execute(conn).map(drop)
}
