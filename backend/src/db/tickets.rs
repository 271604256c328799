//! Tickets: the filtered list, single tickets, and their changes.

use std::collections::BTreeSet;

use api_types::{
    Timestamp,
    ids::{TicketId, WorkspaceId},
    tickets::{Ticket, TicketStatus},
};
use diesel::prelude::*;

use super::{Conn, Slice, schema::tickets, slice};

#[derive(Queryable, Selectable)]
#[diesel(table_name = tickets)]
struct Row {
    id: TicketId,
    title: String,
    body: String,
    status: TicketStatus,
    assignee: Option<String>,
    created_at: Timestamp,
    updated_at: Timestamp,
    closed_at: Option<Timestamp>,
}

impl From<Row> for Ticket {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            title: row.title,
            body: row.body,
            status: row.status,
            assignee: row.assignee,
            created_at: row.created_at,
            updated_at: row.updated_at,
            closed_at: row.closed_at,
        }
    }
}

/// The filters of a list of tickets; an absent filter lets every ticket pass, and so does an empty set.
#[derive(Clone, Debug, Default)]
pub struct TicketFilter {
    pub statuses: BTreeSet<TicketStatus>,
    pub assignee: Option<String>,
}

/// A workspace's tickets, newest first, with one more than the page holds where there are more.
pub fn list(
    conn: &mut Conn,
    workspace: WorkspaceId,
    wanted: &TicketFilter,
    part: Slice<TicketId>,
) -> QueryResult<Vec<Ticket>> {
    let mut query = tickets::table
        .filter(tickets::workspace_id.eq(workspace))
        .order(tickets::id.desc())
        .limit(part.fetch())
        .select(Row::as_select())
        .into_boxed();
    if let Some(before) = part.before {
        query = query.filter(tickets::id.lt(before));
    }
    if let Some(status) = slice::only(&wanted.statuses) {
        query = query.filter(tickets::status.eq(status));
    }
    if let Some(assignee) = &wanted.assignee {
        query = query.filter(tickets::assignee.eq(assignee));
    }
    Ok(query.load::<Row>(conn)?.into_iter().map(Into::into).collect())
}

/// One ticket of a workspace.
pub fn find(conn: &mut Conn, workspace: WorkspaceId, id: TicketId) -> QueryResult<Option<Ticket>> {
    let row = tickets::table
        .filter(tickets::workspace_id.eq(workspace))
        .filter(tickets::id.eq(id))
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    Ok(row.map(Into::into))
}

pub fn insert(conn: &mut Conn, workspace: WorkspaceId, ticket: &Ticket) -> QueryResult<()> {
    diesel::insert_into(tickets::table)
        .values((
            tickets::id.eq(ticket.id),
            tickets::workspace_id.eq(workspace),
            tickets::title.eq(&ticket.title),
            tickets::body.eq(&ticket.body),
            tickets::status.eq(ticket.status),
            tickets::assignee.eq(&ticket.assignee),
            tickets::created_at.eq(ticket.created_at),
            tickets::updated_at.eq(ticket.updated_at),
            tickets::closed_at.eq(ticket.closed_at),
        ))
        .execute(conn)
        .map(drop)
}

/// Stores the fields of a ticket that can change.
pub fn update(conn: &mut Conn, workspace: WorkspaceId, ticket: &Ticket) -> QueryResult<()> {
    diesel::update(
        tickets::table.filter(tickets::workspace_id.eq(workspace)).filter(tickets::id.eq(ticket.id)),
    )
    .set((
        tickets::title.eq(&ticket.title),
        tickets::body.eq(&ticket.body),
        tickets::status.eq(ticket.status),
        tickets::assignee.eq(&ticket.assignee),
        tickets::updated_at.eq(ticket.updated_at),
        tickets::closed_at.eq(ticket.closed_at),
    ))
    .execute(conn)
    .map(drop)
}
