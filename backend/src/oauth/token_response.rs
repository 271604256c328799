//! The answer of the token endpoint (RFC 6749, section 5.1).

use api_types::Scope;
use serde::Serialize;

use crate::auth::{
    access_token,
    claims::{Claims, LIFETIME_MS, scope_text},
    parts::Auth,
    signing_keys::SigningKeyError,
};

/// Tokens, as RFC 6749, section 5.1, has them.
#[derive(Serialize, utoipa::ToSchema)]
pub struct IssuedTokens {
    /// A JWT of the type `at+jwt`, to be sent as a Bearer credential.
    #[schema(example = "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJFUzI1NiJ9.…")]
    pub access_token: String,
    /// `Bearer`.
    #[schema(example = "Bearer")]
    pub token_type: &'static str,
    /// How long the access token works, in seconds.
    #[schema(example = 600)]
    pub expires_in: i64,
    /// What it may do, separated by spaces: perhaps less than was asked for.
    #[schema(example = "tickets:read")]
    pub scope: String,
    /// Gives the next tokens, once; absent where the app may not refresh.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "slr_…")]
    pub refresh_token: Option<String>,
}

impl std::fmt::Debug for IssuedTokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IssuedTokens").field("scope", &self.scope).finish_non_exhaustive()
    }
}

/// Signs an access token and puts the answer together.
pub async fn answer(
    auth: &Auth,
    claims: &Claims,
    scopes: &[Scope],
    refresh_token: Option<String>,
) -> Result<IssuedTokens, SigningKeyError> {
    Ok(IssuedTokens {
        access_token: access_token::sign(auth, claims).await?,
        token_type: "Bearer",
        expires_in: LIFETIME_MS / 1_000,
        scope: scope_text(scopes),
        refresh_token,
    })
}
