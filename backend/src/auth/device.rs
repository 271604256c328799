//! Devices that signed in to an account before, told by a cookie: strangers who use up the attempts to sign in to the account
//! cannot keep them out. The cookie is no credential, and says nothing of the account to who reads it.

use actix_web::{
    HttpRequest,
    cookie::{Cookie, SameSite, time},
};
use subtle::ConstantTimeEq;

use crate::{base::Base, crypto};

/// How long a device is known after its last sign-in, in days.
const DAYS: i64 = 180;

/// A device, by the account that signed in on it.
#[derive(Clone, Debug)]
pub struct Device {
    /// A random id, the same for as long as the device is known.
    pub id: String,
}

/// The cookie, before [`Settings::cookie_name`].
const COOKIE: &str = "sayless-device";

/// The device of a request, where it signed in to this account before.
pub fn of_request(base: &Base, request: &HttpRequest, email: &str) -> Option<Device> {
    let cookie = request.cookie(&base.settings.cookie_name(COOKIE))?;
    let (id, rest) = cookie.value().split_once('.')?;
    let (until, tag) = rest.split_once('.')?;
    let is_ours = bool::from(tag.as_bytes().ct_eq(tag_of(base, email, id, until).as_bytes()));
    let is_known = is_ours && until.parse::<i64>().is_ok_and(|until| until > base.now().as_secs());
    is_known.then(|| Device { id: id.to_owned() })
}

/// The cookie by which a device is known to this account from now on; a device that is known keeps its id.
pub fn cookie(base: &Base, email: &str, known: Option<Device>) -> Cookie<'static> {
    let id = known.map_or_else(|| crypto::text(&base.random.bytes::<16>()), |device| device.id);
    let until = (base.now().as_secs() + DAYS * 86_400).to_string();
    let tag = tag_of(base, email, &id, &until);
    Cookie::build(base.settings.cookie_name(COOKIE), format!("{id}.{until}.{tag}"))
        .path("/")
        .max_age(time::Duration::days(DAYS))
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(base.settings.is_https())
        .finish()
}

fn tag_of(base: &Base, email: &str, id: &str, until: &str) -> String {
    let parts = ["known device", email, id, until];
    crypto::text(&base.keys.tag(&parts.map(str::as_bytes)))
}
