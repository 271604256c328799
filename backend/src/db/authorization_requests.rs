//! Authorization requests: the parameters that apps push ahead, and the consent questions that wait for a member's
//! answer.

use api_types::{
    Scope, Timestamp,
    ids::{OAuthAppId, WorkspaceId},
};
use diesel::prelude::*;
use serde_json::Value;

use super::{
    Conn, Json,
    expiry::Expired,
    schema::{authorization_requests, pushed_requests},
};

/// A consent question as it is stored.
#[derive(Clone, Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = authorization_requests)]
#[diesel(treat_none_as_default_value = false)]
pub struct RequestRow {
    pub id: String,
    pub app_id: OAuthAppId,
    pub workspace_id: WorkspaceId,
    /// Digest of the session in which the question was asked or last shown; `None` where there was no session.
    pub session_digest: Option<String>,
    /// Digest that marks the browser in which the question was asked.
    pub browser_digest: String,
    pub redirect_uri: String,
    /// Opaque value that the app gets back with the answer.
    pub state: Option<String>,
    pub scopes: Json<Vec<Scope>>,
    /// PKCE challenge: the hash that the app's verifier must have.
    pub code_challenge: String,
    pub expires_at: Timestamp,
    /// The audience of the tokens, where the app named one.
    pub resource: Option<String>,
}

pub fn insert(conn: &mut Conn, row: &RequestRow) -> QueryResult<()> {
    diesel::insert_into(authorization_requests::table).values(row).execute(conn).map(drop)
}

/// The question with this id, unless it has expired.
pub fn find(conn: &mut Conn, id: &str, now: Timestamp) -> QueryResult<Option<RequestRow>> {
    authorization_requests::table
        .filter(authorization_requests::id.eq(id))
        .filter(authorization_requests::expires_at.gt(now))
        .select(RequestRow::as_select())
        .first(conn)
        .optional()
}

/// Records the session that a question was shown to.
pub fn show_to(conn: &mut Conn, id: &str, session: &str) -> QueryResult<()> {
    diesel::update(authorization_requests::table.filter(authorization_requests::id.eq(id)))
        .set(authorization_requests::session_digest.eq(session))
        .execute(conn)
        .map(drop)
}

/// Removes a question because it is answered; `false` where another answer removed it before.
pub fn take(conn: &mut Conn, id: &str) -> QueryResult<bool> {
    diesel::delete(authorization_requests::table.filter(authorization_requests::id.eq(id)))
        .execute(conn)
        .map(|taken| taken == 1)
}

/// Stores a pushed request's parameters.
pub fn push(
    conn: &mut Conn,
    digest: &str,
    app: OAuthAppId,
    parameters: Value,
    expires_at: Timestamp,
) -> QueryResult<()> {
    diesel::insert_into(pushed_requests::table)
        .values((
            pushed_requests::digest.eq(digest),
            pushed_requests::app_id.eq(app),
            pushed_requests::parameters.eq(Json::new(parameters)),
            pushed_requests::expires_at.eq(expires_at),
        ))
        .execute(conn)
        .map(drop)
}

/// Removes an app's pushed request for its one use and returns the parameters; `None` where the request is unknown,
/// expired or used.
pub fn pull(
    conn: &mut Conn,
    digests: &[String],
    app: OAuthAppId,
    now: Timestamp,
) -> QueryResult<Option<Value>> {
    let found = pushed_requests::table
        .filter(pushed_requests::digest.eq_any(digests))
        .filter(pushed_requests::app_id.eq(app))
        .filter(pushed_requests::expires_at.gt(now))
        .select((pushed_requests::digest, pushed_requests::parameters))
        .first::<(String, Json<Value>)>(conn)
        .optional()?;
    let Some((digest, parameters)) = found else { return Ok(None) };
    let taken =
        diesel::delete(pushed_requests::table.filter(pushed_requests::digest.eq(digest))).execute(conn)?;
    Ok((taken == 1).then(|| parameters.into_inner()))
}

/// Questions that expired before a time.
pub const ENDED: Expired = Expired { table: "authorization_requests", condition: "expires_at < $1" };

/// Pushed requests that expired before a time.
pub const PUSHED_ENDED: Expired = Expired { table: "pushed_requests", condition: "expires_at < $1" };
