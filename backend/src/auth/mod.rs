//! How a request is identified.
//!
//! 1. **Credential.** [`identify`] is the middleware of `/v1`. It reads the client's [`address`], then the one credential of the
//!    request: an API key or an access token in the `Authorization` header, or a browser's session cookie ([`session`]). A key
//!    is looked up by its digest. An access token is a JWT with [`claims`]; [`access_token`] verifies its signature against the
//!    [`signing_keys`], and [`live_token`] looks up what it stands for now.
//! 2. **Principal.** The look-up gives a [`Principal`]: a workspace, and the member, key or app that calls. Look-ups are
//!    believed for a second ([`cache`]), and each credential's requests are counted ([`limiter`]). [`usage`] notes the last use (and, for the OAuth server, [`failed_requests`]), and
//!    the first use of a key that replaces another ends that one ([`takeover`]).
//! 3. **Permission.** A handler takes `Caller<P>`, where `P` is a marker of [`permission`]. The extractor in [`caller`] compares
//!    the principal with the marker, and refuses before the handler runs. A change that rides on a cookie must come from the
//!    console's own [`origin`].
//!
//! Sign-in attempts are slowed down by [`throttle`], where a known [`device`] has a share of its own; networks from which OAuth apps
//! proved themselves are [`proven`]. What is counted stands in bounded tables ([`recent`]). [`parts`] holds the pieces that all of
//! this shares.

pub mod access_token;
pub mod address;
pub mod cache;
pub mod caller;
pub mod claims;
pub mod device;
pub mod failed_requests;
pub mod identify;
pub mod limiter;
pub mod live_token;
pub mod origin;
pub mod parts;
pub mod permission;
pub mod principal;
pub mod proven;
pub mod recent;
pub mod session;
pub mod signing_keys;
pub mod takeover;
pub mod throttle;
pub mod usage;
mod workspace;

pub use caller::{Admin, Caller};
pub use principal::{Identity, Principal};
