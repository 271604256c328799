//! Authorization requests: the parameters that apps push ahead, and the consent questions that wait for a member's
//! answer.

use api_types::{
    Scope, Timestamp,
    ids::{OAuthAppId, WorkspaceId},
};
use diesel::prelude::*;
use serde_json::Value;

use super::{
    Conn, Json, dialect,
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
    /// Digest of the pushed request that the question was made of; `None` where it came with the browser.
    pub pushed_digest: Option<String>,
    /// The app wants it asked, whatever the member allowed before.
    pub ask_again: bool,
    /// Digest of the session that is too old for the app; its member signs in anew.
    pub stale_session: Option<String>,
    /// The e-mail address of the member whom the app expects.
    pub login_hint: Option<String>,
    /// Digest of the code of the device that waits for the answer; `redirect_uri` and `code_challenge` are empty then.
    pub device_digest: Option<String>,
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

/// An app's pushed request, by one of `digests`: the digest and the parameters; `None` where it is unknown, expired or answered.
pub fn pushed(
    conn: &mut Conn,
    digests: &[String],
    app: OAuthAppId,
    now: Timestamp,
) -> QueryResult<Option<(String, Value)>> {
    let found = pushed_requests::table
        .filter(pushed_requests::digest.eq_any(digests))
        .filter(pushed_requests::app_id.eq(app))
        .filter(pushed_requests::expires_at.gt(now))
        .select((pushed_requests::digest, pushed_requests::parameters))
        .first::<(String, Json<Value>)>(conn)
        .optional()?;
    Ok(found.map(|(digest, parameters)| (digest, parameters.into_inner())))
}

/// `true` while a pushed request waits for its answer.
pub fn is_pushed(conn: &mut Conn, digest: &str) -> QueryResult<bool> {
    let found = pushed_requests::table.filter(pushed_requests::digest.eq(digest));
    diesel::select(diesel::dsl::exists(found)).get_result(conn)
}

/// The questions that were made of a pushed request and wait for an answer.
pub fn of_pushed(conn: &mut Conn, digest: &str, now: Timestamp) -> QueryResult<Vec<RequestRow>> {
    authorization_requests::table
        .filter(authorization_requests::pushed_digest.eq(digest))
        .filter(authorization_requests::expires_at.gt(now))
        .select(RequestRow::as_select())
        .load(conn)
}

/// Makes answers to a pushed request come one after the other: it may have been opened in two places, and have two questions.
pub fn lock_pushed(conn: &mut Conn, digest: &str) -> QueryResult<()> {
    dialect::lock(conn, &format!("pushed request {digest}"))
}

/// Removes a pushed request because it is answered, with every question that was made of it; `false` where it was gone.
pub fn use_up(conn: &mut Conn, digest: &str) -> QueryResult<bool> {
    lock_pushed(conn, digest)?;
    diesel::delete(authorization_requests::table.filter(authorization_requests::pushed_digest.eq(digest)))
        .execute(conn)?;
    diesel::delete(pushed_requests::table.filter(pushed_requests::digest.eq(digest)))
        .execute(conn)
        .map(|taken| taken == 1)
}

/// The questions about a device that wait for an answer.
pub fn of_device(conn: &mut Conn, digest: &str, now: Timestamp) -> QueryResult<Vec<RequestRow>> {
    authorization_requests::table
        .filter(authorization_requests::device_digest.eq(digest))
        .filter(authorization_requests::expires_at.gt(now))
        .select(RequestRow::as_select())
        .load(conn)
}

/// Removes every question about a device because one of them is answered.
pub fn remove_of_device(conn: &mut Conn, digest: &str) -> QueryResult<()> {
    diesel::delete(authorization_requests::table.filter(authorization_requests::device_digest.eq(digest)))
        .execute(conn)
        .map(drop)
}

/// Questions that expired before a time.
pub const ENDED: Expired = Expired { table: "authorization_requests", condition: "expires_at < $1" };

/// Pushed requests that expired before a time.
pub const PUSHED_ENDED: Expired = Expired { table: "pushed_requests", condition: "expires_at < $1" };
