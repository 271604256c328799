//! Deliveries and their attempts: the rows, and retries by hand. `cancel` ends those that wait. `destinations`, `leases`, `order`
//! and `bulk` are the queries of the worker that sends; `lists`, `filter` and `ranges` are the queries of the screens. `by_hand` is a
//! condition that several of them share.

pub mod bulk;
mod by_hand;
pub mod cancel;
pub mod destinations;
pub mod filter;
pub mod leases;
pub mod lists;
pub mod order;
mod ranges;

use api_types::{
    Timestamp,
    deliveries::{AttemptOutcome, CancelReason, DeliveryStatus, Timings, Trigger},
    events::EventType,
    ids::{AttemptId, DeliveryId, EventId, WebhookId, WorkspaceId},
};
use diesel::prelude::*;

pub use ranges::UNSUCCESSFUL;

use super::{
    Conn, Json,
    dialect::locked,
    schema::{attempts, deliveries},
};

/// A delivery about to be stored.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = deliveries)]
#[diesel(treat_none_as_default_value = false)]
pub struct NewDelivery {
    pub id: DeliveryId,
    pub workspace_id: WorkspaceId,
    pub webhook_id: WebhookId,
    pub event_id: EventId,
    pub event_type: EventType,
    /// `pending`, or `canceled` where the webhook is disabled.
    pub status: DeliveryStatus,
    pub cancel_reason: Option<CancelReason>,
    /// The time at which the schedule sends the delivery.
    pub next_attempt_at: Option<Timestamp>,
    /// The time at which a worker should look at the delivery; `None` while it is leased.
    pub due_at: Option<Timestamp>,
    /// `true` while the delivery waits in its webhook's own line.
    pub held: bool,
    /// Fencing number of the lease: 1 where the delivery is leased at birth, 0 otherwise.
    pub lease_no: i64,
    /// Id of the worker that holds the lease; a worker gets a new one at each start.
    pub lease_owner: Option<String>,
    /// The attempt that starts at once; `None` where the delivery is not leased at birth.
    pub lease_attempt_id: Option<AttemptId>,
    pub lease_trigger: Option<Trigger>,
    pub lease_started_at: Option<Timestamp>,
    /// The time at which the lease ends and another worker may take the delivery.
    pub lease_until: Option<Timestamp>,
    pub created_at: Timestamp,
    /// The same time as `created_at` where the delivery is canceled at once.
    pub finished_at: Option<Timestamp>,
}

/// The part of an attempt's request that is stored; the body is the event's payload.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct StoredRequest {
    pub url: String,
    pub headers: Vec<api_types::deliveries::Header>,
}

/// An attempt, over or interrupted.
#[derive(Clone, Debug, Insertable, Queryable, Selectable, AsChangeset)]
#[diesel(table_name = attempts)]
#[diesel(treat_none_as_default_value = false)]
pub struct AttemptRow {
    pub id: AttemptId,
    pub delivery_id: DeliveryId,
    /// Number of the attempt within the delivery, from 1.
    pub number: i32,
    pub trigger_kind: Trigger,
    pub started_at: Timestamp,
    pub outcome: AttemptOutcome,
    /// The address used, `ip:port`.
    pub address: Option<String>,
    /// `true` where an open connection was used again.
    pub reused_connection: bool,
    /// Durations of the attempt's phases.
    pub timings: Json<Timings>,
    pub request: Option<Json<StoredRequest>>,
    pub response: Option<Json<api_types::deliveries::AttemptResponse>>,
    pub diagnosis: Option<Json<api_types::deliveries::Diagnosis>>,
    /// `true` where the result came after another worker had taken over.
    pub late_duplicate: bool,
}

/// The columns of a delivery that a retry by hand reads. The row is locked until the transaction ends.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = deliveries)]
pub struct RetryTarget {
    pub id: DeliveryId,
    pub webhook_id: WebhookId,
    pub event_type: EventType,
    pub status: DeliveryStatus,
    /// A retry by hand that waits for a worker.
    pub manual_attempt_id: Option<AttemptId>,
    /// The attempt under way.
    pub lease_attempt_id: Option<AttemptId>,
}

/// One delivery of a workspace, locked until the transaction ends.
pub fn lock_retry_target(
    conn: &mut Conn,
    workspace: WorkspaceId,
    id: DeliveryId,
) -> QueryResult<Option<RetryTarget>> {
    let found: QueryResult<RetryTarget> = locked!(
        conn,
        for_update,
        first,
        deliveries::table
            .filter(deliveries::workspace_id.eq(workspace))
            .filter(deliveries::id.eq(id))
            .select(RetryTarget::as_select())
    );
    found.optional()
}

/// The number of attempts by hand since then, among the last 100 attempts of a delivery.
pub fn retried_since(conn: &mut Conn, id: DeliveryId, since: Timestamp) -> QueryResult<usize> {
    let last: Vec<(Trigger, Timestamp)> = attempts::table
        .filter(attempts::delivery_id.eq(id))
        .order(attempts::number.desc())
        .limit(100)
        .select((attempts::trigger_kind, attempts::started_at))
        .load(conn)?;
    Ok(last.into_iter().filter(|(trigger, at)| *trigger == Trigger::Manual && *at > since).count())
}

/// The last 100 deliveries of an event to a webhook: id, status, time of creation.
pub fn of_event(
    conn: &mut Conn,
    event: EventId,
    webhook: WebhookId,
) -> QueryResult<Vec<(DeliveryId, DeliveryStatus, Timestamp)>> {
    deliveries::table
        .filter(deliveries::event_id.eq(event))
        .filter(deliveries::webhook_id.eq(webhook))
        .order(deliveries::id.desc())
        .limit(100)
        .select((deliveries::id, deliveries::status, deliveries::created_at))
        .load(conn)
}

/// Asks for an attempt by hand: `attempt` will be its id.
pub fn request_retry(conn: &mut Conn, id: DeliveryId, attempt: AttemptId, now: Timestamp) -> QueryResult<()> {
    diesel::update(deliveries::table.find(id))
        .set((deliveries::manual_attempt_id.eq(attempt), deliveries::due_at.eq(now)))
        .execute(conn)
        .map(drop)
}
