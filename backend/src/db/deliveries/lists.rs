//! Deliveries as the screens show them: lists with filters, and one with every attempt.

use api_types::{
    Timestamp,
    deliveries::{Attempt, AttemptRequest, CancelReason, Delivery, DeliveryStatus, Diagnosis, WebhookRef},
    events::EventType,
    ids::{AttemptId, DeliveryId, EventId, RecoveryId, WebhookId, WorkspaceId},
};
use diesel::prelude::*;

use super::{AttemptRow, filter::DeliveryFilter, ranges};
use crate::db::{
    Conn, Json, Slice,
    schema::{attempts, deliveries, webhooks},
    slice::{made_since, made_until},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = deliveries)]
struct Row {
    id: DeliveryId,
    event_id: EventId,
    event_type: EventType,
    status: DeliveryStatus,
    cancel_reason: Option<CancelReason>,
    attempts: i32,
    next_attempt_at: Option<Timestamp>,
    held: bool,
    recovery_id: Option<RecoveryId>,
    last_attempt_at: Option<Timestamp>,
    last_response_status: Option<i32>,
    last_diagnosis: Option<Json<Diagnosis>>,
    created_at: Timestamp,
    finished_at: Option<Timestamp>,
    manual_attempt_id: Option<AttemptId>,
    lease_attempt_id: Option<AttemptId>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = webhooks)]
struct WebhookColumns {
    id: WebhookId,
    url: String,
    description: String,
    disabled_at: Option<Timestamp>,
    deleted_at: Option<Timestamp>,
}

/// A delivery, with the conditions under which it can be retried by hand now.
#[derive(Clone, Debug)]
pub struct ListedDelivery {
    /// The delivery as lists show it.
    pub delivery: Delivery,
    /// `true` while an attempt is under way.
    pub in_flight: bool,
    /// `true` while a retry by hand waits for a worker.
    pub retry_waits: bool,
    pub webhook_disabled: bool,
}

fn to_wire((row, webhook): (Row, WebhookColumns)) -> ListedDelivery {
    ListedDelivery {
        in_flight: row.lease_attempt_id.is_some(),
        retry_waits: row.manual_attempt_id.is_some(),
        webhook_disabled: webhook.disabled_at.is_some(),
        delivery: Delivery {
            id: row.id,
            event_id: row.event_id,
            event_type: row.event_type,
            webhook: WebhookRef {
                id: webhook.id,
                url: webhook.url,
                description: webhook.description,
                deleted: webhook.deleted_at.is_some(),
            },
            status: row.status,
            cancel_reason: row.cancel_reason,
            attempts: u32::try_from(row.attempts).unwrap_or_default(),
            next_attempt_at: row.next_attempt_at,
            held: row.held,
            recovery_id: row.recovery_id,
            last_attempt_at: row.last_attempt_at,
            last_response_status: row.last_response_status.and_then(|status| u16::try_from(status).ok()),
            last_diagnosis: row.last_diagnosis.map(Json::into_inner),
            created_at: row.created_at,
            finished_at: row.finished_at,
        },
    }
}

macro_rules! joined {
    ($workspace:expr) => {
        deliveries::table
            .inner_join(webhooks::table)
            .filter(deliveries::workspace_id.eq($workspace))
            .select((Row::as_select(), WebhookColumns::as_select()))
    };
}

/// A workspace's deliveries, newest first, with one more than the page holds where there are more.
pub fn list(
    conn: &mut Conn,
    workspace: WorkspaceId,
    wanted: &DeliveryFilter,
    slice: Slice<DeliveryId>,
) -> QueryResult<Vec<Delivery>> {
    if let Some(newest) = ranges::newest(conn, workspace, wanted, &slice)? {
        let rows = joined!(workspace).filter(deliveries::id.eq_any(newest)).order(deliveries::id.desc());
        let rows = rows.load::<(Row, WebhookColumns)>(conn)?;
        return Ok(rows.into_iter().map(|row| to_wire(row).delivery).collect());
    }
    let mut query = joined!(workspace).order(deliveries::id.desc()).limit(slice.fetch()).into_boxed();
    if let Some(before) = slice.before {
        query = query.filter(deliveries::id.lt(before));
    }
    if !wanted.statuses.is_empty() {
        query = query.filter(deliveries::status.eq_any(&wanted.statuses));
    }
    if let Some(webhook) = wanted.webhook {
        query = query.filter(deliveries::webhook_id.eq(webhook));
    }
    if !wanted.event_types.is_empty() {
        query = query.filter(deliveries::event_type.eq_any(&wanted.event_types));
    }
    if let Some(event) = wanted.event {
        query = query.filter(deliveries::event_id.eq(event));
    }
    if !wanted.categories.is_empty() {
        query = query.filter(deliveries::last_category.eq_any(&wanted.categories));
    }
    if let Some(since) = wanted.since {
        query = query.filter(deliveries::created_at.ge(since));
        query = query.filter(deliveries::id.ge(made_since(since, DeliveryId::from_parts)));
    }
    if let Some(until) = wanted.until {
        query = query.filter(deliveries::created_at.lt(until));
        query = query.filter(deliveries::id.lt(made_until(until, DeliveryId::from_parts)));
    }
    let rows = query.load::<(Row, WebhookColumns)>(conn)?;
    Ok(rows.into_iter().map(|row| to_wire(row).delivery).collect())
}

/// One delivery of a workspace.
pub fn find(conn: &mut Conn, workspace: WorkspaceId, id: DeliveryId) -> QueryResult<Option<ListedDelivery>> {
    let row =
        joined!(workspace).filter(deliveries::id.eq(id)).first::<(Row, WebhookColumns)>(conn).optional()?;
    Ok(row.map(to_wire))
}

/// Every attempt of a delivery, newest first; `payload` is the body that each of them sent.
pub fn attempts(conn: &mut Conn, delivery: DeliveryId, payload: &str) -> QueryResult<Vec<Attempt>> {
    let rows = attempts::table
        .filter(attempts::delivery_id.eq(delivery))
        .order((attempts::number.desc(), attempts::id.desc()))
        .select(AttemptRow::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(|row| row.into_wire(payload)).collect())
}

impl AttemptRow {
    /// The attempt as the API shows it; `payload` is the body that was sent.
    pub fn into_wire(self, payload: &str) -> Attempt {
        Attempt {
            id: self.id,
            number: u32::try_from(self.number).unwrap_or_default(),
            trigger: self.trigger_kind,
            started_at: self.started_at,
            outcome: self.outcome,
            address: self.address,
            reused_connection: self.reused_connection,
            timings: self.timings.into_inner(),
            request: self.request.map(Json::into_inner).map(|request| AttemptRequest {
                url: request.url,
                headers: request.headers,
                body: payload.to_owned(),
            }),
            response: self.response.map(Json::into_inner),
            diagnosis: self.diagnosis.map(Json::into_inner),
            late_duplicate: self.late_duplicate,
        }
    }
}
