//! Events with the exact bodies that webhooks receive.

use api_types::{
    Timestamp,
    events::EventType,
    ids::{EventId, WorkspaceId},
};
use diesel::{
    prelude::*,
    sql_types::{Array, BigInt, Text},
};

use super::{Conn, bulk::column, schema::events};

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
}

pub fn insert(conn: &mut Conn, rows: &[EventRow]) -> QueryResult<()> {
    match conn {
        Conn::Sqlite(conn) => {
            for row in rows {
                diesel::insert_into(events::table).values(row).execute(conn)?;
            }
            Ok(())
        }
        Conn::Pg(_) if rows.is_empty() => Ok(()),
        Conn::Pg(conn) => diesel::sql_query(
            "INSERT INTO events (id, workspace_id, type, payload, created_at) SELECT * FROM unnest($1, $2, $3, $4, $5)",
        )
        .bind::<Array<Text>, _>(column(rows, |row| row.id.as_str()))
        .bind::<Array<Text>, _>(column(rows, |row| row.workspace_id.as_str()))
        .bind::<Array<Text>, _>(column(rows, |row| row.kind.as_str()))
        .bind::<Array<Text>, _>(column(rows, |row| row.payload.as_str()))
        .bind::<Array<BigInt>, _>(column(rows, |row| row.created_at))
        .execute(conn)
        .map(drop),
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

/// The bodies of some events.
pub fn payloads(conn: &mut Conn, ids: &[EventId]) -> QueryResult<Vec<(EventId, String)>> {
    events::table.filter(events::id.eq_any(ids)).select((events::id, events::payload)).load(conn)
}
