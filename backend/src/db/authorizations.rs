//! Authorizations: which member lets which app act for them.

use api_types::{
    Scope, Timestamp,
    api_keys::MemberRef,
    authorizations::{AppRef, Authorization},
    ids::{AuthorizationId, MemberId, OAuthAppId, WorkspaceId},
};
use diesel::prelude::*;

use super::{
    Conn, Json,
    schema::{authorizations, members, oauth_apps},
    token_families,
};
use crate::paging::Slice;

/// Which authorizations are meant; those that were withdrawn never are.
#[derive(Clone, Copy, Debug)]
pub enum Whose {
    /// A member's own in a workspace.
    Member(WorkspaceId, MemberId),
    /// Those of an app in a workspace.
    App(WorkspaceId, OAuthAppId),
}

type Columns = (
    AuthorizationId,
    (OAuthAppId, String, String, String, String),
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
                    oauth_apps::name,
                    oauth_apps::description,
                    oauth_apps::homepage_url,
                    oauth_apps::logo,
                ),
                (members::id, members::email),
                authorizations::scopes,
                authorizations::created_at,
                (authorizations::last_used_at, authorizations::last_used_ip),
            ))
            .into_boxed();
        match $whose {
            Whose::Member(workspace, member) => query
                .filter(authorizations::workspace_id.eq(workspace))
                .filter(authorizations::member_id.eq(member)),
            Whose::App(workspace, app) => query
                .filter(authorizations::workspace_id.eq(workspace))
                .filter(authorizations::app_id.eq(app)),
        }
    }};
}

fn to_wire((id, app, member, scopes, created_at, used): Columns) -> Authorization {
    let (app_id, name, description, homepage_url, logo) = app;
    Authorization {
        id,
        app: AppRef { id: app_id, name, description, homepage_url, logo },
        member: MemberRef { id: member.0, email: member.1 },
        scopes: scopes.into_inner(),
        created_at,
        last_used_at: used.0,
        last_used_ip: used.1,
    }
}

/// Authorizations, newest first, with one more than the page holds where there are more.
pub fn list(conn: &mut Conn, whose: Whose, slice: Slice<AuthorizationId>) -> QueryResult<Vec<Authorization>> {
    let mut query = alive!(whose).order(authorizations::id.desc()).limit(slice.fetch());
    if let Some(before) = slice.before {
        query = query.filter(authorizations::id.lt(before));
    }
    Ok(query.load::<Columns>(conn)?.into_iter().map(to_wire).collect())
}

/// One of these authorizations.
pub fn find(conn: &mut Conn, whose: Whose, id: AuthorizationId) -> QueryResult<Option<Authorization>> {
    let row = alive!(whose).filter(authorizations::id.eq(id)).first::<Columns>(conn).optional()?;
    Ok(row.map(to_wire))
}

/// What a member lets an app do, if anything.
pub fn of(
    conn: &mut Conn,
    app: OAuthAppId,
    member: MemberId,
) -> QueryResult<Option<(AuthorizationId, Vec<Scope>)>> {
    let row = authorizations::table
        .filter(authorizations::member_id.eq(member))
        .filter(authorizations::app_id.eq(app))
        .filter(authorizations::withdrawn_at.is_null())
        .select((authorizations::id, authorizations::scopes))
        .first::<(AuthorizationId, Json<Vec<Scope>>)>(conn)
        .optional()?;
    Ok(row.map(|(id, scopes)| (id, scopes.into_inner())))
}

/// A new authorization.
#[derive(Debug, Insertable)]
#[diesel(table_name = authorizations)]
pub struct NewRow {
    /// Its id.
    pub id: AuthorizationId,
    /// In which workspace.
    pub workspace_id: WorkspaceId,
    /// Which app.
    pub app_id: OAuthAppId,
    /// Which member.
    pub member_id: MemberId,
    /// What the app may do.
    pub scopes: Json<Vec<Scope>>,
    /// Now.
    pub created_at: Timestamp,
}

/// Stores an authorization.
pub fn insert(conn: &mut Conn, row: &NewRow) -> QueryResult<()> {
    diesel::insert_into(authorizations::table).values(row).execute(conn).map(drop)
}

/// Lets an app do this.
pub fn set_scopes(conn: &mut Conn, id: AuthorizationId, scopes: &[Scope]) -> QueryResult<()> {
    diesel::update(authorizations::table.find(id))
        .set(authorizations::scopes.eq(Json::new(scopes.to_vec())))
        .execute(conn)
        .map(drop)
}

/// How many members let an app act for them.
pub fn count(conn: &mut Conn, app: OAuthAppId) -> QueryResult<i64> {
    authorizations::table
        .filter(authorizations::app_id.eq(app))
        .filter(authorizations::withdrawn_at.is_null())
        .count()
        .get_result(conn)
}

/// Withdraws these authorizations, with every token that came from them; answers which.
pub fn withdraw(
    conn: &mut Conn,
    whose: Whose,
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

/// Notes when one of an authorization's tokens was last used.
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
