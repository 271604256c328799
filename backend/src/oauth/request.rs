//! Authorization requests: the parameters by which an app asks a member, checked (OAuth 2.1, section 4.1.1; RFC 7636, 8707, 9207).
//! The order of the checks decides whether an answer may be sent back at all.

use api_types::{Scope, oauth_apps::GrantType, oauth_failures::FailureCause};
use url::form_urlencoded;

use super::{
    error::{ErrorCode, OAuthError},
    params::Params,
    pkce,
    prompt::Prompt,
    redirect_uri, resource, scope, uri_difference,
};
use crate::db::oauth_clients::ClientRecord;

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
    /// The app's wishes for the question.
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
    /// The member sees a page that leads back to the app, which gets the error then.
    Through(ReturnAddress, OAuthError),
}

impl Refusal {
    /// The error alone, for an endpoint that the app calls itself.
    pub fn error(self) -> OAuthError {
        match self {
            Self::Page(error) | Self::Back(_, error) | Self::Through(_, error) => error,
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
        return Err(OAuthError::request(
            FailureCause::ParameterRepeated,
            "redirect_uri is there more than once.",
        ));
    }
    let registered = &client.redirect_uris;
    match (params.get("redirect_uri"), registered.as_slice()) {
        (None, [only]) => Ok(only.clone()),
        (None, _) => {
            let why =
                format!("redirect_uri is missing, and the app registered {} of them.", registered.len());
            let refusal = OAuthError::request(FailureCause::RedirectUriMissing, "redirect_uri is missing.");
            Err(refusal.because(why))
        }
        (Some(sent), _) if registered.iter().any(|known| redirect_uri::matches(known, sent)) => {
            Ok(sent.to_owned())
        }
        (Some(sent), _) => Err(OAuthError::request(
            FailureCause::RedirectUriMismatch,
            "redirect_uri is not one that the app registered. It is compared exactly.",
        )
        .because(uri_difference::describe(registered, sent))),
    }
}

fn check_rest(
    client: &ClientRecord,
    params: &Params,
    issuer: &str,
    return_to: &ReturnAddress,
) -> Result<CheckedRequest, OAuthError> {
    check_kind(params)?;
    if !client.grants.contains(&GrantType::AuthorizationCode) {
        return Err(OAuthError::new(
            ErrorCode::UnauthorizedClient,
            FailureCause::GrantNotEnabled,
            "This app may not use authorization_code.",
        )
        .because("The grant authorization_code is not switched on for this app."));
    }
    let code_challenge = pkce::challenge(params)?;
    let audience = resource::audience(params, issuer)?;
    let scopes = scope::narrow(params.get("scope"), &client.scopes)?;
    let prompt = Prompt::read(params)?;
    Ok(CheckedRequest { return_to: return_to.clone(), scopes, code_challenge, audience, prompt })
}

/// Refuses what is no request for a code by a redirect with a query.
fn check_kind(params: &Params) -> Result<(), OAuthError> {
    if params.repeats_any() {
        return Err(OAuthError::request(
            FailureCause::ParameterRepeated,
            "A parameter is there more than once.",
        ));
    }
    if params.get("request").is_some() {
        return Err(OAuthError::new(
            ErrorCode::RequestNotSupported,
            FailureCause::RequestObject,
            "Push the request instead: see RFC 9126.",
        ));
    }
    match params.required("response_type", "response_type is missing; it must be code.")? {
        "code" => {}
        _ => {
            return Err(OAuthError::new(
                ErrorCode::UnsupportedResponseType,
                FailureCause::ResponseTypeUnsupported,
                "Only response_type=code is answered.",
            ));
        }
    }
    if params.get("response_mode").is_some_and(|mode| mode != "query") {
        return Err(OAuthError::request(
            FailureCause::ResponseTypeUnsupported,
            "Only response_mode=query is answered.",
        ));
    }
    Ok(())
}
