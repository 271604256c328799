//! The queries of the recovery job: the next deliveries to look at, setting them going again, and the job's progress.

use api_types::{
    Timestamp,
    deliveries::{CancelReason, Category, DeliveryStatus, Diagnosis},
    events::EventType,
    ids::{AttemptId, DeliveryId, RecoveryId, WebhookId},
    recoveries::{Included, RecoveryStatus},
};
use diesel::{
    dsl::{exists, sql},
    prelude::*,
    sql_types::Bool,
};

use super::rows::{RecoveryRow, is_running};
use crate::db::{
    Conn, Json,
    deliveries::UNSUCCESSFUL,
    dialect::locked,
    schema::{deliveries, recoveries, webhooks},
};

/// A delivery that a recovery may set going.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = deliveries)]
pub struct Candidate {
    pub id: DeliveryId,
    pub webhook_id: WebhookId,
    pub event_type: EventType,
    pub status: DeliveryStatus,
    pub cancel_reason: Option<CancelReason>,
    pub last_diagnosis: Option<Json<Diagnosis>>,
    /// Category of the last failure.
    pub last_category: Option<Category>,
    /// An attempt by hand that waits for a worker.
    pub manual_attempt_id: Option<AttemptId>,
    /// The attempt under way.
    pub lease_attempt_id: Option<AttemptId>,
    /// The time at which the last attempt ended.
    pub last_attempt_at: Option<Timestamp>,
    pub finished_at: Option<Timestamp>,
}

/// Running recoveries, oldest first: id, the unix microseconds up to which the rate is used, and the rate per second.
pub fn running(conn: &mut Conn) -> QueryResult<Vec<(RecoveryId, i64, i32)>> {
    recoveries::table
        .filter(is_running())
        .order(recoveries::id)
        .select((recoveries::id, recoveries::released_at, recoveries::rate_per_second))
        .load(conn)
}

/// A running recovery, locked until the transaction ends; `None` where the recovery is over or another node has locked
/// it.
pub fn lock_recovery(conn: &mut Conn, id: RecoveryId) -> QueryResult<Option<RecoveryRow>> {
    let found: QueryResult<RecoveryRow> = locked!(
        conn,
        for_update.skip_locked,
        first,
        recoveries::table
            .filter(recoveries::id.eq(id))
            .filter(recoveries::status.eq(RecoveryStatus::Running))
            .select(RecoveryRow::as_select())
    );
    found.optional()
}

/// The deliveries among `ids` that no other transaction is changing, oldest first, locked until the transaction ends.
pub fn lock_candidates(conn: &mut Conn, ids: &[DeliveryId]) -> QueryResult<Vec<Candidate>> {
    locked!(
        conn,
        for_update.skip_locked,
        load,
        deliveries::table
            .filter(deliveries::id.eq_any(ids))
            .order(deliveries::id)
            .select(Candidate::as_select())
    )
}

/// Some deliveries as they are now, not locked.
pub fn look_at(conn: &mut Conn, ids: &[DeliveryId]) -> QueryResult<Vec<Candidate>> {
    deliveries::table.filter(deliveries::id.eq_any(ids)).select(Candidate::as_select()).load(conn)
}

/// Stores the progress of a recovery.
pub fn advance(conn: &mut Conn, row: &RecoveryRow) -> QueryResult<()> {
    diesel::update(recoveries::table.find(row.id))
        .set((
            recoveries::status.eq(row.status),
            recoveries::started.eq(row.started),
            recoveries::passed_over.eq(row.passed_over),
            recoveries::position.eq(row.position),
            recoveries::released_at.eq(row.released_at),
            recoveries::finished_at.eq(row.finished_at),
            recoveries::event_position.eq(row.event_position),
            recoveries::events_done.eq(row.events_done),
            recoveries::canary.eq(row.canary.as_ref()),
            recoveries::stopped.eq(row.stopped.as_ref()),
        ))
        .execute(conn)
        .map(drop)
}

/// The next deliveries that a recovery is to look at, oldest first: at most `limit`, and fewer only at the end.
///
/// Only the webhook and the time are checked here. The caller checks the selection's other filters, so that a step never
/// reads more than `limit` rows from one index.
pub fn candidates(conn: &mut Conn, row: &RecoveryRow, limit: usize) -> QueryResult<Vec<Candidate>> {
    let (first, end) = row.filter.ids();
    let most = i64::try_from(limit).unwrap_or(i64::MAX);
    // Each status is one walk along one index.
    let mut walks: Vec<DeliveryStatus> = Vec::new();
    if row.filter.includes(Included::Failed) {
        walks.extend([DeliveryStatus::Failed, DeliveryStatus::Retrying]);
    }
    if row.filter.includes(Included::Canceled) || row.filter.includes(Included::Missing) {
        walks.push(DeliveryStatus::Canceled);
    }
    if row.filter.includes(Included::Succeeded) {
        walks.push(DeliveryStatus::Succeeded);
    }
    let mut found: Vec<Candidate> = Vec::new();
    for walk in walks {
        let mut query = deliveries::table
            .filter(deliveries::status.eq(walk))
            .filter(deliveries::id.lt(end))
            .order(deliveries::id)
            .limit(most)
            .select(Candidate::as_select())
            .into_boxed();
        query = match row.filter.webhook_id {
            Some(webhook) => query.filter(deliveries::webhook_id.eq(webhook)),
            None => query.filter(deliveries::workspace_id.eq(row.workspace_id)),
        };
        if row.filter.webhook_id.is_none() && walk != DeliveryStatus::Succeeded {
            query = query.filter(sql::<Bool>(UNSUCCESSFUL));
        }
        if let Some(owner) = &row.filter.owner_id {
            let own = webhooks::table
                .filter(webhooks::id.eq(deliveries::webhook_id))
                .filter(webhooks::owner_id.eq(owner));
            query = query.filter(exists(own));
        }
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

/// Starts the schedule anew for deliveries that this transaction has locked. With `held`, the deliveries wait in their
/// webhooks' own lines, and a worker looks at them at that time in any case.
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

/// One attempt, beside the schedule, that a recovery asks for.
#[derive(Clone, Copy, Debug)]
pub struct AskedAttempt {
    /// The delivery, locked by the transaction.
    pub delivery: DeliveryId,
    pub attempt: AttemptId,
    /// Where the delivery waits for its turn in its webhook's own line: the time at which a worker looks at it in any case, unless its
    /// schedule says one. Otherwise the attempt is due now.
    pub held: Option<Timestamp>,
}

/// Asks for an attempt of a delivery that this transaction has locked.
pub fn ask_for_attempt(
    conn: &mut Conn,
    recovery: RecoveryId,
    asked: AskedAttempt,
    now: Timestamp,
) -> QueryResult<()> {
    let target = diesel::update(deliveries::table.find(asked.delivery));
    let request = (deliveries::manual_attempt_id.eq(asked.attempt), deliveries::recovery_id.eq(recovery));
    if let Some(look) = asked.held {
        target.set((request, deliveries::held.eq(true))).execute(conn)?;
        let finished = deliveries::table.find(asked.delivery).filter(deliveries::due_at.is_null());
        return diesel::update(finished).set(deliveries::due_at.eq(look)).execute(conn).map(drop);
    }
    target.set((request, deliveries::held.eq(false), deliveries::due_at.eq(now))).execute(conn).map(drop)
}
