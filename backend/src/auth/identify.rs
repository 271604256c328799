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
    limiter::Verdict,
    principal::{Identity, Principal},
    session,
};
use crate::{
    app::App,
    crypto::tokens,
    db::api_keys::{self, KeyRecord},
    plan,
    problem::Failure,
};

/// What [`identify`] found, for [`super::Caller`] to judge.
#[derive(Clone, Debug)]
pub struct Identified {
    /// Whom the credential speaks for, or why it speaks for nobody.
    pub principal: Result<Principal, Failure>,
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
    let principal = principal(&app, &request, ip).await;
    let verdict = principal.as_ref().ok().and_then(|principal| count(&app, &request, principal));
    if let Some(Verdict { retry_after: Some(seconds), .. }) = verdict {
        let refused =
            Failure::new(ProblemType::RateLimited, format!("Too many requests. Try again in {seconds} s."))
                .retry_after(seconds);
        return Ok(request.error_response(refused).map_into_right_body());
    }
    request.extensions_mut().insert(Identified {
        principal,
        ip,
        public_url: app.settings.public_url.clone(),
    });
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

async fn principal(app: &App, request: &ServiceRequest, ip: IpAddr) -> Result<Principal, Failure> {
    match request.headers().get(header::AUTHORIZATION) {
        Some(value) => bearer(app, value, ip).await,
        None => session::principal(app, request.request()).await,
    }
}

fn invalid() -> Failure {
    Failure::new(
        ProblemType::InvalidCredential,
        "The credential in the Authorization header is not one of ours. Send it as: Authorization: Bearer slk_…",
    )
    .challenge("Bearer error=\"invalid_token\"")
}

async fn bearer(app: &App, header: &HeaderValue, ip: IpAddr) -> Result<Principal, Failure> {
    let value = header.to_str().map_err(|_| invalid())?;
    let (scheme, token) = value.split_once(' ').ok_or_else(invalid)?;
    let token = token.trim();
    if !scheme.eq_ignore_ascii_case("bearer") || !tokens::is_well_formed(tokens::API_KEY, token) {
        return Err(invalid());
    }
    let record = find_key(app, token).await?.ok_or_else(invalid)?;
    check_key(&record, ip, app.clock.now())?;
    app.last_used.note(record.id, app.clock.now(), ip);
    Ok(Principal {
        workspace: record.workspace,
        identity: Identity::ApiKey { id: record.id, name: record.name, scopes: record.scopes },
    })
}

/// Finds a key's record, from memory where it was looked up within the last second.
async fn find_key(app: &App, token: &str) -> Result<Option<KeyRecord>, Failure> {
    let digests = app.keys.digests(token);
    let cache = &app.wake.credentials;
    let now = app.clock.now();
    let Some(first) = digests.first().cloned() else { return Ok(None) };
    if let Some(known) = cache.get(&first, now) {
        return Ok(Some(known));
    }
    let generation = cache.generation();
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
