//! The device authorization grant (RFC 8628), for programs and screens without a browser.
//!
//! A device begins at `/oauth/device_authorization` ([`begin`]) and gets two codes: a secret one, and one that a person types
//! ([`user_code`]). It shows the second one with the address of the console's page. A member who is signed in types the code there,
//! and is asked the same question as for `/oauth/authorize` ([`question`], [`consent`](super::consent)). The answer goes into the
//! device authorization's row, not to a redirect URI. Meanwhile the device polls `/oauth/token` with the secret code ([`poll`]).

pub mod begin;
pub mod poll;
pub mod question;
pub mod user_code;

/// The milliseconds for which a device waits for an answer.
pub const LIFETIME_MS: i64 = 10 * 60_000;
/// The seconds that a device waits between two polls at first.
pub const INTERVAL_SECS: i64 = 5;

/// The page on which a member types a user code, also with the code in it.
pub fn page(issuer: &str) -> String {
    format!("{issuer}/oauth/device")
}

/// The page that sends a member back to the device once they have answered.
pub fn page_after(issuer: &str, allowed: bool) -> String {
    format!("{}?answer={}", page(issuer), if allowed { "allowed" } else { "denied" })
}
