//! Locks that the background jobs take: on a recovery, on what it sets going, and on what is too old to be kept. Each passes
//! over what another transaction holds, so that a job never waits for a worker, nor a worker for long.

use api_types::{
    Timestamp,
    ids::{DeliveryId, RecoveryId},
    recoveries::RecoveryStatus,
};
use diesel::prelude::*;

use crate::db::{
    Conn,
    recoveries::{Candidate, RecoveryRow},
    schema::{deliveries, recoveries},
};

/// A running recovery; none where it is over, or another node is at it.
pub fn lock_recovery(conn: &mut Conn, id: RecoveryId) -> QueryResult<Option<RecoveryRow>> {
    macro_rules! running {
        () => {
            recoveries::table
                .filter(recoveries::id.eq(id))
                .filter(recoveries::status.eq(RecoveryStatus::Running))
                .select(RecoveryRow::as_select())
        };
    }
    match conn {
        Conn::Sqlite(conn) => running!().first(conn).optional(),
        Conn::Pg(conn) => running!().for_update().skip_locked().first(conn).optional(),
    }
}

/// Those of some deliveries that no other transaction is changing, as they are now, oldest first.
pub fn lock_candidates(conn: &mut Conn, ids: &[DeliveryId]) -> QueryResult<Vec<Candidate>> {
    macro_rules! candidates {
        () => {
            deliveries::table
                .filter(deliveries::id.eq_any(ids))
                .order(deliveries::id)
                .select(Candidate::as_select())
        };
    }
    match conn {
        Conn::Sqlite(conn) => candidates!().load(conn),
        Conn::Pg(conn) => candidates!().for_update().skip_locked().load(conn),
    }
}

/// Those of some deliveries that finished before `before`, and that nobody waits for.
pub fn lock_finished(conn: &mut Conn, ids: &[DeliveryId], before: Timestamp) -> QueryResult<Vec<DeliveryId>> {
    macro_rules! finished {
        () => {
            deliveries::table
                .filter(deliveries::id.eq_any(ids))
                .filter(deliveries::finished_at.lt(before))
                .filter(deliveries::lease_attempt_id.is_null())
                .filter(deliveries::manual_attempt_id.is_null())
                .order(deliveries::id)
                .select(deliveries::id)
        };
    }
    match conn {
        Conn::Sqlite(conn) => finished!().load(conn),
        Conn::Pg(conn) => finished!().for_update().skip_locked().load(conn),
    }
}
