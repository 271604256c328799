//! Comments and notes: two tables of one shape.

use api_types::{
    Timestamp,
    ids::{CommentId, NoteId, TicketId, WorkspaceId},
    tickets::{Comment, Note},
};
use diesel::prelude::*;

use super::{
    Conn,
    schema::{comments, notes},
};
use crate::paging::Slice;

macro_rules! remarks {
    ($($(#[$meta:meta])* $module:ident: $table:ident, $dto:ident, $id:ident;)+) => {$(
        $(#[$meta])*
        pub mod $module {
            use super::*;

            /// Those on a ticket, newest first, with one more than the page holds where there are more.
            pub fn list(
                conn: &mut Conn,
                workspace: WorkspaceId,
                ticket: TicketId,
                slice: Slice<$id>,
            ) -> QueryResult<Vec<$dto>> {
                let mut query = $table::table
                    .filter($table::workspace_id.eq(workspace))
                    .filter($table::ticket_id.eq(ticket))
                    .order($table::id.desc())
                    .limit(slice.fetch())
                    .select(($table::id, $table::ticket_id, $table::body, $table::created_at))
                    .into_boxed();
                if let Some(before) = slice.before {
                    query = query.filter($table::id.lt(before));
                }
                let rows = query.load::<($id, TicketId, String, Timestamp)>(conn)?;
                Ok(rows
                    .into_iter()
                    .map(|(id, ticket_id, body, created_at)| $dto { id, ticket_id, body, created_at })
                    .collect())
            }

            /// Stores a new one.
            pub fn insert(conn: &mut Conn, workspace: WorkspaceId, remark: &$dto) -> QueryResult<()> {
                diesel::insert_into($table::table)
                    .values((
                        $table::id.eq(remark.id),
                        $table::workspace_id.eq(workspace),
                        $table::ticket_id.eq(remark.ticket_id),
                        $table::body.eq(&remark.body),
                        $table::created_at.eq(remark.created_at),
                    ))
                    .execute(conn)
                    .map(drop)
            }
        }
    )+};
}

remarks! {
    /// Comments, which everyone sees.
    on_tickets: comments, Comment, CommentId;
    /// Notes, which only the team sees.
    internal: notes, Note, NoteId;
}
