//! Events: the exact bodies that webhooks receive.

use api_types::{
    Timestamp,
    events::EventType,
    ids::{EventId, WorkspaceId},
};
use diesel::prelude::*;

use super::{Conn, schema::events};

/// An event as it is stored.
#[derive(Clone, Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = events)]
pub struct EventRow {
    /// Its id, which is the `webhook-id` of its messages.
    pub id: EventId,
    /// Its workspace.
    pub workspace_id: WorkspaceId,
    /// Its type.
    pub kind: EventType,
    /// The exact body that is sent.
    pub payload: String,
    /// When it happened.
    pub created_at: Timestamp,
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
