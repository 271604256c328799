//! `/oauth/introspect`: an app asks what one of its tokens is good for right now (RFC 7662). Of others' it learns nothing.

use actix_web::{
    HttpRequest, post,
    web::{Data, Json},
};
use serde::Serialize;

use super::{
    access_token::{self, Claims},
    client::{self, Client},
    error::{ErrorBody, OAuthError},
    issuer,
    params::Form,
    refresh_token,
};
use crate::{
    app::App,
    auth::token,
    db::{accounts, token_families},
    plan,
    problem::Failure,
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

/// Look at a token
///
/// For confidential apps, about their own tokens; any other token is answered `{"active":false}`.
#[utoipa::path(tag = "OAuth",
    request_body(content = String, content_type = "application/x-www-form-urlencoded", description = "`token`, and perhaps `token_type_hint`"),
    responses((status = 200, description = "What it is good for", body = Introspection),
        (status = 400, description = "Refused", body = ErrorBody),
        (status = 401, description = "Not a client with a secret", body = ErrorBody)))]
#[post("/oauth/introspect")]
pub async fn introspect(
    app: Data<App>,
    request: HttpRequest,
    form: Form,
) -> Result<Json<Introspection>, OAuthError> {
    let Form(params) = form;
    let client = client::authenticate_with_secret(&app, &request, &params).await?;
    let token = params.get("token").ok_or(OAuthError::request("token is missing."))?;
    let found = match access_token::verify(&app, token).await? {
        Some(claims) => of_access_token(&app, &client, claims).await?,
        None => of_refresh_token(&app, &client, token).await?,
    };
    Ok(Json(found.unwrap_or_default()))
}

/// What `/v1` would say of it.
async fn of_access_token(
    app: &App,
    client: &Client,
    claims: Claims,
) -> Result<Option<Introspection>, OAuthError> {
    if claims.client_id != client.record.id.as_str() {
        return Ok(None);
    }
    let Some(record) = token::look_up(app, &claims).await? else { return Ok(None) };
    if !plan::limits(record.workspace.plan).api_access {
        return Ok(None);
    }
    let (scopes, _) = token::power(&claims, &record);
    Ok(Some(Introspection {
        active: true,
        scope: Some(access_token::scope_text(&scopes)),
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
    app: &App,
    client: &Client,
    token: &str,
) -> Result<Option<Introspection>, OAuthError> {
    let Some((id, generation)) = refresh_token::read(&app.keys, token) else { return Ok(None) };
    let (now, own) = (app.clock.now(), client.record.id);
    let found = app
        .db
        .read(move |conn| {
            let found = token_families::find(conn, id)?
                .filter(|family| family.row.app_id == own && family.row.generation == generation)
                .filter(|family| family.row.refreshable && family.row.ends_at > now);
            let Some(family) = found else { return Ok(None) };
            let role = accounts::role(conn, family.row.workspace_id, family.member)?;
            Ok::<_, Failure>(role.map(|_| family))
        })
        .await?;
    let Some(family) = found.filter(|_| client.has_plan().is_ok()) else { return Ok(None) };
    Ok(Some(Introspection {
        active: true,
        scope: Some(access_token::scope_text(&family.row.scopes.0)),
        client_id: Some(own.to_string()),
        exp: Some(family.row.ends_at.as_secs()),
        iat: Some(family.row.rotated_at.as_secs()),
        sub: Some(family.member.to_string()),
        iss: Some(issuer(app)),
        ..Introspection::default()
    }))
}
