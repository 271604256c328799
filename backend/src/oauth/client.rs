//! Client authentication (RFC 6749, section 2.3): an app proves who it is by HTTP Basic, by a secret in the body, or, where it is
//! a public app, by its `client_id` alone.

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
    error::{ErrorCode, OAuthError},
    params::{Params, decode},
};
use crate::{
    auth::{address, parts::Auth, usage::Used},
    base::Base,
    crypto::tokens,
    db::{
        DbError, Hint, Tx,
        audit::{self, Change, Who},
        oauth_clients::{self, ClientRecord, SecretDigest},
    },
    plan,
};

/// A client that proved who it is, as far as its kind can.
#[derive(Clone, Debug)]
pub struct Client {
    /// The app as it is registered, with the digests of its secrets.
    pub record: ClientRecord,
    /// The address that the app calls from.
    pub ip: String,
}

impl Client {
    /// Refuses a grant that this app was not given, and all of them on a plan without the API.
    pub fn check_grant(&self, grant: GrantType) -> Result<(), OAuthError> {
        if !self.record.grants.contains(&grant) {
            return Err(OAuthError::new(ErrorCode::UnauthorizedClient, "This app may not use this grant."));
        }
        self.check_plan()
    }

    /// Refuses where the workspace's plan has no API. Nothing is used up: it all works again on another plan.
    pub fn check_plan(&self) -> Result<(), OAuthError> {
        if plan::limits(self.record.workspace.plan).api_access {
            return Ok(());
        }
        Err(OAuthError::new(
            ErrorCode::UnauthorizedClient,
            "The plan of this app's workspace does not include the API: it needs Startup or above.",
        ))
    }

    /// The app as the audit log names it.
    fn who(&self) -> Who {
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

    /// Writes into the audit log what became of this app's tokens by its own call.
    pub fn append_audit(&self, tx: &mut Tx<'_>, action: AuditAction, details: Value) -> QueryResult<()> {
        let change = Change::of(action, self.record.id.as_str(), &self.record.name, details);
        audit::append(tx, &self.who(), change)?;
        tx.on_commit(Hint::CredentialsChanged);
        Ok(())
    }
}

/// The name and the secret that a request presents.
struct Presented {
    id: String,
    secret: Option<String>,
}

/// Finds out which client calls, and has the client prove it.
pub async fn authenticate(auth: &Auth, request: &HttpRequest, params: &Params) -> Result<Client, OAuthError> {
    let presented = presented(request, params)?;
    let ip = address::of_request(request, &auth.base.settings.trusted_proxies);
    let found = look_up(auth, &presented.id).await?;
    let record = found.filter(|record| !record.suspended).ok_or(invalid_client())?;
    match (record.kind, &presented.secret) {
        (ClientKind::Public, None) => {}
        (ClientKind::Confidential, Some(secret)) => {
            let proof = matching(&auth.base, &record, secret).ok_or(invalid_client())?;
            auth.usage.note_use(Used::Secret(proof.id), auth.base.now(), ip);
        }
        (ClientKind::Public, Some(_)) | (ClientKind::Confidential, None) => return Err(invalid_client()),
    }
    Ok(Client { record, ip: ip.to_string() })
}

/// Authenticates a client at an endpoint that only clients with a secret may call.
pub async fn authenticate_with_secret(
    auth: &Auth,
    request: &HttpRequest,
    params: &Params,
) -> Result<Client, OAuthError> {
    let client = authenticate(auth, request, params).await?;
    if client.record.kind == ClientKind::Public { Err(invalid_client()) } else { Ok(client) }
}

/// The one answer to every wrong proof, so that it tells nothing about which apps there are.
const fn invalid_client() -> OAuthError {
    OAuthError::new(
        ErrorCode::InvalidClient,
        "There is no such client, its secret is not this, or it is suspended. Public clients send no secret.",
    )
}

/// The client with this id, from memory where it was looked up within the last second.
pub async fn look_up(auth: &Auth, id: &str) -> Result<Option<ClientRecord>, DbError> {
    let Ok(id) = id.parse::<OAuthAppId>() else { return Ok(None) };
    let now = auth.base.now();
    let cache = &auth.cache.clients;
    if let Some(known) = cache.get(id.as_str(), now) {
        return Ok(Some(known));
    }
    let generation = cache.generation();
    let found = auth.base.db.query(move |conn| oauth_clients::find(conn, id, now)).await?;
    if let Some(record) = &found {
        cache.put(id.to_string(), record.clone(), now, generation);
    }
    Ok(found)
}

/// The stored secret that was presented; every stored one is compared, in constant time.
fn matching<'a>(base: &Base, record: &'a ClientRecord, secret: &str) -> Option<&'a SecretDigest> {
    if !tokens::is_well_formed(tokens::CLIENT_SECRET, secret) {
        return None;
    }
    let digests = base.keys.digests(secret);
    let now = base.now();
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

fn presented(request: &HttpRequest, params: &Params) -> Result<Presented, OAuthError> {
    let mut headers = request.headers().get_all(header::AUTHORIZATION);
    let basic = headers.next().map(basic).transpose()?;
    if headers.next().is_some() {
        return Err(OAuthError::request("The Authorization header is there more than once."));
    }
    let id = params.get("client_id");
    let secret = params.get("client_secret");
    match basic {
        Some(_) if secret.is_some() => {
            Err(OAuthError::request("The secret came twice: in the Authorization header and in the body."))
        }
        Some(basic) if id.is_some_and(|id| id != basic.id) => {
            Err(OAuthError::request("The client_id in the body is not the one in the Authorization header."))
        }
        Some(basic) => Ok(basic),
        None => Ok(Presented { id: id.ok_or(invalid_client())?.to_owned(), secret: secret.map(Into::into) }),
    }
}

/// Reads `Basic base64(id:secret)`, where both are form-encoded first (RFC 6749, section 2.3.1).
fn basic(header: &HeaderValue) -> Result<Presented, OAuthError> {
    let read = || {
        let (scheme, encoded) = header.to_str().ok()?.split_once(' ')?;
        let decoded =
            STANDARD.decode(encoded.trim()).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
        let colon = decoded.iter().position(|&byte| byte == b':')?;
        let id = decode(&decoded[..colon]).ok()?;
        let secret = decode(&decoded[colon + 1..]).ok()?;
        Some(Presented { id, secret: Some(secret).filter(|secret| !secret.is_empty()) })
    };
    read().ok_or(OAuthError::new(
        ErrorCode::InvalidClient,
        "The Authorization header is not Basic with client_id and secret, form-encoded, in base64.",
    ))
}
