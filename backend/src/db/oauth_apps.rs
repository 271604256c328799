//! OAuth apps and their client secrets.

use std::collections::HashMap;

use api_types::{
    Scope, Timestamp,
    api_keys::MemberRef,
    ids::{MemberId, OAuthAppId, SecretId, WorkspaceId},
    oauth_apps::{ClientKind, ClientSecret, GrantType, OAuthApp},
};
use diesel::prelude::*;

use super::{
    Conn, Json,
    schema::{client_secrets, members, oauth_apps},
};
use crate::paging::Slice;

/// An app as it is stored.
#[derive(Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = oauth_apps)]
#[diesel(treat_none_as_default_value = false)]
pub struct AppRow {
    /// Its id, which is its `client_id`.
    pub id: OAuthAppId,
    /// Its workspace.
    pub workspace_id: WorkspaceId,
    /// What members see.
    pub name: String,
    /// What it does.
    pub description: String,
    /// Its homepage, or nothing.
    pub homepage_url: String,
    /// Its logo as a `data:` URL, or nothing.
    pub logo: String,
    /// Whether it can keep a secret.
    pub kind: ClientKind,
    /// Where members may be sent back to.
    pub redirect_uris: Json<Vec<String>>,
    /// What it may ask for.
    pub scopes: Json<Vec<Scope>>,
    /// How it may obtain tokens.
    pub grants: Json<Vec<GrantType>>,
    /// Since when it is suspended.
    pub suspended_at: Option<Timestamp>,
    /// When it was created.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: MemberId,
}

/// What can be changed of an app.
#[derive(Debug, AsChangeset)]
#[diesel(table_name = oauth_apps)]
#[diesel(treat_none_as_null = true)]
pub struct AppUpdate {
    /// What members see.
    pub name: String,
    /// What it does.
    pub description: String,
    /// Its homepage, or nothing.
    pub homepage_url: String,
    /// Its logo, or nothing.
    pub logo: String,
    /// Where members may be sent back to.
    pub redirect_uris: Json<Vec<String>>,
    /// What it may ask for.
    pub scopes: Json<Vec<Scope>>,
    /// How it may obtain tokens.
    pub grants: Json<Vec<GrantType>>,
    /// Since when it is suspended.
    pub suspended_at: Option<Timestamp>,
}

/// A client secret about to be stored.
#[derive(Debug, Insertable)]
#[diesel(table_name = client_secrets)]
pub struct NewSecretRow {
    /// Its id.
    pub id: SecretId,
    /// Its app.
    pub app_id: OAuthAppId,
    /// The app's workspace.
    pub workspace_id: WorkspaceId,
    /// Its first and last characters.
    pub hint: String,
    /// The secret under the pepper.
    pub digest: String,
    /// Which pepper.
    pub pepper_version: i32,
    /// Now.
    pub created_at: Timestamp,
}

type SecretRow =
    (OAuthAppId, SecretId, String, Timestamp, Option<Timestamp>, Option<Timestamp>, Option<String>);

/// Stores an app.
pub fn insert(conn: &mut Conn, row: &AppRow) -> QueryResult<()> {
    diesel::insert_into(oauth_apps::table).values(row).execute(conn).map(drop)
}

/// How many apps a workspace has.
pub fn count(conn: &mut Conn, workspace: WorkspaceId) -> QueryResult<i64> {
    oauth_apps::table
        .filter(oauth_apps::workspace_id.eq(workspace))
        .filter(oauth_apps::deleted_at.is_null())
        .count()
        .get_result(conn)
}

/// One app of a workspace, with the secrets that still work.
pub fn find(
    conn: &mut Conn,
    workspace: WorkspaceId,
    id: OAuthAppId,
    now: Timestamp,
) -> QueryResult<Option<OAuthApp>> {
    let row = oauth_apps::table
        .inner_join(members::table.on(members::id.eq(oauth_apps::created_by)))
        .filter(oauth_apps::workspace_id.eq(workspace))
        .filter(oauth_apps::deleted_at.is_null())
        .filter(oauth_apps::id.eq(id))
        .select((AppRow::as_select(), members::email))
        .first::<(AppRow, String)>(conn)
        .optional()?;
    Ok(with_secrets(conn, row.into_iter().collect(), now)?.pop())
}

/// A workspace's apps, newest first, with one more than the page holds where there are more.
pub fn list(
    conn: &mut Conn,
    workspace: WorkspaceId,
    slice: Slice<OAuthAppId>,
    now: Timestamp,
) -> QueryResult<Vec<OAuthApp>> {
    let mut query = oauth_apps::table
        .inner_join(members::table.on(members::id.eq(oauth_apps::created_by)))
        .filter(oauth_apps::workspace_id.eq(workspace))
        .filter(oauth_apps::deleted_at.is_null())
        .order(oauth_apps::id.desc())
        .limit(slice.fetch())
        .select((AppRow::as_select(), members::email))
        .into_boxed();
    if let Some(before) = slice.before {
        query = query.filter(oauth_apps::id.lt(before));
    }
    let rows = query.load::<(AppRow, String)>(conn)?;
    with_secrets(conn, rows, now)
}

/// Adds to apps the secrets that still work, newest first.
fn with_secrets(conn: &mut Conn, rows: Vec<(AppRow, String)>, now: Timestamp) -> QueryResult<Vec<OAuthApp>> {
    let ids: Vec<OAuthAppId> = rows.iter().map(|(row, _)| row.id).collect();
    let found = client_secrets::table
        .filter(client_secrets::app_id.eq_any(ids))
        .filter(client_secrets::expires_at.is_null().or(client_secrets::expires_at.gt(now)))
        .order(client_secrets::id.desc())
        .select((
            client_secrets::app_id,
            client_secrets::id,
            client_secrets::hint,
            client_secrets::created_at,
            client_secrets::expires_at,
            client_secrets::last_used_at,
            client_secrets::last_used_ip,
        ))
        .load::<SecretRow>(conn)?;
    let mut secrets: HashMap<OAuthAppId, Vec<ClientSecret>> = HashMap::new();
    for (app, id, hint, created_at, expires_at, last_used_at, last_used_ip) in found {
        let secret = ClientSecret { id, hint, created_at, expires_at, last_used_at, last_used_ip };
        secrets.entry(app).or_default().push(secret);
    }
    Ok(rows
        .into_iter()
        .map(|(row, email)| {
            let secrets = secrets.remove(&row.id).unwrap_or_default();
            to_wire(row, email, secrets)
        })
        .collect())
}

fn to_wire(row: AppRow, email: String, secrets: Vec<ClientSecret>) -> OAuthApp {
    OAuthApp {
        id: row.id,
        name: row.name,
        description: row.description,
        homepage_url: row.homepage_url,
        logo: row.logo,
        kind: row.kind,
        redirect_uris: row.redirect_uris.into_inner(),
        scopes: row.scopes.into_inner(),
        grants: row.grants.into_inner(),
        suspended: row.suspended_at.is_some(),
        secrets,
        created_at: row.created_at,
        created_by: MemberRef { id: row.created_by, email },
    }
}

/// Changes an app.
pub fn update(
    conn: &mut Conn,
    workspace: WorkspaceId,
    id: OAuthAppId,
    changes: &AppUpdate,
) -> QueryResult<()> {
    diesel::update(
        oauth_apps::table.filter(oauth_apps::workspace_id.eq(workspace)).filter(oauth_apps::id.eq(id)),
    )
    .set(changes)
    .execute(conn)
    .map(drop)
}

/// Deletes an app, softly; its secrets stop at once.
pub fn delete(conn: &mut Conn, workspace: WorkspaceId, id: OAuthAppId, now: Timestamp) -> QueryResult<()> {
    diesel::update(
        oauth_apps::table.filter(oauth_apps::workspace_id.eq(workspace)).filter(oauth_apps::id.eq(id)),
    )
    .set(oauth_apps::deleted_at.eq(now))
    .execute(conn)?;
    end_secrets(conn, id, now)
}

/// Stores a client secret.
pub fn insert_secret(conn: &mut Conn, row: &NewSecretRow) -> QueryResult<()> {
    diesel::insert_into(client_secrets::table).values(row).execute(conn).map(drop)
}

/// Lets every secret of an app that would work past `at` stop then.
pub fn end_secrets(conn: &mut Conn, app: OAuthAppId, at: Timestamp) -> QueryResult<()> {
    diesel::update(
        client_secrets::table
            .filter(client_secrets::app_id.eq(app))
            .filter(client_secrets::expires_at.is_null().or(client_secrets::expires_at.gt(at))),
    )
    .set(client_secrets::expires_at.eq(at))
    .execute(conn)
    .map(drop)
}

/// Lets one secret of an app stop now.
pub fn end_secret(conn: &mut Conn, app: OAuthAppId, id: SecretId, now: Timestamp) -> QueryResult<()> {
    diesel::update(
        client_secrets::table.filter(client_secrets::app_id.eq(app)).filter(client_secrets::id.eq(id)),
    )
    .set(client_secrets::expires_at.eq(now))
    .execute(conn)
    .map(drop)
}
