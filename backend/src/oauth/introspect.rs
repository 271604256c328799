//! `/oauth/introspect`: an app asks what one of its tokens is good for right now (RFC 7662). Of other apps' tokens it learns
//! nothing.

use actix_web::{
    HttpRequest, post,
    web::{Data, Json},
};
use api_types::oauth_failures::OAuthEndpoint;
use serde::Serialize;

use super::{
    admission,
    client::{self, Client},
    error::{ErrorBody, OAuthError},
    failures::Refusable,
    forms::TokenReference,
    limits::Call,
    params::{Form, Params},
    refresh_token,
};
use crate::{
    auth::{
        access_token,
        claims::{Claims, scope_text},
        live_token,
        parts::Auth,
    },
    db::{DbError, accounts, token_families},
    plan,
};

/// What a token is good for.
#[derive(Debug, Default, Serialize, utoipa::ToSchema)]
pub struct Introspection {
    /// Whether it works; where it does not, nothing else is said.
    #[schema(example = true)]
    pub active: bool,
    /// What it may do, separated by spaces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// Whose it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// `Bearer`, for an access token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_type: Option<&'static str>,
    /// When it ends, in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exp: Option<i64>,
    /// When it was issued, in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iat: Option<i64>,
    /// The member for whom it acts, or the app itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub: Option<String>,
    /// What it is for: this API.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aud: Option<String>,
    /// Who issued it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iss: Option<String>,
    /// An access token's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jti: Option<String>,
}

/// Introspect a token
///
/// For confidential apps, about their own tokens; any other token is answered `{"active":false}`.
#[utoipa::path(operation_id = "introspectToken", tag = "OAuth protocol",
    security(("client" = []), ()),
    request_body(content = TokenReference, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "What it is good for", body = Introspection),
        (status = 400, description = "Refused", body = ErrorBody),
        (status = 401, description = "Not a client with a secret", body = ErrorBody),
        (status = 413, description = "Larger than is read", body = ErrorBody),
        (status = 415, description = "In a compression that is not known here", body = ErrorBody),
        (status = 429, description = "Too many requests; `Retry-After` says when to come back", body = ErrorBody),
        (status = 500, description = "Something failed on our side", body = ErrorBody),
        (status = 503, description = "Not now; `Retry-After` says when to come back", body = ErrorBody)))]
#[post("/oauth/introspect")]
pub async fn introspect_token(
    auth: Data<Auth>,
    request: HttpRequest,
    form: Form,
) -> Result<Json<Introspection>, OAuthError> {
    let call = Refusable::new(&auth, OAuthEndpoint::Introspect, &request, &form);
    call.noted(introspect(&auth, &request, form.params)).await.map(Json)
}

async fn introspect(
    auth: &Auth,
    request: &HttpRequest,
    params: Result<Params, OAuthError>,
) -> Result<Introspection, OAuthError> {
    let params = params?;
    let client = client::authenticate_with_secret(auth, request, &params).await?;
    client.check_limits(auth, Call::Introspect)?;
    let token = params.required("token", "token is missing.")?;
    let found = match access_token::verify(auth, token).await? {
        Some(claims) => of_access_token(auth, &client, claims).await?,
        None => of_refresh_token(auth, &client, token).await?,
    };
    Ok(found.unwrap_or_default())
}

/// An access token's description: the same as `/v1` would judge it now.
async fn of_access_token(
    auth: &Auth,
    client: &Client,
    claims: Claims,
) -> Result<Option<Introspection>, DbError> {
    if claims.client_id != client.record.client_id() {
        return Ok(None);
    }
    let Some(record) = live_token::look_up(auth, &claims).await? else { return Ok(None) };
    if !plan::limits(record.workspace.plan).api_access {
        return Ok(None);
    }
    let (scopes, _) = live_token::effective_scopes(&claims, &record);
    Ok(Some(Introspection {
        active: true,
        scope: Some(scope_text(&scopes)),
        client_id: Some(claims.client_id),
        token_type: Some("Bearer"),
        exp: Some(claims.exp),
        iat: Some(claims.iat),
        sub: Some(claims.sub),
        aud: Some(claims.aud),
        iss: Some(claims.iss),
        jti: Some(claims.jti),
    }))
}

async fn of_refresh_token(
    auth: &Auth,
    client: &Client,
    token: &str,
) -> Result<Option<Introspection>, DbError> {
    let base = &auth.base;
    let Some((id, generation)) = refresh_token::read(&base.keys, token) else { return Ok(None) };
    let now = base.now();
    let client_id = client.record.id;
    let record = client.record.clone();
    let found = base
        .db
        .query(move |conn| {
            let found = token_families::find(conn, id)?
                .filter(|family| family.row.app_id == client_id && family.row.generation == generation)
                .filter(|family| family.row.refreshable && family.row.ends_at > now);
            let Some(family) = found else { return Ok(None) };
            if admission::check(conn, &record, family.row.workspace_id)?.is_err() {
                return Ok(None);
            }
            let role = accounts::role(conn, family.row.workspace_id, family.member)?;
            Ok(role.map(|_| family))
        })
        .await?;
    let Some(family) = found.filter(|_| client.check_plan().is_ok()) else { return Ok(None) };
    Ok(Some(Introspection {
        active: true,
        scope: Some(scope_text(&family.row.scopes.0)),
        client_id: Some(client.record.client_id().to_owned()),
        exp: Some(family.row.ends_at.as_secs()),
        iat: Some(family.row.rotated_at.as_secs()),
        sub: Some(family.member.to_string()),
        iss: Some(base.settings.issuer()),
        ..Introspection::default()
    }))
}
