//! The claims of an access token (RFC 9068, section 2.2): who issued it, for whom, for what, and until when.

use api_types::{Scope, Timestamp, ids::SecretId};
use serde::{Deserialize, Serialize};

use crate::{base::Base, crypto};

/// How long an access token works, in milliseconds.
pub const LIFETIME_MS: i64 = 10 * 60_000;
/// How far clocks may be apart, in milliseconds.
pub const LEEWAY_MS: i64 = 5_000;

/// The names of the API, any of which a token may be for: the issuer's, and the same with the API's path, which clients find that
/// look for the metadata of a path (RFC 9728, section 3.1).
pub fn audiences(issuer: &str) -> [String; 2] {
    [issuer.to_owned(), format!("{issuer}/v1")]
}

/// The claims of an access token.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Claims {
    /// The issuer, as the metadata has it.
    pub iss: String,
    /// The id of the member for whom the app acts, or the app's own id where it acts as itself.
    pub sub: String,
    /// The API that takes the token, by one of its [names](audiences).
    pub aud: String,
    /// The app's `client_id`: its id, or the URL of the document that it is known by.
    pub client_id: String,
    /// The scopes that the token was given, separated by spaces.
    pub scope: String,
    /// The token's id.
    pub jti: String,
    /// The second of issue, counted from 1970.
    pub iat: i64,
    /// The second at which the token ends, counted from 1970.
    pub exp: i64,
    /// The client secret by which an app got a token for itself; such a token ends with the secret where an admin wants that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_id: Option<SecretId>,
}

/// The claims of a token whose signature is good.
#[derive(Clone, Debug)]
pub struct Verified {
    pub claims: Claims,
    /// The id of the key that signed the token.
    pub key: String,
}

impl Claims {
    /// The claims of a token that is issued `now`; `client` is the app's `client_id`, `subject` a member's id or the app's own.
    pub fn new(base: &Base, client: &str, subject: &str, scopes: &[Scope], now: Timestamp) -> Self {
        let issuer = base.settings.issuer();
        Self {
            aud: issuer.clone(),
            iss: issuer,
            sub: subject.to_owned(),
            client_id: client.to_owned(),
            scope: scope_text(scopes),
            jti: crypto::text(&base.random.bytes::<16>()),
            iat: now.as_secs(),
            exp: (now + LIFETIME_MS).as_secs(),
            secret_id: None,
        }
    }

    /// The claims of a token for this audience; none leaves the issuer.
    #[must_use]
    pub fn with_audience(mut self, audience: Option<String>) -> Self {
        if let Some(audience) = audience {
            self.aud = audience;
        }
        self
    }

    /// `true` where the app acts as itself.
    pub fn is_of_app_itself(&self) -> bool {
        self.sub == self.client_id
    }

    /// The scopes that the token was given.
    pub fn scopes(&self) -> Vec<Scope> {
        self.scope.split(' ').filter_map(|word| word.parse().ok()).collect()
    }

    /// The time at which the token ends.
    pub const fn ends_at(&self) -> Timestamp {
        Timestamp::from_millis(self.exp.saturating_mul(1_000))
    }

    /// `true` from the time of issue to the end, give or take the leeway between clocks.
    pub fn is_current(&self, now: Timestamp) -> bool {
        let issued = Timestamp::from_millis(self.iat.saturating_mul(1_000));
        now.millis_since(self.ends_at()) < LEEWAY_MS && issued.millis_since(now) <= LEEWAY_MS
    }
}

/// Scopes as one text, separated by spaces.
pub fn scope_text(scopes: &[Scope]) -> String {
    scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" ")
}
