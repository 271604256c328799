//! Broadcasts: the messages that a workspace drafts and sends to many.

use std::collections::BTreeSet;

use api_types::{
    Timestamp,
    broadcasts::{Broadcast, BroadcastStatus},
    ids::{BroadcastId, WorkspaceId},
};
use diesel::prelude::*;

use super::{Conn, Slice, schema::broadcasts, slice};

#[derive(Queryable, Selectable)]
#[diesel(table_name = broadcasts)]
struct Row {
    id: BroadcastId,
    subject: String,
    body: String,
    status: BroadcastStatus,
    created_at: Timestamp,
    sent_at: Option<Timestamp>,
}

impl From<Row> for Broadcast {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            subject: row.subject,
            body: row.body,
            status: row.status,
            created_at: row.created_at,
            sent_at: row.sent_at,
        }
    }
}

/// A workspace's broadcasts, newest first, with one more than the page holds where there are more.
pub fn list(
    conn: &mut Conn,
    workspace: WorkspaceId,
    statuses: &BTreeSet<BroadcastStatus>,
    part: Slice<BroadcastId>,
) -> QueryResult<Vec<Broadcast>> {
    let mut query = broadcasts::table
        .filter(broadcasts::workspace_id.eq(workspace))
        .order(broadcasts::id.desc())
        .limit(part.fetch())
        .select(Row::as_select())
        .into_boxed();
    if let Some(before) = part.before {
        query = query.filter(broadcasts::id.lt(before));
    }
    if let Some(status) = slice::only(statuses) {
        query = query.filter(broadcasts::status.eq(status));
    }
    Ok(query.load::<Row>(conn)?.into_iter().map(Into::into).collect())
}

/// One broadcast of a workspace.
pub fn find(conn: &mut Conn, workspace: WorkspaceId, id: BroadcastId) -> QueryResult<Option<Broadcast>> {
    let row = broadcasts::table
        .filter(broadcasts::workspace_id.eq(workspace))
        .filter(broadcasts::id.eq(id))
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    Ok(row.map(Into::into))
}

pub fn insert(conn: &mut Conn, workspace: WorkspaceId, broadcast: &Broadcast) -> QueryResult<()> {
    diesel::insert_into(broadcasts::table)
        .values((
            broadcasts::id.eq(broadcast.id),
            broadcasts::workspace_id.eq(workspace),
            broadcasts::subject.eq(&broadcast.subject),
            broadcasts::body.eq(&broadcast.body),
            broadcasts::status.eq(broadcast.status),
            broadcasts::created_at.eq(broadcast.created_at),
            broadcasts::sent_at.eq(broadcast.sent_at),
        ))
        .execute(conn)
        .map(drop)
}

/// Marks a draft as sent; `false` where the broadcast is no draft any more.
pub fn mark_sent(
    conn: &mut Conn,
    workspace: WorkspaceId,
    id: BroadcastId,
    now: Timestamp,
) -> QueryResult<bool> {
    diesel::update(
        broadcasts::table
            .filter(broadcasts::workspace_id.eq(workspace))
            .filter(broadcasts::id.eq(id))
            .filter(broadcasts::status.eq(BroadcastStatus::Draft)),
    )
    .set((broadcasts::status.eq(BroadcastStatus::Sent), broadcasts::sent_at.eq(now)))
    .execute(conn)
    .map(|changed| changed == 1)
}
