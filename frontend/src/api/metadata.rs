//! The OAuth server's metadata (RFC 8414), as far as somebody who connects a client wants to read it.

use serde::Deserialize;

use crate::{
    api::{answer::Answer, call::Query},
    paths::api as paths,
};

/// The addresses of the OAuth server.
#[derive(Clone, PartialEq, Deserialize)]
pub struct AuthorizationServer {
    pub issuer: String,
    pub authorization_endpoint: String,
    pub token_endpoint: String,
    pub revocation_endpoint: String,
    pub introspection_endpoint: String,
    pub pushed_authorization_request_endpoint: String,
    pub device_authorization_endpoint: String,
    pub jwks_uri: String,
}

impl Answer for AuthorizationServer {
    fn read(json: &str) -> serde_json::Result<Self> {
        serde_json::from_str(json)
    }
}

pub fn show() -> Query<AuthorizationServer> {
    Query::new(paths::OAUTH_SERVER)
}
