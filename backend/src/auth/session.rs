//! Browser sessions: an opaque 256-bit token in a cookie, stored hashed; 12 h idle, 7 days at most.

use actix_web::{
    HttpRequest,
    cookie::{Cookie, SameSite},
};
use api_types::{ProblemType, Timestamp};

use super::principal::{Identity, Principal};
use crate::{
    base::{Base, Settings},
    crypto,
    db::{DbError, sessions, share},
    http::problem::Failure,
};

/// How long a session lives without being used, in milliseconds.
pub const IDLE_MS: i64 = 12 * 3_600_000;
/// How long a session lives however busy, in milliseconds.
pub const MAX_MS: i64 = 7 * 24 * 3_600_000;
/// How stale the noted last use may be, in milliseconds: one write a minute and session.
const TOUCH_MS: i64 = 60_000;

/// The cookie, before [`Settings::cookie_name`].
const COOKIE: &str = "sayless";

/// The cookie that carries `token`; an empty one to take it away.
pub fn cookie(settings: &Settings, token: &str) -> Cookie<'static> {
    let mut cookie = Cookie::build(settings.cookie_name(COOKIE), token.to_owned())
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(settings.is_https())
        .finish();
    if token.is_empty() {
        cookie.make_removal();
    }
    cookie
}

/// The digest under which a session is stored.
pub fn digest(token: &str) -> String {
    crypto::sha256_text(token.as_bytes())
}

/// The digest of the session that a request's cookie names.
pub fn of_request(settings: &Settings, request: &HttpRequest) -> Option<String> {
    request.cookie(&settings.cookie_name(COOKIE)).map(|cookie| digest(cookie.value()))
}

/// The refusal of a request without a living session.
pub fn unauthenticated() -> Failure {
    Failure::new(
        ProblemType::Unauthenticated,
        "Sign in, or send an API key or an access token as: Authorization: Bearer …",
    )
}

/// A session that lives, looked up just now.
#[derive(Debug)]
pub struct LiveSession {
    /// The member who is signed in.
    pub principal: Principal,
    /// The time at which the member signed in.
    pub created_at: Timestamp,
    /// `true` where the last use is to be noted anew, by [`touch`].
    pub is_stale: bool,
}

/// Looks up the session with this digest.
pub async fn look_up(base: &Base, session: &str) -> Result<LiveSession, Failure> {
    let now = base.now();
    let digest = session.to_owned();
    let found = base.db.query(move |conn| sessions::find(conn, &digest)).await?;
    let found = found.filter(|found| is_alive(found, now)).ok_or_else(unauthenticated)?;
    share::belongs_to(found.workspace.id);
    let is_stale = now.millis_since(found.last_seen_at) >= TOUCH_MS;
    let created_at = found.created_at;
    let session = session.to_owned();
    let identity = Identity::Member { id: found.member_id, email: found.email, role: found.role, session };
    Ok(LiveSession { principal: Principal { workspace: found.workspace, identity }, created_at, is_stale })
}

/// Notes that a session was used.
pub async fn touch(base: &Base, session: &str) -> Result<(), DbError> {
    let digest = session.to_owned();
    base.db
        .execute(move |tx| {
            let now = tx.now();
            sessions::touch(tx, &digest, now)
        })
        .await
}

fn is_alive(session: &sessions::FoundSession, now: Timestamp) -> bool {
    now.millis_since(session.last_seen_at) < IDLE_MS && now.millis_since(session.created_at) < MAX_MS
}
