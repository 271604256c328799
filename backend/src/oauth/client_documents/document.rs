//! Metadata documents (draft-ietf-oauth-client-id-metadata-document, section 4): hostile input, of which only that is kept which a
//! public app may have.

use api_types::{
    Scope,
    oauth_apps::{ClientKind, GrantType},
    oauth_failures::FailureCause,
};
use serde_json::{Map, Value};
use url::Url;

use super::fault;
use crate::{
    db::{Json, client_documents::DocumentColumns},
    delivery::address::WebhookUrl,
    http::names,
    oauth::{error::OAuthError, redirect_uri},
};

/// The longest name, in characters.
const MAX_NAME: usize = 100;
/// The longest homepage URL, in bytes.
const MAX_HOMEPAGE: usize = 2_048;
/// The most redirect URIs.
const MAX_REDIRECT_URIS: usize = 20;

type Members = Map<String, Value>;

/// The refusal of a document that came; `description` is as [`fault::fault`] wants it.
pub const fn fault(description: &'static str) -> OAuthError {
    fault::fault(FailureCause::DocumentInvalid, description)
}

/// Reads the document at `url`. What it says of a logo is left alone: no page of ours loads a picture of a stranger's.
pub fn read(body: &str, url: &WebhookUrl) -> Result<DocumentColumns, OAuthError> {
    let Ok(Value::Object(members)) = serde_json::from_str(body) else {
        return Err(fault("The document at the client_id is not a JSON object."));
    };
    if text(&members, "client_id")? != Some(url.as_str()) {
        return Err(fault(
            "The document at the client_id does not have that URL as its client_id. The two are compared byte for byte.",
        ));
    }
    check_proof(&members)?;
    check_responses(&members)?;
    Ok(DocumentColumns {
        name: name(&members, url)?,
        homepage_url: homepage(&members)?,
        redirect_uris: Json::new(redirect_uris(&members)?),
        scopes: Json::new(scopes(&members)?),
        grants: Json::new(grants(&members)?),
    })
}

/// A member that is a text; an absent one and `null` are none.
fn text<'a>(members: &'a Members, name: &'static str) -> Result<Option<&'a str>, OAuthError> {
    match members.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(wrong(name, "It must be a string.")),
    }
}

/// A member that is a list of texts; an absent one and `null` are none.
fn texts<'a>(members: &'a Members, name: &'static str) -> Result<Option<Vec<&'a str>>, OAuthError> {
    let list = match members.get(name) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Array(list)) => list,
        Some(_) => return Err(wrong(name, "It must be a list of strings.")),
    };
    let texts: Option<Vec<&str>> = list.iter().map(Value::as_str).collect();
    texts.map(Some).ok_or_else(|| wrong(name, "It must be a list of strings."))
}

fn wrong(name: &'static str, why: &str) -> OAuthError {
    fault("").saying(format!("{name} in the document at the client_id is wrong: {why}"))
}

/// Refuses secrets: a document that everybody can read proves nothing by one.
fn check_proof(members: &Members) -> Result<(), OAuthError> {
    if members.contains_key("client_secret") || members.contains_key("client_secret_expires_at") {
        return Err(wrong("client_secret", "A document that everybody can read must not have one."));
    }
    match text(members, "token_endpoint_auth_method")? {
        None | Some("none") => Ok(()),
        Some("private_key_jwt") => {
            Err(wrong("token_endpoint_auth_method", "private_key_jwt is not supported here. Use none."))
        }
        Some(_) => Err(wrong("token_endpoint_auth_method", "Only none is possible without a shared secret.")),
    }
}

fn check_responses(members: &Members) -> Result<(), OAuthError> {
    let responses = texts(members, "response_types")?;
    if responses.is_some_and(|responses| !responses.contains(&"code")) {
        return Err(wrong("response_types", "It must have code."));
    }
    Ok(())
}

/// The app's name in its own words, or the host where it has none.
fn name(members: &Members, url: &WebhookUrl) -> Result<String, OAuthError> {
    let name = names::trim(text(members, "client_name")?.unwrap_or_default());
    if name.is_empty() {
        return Ok(url.authority().chars().take(MAX_NAME).collect());
    }
    if name.chars().count() > MAX_NAME {
        return Err(wrong("client_name", "It has more than 100 characters."));
    }
    match names::fault(name) {
        Some(why) => Err(wrong("client_name", &why)),
        None => Ok(name.to_owned()),
    }
}

fn homepage(members: &Members) -> Result<String, OAuthError> {
    let homepage = text(members, "client_uri")?.unwrap_or_default();
    let good = homepage.is_empty()
        || homepage.len() <= MAX_HOMEPAGE
            && Url::parse(homepage).is_ok_and(|url| {
                url.scheme() == "https" && url.username().is_empty() && url.password().is_none()
            });
    if good { Ok(homepage.to_owned()) } else { Err(wrong("client_uri", "It must be an https URL.")) }
}

fn redirect_uris(members: &Members) -> Result<Vec<String>, OAuthError> {
    const NAME: &str = "redirect_uris";
    let listed = texts(members, NAME)?.unwrap_or_default();
    if listed.is_empty() {
        return Err(wrong(NAME, "At least one is needed."));
    }
    if listed.len() > MAX_REDIRECT_URIS {
        return Err(wrong(NAME, "It has more than 20 entries."));
    }
    let mut checked: Vec<String> = Vec::new();
    for uri in listed {
        let uri = redirect_uri::check(uri, ClientKind::Public).map_err(|why| wrong(NAME, why))?;
        if !checked.contains(&uri) {
            checked.push(uri);
        }
    }
    Ok(checked)
}

/// The scopes that the app may ask for: those that the document names, or all where it names none. Words of other servers are left
/// out.
fn scopes(members: &Members) -> Result<Vec<Scope>, OAuthError> {
    let Some(scope) = text(members, "scope")? else { return Ok(Scope::ALL.to_vec()) };
    let mut scopes: Vec<Scope> = scope.split(' ').filter_map(|word| word.parse().ok()).collect();
    scopes.sort_unstable();
    scopes.dedup();
    if scopes.is_empty() { Err(wrong("scope", "It names no scope of this server.")) } else { Ok(scopes) }
}

/// The grants that the app may use, of those that a public app may have; RFC 7591, section 2, has the default. Others are for other
/// servers, and are left out.
fn grants(members: &Members) -> Result<Vec<GrantType>, OAuthError> {
    const NAME: &str = "grant_types";
    let Some(listed) = texts(members, NAME)? else { return Ok(vec![GrantType::AuthorizationCode]) };
    let possible = [GrantType::AuthorizationCode, GrantType::RefreshToken];
    let grants: Vec<GrantType> =
        possible.into_iter().filter(|grant| listed.contains(&grant.as_str())).collect();
    if grants.contains(&GrantType::AuthorizationCode) {
        return Ok(grants);
    }
    Err(wrong(NAME, "It must have authorization_code."))
}
