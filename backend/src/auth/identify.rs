//! The middleware that looks at a `/v1` request once: where it comes from, and whom its credential speaks for.

use std::{cmp::Reverse, net::IpAddr, sync::LazyLock};

use actix_web::{
    Error, HttpMessage,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
    middleware::Next,
    web::Data,
};
use api_types::{ProblemType, Timestamp, account::Plan};

use super::{
    access_token, address,
    claims::Claims,
    limiter::{MINUTE_MS, Verdict},
    live_token,
    parts::Auth,
    principal::{Identity, Principal},
    session,
    signing_keys::SigningKeyError,
    takeover,
    usage::{Hashed, Used},
};
use crate::{
    crypto::tokens,
    db::{
        DbError,
        api_keys::{self, KeyRecord},
        share,
    },
    http::problem::Failure,
    plan, ranges,
};

/// The findings of [`identify`], for the `Caller` extractor to judge.
#[derive(Clone, Debug)]
pub struct Identified {
    /// The credential and whom it speaks for, or the refusal that a handler with a caller answers.
    pub known: Result<(Credential, Principal), Failure>,
    /// The client's address.
    pub ip: IpAddr,
    /// The server's own origin.
    pub public_url: url::Url,
}

/// Middleware: identifies the caller, counts the request against its rate limits, and says in headers what is left.
pub async fn identify(
    auth: Data<Auth>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let settings = &auth.base.settings;
    let ip = address::client(&request, &settings.trusted_proxies);
    let known = share::to_identify(known(&auth, &request, ip)).await;
    if let Ok((_, principal)) = &known {
        share::belongs_to(principal.workspace.id);
    }
    let counted = known.as_ref().ok().and_then(|(_, principal)| count(&auth, &request, principal));
    if let Some(counted) = &counted
        && let Some(seconds) = counted.tightest.retry_after
    {
        let refused = Failure::new(ProblemType::RateLimited, counted.refusal(seconds)).retry_after(seconds);
        let mut response = request.error_response(refused);
        counted.describe(response.headers_mut());
        return Ok(response.map_into_right_body());
    }
    request.extensions_mut().insert(Identified { known, ip, public_url: settings.public_url.clone() });
    let mut response = next.call(request).await?;
    if let Some(counted) = counted {
        counted.describe(response.headers_mut());
    }
    Ok(response.map_into_left_body())
}

/// A request that was counted, and what its limits say.
struct Counted {
    /// The name of the limit that is nearest to its end.
    name: &'static str,
    /// What that limit says.
    tightest: Verdict,
    /// All limits that the request counts against.
    policy: HeaderValue,
}

const CREDENTIAL: &str = "credential";
const WORKSPACE: &str = "workspace";
const EVENTS: &str = "events";

/// The limits of each plan, as `RateLimit-Policy` names them.
static POLICIES: LazyLock<Vec<(Plan, HeaderValue)>> = LazyLock::new(|| {
    let policy = |plan: Plan| {
        let limits = plan::limits(plan);
        let (own, all) = (limits.requests_per_minute, limits.workspace_requests_per_minute);
        HeaderValue::try_from(format!("\"{CREDENTIAL}\";q={own};w=60, \"{WORKSPACE}\";q={all};w=60")).ok()
    };
    Plan::ALL.iter().filter_map(|&plan| Some((plan, policy(plan)?))).collect()
});

impl Counted {
    /// Says in headers which limits there are and what is left of the tightest (the IETF's draft of them).
    fn describe(&self, headers: &mut HeaderMap) {
        headers.insert(HeaderName::from_static("ratelimit-policy"), self.policy.clone());
        let Verdict { remaining, reset, .. } = self.tightest;
        if let Ok(value) = HeaderValue::try_from(format!("\"{}\";r={remaining};t={reset}", self.name)) {
            headers.insert(HeaderName::from_static("ratelimit"), value);
        }
    }

    fn refusal(&self, seconds: u64) -> String {
        match self.name {
            WORKSPACE => format!(
                "All credentials of this workspace together made too many requests. Try again in {seconds} s."
            ),
            _ => format!("Too many requests. Try again in {seconds} s."),
        }
    }
}

/// Counts a request against its limits: the credential's and the workspace's, or the operator's for publishing, if there is
/// one.
fn count(auth: &Auth, request: &ServiceRequest, principal: &Principal) -> Option<Counted> {
    let limiter = &auth.cache.limiter;
    let now = auth.base.clock.monotonic();
    let workspace = &principal.workspace;
    if request.method() == Method::POST && request.match_info().as_str() == "/v1/events" {
        let limit = auth.base.settings.publish_limit?;
        let key = format!("events of {}", workspace.id);
        let verdict = limiter.take_within(&key, limit, 1_000, now);
        let policy = HeaderValue::try_from(format!("\"{EVENTS}\";q={limit};w=1")).ok()?;
        return Some(Counted { name: EVENTS, tightest: verdict, policy });
    }
    let limits = plan::limits(workspace.plan);
    let credential = (principal.identity.counted_as(), limits.requests_per_minute);
    let take = |ceiling: &str| {
        limiter.take_all([credential, (ceiling, limits.workspace_requests_per_minute)], MINUTE_MS, now)
    };
    let [own, all] = match principal.identity {
        // Keys and tokens that use up their ceiling leave the members' screens alone, where an admin can stop them.
        Identity::Member { .. } => take(&format!("sessions of {}", workspace.id)),
        Identity::ApiKey { .. } | Identity::Token { .. } => take(workspace.id.as_str()),
    };
    let tightness = |verdict: &Verdict| (verdict.retry_after, Reverse(verdict.remaining));
    let (name, tightest) =
        if tightness(&all) > tightness(&own) { (WORKSPACE, all) } else { (CREDENTIAL, own) };
    let (_, policy) = POLICIES.iter().find(|(plan, _)| *plan == workspace.plan)?;
    Some(Counted { name, tightest, policy: policy.clone() })
}

/// The credential of a request, and whom it speaks for; notes that it was used.
async fn known(
    auth: &Auth,
    request: &ServiceRequest,
    ip: IpAddr,
) -> Result<(Credential, Principal), Failure> {
    let credential = Credential::of(auth, request).await?;
    let principal = match &credential {
        Credential::Session(digest) => {
            let live = session::look_up(&auth.base, digest).await?;
            if live.is_stale {
                session::touch(&auth.base, digest).await?;
            }
            live.principal
        }
        Credential::Key(digests) => {
            let record = live_key(auth, digests, ip).await?;
            if let Some(old) = record.takes_over {
                takeover::take_over(auth, &record, old, ip).await?;
            }
            key_principal(record)
        }
        Credential::Token(_) => credential.look_up(auth, ip).await?,
    };
    let used = match &principal.identity {
        Identity::ApiKey { id, .. } => Some(Used::Key(*id)),
        Identity::Token { member: Some(member), .. } => Some(Used::Authorization(member.authorization)),
        Identity::Token { member: None, .. } | Identity::Member { .. } => None,
    };
    if let Some(used) = used {
        auth.usage.note_use(used, auth.base.now(), ip);
    }
    Ok((credential, principal))
}

/// The proof that a request came with, as the server stores it: enough to look it up again, not enough to be it.
#[derive(Clone)]
pub enum Credential {
    /// The digest of a session's token.
    Session(String),
    /// The digests of a key, under each pepper.
    Key(Vec<String>),
    /// The claims of an access token.
    Token(Box<Claims>),
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Session(_) => "Credential::Session",
            Self::Key(_) => "Credential::Key",
            Self::Token(_) => "Credential::Token",
        })
    }
}

impl Credential {
    async fn of(auth: &Auth, request: &ServiceRequest) -> Result<Self, Failure> {
        let mut headers = request.headers().get_all(header::AUTHORIZATION);
        if let Some(value) = headers.next() {
            // Of two credentials, none can be preferred.
            let token = bearer(value).filter(|_| headers.next().is_none()).ok_or_else(invalid_credential)?;
            if tokens::is_well_formed(tokens::API_KEY, token) {
                return Ok(Self::Key(auth.base.keys.digests(token)));
            }
            let claims = access_token::verify(auth, token).await?.ok_or_else(invalid_credential)?;
            return Ok(Self::Token(Box::new(claims)));
        }
        let session = session::of_request(&auth.base.settings, request.request());
        session.map(Self::Session).ok_or_else(session::unauthenticated)
    }

    /// Looks up whom the credential speaks for now, from this address, and refuses where that is nobody.
    pub async fn look_up(&self, auth: &Auth, ip: IpAddr) -> Result<Principal, Failure> {
        match self {
            Self::Session(digest) => Ok(session::look_up(&auth.base, digest).await?.principal),
            Self::Key(digests) => Ok(key_principal(live_key(auth, digests, ip).await?)),
            Self::Token(claims) => {
                let found = live_token::look_up(auth, claims).await?;
                let is_current = claims.is_current(auth.base.now());
                let record = found.filter(|_| is_current).ok_or_else(invalid_credential)?;
                Ok(live_token::principal(claims, record))
            }
        }
    }
}

fn invalid_credential() -> Failure {
    Failure::new(
        ProblemType::InvalidCredential,
        "The credential in the Authorization header is not one of ours, or no longer. Send an API key or an access token as: \
         Authorization: Bearer …",
    )
}

impl From<SigningKeyError> for Failure {
    fn from(error: SigningKeyError) -> Self {
        match error {
            SigningKeyError::Database(error) => error.into(),
            other => Self::internal(&other),
        }
    }
}

/// The credential in an `Authorization` header, if it has the form of one.
fn bearer(header: &HeaderValue) -> Option<&str> {
    let (scheme, token) = header.to_str().ok()?.split_once(' ')?;
    Some(token.trim()).filter(|_| scheme.eq_ignore_ascii_case("bearer"))
}

/// A key's record, where the key works now and from this address.
async fn live_key(auth: &Auth, digests: &[String], ip: IpAddr) -> Result<KeyRecord, Failure> {
    let record = find_key(auth, digests).await?.ok_or_else(invalid_credential)?;
    check_key(&record, ip, auth.base.now())?;
    Ok(record)
}

fn key_principal(record: KeyRecord) -> Principal {
    let KeyRecord { id, name, workspace, scopes, rotatable, first_key, .. } = record;
    Principal { workspace, identity: Identity::ApiKey { id, name, scopes, rotatable, first_key } }
}

/// Finds a key's record, from memory where it was looked up within the last second.
async fn find_key(auth: &Auth, digests: &[String]) -> Result<Option<KeyRecord>, DbError> {
    let cache = &auth.cache.keys;
    let now = auth.base.clock.monotonic();
    let Some(first) = digests.first().cloned() else { return Ok(None) };
    if let Some(known) = cache.get(&first, now) {
        return Ok(Some(known));
    }
    let changes = cache.changes();
    let digests = digests.to_vec();
    let found = auth.base.db.query(move |conn| api_keys::by_digest(conn, &digests)).await?;
    if let Some(record) = &found {
        if record.is_under_old_pepper {
            auth.usage.note_digest(Hashed::Key(record.id), first.clone());
        }
        cache.put(first, record.clone(), now, changes);
    }
    Ok(found)
}

fn check_key(key: &KeyRecord, ip: IpAddr, now: Timestamp) -> Result<(), Failure> {
    let refused = |kind, detail: String| Err(Failure::new(kind, detail));
    if let Some(at) = key.revoked_at {
        return refused(
            ProblemType::KeyRevoked,
            format!("This API key was revoked at {at}. Use its replacement."),
        );
    }
    if let Some(at) = key.ends_at.filter(|at| *at <= now) {
        return refused(
            ProblemType::KeyReplaced,
            format!("This API key ended at {at}: its successor took its place."),
        );
    }
    if let Some(at) = key.expires_at.filter(|at| *at <= now) {
        return refused(ProblemType::KeyExpired, format!("This API key expired at {at}. Create a new one."));
    }
    if !key.allowed_ips.is_empty() && !ranges::hold(&key.allowed_ips, ip) {
        return Err(Failure::new(
            ProblemType::AddressNotAllowed,
            format!(
                "This API key may not be used from {ip}. An admin can add the address to the key's list."
            ),
        ));
    }
    Ok(())
}
