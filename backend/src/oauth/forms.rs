//! The forms of the OAuth endpoints, as the document shows them. They are read by [`Params`](super::params::Params), which
//! leaves names that it does not know alone, as RFC 6749 wants.

use api_types::ids::OAuthAppId;
use utoipa::{IntoParams, ToSchema};

/// What `/oauth/token` takes.
#[derive(Debug, ToSchema)]
#[schema(example = json!({ "grant_type": "client_credentials", "scope": "tickets:read" }))]
pub struct TokenForm {
    /// What the tokens are given for.
    pub grant_type: TokenGrant,
    /// Of `authorization_code`, required: the code that came back with the member.
    #[schema(nullable = false)]
    pub code: Option<String>,
    /// Of `authorization_code`, required: the text whose SHA-256 was the `code_challenge` (RFC 7636).
    #[schema(nullable = false, min_length = 43, max_length = 128, pattern = "^[A-Za-z0-9._~-]+$")]
    pub code_verifier: Option<String>,
    /// Of `authorization_code`: the same as in the authorization request, if it was sent there.
    #[schema(nullable = false, format = "uri")]
    pub redirect_uri: Option<String>,
    /// Of `refresh_token`, required: the newest refresh token.
    #[schema(nullable = false)]
    pub refresh_token: Option<String>,
    /// Of the device grant, required: the device code.
    #[schema(nullable = false)]
    pub device_code: Option<String>,
    /// Of `refresh_token` and `client_credentials`: scopes, separated by spaces; all that were given where absent.
    #[schema(nullable = false, example = "tickets:read")]
    pub scope: Option<String>,
    /// The issuer's address, or that with `/v1`, if anything (RFC 8707): the token's `aud`.
    #[schema(nullable = false, format = "uri")]
    pub resource: Option<String>,
    /// The app's id, or the URL of its metadata document; absent where it authenticates by Basic.
    #[schema(nullable = false, example = "app_01JDBN5X7W3Q9K2M4E6R8T0VYZ")]
    pub client_id: Option<String>,
    /// The app's secret, unless it authenticates by Basic or is public.
    #[schema(nullable = false, format = "password")]
    pub client_secret: Option<String>,
}

/// The kinds of grants that the token endpoint takes.
#[derive(Debug, ToSchema)]
pub enum TokenGrant {
    /// A code that came back with a member.
    #[schema(rename = "authorization_code")]
    AuthorizationCode,
    /// A refresh token.
    #[schema(rename = "refresh_token")]
    RefreshToken,
    /// Nothing but the app itself.
    #[schema(rename = "client_credentials")]
    ClientCredentials,
    /// The code of a device that waits (RFC 8628).
    #[schema(rename = "urn:ietf:params:oauth:grant-type:device_code")]
    DeviceCode,
}

/// The form of `/oauth/device_authorization`.
#[derive(Debug, ToSchema)]
#[schema(example = json!({ "client_id": "app_01JDBN5X7W3Q9K2M4E6R8T0VYZ", "scope": "tickets:read" }))]
pub struct DeviceAuthorizationForm {
    /// Scopes, separated by spaces; all that the app may ask for where absent.
    #[schema(nullable = false, example = "tickets:read")]
    pub scope: Option<String>,
    /// The issuer's address, or that with `/v1`, if anything (RFC 8707): the token's `aud`.
    #[schema(nullable = false, format = "uri")]
    pub resource: Option<String>,
    /// The app, unless it authenticates by Basic.
    #[schema(nullable = false)]
    pub client_id: Option<OAuthAppId>,
    /// The app's secret, unless it authenticates by Basic or is public.
    #[schema(nullable = false, format = "password")]
    pub client_secret: Option<String>,
}

/// What `/oauth/revoke` and `/oauth/introspect` take.
#[derive(Debug, ToSchema)]
#[schema(example = json!({ "token": "slr_…", "token_type_hint": "refresh_token" }))]
pub struct TokenReference {
    /// An access token or a refresh token.
    pub token: String,
    /// Not needed: the server sees what kind of token it is.
    #[schema(nullable = false, example = "refresh_token")]
    pub token_type_hint: Option<String>,
    /// The app's id, or the URL of its metadata document; absent where it authenticates by Basic.
    #[schema(nullable = false, example = "app_01JDBN5X7W3Q9K2M4E6R8T0VYZ")]
    pub client_id: Option<String>,
    /// The app's secret, unless it authenticates by Basic or is public.
    #[schema(nullable = false, format = "password")]
    pub client_secret: Option<String>,
}

/// What `/oauth/authorize` takes, in its query or as a form.
#[derive(Debug, ToSchema, IntoParams)]
#[into_params(parameter_in = Query)]
#[schema(example = json!({
    "client_id": "app_01JDBN5X7W3Q9K2M4E6R8T0VYZ",
    "response_type": "code",
    "redirect_uri": "https://acme.example/callback",
    "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    "code_challenge_method": "S256",
    "scope": "tickets:read",
    "state": "af0ifjsldkj"
}))]
pub struct AuthorizationForm {
    /// The app's id, or the URL of its metadata document.
    pub client_id: String,
    /// `code`; required unless the request was pushed ahead.
    #[schema(nullable = false)]
    pub response_type: Option<ResponseType>,
    /// One that the app registered; may be absent where it registered one.
    #[schema(nullable = false, format = "uri")]
    #[param(format = "uri")]
    pub redirect_uri: Option<String>,
    /// SHA-256 of the code's verifier, in base64url; required unless the request was pushed ahead.
    #[schema(nullable = false, min_length = 43, max_length = 43, pattern = "^[A-Za-z0-9_-]+$")]
    #[param(min_length = 43, max_length = 43, pattern = "^[A-Za-z0-9_-]+$")]
    pub code_challenge: Option<String>,
    /// `S256`; required unless the request was pushed ahead.
    #[schema(nullable = false)]
    pub code_challenge_method: Option<ChallengeMethod>,
    /// What for, separated by spaces; all that the app may ask for where absent.
    #[schema(nullable = false)]
    pub scope: Option<String>,
    /// Comes back with the answer.
    #[schema(nullable = false)]
    pub state: Option<String>,
    /// The issuer's address, or that with `/v1`, if anything (RFC 8707): the token's `aud`.
    #[schema(nullable = false, format = "uri")]
    #[param(format = "uri")]
    pub resource: Option<String>,
    /// `none` shows nothing and answers at once; `consent` and `select_account` ask whatever was allowed before; `login` has the member
    /// sign in anew. Several are separated by spaces; others are left out.
    #[schema(nullable = false, example = "consent")]
    #[param(example = "consent")]
    pub prompt: Option<String>,
    /// The most seconds since the member signed in; who did so before signs in anew.
    #[schema(nullable = false, minimum = 0)]
    #[param(minimum = 0)]
    pub max_age: Option<u32>,
    /// The e-mail address of the member whom the app expects.
    #[schema(nullable = false)]
    pub login_hint: Option<String>,
    /// Of a pushed request, instead of all but `client_id`.
    #[schema(nullable = false, format = "uri")]
    #[param(format = "uri")]
    pub request_uri: Option<String>,
}

/// What `/oauth/par` takes: an authorization request, and the app's own credential.
#[derive(Debug, ToSchema)]
#[schema(example = json!({
    "response_type": "code",
    "redirect_uri": "https://acme.example/callback",
    "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    "code_challenge_method": "S256",
    "scope": "tickets:read",
    "state": "af0ifjsldkj"
}))]
pub struct PushedAuthorizationForm {
    /// `code`.
    pub response_type: ResponseType,
    /// One that the app registered; may be absent where it registered one.
    #[schema(nullable = false, format = "uri")]
    pub redirect_uri: Option<String>,
    /// SHA-256 of the code's verifier, in base64url.
    #[schema(min_length = 43, max_length = 43, pattern = "^[A-Za-z0-9_-]+$")]
    pub code_challenge: String,
    /// `S256`.
    pub code_challenge_method: ChallengeMethod,
    /// What for, separated by spaces; all that the app may ask for where absent.
    #[schema(nullable = false)]
    pub scope: Option<String>,
    /// Comes back with the answer.
    #[schema(nullable = false)]
    pub state: Option<String>,
    /// The issuer's address, or that with `/v1`, if anything (RFC 8707): the token's `aud`.
    #[schema(nullable = false, format = "uri")]
    pub resource: Option<String>,
    /// `none` shows nothing and answers at once; `consent` and `select_account` ask whatever was allowed before; `login` has the member
    /// sign in anew. Several are separated by spaces; others are left out.
    #[schema(nullable = false, example = "consent")]
    pub prompt: Option<String>,
    /// The most seconds since the member signed in; who did so before signs in anew.
    #[schema(nullable = false, minimum = 0)]
    pub max_age: Option<u32>,
    /// The e-mail address of the member whom the app expects.
    #[schema(nullable = false)]
    pub login_hint: Option<String>,
    /// The app's id, or the URL of its metadata document; absent where it authenticates by Basic.
    #[schema(nullable = false, example = "app_01JDBN5X7W3Q9K2M4E6R8T0VYZ")]
    pub client_id: Option<String>,
    /// The app's secret, unless it authenticates by Basic or is public.
    #[schema(nullable = false, format = "password")]
    pub client_secret: Option<String>,
}

/// The one kind of answer to an authorization request.
#[derive(Debug, ToSchema)]
pub enum ResponseType {
    /// An authorization code.
    #[schema(rename = "code")]
    Code,
}

/// The one way to make a code challenge.
#[derive(Debug, ToSchema)]
pub enum ChallengeMethod {
    /// SHA-256 (RFC 7636).
    S256,
}
