//! What is too old to be kept: finished deliveries with their attempts, and events that no delivery refers to any more.
//! Looked for along the primary keys, whose ids begin with the time of creation.

use api_types::{
    Timestamp,
    ids::{DeliveryId, EventId},
};
use diesel::prelude::*;

use super::{
    Conn,
    dialect::jobs,
    schema::{attempts, deliveries, events},
};

/// Deliveries created before the one that `end` names, from `after` on, oldest first: when each finished.
pub fn deliveries_after(
    conn: &mut Conn,
    after: Option<DeliveryId>,
    end: DeliveryId,
    limit: i64,
) -> QueryResult<Vec<(DeliveryId, Option<Timestamp>)>> {
    deliveries::table
        .filter(deliveries::id.gt(after.unwrap_or_else(|| DeliveryId::from_parts(0, 0))))
        .filter(deliveries::id.lt(end))
        .order(deliveries::id)
        .limit(limit)
        .select((deliveries::id, deliveries::finished_at))
        .load(conn)
}

/// Removes those of some deliveries that finished before `before` and that nobody waits for, with their attempts.
pub fn remove_deliveries(conn: &mut Conn, ids: &[DeliveryId], before: Timestamp) -> QueryResult<usize> {
    let old = jobs::lock_finished(conn, ids, before)?;
    diesel::delete(attempts::table.filter(attempts::delivery_id.eq_any(&old))).execute(conn)?;
    diesel::delete(deliveries::table.filter(deliveries::id.eq_any(&old))).execute(conn)
}

/// Events created before the one that `end` names, from `after` on, oldest first.
pub fn events_after(
    conn: &mut Conn,
    after: Option<EventId>,
    end: EventId,
    limit: i64,
) -> QueryResult<Vec<EventId>> {
    events::table
        .filter(events::id.gt(after.unwrap_or_else(|| EventId::from_parts(0, 0))))
        .filter(events::id.lt(end))
        .order(events::id)
        .limit(limit)
        .select(events::id)
        .load(conn)
}

/// Removes those of some events that no delivery refers to. None comes to refer to them later: deliveries are written with
/// their event.
pub fn remove_events(conn: &mut Conn, ids: &[EventId]) -> QueryResult<usize> {
    let referred: Vec<EventId> = deliveries::table
        .filter(deliveries::event_id.eq_any(ids))
        .select(deliveries::event_id)
        .distinct()
        .load(conn)?;
    diesel::delete(events::table.filter(events::id.eq_any(ids)).filter(events::id.ne_all(&referred)))
        .execute(conn)
}
