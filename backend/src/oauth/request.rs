//! Authorization requests: the parameters by which an app asks a member, checked (OAuth 2.1, section 4.1.1; RFC 7636, 8707, 9207).
//! The order of the checks decides whether an answer may be sent back at all.

use api_types::{Scope, oauth_apps::GrantType};
use url::form_urlencoded;

use super::{
    error::{ErrorCode, OAuthError},
    params::Params,
    prompt::Prompt,
    redirect_uri, resource, scope,
};
use crate::db::oauth_clients::ClientRecord;

/// Characters of a SHA-256 in base64url.
const CHALLENGE_LEN: usize = 43;

/// An authorization request that may be put to a member.
#[derive(Clone, Debug)]
pub struct CheckedRequest {
    /// The address that the answer goes to.
    pub return_to: ReturnAddress,
    /// The scopes that the app asks for.
    pub scopes: Vec<Scope>,
    /// The SHA-256 of the code's verifier, in base64url.
    pub code_challenge: String,
    /// The audience of the tokens, where the app named one.
    pub audience: Option<String>,
    /// What the app wishes of the question.
    pub prompt: Prompt,
}

/// A registered redirect URI, and the `state` that goes back with the answer.
#[derive(Clone, Debug)]
pub struct ReturnAddress {
    /// The URI, exactly as it was sent.
    pub redirect_uri: String,
    /// The app's own value, which goes back with the answer.
    pub state: Option<String>,
}

impl ReturnAddress {
    /// The URI with these parameters, the state and the issuer (RFC 9207) added to it.
    pub fn with(&self, issuer: &str, parameters: &[(&str, &str)]) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in parameters {
            query.append_pair(name, value);
        }
        if let Some(state) = &self.state {
            query.append_pair("state", state);
        }
        query.append_pair("iss", issuer);
        let joint = match self.redirect_uri.split_once('?') {
            None => "?",
            Some((_, rest)) if rest.is_empty() || rest.ends_with('&') => "",
            Some(_) => "&",
        };
        format!("{}{joint}{}", self.redirect_uri, query.finish())
    }
}

/// A request that is not put to any member.
#[derive(Clone, Debug)]
pub enum Refusal {
    /// There is no address that an answer may be sent to: the member sees a page.
    Page(OAuthError),
    /// The app gets the error at its redirect URI.
    Back(ReturnAddress, OAuthError),
}

impl Refusal {
    /// The error alone, for an endpoint that the app calls itself.
    pub fn error(self) -> OAuthError {
        match self {
            Self::Page(error) | Self::Back(_, error) => error,
        }
    }
}

/// Checks an authorization request of this client.
pub fn check(client: &ClientRecord, params: &Params, issuer: &str) -> Result<CheckedRequest, Refusal> {
    let redirect_uri = check_redirect_uri(client, params).map_err(Refusal::Page)?;
    let state = params.get("state").filter(|_| !params.repeats("state")).map(Into::into);
    let return_to = ReturnAddress { redirect_uri, state };
    check_rest(client, params, issuer, &return_to).map_err(|error| Refusal::Back(return_to, error))
}

fn check_redirect_uri(client: &ClientRecord, params: &Params) -> Result<String, OAuthError> {
    if params.repeats("redirect_uri") {
        return Err(OAuthError::request("redirect_uri is there more than once."));
    }
    let registered = &client.redirect_uris;
    match (params.get("redirect_uri"), registered.as_slice()) {
        (None, [only]) => Ok(only.clone()),
        (None, _) => Err(OAuthError::request("redirect_uri is missing.")),
        (Some(sent), _) if registered.iter().any(|known| redirect_uri::matches(known, sent)) => {
            Ok(sent.to_owned())
        }
        (Some(_), _) => Err(OAuthError::request(
            "redirect_uri is not one that the app registered. It is compared exactly.",
        )),
    }
}

fn check_rest(
    client: &ClientRecord,
    params: &Params,
    issuer: &str,
    return_to: &ReturnAddress,
) -> Result<CheckedRequest, OAuthError> {
    if params.repeats_any() {
        return Err(OAuthError::request("A parameter is there more than once."));
    }
    if params.get("request").is_some() {
        return Err(OAuthError::new(
            ErrorCode::RequestNotSupported,
            "Push the request instead: see RFC 9126.",
        ));
    }
    match params.get("response_type") {
        Some("code") => {}
        Some(_) => {
            return Err(OAuthError::new(
                ErrorCode::UnsupportedResponseType,
                "Only response_type=code is answered.",
            ));
        }
        None => return Err(OAuthError::request("response_type is missing; it must be code.")),
    }
    if params.get("response_mode").is_some_and(|mode| mode != "query") {
        return Err(OAuthError::request("Only response_mode=query is answered."));
    }
    if !client.grants.contains(&GrantType::AuthorizationCode) {
        return Err(OAuthError::new(
            ErrorCode::UnauthorizedClient,
            "This app may not use authorization_code.",
        ));
    }
    let code_challenge = check_challenge(params)?;
    let audience = resource::audience(params, issuer)?;
    let scopes = scope::narrow(params.get("scope"), &client.scopes)?;
    let prompt = Prompt::read(params)?;
    Ok(CheckedRequest { return_to: return_to.clone(), scopes, code_challenge, audience, prompt })
}

fn check_challenge(params: &Params) -> Result<String, OAuthError> {
    let Some(challenge) = params.get("code_challenge") else {
        return Err(OAuthError::request("code_challenge is missing: every app proves itself with PKCE."));
    };
    if params.get("code_challenge_method") != Some("S256") {
        return Err(OAuthError::request("code_challenge_method must be S256."));
    }
    let is_base64url = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if challenge.len() != CHALLENGE_LEN || !challenge.bytes().all(is_base64url) {
        return Err(OAuthError::request("code_challenge must be a SHA-256 in base64url: 43 characters."));
    }
    Ok(challenge.to_owned())
}
