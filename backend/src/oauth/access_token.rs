//! Access tokens: JWTs of the type `at+jwt` (RFC 9068), signed with ES256, good for ten minutes.

use api_types::{Scope, Timestamp, ids::OAuthAppId};
use jsonwebtoken::{Algorithm, Header, Validation};
use serde::{Deserialize, Serialize};

use super::{issuer, signing_keys};
use crate::{app::App, crypto, problem::Failure};

/// How long an access token works, in milliseconds.
pub const LIFETIME_MS: i64 = 10 * 60_000;
/// How far clocks may be apart, in milliseconds.
pub const LEEWAY_MS: i64 = 5_000;
/// The type in a token's header (RFC 9068, section 2.1).
const TYPE: &str = "at+jwt";
/// The longest token that is looked at.
const MAX_LEN: usize = 4 * 1024;

/// What a token says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Claims {
    /// We, as the metadata has it.
    pub iss: String,
    /// The member for whom it acts; the app itself where it acts for nobody else.
    pub sub: String,
    /// Our API, which has our name.
    pub aud: String,
    /// The app.
    pub client_id: String,
    /// What it may do, separated by spaces.
    pub scope: String,
    /// The token's id.
    pub jti: String,
    /// When it was issued, in seconds since 1970.
    pub iat: i64,
    /// When it ends, in seconds since 1970.
    pub exp: i64,
}

impl Claims {
    /// A new token's claims: `subject` is a member's or the app's own id.
    pub fn new(app: &App, client: OAuthAppId, subject: &str, scopes: &[Scope]) -> Self {
        let (issuer, now) = (issuer(app), app.clock.now());
        Self {
            aud: issuer.clone(),
            iss: issuer,
            sub: subject.to_owned(),
            client_id: client.to_string(),
            scope: scope_text(scopes),
            jti: crypto::text(&app.chance.bytes::<16>()),
            iat: now.as_secs(),
            exp: (now + LIFETIME_MS).as_secs(),
        }
    }

    /// Whether the app acts as itself.
    pub fn is_of_app_itself(&self) -> bool {
        self.sub == self.client_id
    }

    /// What the token may do.
    pub fn scopes(&self) -> Vec<Scope> {
        self.scope.split(' ').filter_map(|word| word.parse().ok()).collect()
    }

    /// When it ends.
    pub const fn ends_at(&self) -> Timestamp {
        Timestamp::from_millis(self.exp.saturating_mul(1_000))
    }

    /// Whether it is of the present, as far as clocks agree.
    pub fn is_current(&self, now: Timestamp) -> bool {
        let issued = Timestamp::from_millis(self.iat.saturating_mul(1_000));
        now.millis_since(self.ends_at()) < LEEWAY_MS && issued.millis_since(now) <= LEEWAY_MS
    }
}

/// Scopes as one text, separated by spaces.
pub fn scope_text(scopes: &[Scope]) -> String {
    scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" ")
}

/// Whether a Bearer credential has the shape of a JWT.
pub fn is_jwt(text: &str) -> bool {
    text.len() <= MAX_LEN && text.bytes().filter(|&byte| byte == b'.').count() == 2
}

/// Signs a token.
pub async fn sign(app: &App, claims: &Claims) -> Result<String, Failure> {
    let ring = signing_keys::ring(app).await?;
    let (id, key) = ring
        .signer(app.clock.now())
        .ok_or_else(|| Failure::internal(&"there is no key that signs tokens"))?;
    let header = Header { typ: Some(TYPE.into()), kid: Some(id.to_owned()), ..Header::new(Algorithm::ES256) };
    jsonwebtoken::encode(&header, claims, key).map_err(|error| Failure::internal(&error))
}

/// What a token says, if we said it, for us, and it has not ended; whether it still stands for anything is another question.
pub async fn verify(app: &App, token: &str) -> Result<Option<Claims>, Failure> {
    let (cache, now) = (&app.wake.credentials.signatures, app.clock.now());
    let digest = crypto::sha256_text(token.as_bytes());
    if let Some(known) = cache.get(&digest, now) {
        return Ok(Some(known).filter(|claims| claims.is_current(now)));
    }
    let Some(claims) = check(app, token).await?.filter(|claims| claims.is_current(now)) else {
        return Ok(None);
    };
    cache.put(digest, claims.clone(), now, cache.generation());
    Ok(Some(claims))
}

async fn check(app: &App, token: &str) -> Result<Option<Claims>, Failure> {
    if !is_jwt(token) {
        return Ok(None);
    }
    let Ok(header) = jsonwebtoken::decode_header(token) else { return Ok(None) };
    let typed = header.typ.as_deref().is_some_and(|typ| {
        let typ = typ.to_ascii_lowercase();
        typ.strip_prefix("application/").unwrap_or(&typ) == TYPE
    });
    let Some(id) = header.kid.filter(|_| typed && header.alg == Algorithm::ES256) else { return Ok(None) };
    let ring = signing_keys::ring_with(app, &id).await?;
    let Some(key) = ring.find(&id) else { return Ok(None) };
    let issuer = issuer(app);
    let mut rules = Validation::new(Algorithm::ES256);
    rules.set_audience(&[&issuer]);
    rules.set_issuer(&[&issuer]);
    rules.set_required_spec_claims(&["iss", "aud", "exp", "sub"]);
    // Judged by our own clock, in `is_current`.
    rules.validate_exp = false;
    Ok(jsonwebtoken::decode::<Claims>(token, &key.decoding, &rules).ok().map(|token| token.claims))
}
