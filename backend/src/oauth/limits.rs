//! How often the OAuth endpoints may be called, on one node.
//!
//! An app that proves itself by its secret counts against its own name alone, so that nobody else can use up its share. All other
//! requests count against the network that they come from (an IPv4 address, or the /64 of an IPv6 one), and those of a public app
//! against the app on that network: a `client_id` is no secret, and whoever knows it must not be able to keep the app out
//! elsewhere. Wrong secrets are counted per app and network, too (RFC 6749, section 2.3.1). An app that has proved itself from
//! a network lately is let through to the proof whatever else comes from there.
//!
//! A refusal is 429 with `Retry-After`. RFC 6749 has no code for that; `temporarily_unavailable` ("temporary overloading", section
//! 4.1.2.1) is the registered one that says it. `slow_down` (RFC 8628) is for a device that polls sooner than it was told to.

use std::net::IpAddr;

use api_types::{
    ids::{MemberId, OAuthAppId},
    oauth_apps::{ClientKind, GrantType},
    oauth_failures::FailureCause,
};

use super::error::{ErrorCode, OAuthError};
use crate::{
    auth::{limiter::MINUTE_MS, parts::Auth},
    db::oauth_clients::ClientRecord,
    ranges,
};

/// The largest form, in bytes. Tokens, codes and verifiers are far smaller; a `state` may be large.
pub const MAX_FORM: usize = 32 * 1024;
/// The most parameters of a form or a query.
pub const MAX_PARAMETERS: usize = 64;
/// The most bytes that a pushed request may keep: 16 KiB.
pub const MAX_PUSHED: usize = 16 * 1024;

/// So many requests in such a time; all may come at once, and are given back evenly.
#[derive(Clone, Copy)]
struct Limit {
    requests: u32,
    window_ms: i64,
}

const fn per_minute(requests: u32) -> Limit {
    Limit { requests, window_ms: 60_000 }
}

/// Requests for authorization from one network.
const AUTHORIZE: Limit = per_minute(300);
/// Documents that are fetched for one member, and for one network.
const DOCUMENTS: Limit = per_minute(30);
/// Requests without a proof from one network: of public apps, of unknown ones, with a wrong secret, and the first with a right one.
const UNPROVEN: Limit = per_minute(1_200);
/// Wrong secrets for one app from one network.
const WRONG_SECRETS: Limit = per_minute(30);
/// Tokens of one app for itself. Each costs a signature and stores nothing; this is more than a node of two cores can sign.
const CLIENT_CREDENTIALS: Limit = Limit { requests: 50_000, window_ms: 1_000 };
/// Codes and refresh tokens of one app: each is a transaction.
const MEMBERS_TOKENS: Limit = per_minute(30_000);
/// The same of a public app on one network.
const MEMBERS_TOKENS_PUBLIC: Limit = per_minute(600);
/// Pushed requests of one app, public ones included: each is a row for a minute and a half, and gone within minutes.
const PUSHED: Limit = per_minute(600);
/// The same of a public app on one network.
const PUSHED_PUBLIC: Limit = per_minute(60);
/// Devices of one app that begin to wait, public apps included: each is a row for a day.
const DEVICES: Limit = per_minute(600);
/// Devices of a public app on one network that begin to wait.
const DEVICES_PUBLIC: Limit = per_minute(20);
/// Polls of one app's devices.
const DEVICE_POLLS: Limit = per_minute(30_000);
/// Polls of a public app's devices on one network.
const DEVICE_POLLS_PUBLIC: Limit = per_minute(1_200);
/// Wrong user codes that one member types.
const WRONG_USER_CODES: u32 = 5;
/// Wrong user codes that are typed on one network.
const WRONG_USER_CODES_OF_NETWORK: u32 = 30;
/// Tokens given back by one app.
const REVOKED: Limit = per_minute(6_000);
/// The same by a public app on one network.
const REVOKED_PUBLIC: Limit = per_minute(300);
/// Questions of one app about its tokens.
const INTROSPECTED: Limit = per_minute(60_000);

/// Failed requests from one network whose app is looked up, so that its admins learn of them.
const EXPLAINED: Limit = per_minute(300);

/// What an app asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// Tokens by this grant.
    Tokens(GrantType),
    /// To have a request for authorization kept.
    Push,
    /// To have a device wait for a member.
    Device,
    /// To give a token back.
    Revoke,
    /// What a token is good for.
    Introspect,
}

impl Call {
    /// The name of the count.
    const fn name(self) -> &'static str {
        match self {
            Self::Tokens(GrantType::ClientCredentials) => "client_credentials",
            Self::Tokens(GrantType::AuthorizationCode | GrantType::RefreshToken) => "tokens",
            Self::Tokens(GrantType::DeviceCode) => "device_code",
            Self::Push => "par",
            Self::Device => "device",
            Self::Revoke => "revoke",
            Self::Introspect => "introspect",
        }
    }

    /// The limit of one app.
    const fn of_app(self) -> Limit {
        match self {
            Self::Tokens(GrantType::ClientCredentials) => CLIENT_CREDENTIALS,
            Self::Tokens(GrantType::AuthorizationCode | GrantType::RefreshToken) => MEMBERS_TOKENS,
            Self::Tokens(GrantType::DeviceCode) => DEVICE_POLLS,
            Self::Push => PUSHED,
            Self::Device => DEVICES,
            Self::Revoke => REVOKED,
            Self::Introspect => INTROSPECTED,
        }
    }

    /// The limit of a public app on one network.
    const fn of_public_app(self) -> Limit {
        match self {
            Self::Tokens(GrantType::DeviceCode) => DEVICE_POLLS_PUBLIC,
            Self::Push => PUSHED_PUBLIC,
            Self::Device => DEVICES_PUBLIC,
            Self::Revoke => REVOKED_PUBLIC,
            Self::Tokens(_) | Self::Introspect => MEMBERS_TOKENS_PUBLIC,
        }
    }
}

/// Counts one request; the seconds to wait where it is one too many.
fn take(auth: &Auth, key: &str, limit: Limit) -> Option<u64> {
    let Limit { requests, window_ms } = limit;
    auth.cache.limiter.take_within(key, requests, window_ms, auth.base.clock.monotonic()).retry_after
}

/// The refusal of one request too many.
pub fn too_many(seconds: u64) -> OAuthError {
    OAuthError::new(
        ErrorCode::TemporarilyUnavailable,
        FailureCause::TooManyRequests,
        "Too many requests. Retry-After says when to try again.",
    )
    .too_many(seconds)
}

/// Counts a request for authorization; the seconds to wait where it is one too many from its network.
pub fn authorize(auth: &Auth, ip: IpAddr) -> Option<u64> {
    take(auth, &format!("oauth authorize {}", ranges::network(ip)), AUTHORIZE)
}

/// Counts a document that is to be fetched for a member, and refuses it where there were too many.
pub fn fetch_document(auth: &Auth, ip: IpAddr, member: MemberId) -> Result<(), OAuthError> {
    let of_network = take(auth, &format!("oauth documents from {}", ranges::network(ip)), DOCUMENTS);
    let of_member = take(auth, &format!("oauth documents of {member}"), DOCUMENTS);
    of_network.max(of_member).map_or(Ok(()), |seconds| Err(too_many(seconds)))
}

/// Counts a failed request; `false` where its network has had so many that no more are looked into.
pub fn explain(auth: &Auth, network: IpAddr) -> bool {
    take(auth, &format!("oauth explained {network}"), EXPLAINED).is_none()
}

/// A request on its way to a proof.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    /// The app that the request names; none where that is no app's id.
    app: Option<OAuthAppId>,
    network: IpAddr,
    /// The app proved itself from this network lately.
    proven: bool,
}

impl Attempt {
    /// Counts a request that names the app `id`, and refuses it where too many came from its network without a proof.
    pub fn begin(auth: &Auth, id: &str, ip: IpAddr) -> Result<Self, OAuthError> {
        let network = ranges::network(ip);
        let app = id.parse::<OAuthAppId>().ok();
        let proven = app.is_some_and(|app| auth.proven.holds(app, network, auth.base.clock.monotonic()));
        if !proven && let Some(seconds) = take(auth, &format!("oauth from {network}"), UNPROVEN) {
            return Err(too_many(seconds));
        }
        Ok(Self { app, network, proven })
    }

    /// Notes that the app proved itself.
    pub fn succeed(self, auth: &Auth) {
        if let Some(app) = self.app {
            auth.proven.note(app, self.network, auth.base.clock.monotonic());
        }
    }

    /// Counts a wrong proof; refuses it where there were too many of them.
    pub fn fail(self, auth: &Auth) -> Result<(), OAuthError> {
        let Self { app, network, proven } = self;
        let of_network = proven.then(|| take(auth, &format!("oauth from {network}"), UNPROVEN)).flatten();
        let of_app = app.and_then(|app| take(auth, &format!("oauth wrong {app} {network}"), WRONG_SECRETS));
        of_app.max(of_network).map_or(Ok(()), |seconds| Err(too_many(seconds)))
    }
}

/// A user code that a member types: it counts unless it turns out to be right.
#[derive(Debug)]
pub struct Guess {
    member: String,
    network: String,
}

impl Guess {
    /// Counts a code that this member types; the seconds to wait where too many were wrong.
    pub fn begin(auth: &Auth, member: MemberId, ip: IpAddr) -> Result<Self, u64> {
        let network = format!("oauth user code {}", ranges::network(ip));
        let guess = Self { member: format!("oauth user code {member}"), network };
        let now = auth.base.clock.monotonic();
        let verdicts = auth.cache.limiter.take_all(guess.counted(), MINUTE_MS, now);
        verdicts.iter().filter_map(|verdict| verdict.retry_after).max().map_or(Ok(guess), Err)
    }

    fn counted(&self) -> [(&str, u32); 2] {
        [(&self.member, WRONG_USER_CODES), (&self.network, WRONG_USER_CODES_OF_NETWORK)]
    }

    /// Takes the count back: the code was no wrong one.
    pub fn was_right(&self, auth: &Auth) {
        let now = auth.base.clock.monotonic();
        for (key, limit) in self.counted() {
            auth.cache.limiter.give_back(key, limit, MINUTE_MS, now);
        }
    }
}

/// Counts what an authenticated app asks for, and refuses it where that is too much.
pub fn check(auth: &Auth, client: &ClientRecord, ip: IpAddr, call: Call) -> Result<(), OAuthError> {
    let id = client.id;
    let name = call.name();
    let is_public = client.kind == ClientKind::Public;
    if is_public {
        let key = format!("oauth {name} {id} {}", ranges::network(ip));
        if let Some(seconds) = take(auth, &key, call.of_public_app()) {
            return Err(too_many(seconds));
        }
    }
    // Of what a public app does, only that is counted for all networks together which fills the disk.
    if (!is_public || matches!(call, Call::Push | Call::Device))
        && let Some(seconds) = take(auth, &format!("oauth {name} {id}"), call.of_app())
    {
        return Err(too_many(seconds));
    }
    Ok(())
}
