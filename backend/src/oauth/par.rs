//! `/oauth/par`: a request for authorization, pushed ahead from server to server (RFC 9126).

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, post, web::Data};
use api_types::oauth_failures::{FailureCause, OAuthEndpoint};
use serde::Serialize;

use super::{
    client,
    error::{ErrorBody, OAuthError},
    failures::Refusable,
    forms::PushedAuthorizationForm,
    limits::{Call, MAX_PUSHED},
    params::{Form, Params},
    request,
};
use crate::{auth::parts::Auth, crypto, db::authorization_requests as requests};

/// The beginning of every request URI (RFC 9126, section 2.2).
pub const URN: &str = "urn:ietf:params:oauth:request_uri:";
/// How long a pushed request waits to be used, in seconds.
const LIFETIME_SECS: i64 = 90;

/// The parameters that are kept: those that the authorization endpoint reads.
pub const KEPT: &[&str] = &[
    "client_id",
    "response_type",
    "response_mode",
    "redirect_uri",
    "code_challenge",
    "code_challenge_method",
    "scope",
    "state",
    "resource",
    "prompt",
    "max_age",
    "login_hint",
];

const TOO_LARGE: OAuthError = OAuthError::request(
    FailureCause::ParametersTooLarge,
    "The parameters have more than the 16 KiB that are kept.",
)
.status(StatusCode::PAYLOAD_TOO_LARGE);

/// Where a pushed request waits.
#[derive(Serialize, utoipa::ToSchema)]
pub struct PushedRequest {
    /// To be sent to `/oauth/authorize` with `client_id`; good for one answer.
    #[schema(example = "urn:ietf:params:oauth:request_uri:6esc_11ACC5bwc014ltc14eY22c")]
    pub request_uri: String,
    /// How long, in seconds.
    #[schema(example = 90)]
    pub expires_in: i64,
}

impl std::fmt::Debug for PushedRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PushedRequest")
    }
}

/// Push an authorization request
///
/// The parameters of `/oauth/authorize`, sent ahead by the app itself, which authenticates as at the token endpoint. Unknown ones
/// are not kept.
#[utoipa::path(operation_id = "createPushedAuthorizationRequest", tag = "OAuth protocol",
    security(("client" = []), ()),
    request_body(content = PushedAuthorizationForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 201, description = "Where it waits", body = PushedRequest),
        (status = 400, description = "Not a request that could be authorized", body = ErrorBody),
        (status = 401, description = "Not a client", body = ErrorBody),
        (status = 413, description = "Larger than is read", body = ErrorBody),
        (status = 415, description = "In a compression that is not known here", body = ErrorBody),
        (status = 429, description = "Too many requests; `Retry-After` says when to come back", body = ErrorBody),
        (status = 500, description = "Something failed on our side", body = ErrorBody),
        (status = 503, description = "Not now; `Retry-After` says when to come back", body = ErrorBody)))]
#[post("/oauth/par")]
pub async fn create_pushed_authorization_request(
    auth: Data<Auth>,
    request: HttpRequest,
    form: Form,
) -> Result<HttpResponse, OAuthError> {
    let call = Refusable::new(&auth, OAuthEndpoint::Par, &request, &form);
    call.noted(push(&auth, &request, form.params)).await
}

async fn push(
    auth: &Auth,
    request: &HttpRequest,
    params: Result<Params, OAuthError>,
) -> Result<HttpResponse, OAuthError> {
    let params = params?;
    let base = &auth.base;
    let client = client::authenticate(auth, request, &params).await?;
    client.check_limits(auth, Call::Push)?;
    client.check_plan()?;
    if params.get("request_uri").is_some() {
        return Err(OAuthError::request(
            FailureCause::ParameterInvalid,
            "A pushed request cannot refer to another.",
        ));
    }
    request::check(&client.record, &params, &base.settings.issuer()).map_err(request::Refusal::error)?;
    let reference = crypto::text(&base.random.bytes::<32>());
    let (digest, _) = base.keys.digest(&reference);
    let id = client.record.id;
    let parameters = params.to_json(KEPT);
    if parameters.to_string().len() > MAX_PUSHED {
        return Err(TOO_LARGE);
    }
    base.db
        .execute(move |tx| {
            let expires_at = tx.now() + LIFETIME_SECS * 1_000;
            requests::push(tx, &digest, id, parameters, expires_at)
        })
        .await?;
    let answer = PushedRequest { request_uri: format!("{URN}{reference}"), expires_in: LIFETIME_SECS };
    Ok(HttpResponse::Created().json(answer))
}
