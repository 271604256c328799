//! Restores of an older state: what must happen to the rows of that state before a node serves them, and when it happened last.

use api_types::{Timestamp, deliveries::DeliveryStatus};
use diesel::{dsl::max, prelude::*};

use super::{
    Conn,
    expiry::Expired,
    schema::{audit_entries, deliveries, events, restores, sessions},
};

/// What an operator wants to know of a state that was restored.
#[derive(Clone, Copy, Debug)]
pub struct RestoredState {
    /// The time of the newest event or audit entry; `None` where there is neither.
    pub newest: Option<Timestamp>,
    /// Deliveries that are not finished: they go on.
    pub waiting: i64,
    /// Those among them that were being sent at that time.
    pub under_way: i64,
}

/// Makes an older state fit to be served: its leases end, its sessions are gone, and the time of the restore is written down.
pub fn settle(conn: &mut Conn, now: Timestamp) -> QueryResult<RestoredState> {
    let waiting = deliveries::table
        .filter(deliveries::status.eq_any([DeliveryStatus::Pending, DeliveryStatus::Retrying]))
        .count()
        .get_result(conn)?;
    let under_way =
        deliveries::table.filter(deliveries::lease_until.is_not_null()).count().get_result(conn)?;
    let event = events::table.select(max(events::created_at)).first::<Option<Timestamp>>(conn)?;
    let entry =
        audit_entries::table.select(max(audit_entries::created_at)).first::<Option<Timestamp>>(conn)?;
    diesel::update(deliveries::table.filter(deliveries::lease_until.gt(now)))
        .set(deliveries::lease_until.eq(now))
        .execute(conn)?;
    // Some were signed out since, or had their password changed.
    diesel::delete(sessions::table).execute(conn)?;
    diesel::delete(restores::table.find(now)).execute(conn)?;
    diesel::insert_into(restores::table).values(restores::restored_at.eq(now)).execute(conn)?;
    Ok(RestoredState { newest: event.max(entry), waiting, under_way })
}

/// The time of the last restore, if there ever was one.
pub fn last(conn: &mut Conn) -> QueryResult<Option<Timestamp>> {
    restores::table.select(max(restores::restored_at)).first(conn)
}

/// Restores from before a time.
pub const OLD: Expired = Expired { table: "restores", condition: "restored_at < $1" };
