//! Client authentication (RFC 6749, section 2.3; RFC 6749's own Basic encoding): by HTTP Basic, in the body, or, for public
//! apps, by name alone.

use actix_web::{
    HttpRequest,
    http::header::{self, HeaderValue},
};
use api_types::{
    audit::{Actor, ActorKind, AuditAction},
    ids::OAuthAppId,
    oauth_apps::{ClientKind, GrantType},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use diesel::QueryResult;
use serde_json::Value;
use subtle::ConstantTimeEq;

use super::{
    error::{Code, OAuthError},
    params::{Params, decode},
};
use crate::{
    app::App,
    auth::{address, last_used::Used},
    crypto::tokens,
    db::{
        Tx,
        audit::{self, Change, Who},
        oauth_clients::{self, ClientRecord, SecretDigest},
    },
    plan,
    problem::Failure,
    wake::Hint,
};

/// A client that proved who it is, as far as its kind can, and where it calls from.
#[derive(Clone, Debug)]
pub struct Client {
    /// Who it is.
    pub record: ClientRecord,
    /// Its address.
    pub ip: String,
}

impl Client {
    /// Refuses a grant that this app was not given, and all of them on a plan without the API.
    pub fn may(&self, grant: GrantType) -> Result<(), OAuthError> {
        if !self.record.grants.contains(&grant) {
            return Err(OAuthError::new(Code::UnauthorizedClient, "This app may not use this grant."));
        }
        self.has_plan()
    }

    /// Refuses where the workspace's plan has no API. Nothing is used up: it all works again on another plan.
    pub fn has_plan(&self) -> Result<(), OAuthError> {
        if plan::limits(self.record.workspace.plan).api_access {
            return Ok(());
        }
        Err(OAuthError::new(
            Code::UnauthorizedClient,
            "The plan of this app's workspace does not include the API: it needs Startup or above.",
        ))
    }

    /// The app as the audit log names it.
    pub fn who(&self) -> Who {
        Who {
            workspace_id: self.record.workspace.id,
            actor: Actor {
                kind: ActorKind::OAuthApp,
                id: Some(self.record.id.to_string()),
                name: self.record.name.clone(),
            },
            ip: Some(self.ip.clone()),
        }
    }
}

impl Client {
    /// Records what happened to this app's tokens, by its own call.
    pub fn record(&self, tx: &mut Tx<'_>, app: &App, action: AuditAction, details: Value) -> QueryResult<()> {
        let change = Change {
            action,
            object_id: Some(self.record.id.as_str()),
            object_name: &self.record.name,
            details,
        };
        audit::append(tx, app, &self.who(), change)?;
        tx.on_commit(Hint::CredentialsChanged);
        Ok(())
    }
}

/// What a request says of its client.
struct Claimed {
    id: String,
    secret: Option<String>,
}

/// Finds out which client calls, and has it prove that.
pub async fn authenticate(app: &App, request: &HttpRequest, params: &Params) -> Result<Client, OAuthError> {
    let claimed = claimed(request, params)?;
    let ip = address::of_request(request, &app.settings.trusted_proxies);
    let record = look_up(app, &claimed.id).await?.filter(|record| !record.suspended).ok_or(nobody())?;
    match (record.kind, &claimed.secret) {
        (ClientKind::Public, None) => {}
        (ClientKind::Confidential, Some(secret)) => {
            let proof = matching(app, &record, secret).ok_or(nobody())?;
            app.last_used.note(Used::Secret(proof.id), app.clock.now(), ip);
        }
        (ClientKind::Public, Some(_)) | (ClientKind::Confidential, None) => return Err(nobody()),
    }
    Ok(Client { record, ip: ip.to_string() })
}

/// The same, where only clients with a secret may call.
pub async fn authenticate_with_secret(
    app: &App,
    request: &HttpRequest,
    params: &Params,
) -> Result<Client, OAuthError> {
    let client = authenticate(app, request, params).await?;
    if client.record.kind == ClientKind::Public { Err(nobody()) } else { Ok(client) }
}

/// One answer for whatever is wrong, so that it tells nothing about which apps there are.
const fn nobody() -> OAuthError {
    OAuthError::new(
        Code::InvalidClient,
        "There is no such client, its secret is not this, or it is suspended. Public clients send no secret.",
    )
}

/// The client with this id, from memory where it was looked up within the last second.
pub async fn look_up(app: &App, id: &str) -> Result<Option<ClientRecord>, Failure> {
    let Ok(id) = id.parse::<OAuthAppId>() else { return Ok(None) };
    let (cache, now) = (&app.wake.credentials.clients, app.clock.now());
    if let Some(known) = cache.get(id.as_str(), now) {
        return Ok(Some(known));
    }
    let generation = cache.generation();
    let found = app.db.read(move |conn| Ok::<_, Failure>(oauth_clients::find(conn, id, now)?)).await?;
    if let Some(record) = &found {
        cache.put(id.to_string(), record.clone(), now, generation);
    }
    Ok(found)
}

/// The stored secret that was presented; every stored one is compared, in constant time.
fn matching<'a>(app: &App, record: &'a ClientRecord, secret: &str) -> Option<&'a SecretDigest> {
    if !tokens::is_well_formed(tokens::CLIENT_SECRET, secret) {
        return None;
    }
    let (digests, now) = (app.keys.digests(secret), app.clock.now());
    let mut found = None;
    for stored in record.secrets.iter().filter(|stored| stored.expires_at.is_none_or(|at| at > now)) {
        for digest in &digests {
            if bool::from(digest.as_bytes().ct_eq(stored.digest.as_bytes())) {
                found = Some(stored);
            }
        }
    }
    found
}

fn claimed(request: &HttpRequest, params: &Params) -> Result<Claimed, OAuthError> {
    let mut headers = request.headers().get_all(header::AUTHORIZATION);
    let basic = headers.next().map(basic).transpose()?;
    if headers.next().is_some() {
        return Err(OAuthError::request("The Authorization header is there more than once."));
    }
    let (id, secret) = (params.get("client_id"), params.get("client_secret"));
    match basic {
        Some(_) if secret.is_some() => {
            Err(OAuthError::request("The secret came twice: in the Authorization header and in the body."))
        }
        Some(basic) if id.is_some_and(|id| id != basic.id) => {
            Err(OAuthError::request("The client_id in the body is not the one in the Authorization header."))
        }
        Some(basic) => Ok(basic),
        None => Ok(Claimed { id: id.ok_or(nobody())?.to_owned(), secret: secret.map(Into::into) }),
    }
}

/// Reads `Basic base64(id:secret)`, where both are form-encoded first (RFC 6749, section 2.3.1).
fn basic(header: &HeaderValue) -> Result<Claimed, OAuthError> {
    let read = || {
        let (scheme, encoded) = header.to_str().ok()?.split_once(' ')?;
        let decoded =
            STANDARD.decode(encoded.trim()).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
        let colon = decoded.iter().position(|&byte| byte == b':')?;
        let (id, secret) = (decode(&decoded[..colon]).ok()?, decode(&decoded[colon + 1..]).ok()?);
        Some(Claimed { id, secret: Some(secret).filter(|secret| !secret.is_empty()) })
    };
    read().ok_or(OAuthError::new(
        Code::InvalidClient,
        "The Authorization header is not Basic with client_id and secret, form-encoded, in base64.",
    ))
}
