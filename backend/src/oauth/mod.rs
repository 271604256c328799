//! The OAuth 2.1 server: third-party apps act for a member who agrees, or as themselves.
//!
//! [`authorize`] checks what an app asks for and sends the member to the console's consent screen, whose answer is
//! [`consent`]'s; [`token`] then gives tokens for the code ([`code`]), for a refresh token ([`refresh`]) or for the app's own
//! secret. [`access_token`] says what such a token is, `auth::identify` what it may do. [`revoke`], [`introspect`],
//! [`par`] and [`metadata`] are what their RFCs say. Every endpoint that takes a client takes it by [`client`].

pub mod access_token;
pub mod authorize;
pub mod client;
pub mod code;
pub mod consent;
pub mod error;
pub mod introspect;
pub mod issued;
pub mod metadata;
pub mod page;
pub mod par;
pub mod params;
pub mod redirect_uri;
pub mod refresh;
pub mod refresh_token;
pub mod request;
pub mod revoke;
pub mod signing_keys;
pub mod token;

use crate::app::App;

/// What we are called: in metadata, in tokens and in answers to apps, always byte for byte the same (RFC 8414, section 2).
pub fn issuer(app: &App) -> String {
    app.settings.public_url.origin().ascii_serialization()
}
