//! Access tokens: the app, workspace and member that a token stands for at this moment. The tokens themselves are not
//! stored.

use api_types::{
    Scope, Timestamp,
    account::{Plan, Role, Workspace},
    ids::{AuthorizationId, MemberId, OAuthAppId, TokenFamilyId, WorkspaceId},
};
use diesel::prelude::*;

use super::{
    Conn, Json, dialect,
    schema::{
        access_tokens, authorizations, issued_tokens, members, memberships, oauth_apps, revoked_tokens,
        token_families, workspaces,
    },
};

/// The app and workspace that a token stands for, and the member, if there is one.
#[derive(Clone, Debug)]
pub struct TokenRecord {
    pub app_id: OAuthAppId,
    pub app_name: String,
    pub workspace: Workspace,
    /// The scopes that the app may ask for now.
    pub app_scopes: Vec<Scope>,
    /// The member for whom the token acts; `None` where the app acts as itself.
    pub member: Option<TokenMember>,
}

/// The member for whom a token acts, with the member's consent.
#[derive(Clone, Debug)]
pub struct TokenMember {
    pub id: MemberId,
    pub email: String,
    /// The role that the member has now.
    pub role: Role,
    pub authorization: AuthorizationId,
    /// The scopes that the member agreed to.
    pub scopes: Vec<Scope>,
}

type AppColumns = ((OAuthAppId, String, Json<Vec<Scope>>), (WorkspaceId, String, Plan));

fn record(
    ((app_id, app_name, app_scopes), workspace): AppColumns,
    member: Option<TokenMember>,
) -> TokenRecord {
    let (id, name, plan) = workspace;
    let workspace = Workspace { id, name, plan };
    TokenRecord { app_id, app_name, workspace, app_scopes: app_scopes.into_inner(), member }
}

/// The record of the token with this `jti`, if the token acts for a member and nothing ended it: neither the token itself
/// nor its family, the consent, the membership or the app was ended.
pub fn of_member(conn: &mut Conn, jti: &str) -> QueryResult<Option<TokenRecord>> {
    type Row = (AppColumns, (MemberId, String, Role), (AuthorizationId, Json<Vec<Scope>>));
    let row = access_tokens::table
        .inner_join(token_families::table.inner_join(authorizations::table.inner_join(members::table)))
        .inner_join(oauth_apps::table.on(oauth_apps::id.eq(access_tokens::app_id)))
        .inner_join(workspaces::table.on(workspaces::id.eq(oauth_apps::workspace_id)))
        .inner_join(
            memberships::table.on(memberships::member_id
                .eq(authorizations::member_id)
                .and(memberships::workspace_id.eq(authorizations::workspace_id))),
        )
        .filter(access_tokens::id.eq(jti))
        .filter(access_tokens::revoked_at.is_null())
        .filter(token_families::revoked_at.is_null())
        .filter(authorizations::withdrawn_at.is_null())
        .filter(oauth_apps::suspended_at.is_null())
        .filter(oauth_apps::deleted_at.is_null())
        .select((
            (
                (oauth_apps::id, oauth_apps::name, oauth_apps::scopes),
                (workspaces::id, workspaces::name, workspaces::plan),
            ),
            (members::id, members::email, memberships::role),
            (authorizations::id, authorizations::scopes),
        ))
        .first::<Row>(conn)
        .optional()?;
    Ok(row.map(|(app, (id, email, role), (authorization, scopes))| {
        let member = TokenMember { id, email, role, authorization, scopes: scopes.into_inner() };
        record(app, Some(member))
    }))
}

/// The record of the token with this `jti`, if the token is the app's own and neither the token nor the app was ended.
pub fn of_app(conn: &mut Conn, jti: &str, app: OAuthAppId) -> QueryResult<Option<TokenRecord>> {
    let revoked = revoked_tokens::table.filter(revoked_tokens::id.eq(jti));
    let row = oauth_apps::table
        .inner_join(workspaces::table)
        .filter(oauth_apps::id.eq(app))
        .filter(oauth_apps::suspended_at.is_null())
        .filter(oauth_apps::deleted_at.is_null())
        .filter(diesel::dsl::not(diesel::dsl::exists(revoked)))
        .select((
            (oauth_apps::id, oauth_apps::name, oauth_apps::scopes),
            (workspaces::id, workspaces::name, workspaces::plan),
        ))
        .first::<AppColumns>(conn)
        .optional()?;
    Ok(row.map(|app| record(app, None)))
}

/// Stores that an access token acts for a member.
pub fn insert(
    conn: &mut Conn,
    jti: &str,
    family: TokenFamilyId,
    app: OAuthAppId,
    expires_at: Timestamp,
) -> QueryResult<()> {
    diesel::insert_into(access_tokens::table)
        .values((
            access_tokens::id.eq(jti),
            access_tokens::family_id.eq(family),
            access_tokens::app_id.eq(app),
            access_tokens::expires_at.eq(expires_at),
        ))
        .execute(conn)
        .map(drop)
}

/// Ends one access token that acts for a member; `false` where there is none, or it was ended before.
pub fn revoke(conn: &mut Conn, jti: &str, now: Timestamp) -> QueryResult<bool> {
    diesel::update(
        access_tokens::table.filter(access_tokens::id.eq(jti)).filter(access_tokens::revoked_at.is_null()),
    )
    .set(access_tokens::revoked_at.eq(now))
    .execute(conn)
    .map(|changed| changed == 1)
}

/// Ends one access token of an app itself; `false` where it was ended before.
pub fn revoke_own(conn: &mut Conn, jti: &str, app: OAuthAppId, expires_at: Timestamp) -> QueryResult<bool> {
    // The same token may be given back twice at once.
    dialect::lock(conn, &format!("revoked token {jti}"))?;
    let known = revoked_tokens::table.filter(revoked_tokens::id.eq(jti)).count().get_result::<i64>(conn)?;
    if known > 0 {
        return Ok(false);
    }
    diesel::insert_into(revoked_tokens::table)
        .values((
            revoked_tokens::id.eq(jti),
            revoked_tokens::app_id.eq(app),
            revoked_tokens::expires_at.eq(expires_at),
        ))
        .execute(conn)
        .map(|stored| stored == 1)
}

/// Adds `more` to the number of tokens that the app was given as itself in this minute.
pub fn add_issued(conn: &mut Conn, app: OAuthAppId, minute: Timestamp, more: i64) -> QueryResult<()> {
    let changed = diesel::update(issued_tokens::table.find((app, minute)))
        .set(issued_tokens::issued.eq(issued_tokens::issued + more))
        .execute(conn)?;
    if changed > 0 {
        return Ok(());
    }
    diesel::insert_into(issued_tokens::table)
        .values((
            issued_tokens::app_id.eq(app),
            issued_tokens::minute.eq(minute),
            issued_tokens::issued.eq(more),
        ))
        .execute(conn)
        .map(drop)
}

/// The number of an app's tokens that act for members and have not ended.
pub fn count_of_members(conn: &mut Conn, app: OAuthAppId, now: Timestamp) -> QueryResult<i64> {
    access_tokens::table
        .inner_join(token_families::table)
        .filter(access_tokens::app_id.eq(app))
        .filter(access_tokens::expires_at.gt(now))
        .filter(access_tokens::revoked_at.is_null())
        .filter(token_families::revoked_at.is_null())
        .count()
        .get_result(conn)
}

/// The number of an app's own tokens that were issued after `since` and have not ended.
pub fn count_of_app(conn: &mut Conn, app: OAuthAppId, since: Timestamp, now: Timestamp) -> QueryResult<i64> {
    let issued = issued_tokens::table
        .filter(issued_tokens::app_id.eq(app))
        .filter(issued_tokens::minute.gt(since))
        .select(issued_tokens::issued)
        .load::<i64>(conn)?;
    let revoked = revoked_tokens::table
        .filter(revoked_tokens::app_id.eq(app))
        .filter(revoked_tokens::expires_at.gt(now))
        .count()
        .get_result::<i64>(conn)?;
    Ok((issued.into_iter().sum::<i64>() - revoked).max(0))
}

/// Removes the rows about tokens that ended before `before`.
pub fn delete_ended(conn: &mut Conn, before: Timestamp) -> QueryResult<()> {
    diesel::delete(access_tokens::table.filter(access_tokens::expires_at.lt(before))).execute(conn)?;
    diesel::delete(revoked_tokens::table.filter(revoked_tokens::expires_at.lt(before))).execute(conn)?;
    diesel::delete(issued_tokens::table.filter(issued_tokens::minute.lt(before))).execute(conn).map(drop)
}
