//! Access tokens: the app, workspace and member that a token stands for at this moment. The tokens themselves are not
//! stored.

use api_types::{
    Scope, Timestamp,
    account::{Plan, Role, Workspace},
    app_installs::InstallStatus,
    ids::{AuthorizationId, MemberId, OAuthAppId, SecretId, TokenFamilyId, WorkspaceId},
    oauth_apps::Distribution,
};
use diesel::prelude::*;

use super::{
    Conn, Json, dialect,
    expiry::Expired,
    schema::{
        access_tokens, app_installs, authorizations, issued_tokens, members, memberships, oauth_apps,
        revoked_tokens, token_families, token_revocations, workspaces,
    },
};

/// The app and workspace that a token stands for, and the member, if there is one.
#[derive(Clone, Debug)]
pub struct TokenRecord {
    pub app_id: OAuthAppId,
    pub app_name: String,
    /// The app's `client_id`: its id, or the URL of the document that it is known by.
    pub client_id: String,
    pub workspace: Workspace,
    /// The scopes that the app may ask for now.
    pub app_scopes: Vec<Scope>,
    /// The member for whom the token acts; `None` where the app acts as itself.
    pub member: Option<TokenMember>,
    /// The family and the generation of which no access token was used before, where a lost answer could be given again.
    pub unused: Option<(TokenFamilyId, i64)>,
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

type AppColumns = ((OAuthAppId, Option<String>, String, Json<Vec<Scope>>), (WorkspaceId, String, Plan));

fn record(
    ((app_id, client_id_url, app_name, app_scopes), workspace): AppColumns,
    member: Option<TokenMember>,
) -> TokenRecord {
    let (id, name, plan) = workspace;
    let workspace = Workspace { id, name, plan };
    TokenRecord {
        app_id,
        app_name,
        client_id: client_id_url.unwrap_or_else(|| app_id.to_string()),
        workspace,
        app_scopes: app_scopes.into_inner(),
        member,
        unused: None,
    }
}

/// The record of the token with this `jti`, if the token acts for a member and nothing ended it: neither the token itself
/// nor its family, the consent, the membership, the app or its install was ended.
pub fn of_member(conn: &mut Conn, jti: &str) -> QueryResult<Option<TokenRecord>> {
    type Generation = (TokenFamilyId, Option<i64>, i64);
    type Row = (AppColumns, (MemberId, String, Role), (AuthorizationId, Json<Vec<Scope>>), Generation);
    let installed = oauth_apps::distribution.eq(Distribution::Public).and(diesel::dsl::exists(
        app_installs::table
            .filter(app_installs::app_id.eq(oauth_apps::id))
            .filter(app_installs::workspace_id.eq(authorizations::workspace_id))
            .filter(app_installs::status.eq(InstallStatus::Active)),
    ));
    let at_home =
        authorizations::workspace_id.eq(oauth_apps::workspace_id).and(oauth_apps::client_id_url.is_null());
    let row = access_tokens::table
        .inner_join(token_families::table.inner_join(authorizations::table.inner_join(members::table)))
        .inner_join(oauth_apps::table.on(oauth_apps::id.eq(access_tokens::app_id)))
        .inner_join(workspaces::table.on(workspaces::id.eq(authorizations::workspace_id)))
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
        .filter(at_home.or(installed))
        .select((
            (
                (oauth_apps::id, oauth_apps::client_id_url, oauth_apps::name, oauth_apps::scopes),
                (workspaces::id, workspaces::name, workspaces::plan),
            ),
            (members::id, members::email, memberships::role),
            (authorizations::id, authorizations::scopes),
            (token_families::id, access_tokens::generation, token_families::used_generation),
        ))
        .first::<Row>(conn)
        .optional()?;
    Ok(row.map(|(app, (id, email, role), (authorization, scopes), (family, generation, used))| {
        let member = TokenMember { id, email, role, authorization, scopes: scopes.into_inner() };
        // Before the first refresh there is no older refresh token that could be used again.
        let unused = generation.filter(|generation| *generation > used.max(1));
        TokenRecord { unused: unused.map(|generation| (family, generation)), ..record(app, Some(member)) }
    }))
}

/// The record of an app's own token, if neither the token nor the app was ended. `ids` are the token's `jti` and the id of the
/// client secret by which the app got it, if that is known.
pub fn of_app(conn: &mut Conn, ids: &[String], app: OAuthAppId) -> QueryResult<Option<TokenRecord>> {
    let revoked = revoked_tokens::table.filter(revoked_tokens::id.eq_any(ids));
    let row = oauth_apps::table
        .inner_join(workspaces::table)
        .filter(oauth_apps::id.eq(app))
        .filter(oauth_apps::suspended_at.is_null())
        .filter(oauth_apps::deleted_at.is_null())
        .filter(diesel::dsl::not(diesel::dsl::exists(revoked)))
        .select((
            (oauth_apps::id, oauth_apps::client_id_url, oauth_apps::name, oauth_apps::scopes),
            (workspaces::id, workspaces::name, workspaces::plan),
        ))
        .first::<AppColumns>(conn)
        .optional()?;
    Ok(row.map(|app| record(app, None)))
}

/// An access token that acts for a member, about to be stored.
#[derive(Clone, Copy, Debug, Insertable)]
#[diesel(table_name = access_tokens)]
#[diesel(treat_none_as_default_value = false)]
pub struct NewTokenRow<'a> {
    /// The token's `jti`.
    pub id: &'a str,
    pub family_id: TokenFamilyId,
    pub app_id: OAuthAppId,
    pub expires_at: Timestamp,
    /// The client secret by which the app got the token; `None` for a public app.
    pub secret_id: Option<SecretId>,
    /// The generation of the refresh token that was given with it; 1 where there was none.
    pub generation: i64,
}

/// Stores that an access token acts for a member.
pub fn insert(conn: &mut Conn, row: NewTokenRow<'_>) -> QueryResult<()> {
    diesel::insert_into(access_tokens::table).values(row).execute(conn).map(drop)
}

/// Ends the access tokens that an app got by a secret, or by one that is not known: those that act for members, and the app's own,
/// which end at `last_end` at the latest.
pub fn revoke_of_secret(
    conn: &mut Conn,
    app: OAuthAppId,
    secret: SecretId,
    now: Timestamp,
    last_end: Timestamp,
) -> QueryResult<()> {
    diesel::update(
        access_tokens::table
            .filter(access_tokens::app_id.eq(app))
            .filter(access_tokens::expires_at.gt(now))
            .filter(access_tokens::secret_id.is_null().or(access_tokens::secret_id.eq(secret)))
            .filter(access_tokens::revoked_at.is_null()),
    )
    .set(access_tokens::revoked_at.eq(now))
    .execute(conn)?;
    revoke_own(conn, secret.as_str(), app, last_end).map(drop)
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

/// Counts one access token that an app gave back; answers with how many there are in this hour now.
pub fn count_revocation(conn: &mut Conn, app: OAuthAppId, hour: Timestamp) -> QueryResult<i64> {
    dialect::lock(conn, &format!("revocations of {app}"))?;
    let row = token_revocations::table.find((app, hour));
    let changed = diesel::update(row)
        .set(token_revocations::revoked.eq(token_revocations::revoked + 1))
        .execute(conn)?;
    if changed > 0 {
        return row.select(token_revocations::revoked).first(conn);
    }
    diesel::insert_into(token_revocations::table)
        .values((
            token_revocations::app_id.eq(app),
            token_revocations::hour.eq(hour),
            token_revocations::revoked.eq(1),
        ))
        .execute(conn)?;
    Ok(1)
}

/// The number of access tokens that an app gave back in the hours that began after `since`.
pub fn revocations(conn: &mut Conn, app: OAuthAppId, since: Timestamp) -> QueryResult<i64> {
    let hours = token_revocations::table
        .filter(token_revocations::app_id.eq(app))
        .filter(token_revocations::hour.gt(since))
        .select(token_revocations::revoked)
        .load::<i64>(conn)?;
    Ok(hours.into_iter().sum())
}

/// The workspace in which a token acts for a member.
pub fn workspace(conn: &mut Conn, jti: &str) -> QueryResult<Option<WorkspaceId>> {
    access_tokens::table
        .inner_join(token_families::table)
        .filter(access_tokens::id.eq(jti))
        .select(token_families::workspace_id)
        .first(conn)
        .optional()
}

/// The app that an access token that acts for a member was given to.
pub fn app(conn: &mut Conn, jti: &str) -> QueryResult<Option<OAuthAppId>> {
    access_tokens::table
        .filter(access_tokens::id.eq(jti))
        .select(access_tokens::app_id)
        .first(conn)
        .optional()
}

/// The number of an app's tokens that act for members and have not ended: in this workspace, or anywhere where that is `None`.
pub fn count_of_members(
    conn: &mut Conn,
    app: OAuthAppId,
    workspace: Option<WorkspaceId>,
    now: Timestamp,
) -> QueryResult<i64> {
    let mut query = access_tokens::table
        .inner_join(token_families::table)
        .filter(access_tokens::app_id.eq(app))
        .filter(access_tokens::expires_at.gt(now))
        .filter(access_tokens::revoked_at.is_null())
        .filter(token_families::revoked_at.is_null())
        .count()
        .into_boxed();
    if let Some(workspace) = workspace {
        query = query.filter(token_families::workspace_id.eq(workspace));
    }
    query.get_result(conn)
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

/// Access tokens that expired before a time.
pub const ENDED: Expired = Expired { table: "access_tokens", condition: "expires_at < $1" };

/// Revoked tokens without a row of their own that expired before a time.
pub const REVOKED_ENDED: Expired = Expired { table: "revoked_tokens", condition: "expires_at < $1" };

/// Counts of tokens issued in the minutes before a time.
pub const COUNTED: Expired = Expired { table: "issued_tokens", condition: "minute < $1" };

/// Counts of tokens that apps revoked in the hours before a time.
pub const REVOCATIONS_COUNTED: Expired = Expired { table: "token_revocations", condition: "hour < $1" };
