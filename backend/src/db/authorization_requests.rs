//! Requests for authorization: those that apps push ahead, and the questions that members are to answer.

use api_types::{
    Scope, Timestamp,
    ids::{OAuthAppId, WorkspaceId},
};
use diesel::prelude::*;
use serde_json::Value;

use super::{
    Conn, Json,
    schema::{authorization_requests, pushed_requests},
};

/// A question as it is stored.
#[derive(Clone, Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = authorization_requests)]
#[diesel(treat_none_as_default_value = false)]
pub struct RequestRow {
    /// Its id.
    pub id: String,
    /// Who asks.
    pub app_id: OAuthAppId,
    /// For which workspace.
    pub workspace_id: WorkspaceId,
    /// The session in which it was asked or shown last, if there was one.
    pub session_digest: Option<String>,
    /// The browser in which it was asked.
    pub browser_digest: String,
    /// Where the answer goes.
    pub redirect_uri: String,
    /// What the app wants back with it.
    pub state: Option<String>,
    /// What it asks for.
    pub scopes: Json<Vec<Scope>>,
    /// What the code's verifier must hash to.
    pub code_challenge: String,
    /// When it is over.
    pub expires_at: Timestamp,
}

/// Stores a question.
pub fn insert(conn: &mut Conn, row: &RequestRow) -> QueryResult<()> {
    diesel::insert_into(authorization_requests::table).values(row).execute(conn).map(drop)
}

/// A question that is not over.
pub fn find(conn: &mut Conn, id: &str, now: Timestamp) -> QueryResult<Option<RequestRow>> {
    authorization_requests::table
        .filter(authorization_requests::id.eq(id))
        .filter(authorization_requests::expires_at.gt(now))
        .select(RequestRow::as_select())
        .first(conn)
        .optional()
}

/// Notes to which session a question was shown.
pub fn show_to(conn: &mut Conn, id: &str, session: &str) -> QueryResult<()> {
    diesel::update(authorization_requests::table.filter(authorization_requests::id.eq(id)))
        .set(authorization_requests::session_digest.eq(session))
        .execute(conn)
        .map(drop)
}

/// Takes a question away because it is answered; `false` where that happened before.
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

/// Takes a pushed request of an app away, for its one use; none where it is not there, over, or used.
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

/// Removes what was over before `before`.
pub fn delete_ended(conn: &mut Conn, before: Timestamp) -> QueryResult<()> {
    diesel::delete(authorization_requests::table.filter(authorization_requests::expires_at.lt(before)))
        .execute(conn)?;
    diesel::delete(pushed_requests::table.filter(pushed_requests::expires_at.lt(before)))
        .execute(conn)
        .map(drop)
}
