//! Leases: which worker makes which attempt, until when, under which number.

use api_types::{
    Timestamp,
    deliveries::{CancelReason, Category, DeliveryStatus, Diagnosis, Trigger},
    events::EventType,
    ids::{AttemptId, DeliveryId, EventId, WebhookId, WorkspaceId},
};
use diesel::prelude::*;

use super::AttemptRow;
use crate::db::{
    Conn, Json, dialect,
    schema::{attempts, deliveries},
};

/// A delivery that is due, locked until the transaction ends.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = deliveries)]
pub struct Due {
    /// Which one.
    pub id: DeliveryId,
    /// Its workspace.
    pub workspace_id: WorkspaceId,
    /// Whom it is for.
    pub webhook_id: WebhookId,
    /// What it carries.
    pub event_id: EventId,
    /// Where it stands.
    pub status: DeliveryStatus,
    /// The attempt that was asked for by hand.
    pub manual_attempt_id: Option<AttemptId>,
    /// The last lease's number.
    pub lease_no: i64,
    /// It waits in its webhook's own line.
    pub held: bool,
}

/// An attempt that one worker may make.
#[derive(Clone, Debug)]
pub struct Lease {
    /// Of which delivery.
    pub delivery: DeliveryId,
    /// The fencing number: a result under another number changes nothing.
    pub number: i64,
    /// The attempt's id.
    pub attempt: AttemptId,
    /// What makes it happen.
    pub trigger: Trigger,
    /// When it started.
    pub started_at: Timestamp,
    /// When it is taken from the worker.
    pub until: Timestamp,
}

/// What a transaction that ends an attempt reads of its delivery, locked.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = deliveries)]
pub struct Held {
    /// Which one.
    pub id: DeliveryId,
    /// Its workspace.
    pub workspace_id: WorkspaceId,
    /// Whom it is for.
    pub webhook_id: WebhookId,
    /// What it carries.
    pub event_id: EventId,
    /// The event's type.
    pub event_type: EventType,
    /// Where it stands.
    pub status: DeliveryStatus,
    /// Why it was canceled.
    pub cancel_reason: Option<CancelReason>,
    /// How far the schedule got.
    pub step: i32,
    /// How many attempts there were.
    pub attempts: i32,
    /// When the schedule tries next.
    pub next_attempt_at: Option<Timestamp>,
    /// The lease's number.
    pub lease_no: i64,
    /// The attempt under way.
    pub lease_attempt_id: Option<AttemptId>,
    /// What made it happen.
    pub lease_trigger: Option<Trigger>,
    /// When it started.
    pub lease_started_at: Option<Timestamp>,
    /// How many attempts in a row were interrupted.
    pub interrupted: i32,
    /// When it was finished.
    pub finished_at: Option<Timestamp>,
}

/// The first attempt of a delivery, and it succeeded.
#[derive(Clone, Copy, Debug)]
pub struct FirstSuccess {
    /// Of which delivery.
    pub delivery: DeliveryId,
    /// The attempt.
    pub attempt: AttemptId,
    /// When it ended.
    pub at: Timestamp,
    /// The answer's status.
    pub status: Option<i32>,
}

/// What an attempt's end leaves of its delivery; the lease goes.
#[derive(Clone, Debug, AsChangeset)]
#[diesel(table_name = deliveries)]
#[diesel(treat_none_as_null = true)]
pub struct Settled {
    /// Where it stands.
    pub status: DeliveryStatus,
    /// Why it was canceled.
    pub cancel_reason: Option<CancelReason>,
    /// How far the schedule got.
    pub step: i32,
    /// How many attempts there were.
    pub attempts: i32,
    /// When the schedule tries next.
    pub next_attempt_at: Option<Timestamp>,
    /// A retry by hand that is to be made again.
    pub manual_attempt_id: Option<AttemptId>,
    /// When a worker should look next.
    pub due_at: Option<Timestamp>,
    /// Whether it waits in its webhook's own line.
    pub held: bool,
    /// How many attempts in a row were interrupted.
    pub interrupted: i32,
    /// When the last attempt ended.
    pub last_attempt_at: Option<Timestamp>,
    /// The last answer's status.
    pub last_response_status: Option<i32>,
    /// Whose problem the last failure is.
    pub last_category: Option<Category>,
    /// What went wrong last.
    pub last_diagnosis: Option<Json<Diagnosis>>,
    /// When it was finished.
    pub finished_at: Option<Timestamp>,
}

/// A lease whose attempt was not begun.
#[derive(Clone, Debug)]
pub struct HandedBack {
    /// Which one.
    pub lease: Lease,
    /// When a worker should look next.
    pub due_at: Timestamp,
    /// Whether it waits in its webhook's own line.
    pub held: bool,
}

/// Lets go of a lease whose attempt was never begun.
pub fn hand_back(conn: &mut Conn, back: &HandedBack) -> QueryResult<bool> {
    let lease = &back.lease;
    let manual = (lease.trigger == Trigger::Manual).then_some(lease.attempt);
    diesel::update(
        deliveries::table
            .find(lease.delivery)
            .filter(deliveries::lease_no.eq(lease.number))
            .filter(deliveries::lease_attempt_id.eq(lease.attempt)),
    )
    .set((
        cleared(),
        deliveries::due_at.eq(back.due_at),
        deliveries::held.eq(back.held),
        deliveries::manual_attempt_id.eq(manual),
    ))
    .execute(conn)
    .map(|changed| changed == 1)
}

/// Cancels a due delivery that must not be sent.
pub fn cancel(conn: &mut Conn, due: &Due, reason: CancelReason, now: Timestamp) -> QueryResult<()> {
    let waits = matches!(due.status, DeliveryStatus::Pending | DeliveryStatus::Retrying);
    let target = deliveries::table.find(due.id);
    let idle = (
        deliveries::due_at.eq(None::<Timestamp>),
        deliveries::held.eq(false),
        deliveries::manual_attempt_id.eq(None::<AttemptId>),
    );
    if !waits {
        return diesel::update(target).set(idle).execute(conn).map(drop);
    }
    diesel::update(target)
        .set((
            idle,
            deliveries::status.eq(DeliveryStatus::Canceled),
            deliveries::cancel_reason.eq(reason),
            deliveries::next_attempt_at.eq(None::<Timestamp>),
            deliveries::finished_at.eq(now),
        ))
        .execute(conn)
        .map(drop)
}

/// Deliveries whose lease ran out before `now`, oldest first, locked; a worker stopped in the middle of them.
pub fn expired(conn: &mut Conn, now: Timestamp, limit: i64) -> QueryResult<Vec<Held>> {
    dialect::lock_expired(conn, now, limit)
}

/// Since when the delivery has been due that has been due longest, if any is.
pub fn longest_due(conn: &mut Conn, now: Timestamp) -> QueryResult<Option<Timestamp>> {
    let due = deliveries::table
        .filter(deliveries::due_at.le(now))
        .order(deliveries::due_at)
        .select(deliveries::due_at)
        .first::<Option<Timestamp>>(conn)
        .optional()?;
    Ok(due.flatten())
}

/// Records a result that came too late over the attempt that was taken for interrupted.
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

pub(in crate::db) type Cleared = (
    diesel::dsl::Eq<deliveries::lease_owner, Option<String>>,
    diesel::dsl::Eq<deliveries::lease_attempt_id, Option<AttemptId>>,
    diesel::dsl::Eq<deliveries::lease_trigger, Option<Trigger>>,
    diesel::dsl::Eq<deliveries::lease_started_at, Option<Timestamp>>,
    diesel::dsl::Eq<deliveries::lease_until, Option<Timestamp>>,
);

/// No lease.
pub(in crate::db) fn cleared() -> Cleared {
    (
        deliveries::lease_owner.eq(None),
        deliveries::lease_attempt_id.eq(None),
        deliveries::lease_trigger.eq(None),
        deliveries::lease_started_at.eq(None),
        deliveries::lease_until.eq(None),
    )
}
