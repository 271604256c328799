//! Workspaces, members, and the memberships that give a member a role in a workspace.

use api_types::{
    Timestamp,
    account::{Plan, Role, Workspace},
    ids::{MemberId, WorkspaceId},
};
use diesel::prelude::*;

use super::{
    Conn,
    schema::{members, memberships, workspaces},
};

pub fn insert_workspace(
    conn: &mut Conn,
    id: WorkspaceId,
    name: &str,
    plan: Plan,
    now: Timestamp,
) -> QueryResult<()> {
    diesel::insert_into(workspaces::table)
        .values((
            workspaces::id.eq(id),
            workspaces::name.eq(name),
            workspaces::plan.eq(plan),
            workspaces::created_at.eq(now),
        ))
        .execute(conn)
        .map(drop)
}

/// `true` where the database has at least one workspace.
pub fn any_workspace(conn: &mut Conn) -> QueryResult<bool> {
    workspaces::table.count().get_result::<i64>(conn).map(|count| count > 0)
}

pub fn workspace(conn: &mut Conn, id: WorkspaceId) -> QueryResult<Option<Workspace>> {
    let row = workspaces::table
        .find(id)
        .select((workspaces::id, workspaces::name, workspaces::plan))
        .first::<(WorkspaceId, String, Plan)>(conn)
        .optional()?;
    Ok(row.map(|(id, name, plan)| Workspace { id, name, plan }))
}

/// Moves a workspace to a plan; `false` where there is no such workspace.
pub fn set_plan(conn: &mut Conn, id: WorkspaceId, plan: Plan) -> QueryResult<bool> {
    diesel::update(workspaces::table.find(id)).set(workspaces::plan.eq(plan)).execute(conn).map(|n| n == 1)
}

/// The workspaces of a member with the member's role in each, oldest membership first.
pub fn workspaces_of(conn: &mut Conn, member: MemberId) -> QueryResult<Vec<(Workspace, Role)>> {
    let rows = memberships::table
        .inner_join(workspaces::table)
        .filter(memberships::member_id.eq(member))
        .order((memberships::created_at, memberships::workspace_id))
        .select((workspaces::id, workspaces::name, workspaces::plan, memberships::role))
        .load::<(WorkspaceId, String, Plan, Role)>(conn)?;
    Ok(rows.into_iter().map(|(id, name, plan, role)| (Workspace { id, name, plan }, role)).collect())
}

/// The id and password hash of the member with this e-mail address, which must be lower case.
pub fn member_by_email(conn: &mut Conn, email: &str) -> QueryResult<Option<(MemberId, String)>> {
    members::table
        .filter(members::email.eq(email))
        .select((members::id, members::password_hash))
        .first(conn)
        .optional()
}

pub fn insert_member(
    conn: &mut Conn,
    id: MemberId,
    email: &str,
    password_hash: &str,
    now: Timestamp,
) -> QueryResult<()> {
    diesel::insert_into(members::table)
        .values((
            members::id.eq(id),
            members::email.eq(email),
            members::password_hash.eq(password_hash),
            members::created_at.eq(now),
        ))
        .execute(conn)
        .map(drop)
}

/// Replaces a member's password.
pub fn set_password(conn: &mut Conn, id: MemberId, password_hash: &str) -> QueryResult<()> {
    diesel::update(members::table.find(id))
        .set(members::password_hash.eq(password_hash))
        .execute(conn)
        .map(drop)
}

/// Adds a member to a workspace.
pub fn insert_membership(
    conn: &mut Conn,
    workspace: WorkspaceId,
    member: MemberId,
    role: Role,
    now: Timestamp,
) -> QueryResult<()> {
    diesel::insert_into(memberships::table)
        .values((
            memberships::workspace_id.eq(workspace),
            memberships::member_id.eq(member),
            memberships::role.eq(role),
            memberships::created_at.eq(now),
        ))
        .execute(conn)
        .map(drop)
}

/// The role of a member in a workspace; `None` where the member does not belong to it.
pub fn role(conn: &mut Conn, workspace: WorkspaceId, member: MemberId) -> QueryResult<Option<Role>> {
    memberships::table.find((workspace, member)).select(memberships::role).first(conn).optional()
}

pub fn set_role(conn: &mut Conn, workspace: WorkspaceId, member: MemberId, role: Role) -> QueryResult<()> {
    diesel::update(memberships::table.find((workspace, member)))
        .set(memberships::role.eq(role))
        .execute(conn)
        .map(drop)
}

/// Removes a member from a workspace.
pub fn delete_membership(conn: &mut Conn, workspace: WorkspaceId, member: MemberId) -> QueryResult<()> {
    diesel::delete(memberships::table.find((workspace, member))).execute(conn).map(drop)
}
