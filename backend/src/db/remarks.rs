//! Comments and notes on tickets: two tables of one shape, behind the trait [`Remark`].

use std::str::FromStr;

use api_types::{
    Timestamp,
    ids::{CommentId, Id, NoteId, TicketId, WorkspaceId},
    tickets::{Comment, Note},
};
use diesel::prelude::*;

use super::{
    Conn, Slice,
    schema::{comments, notes},
};

/// A comment or a note.
pub trait Remark: Sized {
    /// The type of the remark's id.
    type Id: Id + FromStr + Send + 'static;

    /// A remark on a ticket.
    fn new(id: Self::Id, ticket_id: TicketId, body: String, created_at: Timestamp) -> Self;

    /// The remark's id.
    fn id(&self) -> Self::Id;

    /// The remarks on a ticket, newest first, with one more than the page holds where there are more.
    fn list(
        conn: &mut Conn,
        workspace: WorkspaceId,
        ticket: TicketId,
        slice: Slice<Self::Id>,
    ) -> QueryResult<Vec<Self>>;

    /// Stores the remark.
    fn insert(&self, conn: &mut Conn, workspace: WorkspaceId) -> QueryResult<()>;
}

macro_rules! remarks {
    ($($remark:ident($id:ident): $table:ident;)+) => {$(
        impl Remark for $remark {
            type Id = $id;

            fn new(id: $id, ticket_id: TicketId, body: String, created_at: Timestamp) -> Self {
                Self { id, ticket_id, body, created_at }
            }

            fn id(&self) -> $id {
                self.id
            }

            fn list(
                conn: &mut Conn,
                workspace: WorkspaceId,
                ticket: TicketId,
                slice: Slice<$id>,
            ) -> QueryResult<Vec<Self>> {
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
                    .map(|(id, ticket_id, body, created_at)| Self::new(id, ticket_id, body, created_at))
                    .collect())
            }

            fn insert(&self, conn: &mut Conn, workspace: WorkspaceId) -> QueryResult<()> {
                diesel::insert_into($table::table)
                    .values((
                        $table::id.eq(self.id),
                        $table::workspace_id.eq(workspace),
                        $table::ticket_id.eq(self.ticket_id),
                        $table::body.eq(&self.body),
                        $table::created_at.eq(self.created_at),
                    ))
                    .execute(conn)
                    .map(drop)
            }
        }
    )+};
}

remarks! {
    Comment(CommentId): comments;
    Note(NoteId): notes;
}
