//! Events with the exact bodies that webhooks receive.

use std::collections::HashMap;

use api_types::{
    Timestamp,
    events::EventType,
    ids::{EventId, WorkspaceId},
};
use diesel::{
    prelude::*,
    sql_types::{Array, BigInt, Nullable, Text},
};

use super::{Conn, bulk::column, dialect::locked, event_positions, prepared::prepared, schema::events};

/// An event as it is stored.
#[derive(Clone, Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = events)]
pub struct EventRow {
    /// Also the `webhook-id` of the event's messages.
    pub id: EventId,
    pub workspace_id: WorkspaceId,
    pub kind: EventType,
    /// The exact body that is sent.
    pub payload: String,
    pub created_at: Timestamp,
    /// The id of the object that the event is about, as its publisher calls it; `None` where it has none.
    pub object_id: Option<String>,
}

pub fn insert(conn: &mut Conn, rows: &[EventRow]) -> QueryResult<()> {
    match conn {
        Conn::Sqlite(_) => {
            let mut last: HashMap<WorkspaceId, i64> = HashMap::new();
            for row in rows {
                let position = match last.get(&row.workspace_id) {
                    Some(last) => last + 1,
                    None => event_positions::last_position(conn, row.workspace_id)? + 1,
                };
                last.insert(row.workspace_id, position);
                diesel::insert_into(events::table)
                    .values((row, events::position.eq(position)))
                    .execute(conn)?;
            }
            Ok(())
        }
        Conn::Pg(_) if rows.is_empty() => Ok(()),
        // The database gives the positions, in this order.
        Conn::Pg(conn) => {
            let insert = prepared(format!(
                "{} INSERT INTO events (id, workspace_id, type, payload, created_at, object_id) \
                 SELECT added.* FROM locked, unnest(?, ?, ?, ?, ?, ?) AS added",
                event_positions::LOCKED
            ))
            .bind::<Array<Text>, _>(column(rows, |row| row.id.as_str()))
            .bind::<Array<Text>, _>(column(rows, |row| row.workspace_id.as_str()))
            .bind::<Array<Text>, _>(column(rows, |row| row.kind.as_str()))
            .bind::<Array<Text>, _>(column(rows, |row| row.payload.as_str()))
            .bind::<Array<BigInt>, _>(column(rows, |row| row.created_at))
            .bind::<Array<Nullable<Text>>, _>(column(rows, |row| row.object_id.as_deref()));
            insert.execute(conn).map(drop)
        }
    }
}

/// One event of a workspace.
pub fn find(conn: &mut Conn, workspace: WorkspaceId, id: EventId) -> QueryResult<Option<EventRow>> {
    events::table
        .filter(events::workspace_id.eq(workspace))
        .filter(events::id.eq(id))
        .select(EventRow::as_select())
        .first(conn)
        .optional()
}

/// An event without its body.
#[derive(Clone, Copy, Debug, Queryable, Selectable)]
#[diesel(table_name = events)]
pub struct EventHead {
    pub id: EventId,
    pub kind: EventType,
    pub created_at: Timestamp,
    pub position: i64,
}

/// The newest events of a workspace whose positions are below `before`, the newest first.
pub fn newest_before(
    conn: &mut Conn,
    workspace: WorkspaceId,
    before: i64,
    limit: i64,
) -> QueryResult<Vec<EventHead>> {
    events::table
        .filter(events::workspace_id.eq(workspace))
        .filter(events::position.lt(before))
        .order(events::position.desc())
        .limit(limit)
        .select(EventHead::as_select())
        .load(conn)
}

/// One event of a workspace, locked until the transaction ends: it is not removed meanwhile.
pub fn lock(conn: &mut Conn, workspace: WorkspaceId, id: EventId) -> QueryResult<Option<EventRow>> {
    let found: QueryResult<EventRow> = locked!(
        conn,
        for_update,
        first,
        events::table
            .filter(events::workspace_id.eq(workspace))
            .filter(events::id.eq(id))
            .select(EventRow::as_select())
    );
    found.optional()
}

/// The bodies of some events.
pub fn payloads(conn: &mut Conn, ids: &[EventId]) -> QueryResult<Vec<(EventId, String)>> {
    events::table.filter(events::id.eq_any(ids)).select((events::id, events::payload)).load(conn)
}
