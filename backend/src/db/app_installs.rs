//! Installs: apps of other workspaces in a workspace, or known by a document, and the workspace's policy for them.

use std::collections::BTreeSet;

use api_types::{
    Timestamp,
    account::MemberRef,
    app_installs::{AppInstall, AppPolicy, AppPolicySetting, ClientDocuments, InstallStatus},
    authorizations::AppRef,
    ids::{AppInstallId, MemberId, OAuthAppId, WorkspaceId},
};
use diesel::prelude::*;

use super::{
    Conn, Slice,
    publisher_domains::{self, Claim},
    schema::{app_installs, members, oauth_apps, workspaces},
};

/// An install about to be stored.
#[derive(Clone, Copy, Debug, Insertable)]
#[diesel(table_name = app_installs)]
#[diesel(treat_none_as_default_value = false)]
pub struct NewRow {
    pub id: AppInstallId,
    pub workspace_id: WorkspaceId,
    pub app_id: OAuthAppId,
    pub status: InstallStatus,
    /// The member who asked for it; `None` where it was let in without being asked for.
    pub requested_by: Option<MemberId>,
    pub created_at: Timestamp,
    pub decided_at: Option<Timestamp>,
}

pub fn insert(conn: &mut Conn, row: NewRow) -> QueryResult<()> {
    diesel::insert_into(app_installs::table).values(row).execute(conn).map(drop)
}

type Columns = (
    (AppInstallId, InstallStatus, Timestamp, Option<Timestamp>),
    (OAuthAppId, Option<String>, String, String, String, String, Claim),
    String,
    Option<(MemberId, String)>,
);

/// The installs of a workspace whose app is there and public, as a query.
macro_rules! shown {
    ($workspace:expr) => {
        app_installs::table
            .inner_join(oauth_apps::table)
            .left_join(members::table.on(app_installs::requested_by.eq(members::id.nullable())))
            .filter(app_installs::workspace_id.eq($workspace))
            .filter(oauth_apps::deleted_at.is_null())
            .select((
                (app_installs::id, app_installs::status, app_installs::created_at, app_installs::decided_at),
                (
                    oauth_apps::id,
                    oauth_apps::client_id_url,
                    oauth_apps::name,
                    oauth_apps::description,
                    oauth_apps::homepage_url,
                    oauth_apps::logo,
                    publisher_domains::CLAIM,
                ),
                oauth_apps::publisher_name,
                (members::id, members::email).nullable(),
            ))
    };
}

fn to_wire(((id, status, created_at, decided_at), app, publisher_name, member): Columns) -> AppInstall {
    let (app, client_id_url, name, description, homepage_url, logo, claim) = app;
    let verified_domain = publisher_domains::verified(claim);
    AppInstall {
        id,
        app: AppRef { id: app, client_id_url, name, description, homepage_url, logo, verified_domain },
        publisher_name,
        status,
        requested_by: member.map(|(id, email)| MemberRef { id, email }),
        created_at,
        decided_at,
    }
}

/// One install of a workspace.
pub fn find(conn: &mut Conn, workspace: WorkspaceId, id: AppInstallId) -> QueryResult<Option<AppInstall>> {
    let row = shown!(workspace).filter(app_installs::id.eq(id)).first::<Columns>(conn).optional()?;
    Ok(row.map(to_wire))
}

/// A workspace's installs, newest first, with one more than the page holds where there are more; of any status where none is named.
pub fn list(
    conn: &mut Conn,
    workspace: WorkspaceId,
    statuses: &BTreeSet<InstallStatus>,
    slice: Slice<AppInstallId>,
) -> QueryResult<Vec<AppInstall>> {
    let mut query = shown!(workspace).order(app_installs::id.desc()).limit(slice.fetch()).into_boxed();
    if let Some(before) = slice.before {
        query = query.filter(app_installs::id.lt(before));
    }
    if !statuses.is_empty() {
        query = query.filter(app_installs::status.eq_any(statuses.iter().copied()));
    }
    Ok(query.load::<Columns>(conn)?.into_iter().map(to_wire).collect())
}

/// The state of an app in a workspace; `None` where nobody has asked for it.
pub fn status(
    conn: &mut Conn,
    workspace: WorkspaceId,
    app: OAuthAppId,
) -> QueryResult<Option<InstallStatus>> {
    app_installs::table
        .filter(app_installs::app_id.eq(app))
        .filter(app_installs::workspace_id.eq(workspace))
        .select(app_installs::status)
        .first(conn)
        .optional()
}

/// Decides about an install.
pub fn set_status(
    conn: &mut Conn,
    workspace: WorkspaceId,
    app: OAuthAppId,
    status: InstallStatus,
    now: Timestamp,
) -> QueryResult<()> {
    diesel::update(
        app_installs::table
            .filter(app_installs::app_id.eq(app))
            .filter(app_installs::workspace_id.eq(workspace)),
    )
    .set((app_installs::status.eq(status), app_installs::decided_at.eq(now)))
    .execute(conn)
    .map(drop)
}

/// Removes an install.
pub fn delete(conn: &mut Conn, workspace: WorkspaceId, id: AppInstallId) -> QueryResult<()> {
    diesel::delete(
        app_installs::table.filter(app_installs::workspace_id.eq(workspace)).filter(app_installs::id.eq(id)),
    )
    .execute(conn)
    .map(drop)
}

/// The installs of an app, in the order of their workspaces.
pub fn of_app(conn: &mut Conn, app: OAuthAppId) -> QueryResult<Vec<(AppInstallId, WorkspaceId)>> {
    app_installs::table
        .filter(app_installs::app_id.eq(app))
        .order(app_installs::workspace_id)
        .select((app_installs::id, app_installs::workspace_id))
        .load(conn)
}

/// The number of workspaces that have each of these apps installed, active or paused; apps without any are left out.
pub fn counts(conn: &mut Conn, apps: &[OAuthAppId]) -> QueryResult<Vec<(OAuthAppId, i64)>> {
    app_installs::table
        .filter(app_installs::app_id.eq_any(apps))
        .filter(app_installs::status.eq_any([InstallStatus::Active, InstallStatus::Paused]))
        .group_by(app_installs::app_id)
        .select((app_installs::app_id, diesel::dsl::count_star()))
        .load(conn)
}

/// The workspace's policy for apps of other workspaces, and for those that are known by a document.
pub fn policy(conn: &mut Conn, workspace: WorkspaceId) -> QueryResult<AppPolicySetting> {
    let (policy, client_documents) = workspaces::table
        .find(workspace)
        .select((workspaces::app_policy, workspaces::client_documents))
        .first(conn)?;
    Ok(AppPolicySetting { policy, client_documents })
}

/// The columns that a change of a workspace's policy writes: those that it names, and no other.
#[derive(Clone, Copy, Debug, AsChangeset)]
#[diesel(table_name = workspaces)]
pub struct PolicyUpdate {
    pub app_policy: Option<AppPolicy>,
    pub client_documents: Option<ClientDocuments>,
}

/// Changes the workspace's policy; installs stay as they are.
pub fn set_policy(conn: &mut Conn, workspace: WorkspaceId, changes: PolicyUpdate) -> QueryResult<()> {
    diesel::update(workspaces::table.find(workspace))
        .set(changes)
        .execute(conn)
        .optional_empty_changeset()
        .map(drop)
}
