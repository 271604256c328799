//! Client authentication (RFC 6749, section 2.3): an app proves who it is by HTTP Basic, by a secret in the body, or, where it is
//! a public app, by its `client_id` alone. An app whose `client_id` is the URL of a document is found by the code or token that it
//! brings.

use std::net::IpAddr;

use actix_web::{
    HttpRequest,
    http::header::{self, HeaderValue},
};
use api_types::{
    Timestamp,
    audit::{Actor, ActorKind, AuditAction},
    ids::{OAuthAppId, SecretId, WorkspaceId},
    oauth_apps::{ClientKind, GrantType},
    oauth_failures::FailureCause,
    stream::Topic,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use diesel::QueryResult;
use serde_json::{Value, json};
use subtle::ConstantTimeEq;

use super::{
    client_documents::{holder, url::is_url},
    error::{ErrorCode, OAuthError},
    limits::{self, Attempt, Call},
    params::{Params, decode},
    wrong_secret,
};
use crate::{
    auth::{
        address,
        claims::Claims,
        parts::Auth,
        usage::{Hashed, Used},
    },
    base::Base,
    crypto::tokens,
    db::{
        DbError, Tx,
        audit::{self, Change, Who},
        oauth_clients::{self, ClientRecord, SecretDigest},
        share,
        token_families::Asker,
        tokens as access_tokens,
    },
    plan,
};

const HOUR_MS: i64 = 3_600_000;

const GRANT_NOT_ENABLED: OAuthError = OAuthError::new(
    ErrorCode::UnauthorizedClient,
    FailureCause::GrantNotEnabled,
    "This app may not use this grant.",
);

/// A client that proved who it is, as far as its kind can.
#[derive(Clone, Debug)]
pub struct Client {
    /// The app as it is registered, with the digests of its secrets.
    pub record: ClientRecord,
    /// The address that the app calls from.
    pub ip: IpAddr,
    /// The client secret by which the app proved itself; none for a public app.
    pub secret: Option<SecretId>,
}

impl Client {
    /// Counts what the app asks for, and refuses it where that is too much.
    pub fn check_limits(&self, auth: &Auth, call: Call) -> Result<(), OAuthError> {
        limits::check(auth, &self.record, self.ip, call)
    }

    /// Refuses a grant that this app was not given, and all of them on a plan without the API.
    pub fn check_grant(&self, grant: GrantType) -> Result<(), OAuthError> {
        if !self.record.grants.contains(&grant) {
            let why = format!("The grant {grant} is not switched on for this app.");
            return Err(GRANT_NOT_ENABLED.because(why));
        }
        self.check_plan()
    }

    /// Refuses where the workspace's plan has no API. Nothing is used up: it all works again on another plan.
    pub fn check_plan(&self) -> Result<(), OAuthError> {
        if plan::limits(self.record.workspace.plan).api_access {
            return Ok(());
        }
        Err(OAuthError::NO_PLAN)
    }

    /// The app as a family of tokens knows who asked for the last of them.
    pub fn asker(&self) -> Asker {
        Asker { secret: self.secret, ip: self.ip.to_string() }
    }

    /// The app as the audit log of a workspace names it.
    fn who(&self, workspace: WorkspaceId) -> Who {
        Who {
            workspace_id: workspace,
            actor: Actor {
                kind: ActorKind::OAuthApp,
                id: Some(self.record.id.to_string()),
                name: self.record.name.clone(),
            },
            ip: Some(self.ip.to_string()),
        }
    }

    /// Counts an access token that this app gave back. The first in an hour is an entry of the audit log: an app may give back as
    /// many as it likes, and the log is not to grow with each.
    pub fn count_revocation(
        &self,
        tx: &mut Tx<'_>,
        workspace: WorkspaceId,
        claims: &Claims,
    ) -> QueryResult<()> {
        let hour = Timestamp::from_millis(tx.now().as_millis() / HOUR_MS * HOUR_MS);
        let counted = access_tokens::count_revocation(tx, self.record.id, hour)?;
        if counted > 1 {
            tx.changed(workspace, Topic::OAuthApps, None);
            tx.credentials_changed(workspace);
            return Ok(());
        }
        let details = json!({ "kind": "access_token", "sub": claims.sub, "jti": claims.jti,
            "more_are_counted_until": hour + HOUR_MS });
        self.append_audit(tx, workspace, AuditAction::OAuthTokenRevoked, details)
    }

    /// Writes into the audit log of the workspace where they acted what became of this app's tokens by its own call.
    pub fn append_audit(
        &self,
        tx: &mut Tx<'_>,
        workspace: WorkspaceId,
        action: AuditAction,
        details: Value,
    ) -> QueryResult<()> {
        let change = Change::of(action, self.record.id.as_str(), &self.record.name, details);
        audit::append(tx, &self.who(workspace), change)?;
        tx.credentials_changed(workspace);
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
    let by_header = request.headers().contains_key(header::AUTHORIZATION);
    prove(auth, request, params).await.map_err(|error| error.by_header(by_header))
}

async fn prove(auth: &Auth, request: &HttpRequest, params: &Params) -> Result<Client, OAuthError> {
    let presented = presented(request, params)?;
    let ip = address::of_request(request, &auth.base.settings.trusted_proxies);
    let attempt = Attempt::begin(auth, &presented.id, ip)?;
    let found = if is_url(&presented.id) {
        Some(Box::pin(holder::find(auth, &presented.id, params)).await?)
    } else {
        look_up(auth, &presented.id).await?
    };
    let Some(record) = found else {
        attempt.fail(auth)?;
        return Err(invalid_client(FailureCause::ClientUnknown));
    };
    if record.suspended {
        attempt.fail(auth)?;
        return Err(invalid_client(FailureCause::AppSuspended).because("An admin has suspended the app."));
    }
    let secret = match (record.kind, &presented.secret) {
        (ClientKind::Public, None) => None,
        (ClientKind::Confidential, Some(secret)) => {
            let Some(proof) = matching(&auth.base, &record, secret) else {
                attempt.fail(auth)?;
                let (cause, detail) = wrong_secret::explain(auth, &record, secret).await;
                return Err(invalid_client(cause).because(detail));
            };
            attempt.succeed(auth);
            let (newest, _) = auth.base.keys.digest(secret);
            if proof.digest != newest {
                auth.usage.note_digest(Hashed::Secret(proof.id), newest);
            }
            auth.usage.note_use(Used::Secret(proof.id), auth.base.now(), ip);
            Some(proof.id)
        }
        (ClientKind::Public, Some(_)) => {
            attempt.fail(auth)?;
            return Err(invalid_client(FailureCause::SecretUnexpected).because(
                "The app is public, and sent a client secret. Public apps have none and send none.",
            ));
        }
        (ClientKind::Confidential, None) => {
            attempt.fail(auth)?;
            return Err(invalid_client(FailureCause::SecretMissing)
                .because("The app is confidential, and sent no client secret."));
        }
    };
    share::belongs_to(record.workspace.id);
    Ok(Client { record, ip, secret })
}

/// Authenticates a client at an endpoint that only clients with a secret may call.
pub async fn authenticate_with_secret(
    auth: &Auth,
    request: &HttpRequest,
    params: &Params,
) -> Result<Client, OAuthError> {
    let not_confidential = || {
        invalid_client(FailureCause::ClientNotConfidential)
            .because("The app is public. Only apps with a secret may introspect tokens.")
    };
    let client = authenticate(auth, request, params).await.map_err(|error| match error.code() {
        // A client that is found by its token has no secret.
        ErrorCode::InvalidGrant | ErrorCode::UnauthorizedClient => not_confidential(),
        _ => error,
    })?;
    if client.record.kind == ClientKind::Public { Err(not_confidential()) } else { Ok(client) }
}

/// The one answer to every wrong proof, so that it tells nothing about which apps there are.
const fn invalid_client(cause: FailureCause) -> OAuthError {
    OAuthError::new(
        ErrorCode::InvalidClient,
        cause,
        "There is no such client, its secret is not this, or it is suspended. Public clients send no secret.",
    )
}

/// The app that a request names in its `Authorization` header, proved or not.
pub fn named_by_header(request: &HttpRequest) -> Option<OAuthAppId> {
    let header = request.headers().get(header::AUTHORIZATION)?;
    basic(header).ok()?.id.parse().ok()
}

/// The client with this id, from memory where it was looked up within the last second. One that is known by a document has no id that
/// clients may use: its `client_id` is the URL.
pub async fn look_up(auth: &Auth, id: &str) -> Result<Option<ClientRecord>, DbError> {
    let Ok(id) = id.parse::<OAuthAppId>() else { return Ok(None) };
    let now = auth.base.now();
    let at = auth.base.clock.monotonic();
    let cache = &auth.cache.clients;
    if let Some(known) = cache.get(id.as_str(), at) {
        return Ok(Some(known));
    }
    let changes = cache.changes();
    let found = auth.base.db.query(move |conn| oauth_clients::find(conn, id, now)).await?;
    let found = found.filter(|record| record.client_id_url.is_none());
    if let Some(record) = &found {
        cache.put(id.to_string(), record.clone(), at, changes);
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
        return Err(OAuthError::request(
            FailureCause::AuthorizationHeaderMalformed,
            "The Authorization header is there more than once.",
        ));
    }
    let id = params.get("client_id");
    let secret = params.get("client_secret");
    match basic {
        Some(_) if secret.is_some() => Err(OAuthError::request(
            FailureCause::CredentialsTwice,
            "The client secret came twice: by HTTP Basic and as client_secret in the body. Set your client to send it in one \
                 of the two.",
        )),
        Some(basic) if id.is_some_and(|id| id != basic.id) => Err(OAuthError::request(
            FailureCause::ClientIdMismatch,
            "The client_id in the body is not the one in the Authorization header.",
        )),
        Some(basic) => Ok(basic),
        None => {
            let id = id.ok_or(invalid_client(FailureCause::ClientUnknown))?.to_owned();
            Ok(Presented { id, secret: secret.map(Into::into) })
        }
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
        FailureCause::AuthorizationHeaderMalformed,
        "The Authorization header is not Basic with client_id and secret, form-encoded, in base64.",
    ))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use url::form_urlencoded::byte_serialize;

    use super::*;
    use crate::properties::hold;

    #[test]
    fn an_id_and_a_secret_come_through_basic_as_they_are() {
        let text = || "[^\\x00]{0,40}";
        hold(&(text(), text(), "[Bb][Aa][Ss][Ii][Cc]"), |(id, secret, scheme): (String, String, String)| {
            let encode = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
            let pair = format!("{}:{}", encode(&id), encode(&secret));
            let header = format!("{scheme} {}", STANDARD.encode(pair));
            let read = basic(&HeaderValue::from_str(&header).expect("ASCII")).expect("read");
            assert_eq!((read.id, read.secret.unwrap_or_default()), (id, secret));
        });
    }

    #[test]
    fn what_is_read_as_basic_is_basic() {
        let raw = prop::collection::vec(any::<u8>(), 0..60);
        let headers = prop_oneof![
            raw.clone(),
            raw.prop_map(|bytes| format!("Basic {}", STANDARD.encode(bytes)).into_bytes()),
            "[Bb]asic? ?[A-Za-z0-9+/=:%]{0,40}".prop_map(String::into_bytes),
        ];
        hold(&headers, |header| {
            let Ok(value) = HeaderValue::from_bytes(&header) else { return };
            let Ok(read) = basic(&value) else { return };
            let text = String::from_utf8(header).expect("ASCII");
            let encoded = text.split_once(' ').expect("a scheme").1.trim();
            let decoded = STANDARD.decode(encoded).expect("base64");
            assert!(text.to_ascii_lowercase().starts_with("basic ") && decoded.contains(&b':'), "{text}");
            assert!(!read.id.contains('\0') && read.secret.is_none_or(|secret| !secret.is_empty()), "{text}");
        });
    }
}
