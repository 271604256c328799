//! The positions of events in their log: given out by those who store, and the end up to which readers may go.
//!
//! Each event has a position. Positions are given out before the commit, so that a reader may see a later one first: whoever
//! went on after it would miss the earlier one. On SQLite there is one writer, and positions are in the order of commits. On
//! PostgreSQL the log ends, for readers, before the first position that may still be under way:
//!
//! - A transaction that stores events first reads the sequence's value, then takes a shared lock on that number, and only then
//!   draws positions, which are all above it. The lock goes with the transaction's end, after its rows can be seen.
//! - A reader first reads the sequence's value, then the least number that is locked, and then, by a new snapshot, the rows up to
//!   the lesser of the two. A transaction that drew its positions before has its lock still, or its rows can be seen; one that takes
//!   its lock later draws positions above the value that was read first.
//!
//! So writers never wait for each other or for readers, no row is written by all, and what holds a reader up are only transactions
//! that store events, which are short. Numbers of transactions would do without locks, but every long transaction of the whole
//! database server would hold readers up, and they begin anew when a database is restored elsewhere.

use api_types::ids::WorkspaceId;
use diesel::{
    dsl::{max, sql},
    prelude::*,
    sql_types::{BigInt, Nullable},
};

use super::{
    Conn,
    schema::{events, workspaces},
};

/// Takes the lock of a transaction that stores events, as the first part of its statement. The lock's high bits tell it from other
/// locks, and from those of another log in the same database.
pub(super) const LOCKED: &str = "WITH locked AS MATERIALIZED (SELECT pg_advisory_xact_lock_shared( \
    (('event_positions'::regclass::oid::bigint & 32767) << 48) | (SELECT last_value FROM event_positions))) ";

/// The least number that a transaction has locked.
const LEAST_LOCKED: &str = "(SELECT min(((classid::bigint & 65535) << 32) | objid::bigint) FROM pg_locks \
    WHERE locktype = 'advisory' AND mode = 'ShareLock' AND objsubid = 1 \
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) \
    AND (classid::bigint >> 16) = ('event_positions'::regclass::oid::bigint & 32767))";

/// The end of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogEnd {
    /// Everything up to here has been committed, or never will be.
    pub position: i64,
    /// Something beyond it is under way.
    pub moves: bool,
}

/// The end of a workspace's log. Rows that are read after it, by a statement of their own, are all there up to it.
pub fn end(conn: &mut Conn, workspace: WorkspaceId) -> QueryResult<LogEnd> {
    match conn {
        Conn::Sqlite(_) => Ok(LogEnd { position: last_position(conn, workspace)?, moves: false }),
        Conn::Pg(conn) => {
            let last: i64 =
                diesel::select(sql::<BigInt>("(SELECT last_value FROM event_positions)")).get_result(conn)?;
            let locked: Option<i64> =
                diesel::select(sql::<Nullable<BigInt>>(LEAST_LOCKED)).get_result(conn)?;
            let position = locked.map_or(last, |locked| locked.min(last));
            Ok(LogEnd { position, moves: position < last })
        }
    }
}

/// The last position that was given to an event of the workspace.
pub(super) fn last_position(conn: &mut Conn, workspace: WorkspaceId) -> QueryResult<i64> {
    let last = events::table.filter(events::workspace_id.eq(workspace)).select(max(events::position));
    let last: Option<i64> = last.first(conn)?;
    Ok(last.unwrap_or_default().max(start(conn, workspace)?))
}

/// The position up to which events of the workspace have been removed for their age.
pub fn start(conn: &mut Conn, workspace: WorkspaceId) -> QueryResult<i64> {
    workspaces::table.find(workspace).select(workspaces::log_start).first(conn)
}
