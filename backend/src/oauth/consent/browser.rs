//! The cookies that bind an authorization request to the browser in which it was begun: signing in changes the session, but not
//! these.
//!
//! A browser has one cookie for all its requests. Where it has none yet, each request brings one more, of its own: two tabs that
//! are opened at once are each given a cookie for the browser, and one of these takes the other's place.

use actix_web::{
    HttpRequest,
    cookie::{Cookie, SameSite, time::Duration},
};

use crate::{
    base::{Base, Settings},
    crypto,
};

/// The characters of a request's id that stand in the name of its own cookie.
const IN_NAME: usize = 8;

/// A browser in which an authorization request is begun.
#[derive(Debug)]
pub struct Browser {
    /// The digest of the cookie's value.
    pub digest: String,
    /// The cookie's value, where the browser has none yet.
    new: Option<String>,
}

/// The name of the cookie that a browser has for all requests.
fn cookie_name(settings: &Settings) -> String {
    settings.cookie_name("sayless-browser")
}

fn own_cookie_name(settings: &Settings, id: &str) -> String {
    format!("{}-{}", cookie_name(settings), id.get(..IN_NAME).unwrap_or_default())
}

/// The digest of a cookie, if the browser has it.
fn digest_of(request: &HttpRequest, name: &str) -> Option<String> {
    request.cookie(name).map(|cookie| crypto::sha256_text(cookie.value().as_bytes()))
}

/// The digest of the browser's cookie, if it has one.
pub fn known(settings: &Settings, request: &HttpRequest) -> Option<String> {
    digest_of(request, &cookie_name(settings))
}

/// The digests of the cookies by which the browser may know the request with this id.
pub fn known_for(settings: &Settings, request: &HttpRequest, id: &str) -> Vec<String> {
    let own = digest_of(request, &own_cookie_name(settings, id));
    known(settings, request).into_iter().chain(own).collect()
}

/// The browser that sent a request.
pub fn recognise(base: &Base, request: &HttpRequest) -> Browser {
    if let Some(digest) = known(&base.settings, request) {
        return Browser { digest, new: None };
    }
    let value = crypto::text(&base.random.bytes::<32>());
    Browser { digest: crypto::sha256_text(value.as_bytes()), new: Some(value) }
}

impl Browser {
    /// The cookies that a browser is given which had none, with the request of this id, which lives so many milliseconds.
    pub fn cookies(&self, settings: &Settings, id: &str, lifetime_ms: i64) -> Vec<Cookie<'static>> {
        let Some(value) = &self.new else { return Vec::new() };
        let make = |name: String| {
            Cookie::build(name, value.clone())
                .path("/")
                .http_only(true)
                .same_site(SameSite::Lax)
                .secure(settings.is_https())
        };
        let own = make(own_cookie_name(settings, id)).max_age(Duration::milliseconds(lifetime_ms));
        vec![make(cookie_name(settings)).finish(), own.finish()]
    }
}
