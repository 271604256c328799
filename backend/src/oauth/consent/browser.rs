//! The cookie that binds an authorization request to the browser in which it was begun: signing in changes the session, but not
//! this.

use actix_web::{
    HttpRequest,
    cookie::{Cookie, SameSite},
};

use crate::{
    base::{Base, Settings},
    crypto,
};

/// A browser in which an authorization request is begun.
#[derive(Debug)]
pub struct Browser {
    /// The digest of the cookie's value.
    pub digest: String,
    /// The cookie, where the browser has none yet.
    pub cookie: Option<Cookie<'static>>,
}

fn cookie_name(settings: &Settings) -> &'static str {
    if settings.is_https() { "__Host-sayless-browser" } else { "sayless-browser" }
}

/// The digest of the browser's cookie, if the browser has one.
pub fn known(settings: &Settings, request: &HttpRequest) -> Option<String> {
    request.cookie(cookie_name(settings)).map(|cookie| crypto::sha256_text(cookie.value().as_bytes()))
}

/// The browser that sent a request; one that has no cookie yet is given one.
pub fn recognise(base: &Base, request: &HttpRequest) -> Browser {
    if let Some(digest) = known(&base.settings, request) {
        return Browser { digest, cookie: None };
    }
    let value = crypto::text(&base.random.bytes::<32>());
    let digest = crypto::sha256_text(value.as_bytes());
    let cookie = Cookie::build(cookie_name(&base.settings), value)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(base.settings.is_https())
        .finish();
    Browser { digest, cookie: Some(cookie) }
}
