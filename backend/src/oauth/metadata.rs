//! The documents that clients discover: the authorization server's metadata (RFC 8414), the API's (RFC 9728), and the keys that
//! sign tokens (RFC 7517).

use actix_web::{HttpResponse, get, http::header, web::Data};
use api_types::{Scope, oauth_apps::GrantType};
use serde_json::{Value, json};

use super::prompt;
use crate::{
    auth::{claims::audiences, parts::Auth},
    http::problem::Answer,
};

/// How long clients may keep the documents: shorter than a key is published before it signs, also an operator's.
const KEEP: &str = "public, max-age=300";

fn kept(document: &Value) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, KEEP)).json(document)
}

fn scopes() -> Vec<&'static str> {
    Scope::ALL.iter().map(|scope| scope.as_str()).collect()
}

/// Get the authorization server metadata
///
/// RFC 8414: endpoints, grants, and what else this server can do.
#[utoipa::path(operation_id = "getAuthorizationServerMetadata", tag = "Metadata", responses((status = 200, description = "The metadata", body = Value, content_type = "application/json",
    example = json!({ "issuer": "https://sayless.example", "token_endpoint": "https://sayless.example/oauth/token" }))))]
#[get("/.well-known/oauth-authorization-server")]
pub async fn get_authorization_server_metadata(auth: Data<Auth>) -> HttpResponse {
    let issuer = auth.base.settings.issuer();
    let at = |path: &str| format!("{issuer}{path}");
    let grants: Vec<&str> = GrantType::ALL.iter().map(|grant| grant.grant_type()).collect();
    let with_secret = ["client_secret_basic", "client_secret_post"];
    let any = ["client_secret_basic", "client_secret_post", "none"];
    kept(&json!({
        "issuer": issuer,
        "authorization_endpoint": at("/oauth/authorize"),
        "token_endpoint": at("/oauth/token"),
        "revocation_endpoint": at("/oauth/revoke"),
        "introspection_endpoint": at("/oauth/introspect"),
        "pushed_authorization_request_endpoint": at("/oauth/par"),
        "require_pushed_authorization_requests": false,
        "device_authorization_endpoint": at("/oauth/device_authorization"),
        "jwks_uri": at("/.well-known/jwks.json"),
        "scopes_supported": scopes(),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "prompt_values_supported": prompt::WORDS,
        "grant_types_supported": grants,
        "token_endpoint_auth_methods_supported": any,
        "revocation_endpoint_auth_methods_supported": any,
        "introspection_endpoint_auth_methods_supported": with_secret,
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
        "client_id_metadata_document_supported": true,
        // No RFC names this one; servers that announce it use this name.
        "access_token_signing_alg_values_supported": ["ES256"],
        "service_documentation": at("/docs/oauth"),
    }))
}

/// Get the protected resource metadata
///
/// RFC 9728: which server gives tokens for this API, and for what.
#[utoipa::path(operation_id = "getProtectedResourceMetadata", tag = "Metadata", responses((status = 200, description = "The metadata", body = Value, content_type = "application/json",
    example = json!({ "resource": "https://sayless.example", "authorization_servers": ["https://sayless.example"] }))))]
#[get("/.well-known/oauth-protected-resource")]
pub async fn get_protected_resource_metadata(auth: Data<Auth>) -> HttpResponse {
    let issuer = auth.base.settings.issuer();
    let [whole, _] = audiences(&issuer);
    kept(&protected_resource(&issuer, &whole))
}

/// Get the protected resource metadata of /v1
///
/// The protected resource's metadata under the name that has the API's path, where RFC 9728, section 3.1, has clients look for it.
#[utoipa::path(operation_id = "getApiProtectedResourceMetadata", tag = "Metadata", responses((status = 200, description = "The metadata", body = Value, content_type = "application/json",
    example = json!({ "resource": "https://sayless.example/v1", "authorization_servers": ["https://sayless.example"] }))))]
#[get("/.well-known/oauth-protected-resource/v1")]
pub async fn get_api_protected_resource_metadata(auth: Data<Auth>) -> HttpResponse {
    let issuer = auth.base.settings.issuer();
    let [_, api] = audiences(&issuer);
    kept(&protected_resource(&issuer, &api))
}

fn protected_resource(issuer: &str, resource: &str) -> Value {
    json!({
        "resource": resource,
        "authorization_servers": [issuer],
        "jwks_uri": format!("{issuer}/.well-known/jwks.json"),
        "scopes_supported": scopes(),
        "bearer_methods_supported": ["header"],
        "resource_name": "Sayless API",
        "resource_documentation": format!("{issuer}/docs/"),
    })
}

/// Get the JSON Web Key Set
///
/// A JWK set. A new key is here a day before it signs, or five minutes where the operator is in a hurry, and stays a day after the next
/// took over. A key that leaked is taken away at once: read the set again where a signature is no good any more.
#[utoipa::path(operation_id = "getJwks", tag = "Metadata", responses((status = 200, description = "The key set", body = Value, content_type = "application/json",
    example = json!({ "keys": [{ "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": "…", "x": "…", "y": "…" }] }))))]
#[get("/.well-known/jwks.json")]
pub async fn get_jwks(auth: Data<Auth>) -> Answer {
    Ok(kept(&auth.signing_keys.ring(&auth.base).await?.published()))
}
