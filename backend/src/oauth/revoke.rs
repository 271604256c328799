//! `/oauth/revoke`: an app gives a token back (RFC 7009). A refresh token takes with it all that came from the same code; an
//! access token goes alone.

use actix_web::{HttpRequest, HttpResponse, post, web::Data};
use api_types::{audit::AuditAction, ids::TokenFamilyId, oauth_failures::OAuthEndpoint};
use serde_json::json;

use super::{
    client::{self, Client},
    error::{ErrorBody, ErrorCode, OAuthError},
    failures::Refusable,
    forms::TokenReference,
    limits::Call,
    params::{Form, Params},
    refresh_token,
};
use crate::{
    auth::{access_token, claims::Claims, parts::Auth},
    db::{token_families, tokens},
};

/// Revoke a token
///
/// Answers with 200 also where there is no such token, or no longer. Of access tokens that an app gives back, the audit log names the
/// first in an hour; the rest are counted.
#[utoipa::path(operation_id = "revokeToken", tag = "OAuth protocol",
    security(("client" = []), ()),
    request_body(content = TokenReference, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "It does not work, or no longer"),
        (status = 400, description = "Refused", body = ErrorBody),
        (status = 401, description = "Not a client", body = ErrorBody),
        (status = 413, description = "Larger than is read", body = ErrorBody),
        (status = 415, description = "In a compression that is not known here", body = ErrorBody),
        (status = 429, description = "Too many requests; `Retry-After` says when to come back", body = ErrorBody),
        (status = 500, description = "Something failed on our side", body = ErrorBody),
        (status = 503, description = "Not now; `Retry-After` says when to come back", body = ErrorBody)))]
#[post("/oauth/revoke")]
pub async fn revoke_token(
    auth: Data<Auth>,
    request: HttpRequest,
    form: Form,
) -> Result<HttpResponse, OAuthError> {
    let call = Refusable::new(&auth, OAuthEndpoint::Revoke, &request, &form);
    Box::pin(call.noted(revoke(&auth, &request, form.params))).await
}

async fn revoke(
    auth: &Auth,
    request: &HttpRequest,
    params: Result<Params, OAuthError>,
) -> Result<HttpResponse, OAuthError> {
    let params = params?;
    let client = match client::authenticate(auth, request, &params).await {
        // An app that is known by a document is found by its token: of one that is nobody's there is nothing to end.
        Err(error) if error.code() == ErrorCode::InvalidGrant => return Ok(ended()),
        known => known?,
    };
    client.check_limits(auth, Call::Revoke)?;
    let token = params.required("token", "token is missing.")?;
    if let Some((family, _)) = refresh_token::read(&auth.base.keys, token) {
        end_family(auth, client, family).await?;
    } else if let Some(claims) = access_token::verify(auth, token).await? {
        end_access_token(auth, client, claims).await?;
    }
    Ok(ended())
}

fn ended() -> HttpResponse {
    // Some clients read the empty body by its type, and fail where there is none.
    HttpResponse::Ok().content_type("application/json").finish()
}

async fn end_family(auth: &Auth, client: Client, id: TokenFamilyId) -> Result<(), OAuthError> {
    auth.base
        .db
        .write(move |tx| {
            let Some(family) = token_families::find(tx, id)? else { return Ok(()) };
            if family.row.app_id != client.record.id {
                return Err(OAuthError::OTHER_CLIENTS_TOKEN);
            }
            let now = tx.now();
            if !token_families::revoke(tx, id, token_families::GIVEN_BACK, Some(&client.ip.to_string()), now)?
            {
                return Ok(());
            }
            let details = json!({ "kind": "refresh_token", "member": family.email, "token_family": id });
            Ok(client.append_audit(tx, family.row.workspace_id, AuditAction::OAuthTokenRevoked, details)?)
        })
        .await
}

async fn end_access_token(auth: &Auth, client: Client, claims: Claims) -> Result<(), OAuthError> {
    if claims.client_id != client.record.client_id() {
        return Err(OAuthError::OTHER_CLIENTS_TOKEN);
    }
    let ended = auth.base.db.execute(move |tx| {
        let now = tx.now();
        let own = client.record.workspace.id;
        let (ended, workspace) = if claims.is_of_app_itself() {
            (tokens::revoke_own(tx, &claims.jti, client.record.id, claims.ends_at())?, own)
        } else {
            let workspace = tokens::workspace(tx, &claims.jti)?;
            (tokens::revoke(tx, &claims.jti, now)?, workspace.unwrap_or(own))
        };
        if !ended {
            return Ok(());
        }
        client.count_revocation(tx, workspace, &claims)
    });
    Ok(ended.await?)
}
