//! Leases: a worker's right to make one attempt of a delivery, until a certain time and under a fencing number.

use api_types::{
    Timestamp,
    deliveries::{CancelReason, Category, DeliveryStatus, Diagnosis, Trigger},
    events::EventType,
    ids::{AttemptId, DeliveryId, EventId, WebhookId, WorkspaceId},
};
use diesel::prelude::*;

use super::AttemptRow;
use crate::db::{
    Conn, Json,
    dialect::locked,
    schema::{attempts, deliveries, webhooks},
};

/// A delivery that is due, locked until the transaction ends.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = deliveries)]
pub struct DueDelivery {
    pub id: DeliveryId,
    pub workspace_id: WorkspaceId,
    pub webhook_id: WebhookId,
    pub event_id: EventId,
    pub status: DeliveryStatus,
    /// A retry by hand that waits for a worker.
    pub manual_attempt_id: Option<AttemptId>,
    /// Fencing number of the last lease.
    pub lease_no: i64,
    /// The time since which the delivery is due, or at which a held one is due in any case.
    pub due_at: Option<Timestamp>,
    /// `true` while the delivery waits in its webhook's own line.
    pub held: bool,
}

/// An attempt that one worker may make.
#[derive(Clone, Debug)]
pub struct Lease {
    pub delivery: DeliveryId,
    /// The fencing number: a result under another number changes nothing.
    pub number: i64,
    pub attempt: AttemptId,
    pub trigger: Trigger,
    /// The time at which the delivery became due. Where the attempt is not begun, the delivery is due as long as before:
    /// it does not lose its place.
    pub due_at: Timestamp,
    pub started_at: Timestamp,
    /// The time at which the lease ends and another worker may take the delivery.
    pub until: Timestamp,
}

/// The columns of a delivery that the end of an attempt reads. The row is locked until the transaction ends.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = deliveries)]
pub struct LeasedDelivery {
    pub id: DeliveryId,
    pub workspace_id: WorkspaceId,
    pub webhook_id: WebhookId,
    pub event_id: EventId,
    pub event_type: EventType,
    pub status: DeliveryStatus,
    pub cancel_reason: Option<CancelReason>,
    /// The number of the schedule's steps that are done.
    pub step: i32,
    /// The number of attempts so far.
    pub attempts: i32,
    /// The time at which the schedule tries next.
    pub next_attempt_at: Option<Timestamp>,
    /// Fencing number of the lease.
    pub lease_no: i64,
    /// The attempt under way.
    pub lease_attempt_id: Option<AttemptId>,
    pub lease_trigger: Option<Trigger>,
    pub lease_started_at: Option<Timestamp>,
    /// The number of attempts in a row that were interrupted.
    pub interrupted: i32,
    pub finished_at: Option<Timestamp>,
}

impl LeasedDelivery {
    /// `true` while `lease` is the delivery's present lease.
    pub fn is_under(&self, lease: &Lease) -> bool {
        self.lease_no == lease.number && self.lease_attempt_id == Some(lease.attempt)
    }
}

/// A delivery's first attempt that succeeded.
#[derive(Clone, Copy, Debug)]
pub struct FirstSuccess {
    pub delivery: DeliveryId,
    pub attempt: AttemptId,
    /// The time at which the attempt ended.
    pub at: Timestamp,
    /// HTTP status of the answer.
    pub status: Option<i32>,
}

/// The columns that the end of an attempt writes to its delivery; the same statement clears the lease.
#[derive(Clone, Debug, AsChangeset)]
#[diesel(table_name = deliveries)]
#[diesel(treat_none_as_null = true)]
pub struct DeliveryUpdate {
    pub status: DeliveryStatus,
    pub cancel_reason: Option<CancelReason>,
    /// The number of the schedule's steps that are done.
    pub step: i32,
    /// The number of attempts so far.
    pub attempts: i32,
    /// The time at which the schedule tries next.
    pub next_attempt_at: Option<Timestamp>,
    /// A retry by hand that is to be made again.
    pub manual_attempt_id: Option<AttemptId>,
    /// The time at which a worker should look next.
    pub due_at: Option<Timestamp>,
    /// `true` while the delivery waits in its webhook's own line.
    pub held: bool,
    /// The number of attempts in a row that were interrupted.
    pub interrupted: i32,
    /// The time at which the last attempt ended.
    pub last_attempt_at: Option<Timestamp>,
    /// HTTP status of the last answer.
    pub last_response_status: Option<i32>,
    /// Category of the last failure.
    pub last_category: Option<Category>,
    pub last_diagnosis: Option<Json<Diagnosis>>,
    pub finished_at: Option<Timestamp>,
}

/// A lease whose attempt was not begun.
#[derive(Clone, Debug)]
pub struct HandedBack {
    pub lease: Lease,
    /// The time at which a worker should look next.
    pub due_at: Timestamp,
    /// `true` while the delivery waits in its webhook's own line.
    pub held: bool,
}

/// Webhooks and workspaces that a worker passes over when it takes due deliveries, because they already have their share
/// of the worker's slots.
#[derive(Clone, Debug, Default)]
pub struct FullShares {
    pub webhooks: Vec<WebhookId>,
    pub workspaces: Vec<WorkspaceId>,
}

/// Due deliveries, longest due first, locked until the transaction ends; deliveries that another worker locks are passed
/// over.
pub fn lock_due(
    conn: &mut Conn,
    now: Timestamp,
    busy: &FullShares,
    limit: i64,
) -> QueryResult<Vec<DueDelivery>> {
    locked!(
        conn,
        for_update.skip_locked,
        load,
        deliveries::table
            .filter(deliveries::due_at.le(now))
            .filter(deliveries::webhook_id.ne_all(&busy.webhooks))
            .filter(deliveries::workspace_id.ne_all(&busy.workspaces))
            .order(deliveries::due_at)
            .limit(limit)
            .select(DueDelivery::as_select())
    )
}

/// Deliveries of one webhook that have been due since `since`, outside its line, locked until the transaction ends.
pub fn lock_due_of(
    conn: &mut Conn,
    webhook: WebhookId,
    since: Timestamp,
    limit: i64,
) -> QueryResult<Vec<DueDelivery>> {
    locked!(
        conn,
        for_update.skip_locked,
        load,
        deliveries::table
            .filter(deliveries::due_at.le(since))
            .filter(deliveries::webhook_id.eq(webhook))
            .filter(deliveries::manual_attempt_id.is_null())
            .order(deliveries::due_at)
            .limit(limit)
            .select(DueDelivery::as_select())
    )
}

/// The oldest held deliveries of a webhook, locked until the transaction ends; deliveries that another worker locks are
/// passed over.
pub fn lock_held(conn: &mut Conn, webhook: WebhookId, limit: i64) -> QueryResult<Vec<DueDelivery>> {
    locked!(
        conn,
        for_update.skip_locked,
        load,
        deliveries::table
            .filter(deliveries::webhook_id.eq(webhook))
            .filter(deliveries::held)
            .filter(deliveries::due_at.is_not_null())
            .order(deliveries::id)
            .limit(limit)
            .select(DueDelivery::as_select())
    )
}

/// The oldest or the newest waiting delivery of a webhook, locked until the transaction ends: the one to probe with.
///
/// Each status is asked for by itself, since an index then leads to the one row, however many wait.
pub fn lock_waiting(conn: &mut Conn, webhook: WebhookId, newest: bool) -> QueryResult<Option<DueDelivery>> {
    macro_rules! first {
        ($status:expr, $order:expr) => {
            locked!(
                conn,
                for_update.skip_locked,
                first,
                deliveries::table
                    .filter(deliveries::webhook_id.eq(webhook))
                    .filter(deliveries::status.eq($status))
                    .filter(deliveries::due_at.is_not_null())
                    .order($order)
                    .select(DueDelivery::as_select())
            )
        };
    }
    let mut found: Vec<DueDelivery> = Vec::with_capacity(WAITING.len());
    for status in WAITING {
        let one: QueryResult<DueDelivery> =
            if newest { first!(status, deliveries::id.desc()) } else { first!(status, deliveries::id.asc()) };
        found.extend(one.optional()?);
    }
    found.sort_unstable_by_key(|due| due.id);
    Ok(if newest { found.pop() } else { found.into_iter().next() })
}

/// Deliveries whose lease ran out, locked until the transaction ends; deliveries that another worker locks are passed
/// over.
pub fn lock_expired(conn: &mut Conn, now: Timestamp, limit: i64) -> QueryResult<Vec<LeasedDelivery>> {
    locked!(
        conn,
        for_update.skip_locked,
        load,
        deliveries::table
            .filter(deliveries::lease_until.le(now))
            .order(deliveries::lease_until)
            .limit(limit)
            .select(LeasedDelivery::as_select())
    )
}

/// Deliveries in the middle of an attempt, locked until the transaction ends, always in the same order to avoid
/// deadlocks.
pub fn lock_leased(conn: &mut Conn, ids: &[DeliveryId]) -> QueryResult<Vec<LeasedDelivery>> {
    locked!(
        conn,
        for_update,
        load,
        deliveries::table
            .filter(deliveries::id.eq_any(ids))
            .order(deliveries::id)
            .select(LeasedDelivery::as_select())
    )
}

/// The delivery that is under this lease; no row where the lease was lost.
macro_rules! under {
    ($lease:expr) => {
        deliveries::table
            .find($lease.delivery)
            .filter(deliveries::lease_no.eq($lease.number))
            .filter(deliveries::lease_attempt_id.eq($lease.attempt))
    };
}

/// Lets go of a lease whose attempt was never begun. The delivery becomes due again, unless it was canceled meanwhile; a
/// retry by hand, unless its webhook was disabled or deleted.
pub fn hand_back(conn: &mut Conn, back: &HandedBack) -> QueryResult<()> {
    let lease = &back.lease;
    let manual = (lease.trigger == Trigger::Manual).then_some(lease.attempt);
    let again = (
        cleared(),
        deliveries::due_at.eq(back.due_at),
        deliveries::held.eq(back.held),
        deliveries::manual_attempt_id.eq(manual),
    );
    let due = if manual.is_some() {
        let open = webhooks::table
            .filter(webhooks::disabled_at.is_null())
            .filter(webhooks::deleted_at.is_null())
            .filter(webhooks::id.eq(deliveries::webhook_id))
            .select(webhooks::id);
        diesel::update(under!(lease).filter(diesel::dsl::exists(open))).set(again).execute(conn)?
    } else {
        diesel::update(under!(lease).filter(deliveries::status.eq_any(WAITING))).set(again).execute(conn)?
    };
    if due == 0 {
        diesel::update(under!(lease)).set((cleared(), idle())).execute(conn)?;
    }
    Ok(())
}

/// Ends a lease whose attempt was never begun, and cancels the delivery.
pub fn withdraw(conn: &mut Conn, lease: &Lease, reason: CancelReason, now: Timestamp) -> QueryResult<()> {
    let waiting = diesel::update(under!(lease).filter(deliveries::status.eq_any(WAITING)));
    let canceled = waiting.set((cleared(), idle(), canceled(reason, now))).execute(conn)?;
    if canceled == 0 {
        diesel::update(under!(lease)).set((cleared(), idle())).execute(conn)?;
    }
    Ok(())
}

/// Cancels a due delivery that must not be sent.
pub fn cancel(conn: &mut Conn, due: &DueDelivery, reason: CancelReason, now: Timestamp) -> QueryResult<()> {
    let target = deliveries::table.find(due.id);
    if WAITING.contains(&due.status) {
        return diesel::update(target).set((idle(), canceled(reason, now))).execute(conn).map(drop);
    }
    diesel::update(target).set(idle()).execute(conn).map(drop)
}

/// The states of a delivery that its schedule has not finished.
const WAITING: [DeliveryStatus; 2] = [DeliveryStatus::Pending, DeliveryStatus::Retrying];

type Idle = (
    diesel::dsl::Eq<deliveries::due_at, Option<Timestamp>>,
    diesel::dsl::Eq<deliveries::held, bool>,
    diesel::dsl::Eq<deliveries::manual_attempt_id, Option<AttemptId>>,
);

/// The changes after which no worker looks at the delivery.
fn idle() -> Idle {
    (deliveries::due_at.eq(None), deliveries::held.eq(false), deliveries::manual_attempt_id.eq(None))
}

type Canceled = (
    diesel::dsl::Eq<deliveries::status, DeliveryStatus>,
    diesel::dsl::Eq<deliveries::cancel_reason, CancelReason>,
    diesel::dsl::Eq<deliveries::next_attempt_at, Option<Timestamp>>,
    diesel::dsl::Eq<deliveries::finished_at, Timestamp>,
);

/// The changes that cancel a delivery.
fn canceled(reason: CancelReason, now: Timestamp) -> Canceled {
    (
        deliveries::status.eq(DeliveryStatus::Canceled),
        deliveries::cancel_reason.eq(reason),
        deliveries::next_attempt_at.eq(None),
        deliveries::finished_at.eq(now),
    )
}

/// The due time of the delivery that has been due longest; `None` where none is due.
pub fn longest_due(conn: &mut Conn, now: Timestamp) -> QueryResult<Option<Timestamp>> {
    let due = deliveries::table
        .filter(deliveries::due_at.le(now))
        .order(deliveries::due_at)
        .select(deliveries::due_at)
        .first::<Option<Timestamp>>(conn)
        .optional()?;
    Ok(due.flatten())
}

/// Overwrites an attempt that was taken for interrupted with the result that came too late.
pub fn record_late(conn: &mut Conn, row: &AttemptRow) -> QueryResult<bool> {
    diesel::update(attempts::table.find(row.id))
        .set((
            attempts::outcome.eq(row.outcome),
            attempts::address.eq(&row.address),
            attempts::reused_connection.eq(row.reused_connection),
            attempts::timings.eq(&row.timings),
            attempts::request.eq(&row.request),
            attempts::response.eq(&row.response),
            attempts::diagnosis.eq(&row.diagnosis),
            attempts::late_duplicate.eq(true),
        ))
        .execute(conn)
        .map(|changed| changed == 1)
}

pub(super) type Cleared = (
    diesel::dsl::Eq<deliveries::lease_owner, Option<String>>,
    diesel::dsl::Eq<deliveries::lease_attempt_id, Option<AttemptId>>,
    diesel::dsl::Eq<deliveries::lease_trigger, Option<Trigger>>,
    diesel::dsl::Eq<deliveries::lease_started_at, Option<Timestamp>>,
    diesel::dsl::Eq<deliveries::lease_until, Option<Timestamp>>,
);

/// The changes that clear a lease.
pub(super) fn cleared() -> Cleared {
    (
        deliveries::lease_owner.eq(None),
        deliveries::lease_attempt_id.eq(None),
        deliveries::lease_trigger.eq(None),
        deliveries::lease_started_at.eq(None),
        deliveries::lease_until.eq(None),
    )
}
