//! Deliveries as the screens show them: lists with filters, and one with every attempt.

use api_types::{
    Timestamp,
    deliveries::{Attempt, AttemptRequest, CancelReason, Delivery, DeliveryStatus, Diagnosis, WebhookRef},
    events::EventType,
    ids::{AttemptId, DeliveryId, EventId, RecoveryId, WebhookId},
};
use diesel::prelude::*;

use super::{AttemptRow, filter::DeliveryFilter, ranges};
use crate::{
    catalogue::{Reader, Sight},
    db::{
        Conn, Json, Slice, Viewer,
        schema::{attempts, deliveries, webhooks},
        slice::{made_since, made_until},
        webhooks as webhook_rows,
    },
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
    paused_at: Option<Timestamp>,
}

/// A delivery, with the conditions under which it can be retried by hand now.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "conditions that hold each by itself")]
pub struct ListedDelivery {
    /// The delivery as lists show it.
    pub delivery: Delivery,
    /// `true` while an attempt is under way.
    pub in_flight: bool,
    /// `true` while a retry by hand waits for a worker.
    pub retry_waits: bool,
    pub webhook_disabled: bool,
    pub webhook_paused: bool,
}

fn to_wire((row, webhook): (Row, WebhookColumns), reader: &Reader) -> ListedDelivery {
    let sight = reader.sight(row.event_type);
    ListedDelivery {
        in_flight: row.lease_attempt_id.is_some(),
        retry_waits: row.manual_attempt_id.is_some(),
        webhook_disabled: webhook.disabled_at.is_some(),
        webhook_paused: webhook.paused_at.is_some(),
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
            last_diagnosis: row.last_diagnosis.map(|last| sight.diagnosis(last.into_inner())),
            hidden: sight.hidden(),
            created_at: row.created_at,
            finished_at: row.finished_at,
        },
    }
}

/// The deliveries of the webhooks that are there for a viewer.
macro_rules! seen_by {
    ($viewer:expr) => {{
        let query = deliveries::table
            .inner_join(webhooks::table)
            .filter(deliveries::workspace_id.eq($viewer.workspace))
            .select((Row::as_select(), WebhookColumns::as_select()))
            .into_boxed();
        match &$viewer.own {
            Some(owner) => query.filter(webhooks::owner_id.eq(owner)),
            None => query,
        }
    }};
}

/// The deliveries that are there for a viewer, newest first, with one more than the page holds where there are more.
pub fn list(
    conn: &mut Conn,
    viewer: &Viewer,
    wanted: &DeliveryFilter,
    slice: Slice<DeliveryId>,
) -> QueryResult<Vec<Delivery>> {
    if let Some(newest) = newest(conn, viewer, wanted, &slice)? {
        let rows = seen_by!(viewer).filter(deliveries::id.eq_any(newest)).order(deliveries::id.desc());
        let rows = rows.load::<(Row, WebhookColumns)>(conn)?;
        return Ok(rows.into_iter().map(|row| to_wire(row, &viewer.reader).delivery).collect());
    }
    let mut query = seen_by!(viewer).order(deliveries::id.desc()).limit(slice.fetch());
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
    Ok(rows.into_iter().map(|row| to_wire(row, &viewer.reader).delivery).collect())
}

/// The ids of the newest deliveries that are wanted, newest first, where an index finds them. For a viewer who is bound to some
/// webhooks, each of them is looked through: a walk through the workspace might pass over many deliveries of others.
fn newest(
    conn: &mut Conn,
    viewer: &Viewer,
    wanted: &DeliveryFilter,
    slice: &Slice<DeliveryId>,
) -> QueryResult<Option<Vec<DeliveryId>>> {
    let own = match (&viewer.own, wanted.webhook) {
        (Some(_), _) if wanted.event.is_some() => return Ok(None),
        (Some(_), wanted) => {
            webhook_rows::ids_seen_by(conn, viewer, wanted.as_ref().map(std::slice::from_ref))?
        }
        (None, _) => return ranges::newest(conn, viewer.workspace, wanted, slice),
    };
    let mut found = Vec::new();
    for webhook in own {
        let wanted = DeliveryFilter { webhook: Some(webhook), ..wanted.clone() };
        found.extend(ranges::newest(conn, viewer.workspace, &wanted, slice)?.unwrap_or_default());
    }
    found.sort_unstable_by(|one, other| other.cmp(one));
    found.truncate(usize::try_from(slice.fetch()).unwrap_or_default());
    Ok(Some(found))
}

/// One delivery that is there for a viewer.
pub fn find(conn: &mut Conn, viewer: &Viewer, id: DeliveryId) -> QueryResult<Option<ListedDelivery>> {
    let query = seen_by!(viewer).filter(deliveries::id.eq(id));
    let row = query.first::<(Row, WebhookColumns)>(conn).optional()?;
    Ok(row.map(|row| to_wire(row, &viewer.reader)))
}

/// The last attempts of a delivery, newest first: those before the one of this number, where it is given.
pub fn attempts(
    conn: &mut Conn,
    (delivery, sight): (DeliveryId, Sight),
    before: Option<u32>,
    most: i64,
) -> QueryResult<Vec<Attempt>> {
    let before = before.and_then(|before| i32::try_from(before).ok()).unwrap_or(i32::MAX);
    let rows = attempts::table
        .filter(attempts::delivery_id.eq(delivery))
        .filter(attempts::number.lt(before))
        .order(attempts::number.desc())
        .limit(most)
        .select(AttemptRow::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(|row| row.into_wire(sight, None)).collect())
}

impl AttemptRow {
    /// The attempt as the API shows it to a reader, with its body where that stands nowhere else.
    pub fn into_wire(self, sight: Sight, body: Option<String>) -> Attempt {
        let request = self.request.map(Json::into_inner).and_then(|request| sight.show(request));
        let response = self.response.map(Json::into_inner);
        Attempt {
            id: self.id,
            number: u32::try_from(self.number).unwrap_or_default(),
            trigger: self.trigger_kind,
            started_at: self.started_at,
            outcome: self.outcome,
            address: self.address,
            reused_connection: self.reused_connection,
            timings: self.timings.into_inner(),
            request: request.map(|request| AttemptRequest {
                url: request.url,
                headers: request.headers,
                body,
            }),
            response: response.and_then(|response| sight.show(response)),
            hidden: sight.hidden(),
            diagnosis: self.diagnosis.map(|diagnosis| sight.diagnosis(diagnosis.into_inner())),
            late_duplicate: self.late_duplicate,
        }
    }
}
