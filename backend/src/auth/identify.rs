//! Looks at a request once: where it comes from, and whom its credential speaks for.

use std::net::IpAddr;

use actix_web::{
    Error, HttpMessage,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method,
        header::{self, HeaderName, HeaderValue},
    },
    middleware::Next,
    web::Data,
};
use api_types::{ProblemType, Timestamp};

use super::{
    address,
    last_used::Used,
    limiter::Verdict,
    principal::{Identity, Principal},
    session, token,
};
use crate::{
    app::App,
    crypto::tokens,
    db::api_keys::{self, KeyRecord},
    oauth::access_token::{self, Claims},
    plan,
    problem::Failure,
};

/// What [`identify`] found, for [`super::Caller`] to judge.
#[derive(Clone, Debug)]
pub struct Identified {
    /// The credential and whom it speaks for, or why it speaks for nobody.
    pub known: Result<(Credential, Principal), Failure>,
    /// The client's address.
    pub ip: IpAddr,
    /// Our own origin.
    pub public_url: url::Url,
}

/// Middleware: identifies the caller, counts the request against their rate limit, and says in headers what is left.
pub async fn identify(
    app: Data<App>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let ip = address::client(&request, &app.settings.trusted_proxies);
    let known = known(&app, &request, ip).await;
    let verdict = known.as_ref().ok().and_then(|(_, principal)| count(&app, &request, principal));
    if let Some(Verdict { retry_after: Some(seconds), .. }) = verdict {
        let refused =
            Failure::new(ProblemType::RateLimited, format!("Too many requests. Try again in {seconds} s."))
                .retry_after(seconds);
        return Ok(request.error_response(refused).map_into_right_body());
    }
    request.extensions_mut().insert(Identified { known, ip, public_url: app.settings.public_url.clone() });
    let mut response = next.call(request).await?;
    if let Some(verdict) = verdict {
        set(
            &mut response,
            "ratelimit-policy",
            &format!("\"default\";q={};w={}", verdict.limit, verdict.window),
        );
        set(&mut response, "ratelimit", &format!("\"default\";r={};t={}", verdict.remaining, verdict.reset));
    }
    Ok(response.map_into_left_body())
}

/// Counts a request against its limit: the credential's, or the operator's for publishing, if there is one.
fn count(app: &App, request: &ServiceRequest, principal: &Principal) -> Option<Verdict> {
    let limiter = &app.wake.credentials.limiter;
    let now = app.clock.now();
    if request.method() == Method::POST && request.path() == "/v1/events" {
        let limit = app.settings.publish_limit?;
        let key = format!("events of {}", principal.workspace.id);
        return Some(limiter.take_within(&key, limit, 1_000, now));
    }
    let per_minute = plan::limits(principal.workspace.plan).requests_per_minute;
    Some(limiter.take(principal.identity.credential(), per_minute, now))
}

fn set<B>(response: &mut ServiceResponse<B>, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(HeaderName::from_static(name), value);
    }
}

/// The credential of a request, and whom it speaks for; notes that it was used.
async fn known(app: &App, request: &ServiceRequest, ip: IpAddr) -> Result<(Credential, Principal), Failure> {
    let credential = Credential::of(app, request).await?;
    let (principal, stale) = credential.look_up(app, ip).await?;
    let used = |used| app.last_used.note(used, app.clock.now(), ip);
    match (&principal.identity, &credential) {
        (Identity::ApiKey { id, .. }, _) => used(Used::Key(*id)),
        (Identity::Token { member: Some(member), .. }, _) => used(Used::Authorization(member.authorization)),
        (Identity::Member { .. }, Credential::Session(session)) if stale => {
            session::touch(app, session).await?;
        }
        _ => {}
    }
    Ok((credential, principal))
}

/// What a request proves itself with, as we store it: enough to look it up again, not enough to be it.
#[derive(Clone)]
pub enum Credential {
    /// The digest of a session's token.
    Session(String),
    /// The digests of a key, under each pepper.
    Key(Vec<String>),
    /// What an access token says.
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
    async fn of(app: &App, request: &ServiceRequest) -> Result<Self, Failure> {
        let mut headers = request.headers().get_all(header::AUTHORIZATION);
        if let Some(value) = headers.next() {
            // Of two credentials, none can be preferred.
            let token = bearer(value).filter(|_| headers.next().is_none()).ok_or_else(invalid)?;
            if tokens::is_well_formed(tokens::API_KEY, token) {
                return Ok(Self::Key(app.keys.digests(token)));
            }
            let claims = access_token::verify(app, token).await?.ok_or_else(invalid)?;
            return Ok(Self::Token(Box::new(claims)));
        }
        let session = session::of_request(&app.settings, request.request());
        session.map(Self::Session).ok_or_else(session::nobody)
    }

    /// Whom it speaks for now, from this address, or why for nobody; and whether its last use is to be noted anew.
    pub async fn look_up(&self, app: &App, ip: IpAddr) -> Result<(Principal, bool), Failure> {
        match self {
            Self::Session(session) => session::look_up(app, session).await,
            Self::Key(digests) => {
                let record = find_key(app, digests).await?.ok_or_else(invalid)?;
                check_key(&record, ip, app.clock.now())?;
                let identity = Identity::ApiKey { id: record.id, name: record.name, scopes: record.scopes };
                Ok((Principal { workspace: record.workspace, identity }, false))
            }
            Self::Token(claims) => {
                let found = token::look_up(app, claims).await?;
                let record = found.filter(|_| claims.is_current(app.clock.now())).ok_or_else(invalid)?;
                Ok((token::principal(claims, record), false))
            }
        }
    }
}

fn invalid() -> Failure {
    Failure::new(
        ProblemType::InvalidCredential,
        "The credential in the Authorization header is not one of ours, or no longer. Send an API key or an access token as: \
         Authorization: Bearer …",
    )
    .challenge("Bearer error=\"invalid_token\"")
}

/// The credential in an `Authorization` header, if it has the form of one.
fn bearer(header: &HeaderValue) -> Option<&str> {
    let (scheme, token) = header.to_str().ok()?.split_once(' ')?;
    Some(token.trim()).filter(|_| scheme.eq_ignore_ascii_case("bearer"))
}

/// Finds a key's record, from memory where it was looked up within the last second.
async fn find_key(app: &App, digests: &[String]) -> Result<Option<KeyRecord>, Failure> {
    let cache = &app.wake.credentials.keys;
    let now = app.clock.now();
    let Some(first) = digests.first().cloned() else { return Ok(None) };
    if let Some(known) = cache.get(&first, now) {
        return Ok(Some(known));
    }
    let generation = cache.generation();
    let digests = digests.to_vec();
    let found = app.db.read(move |conn| Ok::<_, Failure>(api_keys::by_digest(conn, &digests)?)).await?;
    if let Some(record) = &found {
        cache.put(first, record.clone(), now, generation);
    }
    Ok(found)
}

fn check_key(key: &KeyRecord, ip: IpAddr, now: Timestamp) -> Result<(), Failure> {
    let refused =
        |kind, detail: String| Err(Failure::new(kind, detail).challenge("Bearer error=\"invalid_token\""));
    if let Some(at) = key.revoked_at {
        return refused(
            ProblemType::KeyRevoked,
            format!("This API key was revoked at {at}. Use its replacement."),
        );
    }
    if let Some(at) = key.expires_at.filter(|at| *at <= now) {
        return refused(ProblemType::KeyExpired, format!("This API key expired at {at}. Create a new one."));
    }
    if !key.allowed_ips.is_empty() && !key.allowed_ips.iter().any(|range| range.contains(&ip)) {
        return Err(Failure::new(
            ProblemType::AddressNotAllowed,
            format!(
                "This API key may not be used from {ip}. An admin can add the address to the key's list."
            ),
        ));
    }
    Ok(())
}
