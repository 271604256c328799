//! Authorizations: the consents by which members let apps act for them.

use std::collections::HashMap;

use api_types::{
    Scope, Timestamp,
    account::MemberRef,
    authorizations::{AppRef, Authorization},
    ids::{AuthorizationId, MemberId, OAuthAppId, WorkspaceId},
};
use diesel::prelude::*;

use super::{
    Conn, Json, Slice,
    expiry::Expired,
    publisher_domains::{self, Claim},
    schema::{authorizations, members, oauth_apps},
    token_families,
};

/// The authorizations that a query is about: a member's own, or an app's. Withdrawn ones are never included.
#[derive(Clone, Copy, Debug)]
pub enum AuthorizationsOf {
    /// The member's own authorizations in a workspace.
    Member(WorkspaceId, MemberId),
    /// The authorizations of an app in a workspace.
    App(WorkspaceId, OAuthAppId),
}

type Columns = (
    AuthorizationId,
    (OAuthAppId, Option<String>, String, String, String, Claim),
    (MemberId, String),
    Json<Vec<Scope>>,
    Timestamp,
    (Option<Timestamp>, Option<String>),
);

macro_rules! alive {
    ($whose:expr) => {{
        let query = authorizations::table
            .inner_join(oauth_apps::table)
            .inner_join(members::table)
            .filter(authorizations::withdrawn_at.is_null())
            .filter(oauth_apps::deleted_at.is_null())
            .select((
                authorizations::id,
                (
                    oauth_apps::id,
                    oauth_apps::client_id_url,
                    oauth_apps::name,
                    oauth_apps::description,
                    oauth_apps::homepage_url,
                    publisher_domains::CLAIM,
                ),
                (members::id, members::email),
                authorizations::scopes,
                authorizations::created_at,
                (authorizations::last_used_at, authorizations::last_used_ip),
            ))
            .into_boxed();
        match $whose {
            AuthorizationsOf::Member(workspace, member) => query
                .filter(authorizations::workspace_id.eq(workspace))
                .filter(authorizations::member_id.eq(member)),
            AuthorizationsOf::App(workspace, app) => query
                .filter(authorizations::workspace_id.eq(workspace))
                .filter(authorizations::app_id.eq(app)),
        }
    }};
}

fn to_wire((id, app, member, scopes, created_at, used): Columns) -> Authorization {
    let (app_id, client_id_url, name, description, homepage_url, claim) = app;
    let verified_domain = publisher_domains::verified(claim);
    Authorization {
        id,
        app: AppRef {
            id: app_id,
            client_id_url,
            name,
            description,
            homepage_url,
            logo: String::new(),
            verified_domain,
        },
        member: MemberRef { id: member.0, email: member.1 },
        scopes: scopes.into_inner(),
        created_at,
        last_used_at: used.0,
        last_used_ip: used.1,
    }
}

/// Authorizations, newest first, with one more than the page holds where there are more. A member's own come with the logos
/// of their apps, which may be large; the list of one app's members does not repeat its logo in each row.
pub fn list(
    conn: &mut Conn,
    whose: AuthorizationsOf,
    slice: Slice<AuthorizationId>,
) -> QueryResult<Vec<Authorization>> {
    let mut query = alive!(whose).order(authorizations::id.desc()).limit(slice.fetch());
    if let Some(before) = slice.before {
        query = query.filter(authorizations::id.lt(before));
    }
    let mut found: Vec<Authorization> = query.load::<Columns>(conn)?.into_iter().map(to_wire).collect();
    if matches!(whose, AuthorizationsOf::Member(..)) {
        add_logos(conn, &mut found)?;
    }
    Ok(found)
}

fn add_logos(conn: &mut Conn, authorizations: &mut [Authorization]) -> QueryResult<()> {
    let apps: Vec<OAuthAppId> = authorizations.iter().map(|authorization| authorization.app.id).collect();
    let logos = oauth_apps::table
        .filter(oauth_apps::id.eq_any(&apps))
        .select((oauth_apps::id, oauth_apps::logo))
        .load::<(OAuthAppId, String)>(conn)?;
    let logos: HashMap<OAuthAppId, String> = logos.into_iter().collect();
    for authorization in authorizations {
        authorization.app.logo = logos.get(&authorization.app.id).cloned().unwrap_or_default();
    }
    Ok(())
}

/// One authorization among `whose`.
pub fn find(
    conn: &mut Conn,
    whose: AuthorizationsOf,
    id: AuthorizationId,
) -> QueryResult<Option<Authorization>> {
    let row = alive!(whose).filter(authorizations::id.eq(id)).first::<Columns>(conn).optional()?;
    Ok(row.map(to_wire))
}

/// A consent as the next question of the same app needs it.
#[derive(Clone, Debug)]
pub struct Granted {
    /// The consent.
    pub authorization: AuthorizationId,
    /// The scopes that the member lets the app use.
    pub scopes: Vec<Scope>,
    /// The optional scopes that the member left out.
    pub declined: Vec<Scope>,
}

/// The workspace in which an authorization lets its app act.
pub fn workspace(conn: &mut Conn, id: AuthorizationId) -> QueryResult<Option<WorkspaceId>> {
    authorizations::table.find(id).select(authorizations::workspace_id).first(conn).optional()
}

/// The authorization of an app by a member in a workspace; `None` where the member has given none.
pub fn of(
    conn: &mut Conn,
    workspace: WorkspaceId,
    app: OAuthAppId,
    member: MemberId,
) -> QueryResult<Option<Granted>> {
    let row = authorizations::table
        .filter(authorizations::workspace_id.eq(workspace))
        .filter(authorizations::member_id.eq(member))
        .filter(authorizations::app_id.eq(app))
        .filter(authorizations::withdrawn_at.is_null())
        .select((authorizations::id, authorizations::scopes, authorizations::declined_scopes))
        .first::<(AuthorizationId, Json<Vec<Scope>>, Json<Vec<Scope>>)>(conn)
        .optional()?;
    Ok(row.map(|(authorization, scopes, declined)| Granted {
        authorization,
        scopes: scopes.into_inner(),
        declined: declined.into_inner(),
    }))
}

/// An authorization about to be stored.
#[derive(Debug, Insertable)]
#[diesel(table_name = authorizations)]
pub struct NewRow {
    pub id: AuthorizationId,
    pub workspace_id: WorkspaceId,
    pub app_id: OAuthAppId,
    pub member_id: MemberId,
    pub scopes: Json<Vec<Scope>>,
    pub created_at: Timestamp,
    pub declined_scopes: Json<Vec<Scope>>,
}

pub fn insert(conn: &mut Conn, row: &NewRow) -> QueryResult<()> {
    diesel::insert_into(authorizations::table).values(row).execute(conn).map(drop)
}

/// Replaces the scopes of an authorization, and those that the member left out.
pub fn set_scopes(
    conn: &mut Conn,
    id: AuthorizationId,
    scopes: &[Scope],
    declined: &[Scope],
) -> QueryResult<()> {
    diesel::update(authorizations::table.find(id))
        .set((
            authorizations::scopes.eq(Json::new(scopes.to_vec())),
            authorizations::declined_scopes.eq(Json::new(declined.to_vec())),
        ))
        .execute(conn)
        .map(drop)
}

/// The number of members who let an app act for them: in this workspace, or anywhere where that is `None`.
pub fn count(conn: &mut Conn, app: OAuthAppId, workspace: Option<WorkspaceId>) -> QueryResult<i64> {
    let mut query = authorizations::table
        .filter(authorizations::app_id.eq(app))
        .filter(authorizations::withdrawn_at.is_null())
        .count()
        .into_boxed();
    if let Some(workspace) = workspace {
        query = query.filter(authorizations::workspace_id.eq(workspace));
    }
    query.get_result(conn)
}

/// Withdraws the authorizations of `whose` (`only` that one, where given) with every token that came from them, and
/// returns them.
pub fn withdraw(
    conn: &mut Conn,
    whose: AuthorizationsOf,
    only: Option<AuthorizationId>,
    now: Timestamp,
) -> QueryResult<Vec<Authorization>> {
    let mut query = alive!(whose).order(authorizations::id);
    if let Some(only) = only {
        query = query.filter(authorizations::id.eq(only));
    }
    let found: Vec<Authorization> = query.load::<Columns>(conn)?.into_iter().map(to_wire).collect();
    let ids: Vec<AuthorizationId> = found.iter().map(|authorization| authorization.id).collect();
    diesel::update(authorizations::table.filter(authorizations::id.eq_any(&ids)))
        .set(authorizations::withdrawn_at.eq(now))
        .execute(conn)?;
    token_families::revoke_of(conn, &ids, now)?;
    Ok(found)
}

/// Records the latest use of an authorization's tokens; a use older than the recorded one changes nothing.
pub fn set_last_used(conn: &mut Conn, id: AuthorizationId, at: Timestamp, ip: &str) -> QueryResult<()> {
    diesel::update(
        authorizations::table
            .find(id)
            .filter(authorizations::last_used_at.is_null().or(authorizations::last_used_at.lt(at))),
    )
    .set((authorizations::last_used_at.eq(at), authorizations::last_used_ip.eq(ip)))
    .execute(conn)
    .map(drop)
}

/// Authorizations that were withdrawn before a time, and to which nothing refers any more.
pub const WITHDRAWN: Expired = Expired {
    table: "authorizations",
    condition: "withdrawn_at < $1 \
        AND NOT EXISTS (SELECT 1 FROM authorization_codes WHERE authorization_id = authorizations.id) \
        AND NOT EXISTS (SELECT 1 FROM device_authorizations WHERE authorization_id = authorizations.id) \
        AND NOT EXISTS (SELECT 1 FROM token_families WHERE authorization_id = authorizations.id)",
};
