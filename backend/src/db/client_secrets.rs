//! The client secrets of OAuth apps: stored as digests, listed without what they are, ended by time.

use std::collections::HashMap;

use api_types::{
    Timestamp,
    ids::{OAuthAppId, SecretId, WorkspaceId},
    oauth_apps::ClientSecret,
};
use diesel::prelude::*;

use super::{Conn, Slice, expiry::Expired, schema::client_secrets};

/// A client secret about to be stored.
#[derive(Debug, Insertable)]
#[diesel(table_name = client_secrets)]
pub struct NewClientSecretRow {
    pub id: SecretId,
    pub app_id: OAuthAppId,
    pub workspace_id: WorkspaceId,
    /// First and last characters of the secret, by which members recognize it.
    pub hint: String,
    /// HMAC of the secret under the pepper.
    pub digest: String,
    /// Version of the pepper that made `digest`.
    pub pepper_version: i32,
    pub created_at: Timestamp,
}

type SecretRow =
    (OAuthAppId, SecretId, String, Timestamp, Option<Timestamp>, Option<Timestamp>, Option<String>);

/// The secrets that work at `$now`, newest first.
macro_rules! working {
    ($now:expr) => {
        client_secrets::table
            .filter(client_secrets::expires_at.is_null().or(client_secrets::expires_at.gt($now)))
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
    };
}

fn secret_to_wire(row: SecretRow) -> ClientSecret {
    let (_, id, hint, created_at, expires_at, last_used_at, last_used_ip) = row;
    ClientSecret { id, hint, created_at, expires_at, last_used_at, last_used_ip }
}

/// The secrets of apps that still work: those that never end first, else newest first.
pub fn of_apps(
    conn: &mut Conn,
    ids: &[OAuthAppId],
    now: Timestamp,
) -> QueryResult<HashMap<OAuthAppId, Vec<ClientSecret>>> {
    let found = working!(now).filter(client_secrets::app_id.eq_any(ids)).load::<SecretRow>(conn)?;
    let mut secrets: HashMap<OAuthAppId, Vec<ClientSecret>> = HashMap::new();
    for row in found {
        secrets.entry(row.0).or_default().push(secret_to_wire(row));
    }
    for secrets in secrets.values_mut() {
        // Of rotations that ran at once, the one that finished last may have begun first.
        secrets.sort_by_key(|secret| secret.expires_at.is_some());
    }
    Ok(secrets)
}

/// An app's secrets that still work, newest first, with one more than the page holds where there are more.
pub fn list(
    conn: &mut Conn,
    app: OAuthAppId,
    slice: Slice<SecretId>,
    now: Timestamp,
) -> QueryResult<Vec<ClientSecret>> {
    let mut query = working!(now).filter(client_secrets::app_id.eq(app)).limit(slice.fetch()).into_boxed();
    if let Some(before) = slice.before {
        query = query.filter(client_secrets::id.lt(before));
    }
    Ok(query.load::<SecretRow>(conn)?.into_iter().map(secret_to_wire).collect())
}

pub fn insert(conn: &mut Conn, row: &NewClientSecretRow) -> QueryResult<()> {
    diesel::insert_into(client_secrets::table).values(row).execute(conn).map(drop)
}

/// Lets every secret of an app that would work past `at` stop then.
pub fn end_all(conn: &mut Conn, app: OAuthAppId, at: Timestamp) -> QueryResult<()> {
    diesel::update(
        client_secrets::table
            .filter(client_secrets::app_id.eq(app))
            .filter(client_secrets::expires_at.is_null().or(client_secrets::expires_at.gt(at))),
    )
    .set(client_secrets::expires_at.eq(at))
    .execute(conn)
    .map(drop)
}

/// Milliseconds for which a secret that has stopped is still recognized, so that an app learns why it is refused: 7 days.
pub const RECOGNIZED_MS: i64 = 7 * 24 * 3_600_000;
/// The most secrets of an app that have stopped and are still recognized.
const MAX_STOPPED: i64 = 20;

/// Removes an app's secrets that have stopped, but for the last few, which are still recognized.
pub fn delete_stopped(conn: &mut Conn, app: OAuthAppId, now: Timestamp) -> QueryResult<()> {
    let kept: Vec<SecretId> = client_secrets::table
        .filter(client_secrets::app_id.eq(app))
        .filter(client_secrets::expires_at.le(now))
        .order((client_secrets::expires_at.desc(), client_secrets::id.desc()))
        .limit(MAX_STOPPED)
        .select(client_secrets::id)
        .load(conn)?;
    diesel::delete(
        client_secrets::table
            .filter(client_secrets::app_id.eq(app))
            .filter(client_secrets::expires_at.le(now))
            .filter(client_secrets::id.ne_all(kept)),
    )
    .execute(conn)
    .map(drop)
}

/// A client secret that is known by its digest, whether it works or not.
#[derive(Clone, Copy, Debug)]
pub struct StoredSecret {
    pub app_id: OAuthAppId,
    pub expires_at: Option<Timestamp>,
}

/// The secret of a workspace's apps that is stored under one of `digests`, also where it has stopped. Secrets of other workspaces are
/// nobody's here.
pub fn stored(
    conn: &mut Conn,
    workspace: WorkspaceId,
    digests: &[String],
) -> QueryResult<Option<StoredSecret>> {
    let found = client_secrets::table
        .filter(client_secrets::digest.eq_any(digests))
        .filter(client_secrets::workspace_id.eq(workspace))
        .select((client_secrets::app_id, client_secrets::expires_at))
        .first::<(OAuthAppId, Option<Timestamp>)>(conn)
        .optional()?;
    Ok(found.map(|(app_id, expires_at)| StoredSecret { app_id, expires_at }))
}

/// Secrets that stopped before a time.
pub const ENDED: Expired = Expired { table: "client_secrets", condition: "expires_at < $1" };

/// Lets one secret of an app stop now.
pub fn end(conn: &mut Conn, app: OAuthAppId, id: SecretId, now: Timestamp) -> QueryResult<()> {
    diesel::update(
        client_secrets::table.filter(client_secrets::app_id.eq(app)).filter(client_secrets::id.eq(id)),
    )
    .set(client_secrets::expires_at.eq(now))
    .execute(conn)
    .map(drop)
}
