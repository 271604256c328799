//! Deliveries and attempts. `destinations` and `leases` are the worker's side, `lists` is what the screens show.

pub mod destinations;
pub mod leases;
pub mod lists;
mod ranges;

use api_types::{
    Timestamp,
    deliveries::{AttemptOutcome, CancelReason, DeliveryStatus, Timings, Trigger},
    events::EventType,
    ids::{AttemptId, DeliveryId, EventId, WebhookId, WorkspaceId},
};
use diesel::prelude::*;

use super::{
    Conn, Json,
    schema::{attempts, deliveries},
};

/// A delivery about to be stored.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = deliveries)]
#[diesel(treat_none_as_default_value = false)]
pub struct NewDelivery {
    /// Its id.
    pub id: DeliveryId,
    /// Its workspace.
    pub workspace_id: WorkspaceId,
    /// Whom it is for.
    pub webhook_id: WebhookId,
    /// What it carries.
    pub event_id: EventId,
    /// The event's type.
    pub event_type: EventType,
    /// `pending`, or `canceled` where the webhook is disabled.
    pub status: DeliveryStatus,
    /// Why it was canceled.
    pub cancel_reason: Option<CancelReason>,
    /// When the schedule sends it.
    pub next_attempt_at: Option<Timestamp>,
    /// When a worker should look; none while it is leased.
    pub due_at: Option<Timestamp>,
    /// It waits in its webhook's own line.
    pub held: bool,
    /// 1 where it was leased at birth, 0 otherwise.
    pub lease_no: i64,
    /// Which worker leased it.
    pub lease_owner: Option<String>,
    /// The attempt that starts.
    pub lease_attempt_id: Option<AttemptId>,
    /// What makes it happen.
    pub lease_trigger: Option<Trigger>,
    /// When it started.
    pub lease_started_at: Option<Timestamp>,
    /// When it is taken from the worker.
    pub lease_until: Option<Timestamp>,
    /// Now.
    pub created_at: Timestamp,
    /// Now, where it was canceled at once.
    pub finished_at: Option<Timestamp>,
}

/// The part of an attempt's request that is stored; the body is the event's payload.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct StoredRequest {
    /// The URL it went to.
    pub url: String,
    /// The headers as sent.
    pub headers: Vec<api_types::deliveries::Header>,
}

/// An attempt, over or interrupted.
#[derive(Clone, Debug, Insertable, Queryable, Selectable, AsChangeset)]
#[diesel(table_name = attempts)]
#[diesel(treat_none_as_default_value = false)]
pub struct AttemptRow {
    /// Its id.
    pub id: AttemptId,
    /// Whose it is.
    pub delivery_id: DeliveryId,
    /// Its number within the delivery, from 1.
    pub number: i32,
    /// What made it happen.
    pub trigger_kind: Trigger,
    /// When it started.
    pub started_at: Timestamp,
    /// How it ended.
    pub outcome: AttemptOutcome,
    /// The address used.
    pub address: Option<String>,
    /// Whether an open connection was used again.
    pub reused_connection: bool,
    /// How long the phases took.
    pub timings: Json<Timings>,
    /// What was sent.
    pub request: Option<Json<StoredRequest>>,
    /// What came back.
    pub response: Option<Json<api_types::deliveries::AttemptResponse>>,
    /// What went wrong.
    pub diagnosis: Option<Json<api_types::deliveries::Diagnosis>>,
    /// Whether the result came after another worker had taken over.
    pub late_duplicate: bool,
}

/// What a retry by hand needs to know of a delivery; locked until the transaction ends.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = deliveries)]
pub struct RetryTarget {
    /// Which one.
    pub id: DeliveryId,
    /// Whom it is for.
    pub webhook_id: WebhookId,
    /// What it carries.
    pub event_type: EventType,
    /// A retry by hand that waits for a worker.
    pub manual_attempt_id: Option<AttemptId>,
    /// The attempt under way.
    pub lease_attempt_id: Option<AttemptId>,
}

/// Asks for an attempt by hand: `attempt` will be its id.
pub fn request_retry(conn: &mut Conn, id: DeliveryId, attempt: AttemptId, now: Timestamp) -> QueryResult<()> {
    diesel::update(deliveries::table.find(id))
        .set((deliveries::manual_attempt_id.eq(attempt), deliveries::due_at.eq(now)))
        .execute(conn)
        .map(drop)
}

/// Whose deliveries.
#[derive(Clone, Copy, Debug)]
pub enum Whose {
    /// Of one webhook.
    Webhook(WebhookId),
    /// Of every webhook of a workspace.
    Workspace(WorkspaceId),
}

/// Cancels what waits, retries by hand included. Attempts under way end by themselves.
pub fn cancel_waiting(
    conn: &mut Conn,
    whose: Whose,
    reason: CancelReason,
    now: Timestamp,
) -> QueryResult<usize> {
    let by_hand = diesel::update(deliveries::table)
        .filter(deliveries::manual_attempt_id.is_not_null())
        .filter(deliveries::due_at.is_not_null())
        .set((deliveries::manual_attempt_id.eq(None::<AttemptId>), deliveries::due_at.eq(None::<Timestamp>)))
        .into_boxed();
    let scheduled = diesel::update(deliveries::table)
        .filter(deliveries::status.eq_any([DeliveryStatus::Pending, DeliveryStatus::Retrying]))
        .set((
            deliveries::status.eq(DeliveryStatus::Canceled),
            deliveries::cancel_reason.eq(reason),
            deliveries::next_attempt_at.eq(None::<Timestamp>),
            deliveries::due_at.eq(None::<Timestamp>),
            deliveries::held.eq(false),
            deliveries::finished_at.eq(now),
        ))
        .into_boxed();
    match whose {
        Whose::Webhook(id) => {
            by_hand.filter(deliveries::webhook_id.eq(id)).execute(conn)?;
            scheduled.filter(deliveries::webhook_id.eq(id)).execute(conn)
        }
        Whose::Workspace(id) => {
            by_hand.filter(deliveries::workspace_id.eq(id)).execute(conn)?;
            scheduled.filter(deliveries::workspace_id.eq(id)).execute(conn)
        }
    }
}
