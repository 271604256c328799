//! Browser sessions: an opaque 256-bit token in a cookie, stored hashed; 12 h idle, 7 days at most.

use actix_web::{
    HttpRequest,
    cookie::{Cookie, SameSite},
};
use api_types::{ProblemType, Timestamp};

use super::principal::{Identity, Principal};
use crate::{
    app::{App, Settings},
    crypto,
    db::sessions,
    problem::Failure,
};

/// Ends a session that nobody used for so long.
pub const IDLE_MS: i64 = 12 * 3_600_000;
/// Ends a session however busy.
pub const MAX_MS: i64 = 7 * 24 * 3_600_000;
/// How stale the noted last use may be: one write a minute and session.
const TOUCH_MS: i64 = 60_000;

/// The cookie's name: `__Host-` binds it to our host, where there is TLS.
pub fn cookie_name(settings: &Settings) -> &'static str {
    if settings.is_https() { "__Host-sayless" } else { "sayless" }
}

/// The cookie that carries `token`; an empty one to take it away.
pub fn cookie(settings: &Settings, token: &str) -> Cookie<'static> {
    let mut cookie = Cookie::build(cookie_name(settings), token.to_owned())
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
    request.cookie(cookie_name(settings)).map(|cookie| digest(cookie.value()))
}

/// Why a request without a living session is refused.
pub fn nobody() -> Failure {
    Failure::new(
        ProblemType::Unauthenticated,
        "Sign in, or send an API key or an access token as: Authorization: Bearer …",
    )
    .challenge("Bearer")
}

/// Whom a session speaks for, and whether its last use is old enough to be noted anew.
pub async fn look_up(app: &App, session: &str) -> Result<(Principal, bool), Failure> {
    let now = app.clock.now();
    let wanted = session.to_owned();
    let found = app.db.read(move |conn| Ok::<_, Failure>(sessions::find(conn, &wanted)?)).await?;
    let found = found.filter(|found| is_alive(found, now)).ok_or_else(nobody)?;
    let stale = now.millis_since(found.last_seen_at) >= TOUCH_MS;
    let session = session.to_owned();
    let identity = Identity::Member { id: found.member_id, email: found.email, role: found.role, session };
    Ok((Principal { workspace: found.workspace, identity }, stale))
}

/// Notes that a session was used.
pub async fn touch(app: &App, session: &str) -> Result<(), Failure> {
    let (session, now) = (session.to_owned(), app.clock.now());
    app.db.write(move |tx| Ok::<_, Failure>(sessions::touch(tx, &session, now)?)).await
}

fn is_alive(session: &sessions::FoundSession, now: Timestamp) -> bool {
    now.millis_since(session.last_seen_at) < IDLE_MS && now.millis_since(session.created_at) < MAX_MS
}
