//! Browser sessions of signed-in members, found by the digest of the session's token.

use api_types::{
    Timestamp,
    account::{Plan, Role, Workspace},
    ids::{MemberId, WorkspaceId},
};
use diesel::prelude::*;

use super::{
    Conn,
    expiry::Expired,
    schema::{members, memberships, sessions, workspaces},
};

/// A session with its member and workspace, and the role that the member has there now.
#[derive(Clone, Debug)]
pub struct FoundSession {
    pub member_id: MemberId,
    pub email: String,
    pub role: Role,
    pub workspace: Workspace,
    pub created_at: Timestamp,
    /// The last use of the session, to the minute.
    pub last_seen_at: Timestamp,
}

pub fn insert(
    conn: &mut Conn,
    digest: &str,
    member: MemberId,
    workspace: WorkspaceId,
    now: Timestamp,
) -> QueryResult<()> {
    diesel::insert_into(sessions::table)
        .values((
            sessions::token_digest.eq(digest),
            sessions::member_id.eq(member),
            sessions::workspace_id.eq(workspace),
            sessions::created_at.eq(now),
            sessions::last_seen_at.eq(now),
        ))
        .execute(conn)
        .map(drop)
}

/// The session with this digest; `None` also where its member has left its workspace.
pub fn find(conn: &mut Conn, digest: &str) -> QueryResult<Option<FoundSession>> {
    let found = sessions::table
        .inner_join(members::table)
        .inner_join(workspaces::table)
        .inner_join(
            memberships::table.on(memberships::member_id
                .eq(sessions::member_id)
                .and(memberships::workspace_id.eq(sessions::workspace_id))),
        )
        .filter(sessions::token_digest.eq(digest))
        .select((
            members::id,
            members::email,
            memberships::role,
            (workspaces::id, workspaces::name, workspaces::plan),
            sessions::created_at,
            sessions::last_seen_at,
        ))
        .first::<(MemberId, String, Role, (WorkspaceId, String, Plan), Timestamp, Timestamp)>(conn)
        .optional()?;
    Ok(found.map(|(member_id, email, role, (id, name, plan), created_at, last_seen_at)| FoundSession {
        member_id,
        email,
        role,
        workspace: Workspace { id, name, plan },
        created_at,
        last_seen_at,
    }))
}

/// Records that a session was used.
pub fn touch(conn: &mut Conn, digest: &str, now: Timestamp) -> QueryResult<()> {
    diesel::update(sessions::table.filter(sessions::token_digest.eq(digest)))
        .set(sessions::last_seen_at.eq(now))
        .execute(conn)
        .map(drop)
}

/// Moves a session to another workspace.
pub fn switch(conn: &mut Conn, digest: &str, workspace: WorkspaceId) -> QueryResult<()> {
    diesel::update(sessions::table.filter(sessions::token_digest.eq(digest)))
        .set(sessions::workspace_id.eq(workspace))
        .execute(conn)
        .map(drop)
}

pub fn delete(conn: &mut Conn, digest: &str) -> QueryResult<()> {
    diesel::delete(sessions::table.filter(sessions::token_digest.eq(digest))).execute(conn).map(drop)
}

/// Ends every session of a member: in one workspace, or everywhere.
pub fn delete_of_member(conn: &mut Conn, member: MemberId, only_in: Option<WorkspaceId>) -> QueryResult<()> {
    let all = sessions::table.filter(sessions::member_id.eq(member));
    match only_in {
        Some(workspace) => diesel::delete(all.filter(sessions::workspace_id.eq(workspace))).execute(conn),
        None => diesel::delete(all).execute(conn),
    }
    .map(drop)
}

/// Sessions that were last used before a time.
pub const UNUSED: Expired = Expired { table: "sessions", condition: "last_seen_at < $1" };

/// Sessions that began before a time.
pub const OLD: Expired = Expired { table: "sessions", condition: "created_at < $1" };
