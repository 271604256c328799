//! Removes data that is too old to keep: finished deliveries with their attempts, and events that no delivery refers to
//! any more. The walk goes along the primary keys, because ids begin with the time of creation.

use api_types::{
    Timestamp,
    deliveries::DeliveryStatus,
    ids::{DeliveryId, EventId, WorkspaceId},
};
use diesel::{dsl::max, prelude::*};

use super::{
    Conn,
    dialect::locked,
    schema::{attempts, deliveries, events, webhooks, workspaces},
};

/// The next deliveries after `after` and before `end`, oldest first, each with the time at which it finished.
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

/// Locks the deliveries among `ids` that finished before `before` and that no attempt is under way or asked for; returns
/// their ids. What failed in an ordered webhook stays.
pub fn lock_finished(conn: &mut Conn, ids: &[DeliveryId], before: Timestamp) -> QueryResult<Vec<DeliveryId>> {
    // In an ordered webhook such a delivery may hold back others.
    let ordered = webhooks::table
        .filter(webhooks::ordered_since.is_not_null())
        .filter(webhooks::deleted_at.is_null())
        .select(webhooks::id);
    locked!(
        conn,
        for_update.skip_locked,
        load,
        deliveries::table
            .filter(deliveries::id.eq_any(ids))
            .filter(deliveries::finished_at.lt(before))
            .filter(deliveries::lease_attempt_id.is_null())
            .filter(deliveries::manual_attempt_id.is_null())
            .filter(diesel::dsl::not(
                deliveries::status.eq(DeliveryStatus::Failed).and(deliveries::webhook_id.eq_any(ordered)),
            ))
            .order(deliveries::id)
            .select(deliveries::id)
    )
}

/// Removes the deliveries that [`lock_finished`] locks, with their attempts; returns the number of removed deliveries.
pub fn remove_deliveries(conn: &mut Conn, ids: &[DeliveryId], before: Timestamp) -> QueryResult<usize> {
    let old = lock_finished(conn, ids, before)?;
    diesel::delete(attempts::table.filter(attempts::delivery_id.eq_any(&old))).execute(conn)?;
    diesel::delete(deliveries::table.filter(deliveries::id.eq_any(&old))).execute(conn)
}

/// The next events after `after` and before `end`, oldest first.
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

/// Removes the events among `ids` that no delivery refers to, and notes how far the logs of their workspaces are gone. The events
/// are locked first, so that no new delivery comes to refer to them.
pub fn remove_events(conn: &mut Conn, ids: &[EventId]) -> QueryResult<usize> {
    let locked: Vec<EventId> = locked!(
        conn,
        for_update.skip_locked,
        load,
        events::table.filter(events::id.eq_any(ids)).order(events::id).select(events::id)
    )?;
    let referred: Vec<EventId> = deliveries::table
        .filter(deliveries::event_id.eq_any(&locked))
        .select(deliveries::event_id)
        .distinct()
        .load(conn)?;
    let old = || events::table.filter(events::id.eq_any(&locked)).filter(events::id.ne_all(&referred));
    let gone: Vec<(WorkspaceId, Option<i64>)> = old()
        .group_by(events::workspace_id)
        .select((events::workspace_id, max(events::position)))
        .order(events::workspace_id)
        .load(conn)?;
    for (workspace, position) in gone {
        let position = position.unwrap_or_default();
        diesel::update(workspaces::table.find(workspace).filter(workspaces::log_start.lt(position)))
            .set(workspaces::log_start.eq(position))
            .execute(conn)?;
    }
    diesel::delete(old()).execute(conn)
}
