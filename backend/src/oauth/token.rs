//! `/oauth/token`: tokens for a code, for a refresh token, for a device that waits, or for the app itself.

use actix_web::{
    HttpRequest, post,
    web::{Data, Json},
};
use api_types::{
    oauth_apps::{ClientKind, GrantType},
    oauth_failures::{FailureCause, OAuthEndpoint},
};

use super::{
    client::{self, Client},
    code, device,
    error::{ErrorBody, ErrorCode, OAuthError},
    failures::Refusable,
    forms::TokenForm,
    limits::Call,
    params::{Form, Params},
    refresh, resource, scope,
    token_response::{self, IssuedTokens},
};
use crate::auth::{claims::Claims, parts::Auth};

/// Issue a token
///
/// `authorization_code` with `code`, `code_verifier` and, if it was sent before, `redirect_uri`; `refresh_token` with
/// `refresh_token`; `urn:ietf:params:oauth:grant-type:device_code` with `device_code`; or `client_credentials`. Confidential apps authenticate by Basic or in the body, public ones by
/// `client_id` alone. Scopes that the app may not have are left out; the answer's `scope` says what is given. A refresh token
/// works once and gives its successor. Where that answer is lost, the old one gives the same successor again, for a day at
/// most, until that or its access token is used. Used later, it ends every token that came from the same code.
#[utoipa::path(operation_id = "issueToken", tag = "OAuth protocol",
    security(("client" = []), ()),
    request_body(content = TokenForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "Tokens", body = IssuedTokens),
        (status = 400, description = "Refused", body = ErrorBody),
        (status = 401, description = "Not a client", body = ErrorBody),
        (status = 413, description = "Larger than is read", body = ErrorBody),
        (status = 415, description = "In a compression that is not known here", body = ErrorBody),
        (status = 429, description = "Too many requests; `Retry-After` says when to come back", body = ErrorBody),
        (status = 500, description = "Something failed on our side", body = ErrorBody),
        (status = 503, description = "Not now; `Retry-After` says when to come back", body = ErrorBody)))]
#[post("/oauth/token")]
pub async fn issue_token(
    auth: Data<Auth>,
    request: HttpRequest,
    form: Form,
) -> Result<Json<IssuedTokens>, OAuthError> {
    let call = Refusable::new(&auth, OAuthEndpoint::Token, &request, &form);
    call.noted(issue(&auth, &request, form.params)).await.map(Json)
}

async fn issue(
    auth: &Auth,
    request: &HttpRequest,
    params: Result<Params, OAuthError>,
) -> Result<IssuedTokens, OAuthError> {
    let params = params?;
    let client = client::authenticate(auth, request, &params).await?;
    let grant = params.required("grant_type", "grant_type is missing.")?;
    let grant = GrantType::of_request(grant).ok_or(OAuthError::UNSUPPORTED_GRANT)?;
    client.check_limits(auth, Call::Tokens(grant))?;
    client.check_grant(grant)?;
    let audience = resource::audience(&params, &auth.base.settings.issuer())?;
    match grant {
        GrantType::AuthorizationCode => code::redeem(auth, &client, &params, audience).await,
        GrantType::RefreshToken => refresh::refresh(auth, &client, &params, audience).await,
        GrantType::DeviceCode => device::poll::redeem(auth, &client, &params, audience).await,
        GrantType::ClientCredentials => for_itself(auth, &client, &params, audience).await,
    }
}

/// A token by which the app acts as itself (RFC 6749, section 4.4). The token is not stored, and there is nothing to refresh.
async fn for_itself(
    auth: &Auth,
    client: &Client,
    params: &Params,
    audience: Option<String>,
) -> Result<IssuedTokens, OAuthError> {
    let record = &client.record;
    if record.kind == ClientKind::Public {
        return Err(OAuthError::new(
            ErrorCode::UnauthorizedClient,
            FailureCause::GrantNotForPublicApps,
            "Public apps cannot act as themselves.",
        ));
    }
    let scopes = scope::narrow(params.get("scope"), &record.scopes)?;
    let mut claims =
        Claims::new(&auth.base, record.client_id(), record.id.as_str(), &scopes, auth.base.now())
            .with_audience(audience);
    claims.secret_id = client.secret;
    let issued = token_response::answer(auth, &claims, &scopes, None).await?;
    auth.usage.note_issued(record.id, auth.base.now());
    Ok(issued)
}
