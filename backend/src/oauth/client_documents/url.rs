//! URLs of metadata documents (draft-ietf-oauth-client-id-metadata-document, section 3): `https`, with a path, and with one spelling,
//! since they are compared byte for byte.

use api_types::oauth_failures::FailureCause;

use super::fault;
use crate::{
    delivery::address::{AddressPolicy, Rule, UrlProblem, WebhookUrl},
    oauth::error::OAuthError,
};

const NOT_HTTPS: OAuthError = fault("A client_id that is a URL must begin with https.");

const fn fault(description: &'static str) -> OAuthError {
    fault::fault(FailureCause::DocumentUrlInvalid, description)
}

/// `true` where a `client_id` is a URL and not the id of an app.
pub fn is_url(client_id: &str) -> bool {
    client_id.starts_with("https://") || client_id.starts_with("http://")
}

/// Checks a `client_id` that is a URL. Plain `http` passes as it does for webhooks: only where the operator allows the address.
pub fn check(text: &str, policy: &AddressPolicy) -> Result<WebhookUrl, OAuthError> {
    let url = WebhookUrl::parse(text, policy).map_err(|problem| refused(&problem))?;
    if url.path_and_query().path() == "/" {
        return Err(fault("A client_id that is a URL must have a path: a host alone is no document."));
    }
    if url.as_str() != text {
        return Err(fault(
            "A client_id that is a URL must be written as browsers show it: lower-case host, no dot segments, no default port.",
        ));
    }
    Ok(url)
}

fn refused(problem: &UrlProblem) -> OAuthError {
    match problem {
        UrlProblem::TooLong => fault("A client_id that is a URL has at most 2,048 characters."),
        UrlProblem::Scheme | UrlProblem::PlainHttp => NOT_HTTPS,
        UrlProblem::Credentials => fault("A client_id that is a URL must not have a user name or password."),
        UrlProblem::Fragment => {
            fault("A client_id that is a URL must not have a fragment (the part after #).")
        }
        UrlProblem::Refused { rule, .. } => barred(*rule),
        UrlProblem::Whitespace | UrlProblem::NotAUrl | UrlProblem::Host | UrlProblem::Port => {
            fault("The client_id is not a complete URL.")
        }
    }
}

/// The refusal of an address that this server may not reach, without the address.
pub fn barred(rule: Rule) -> OAuthError {
    match rule {
        Rule::PlainHttp => NOT_HTTPS,
        rule => fault("").saying(format!(
            "The host of the client_id may not be reached from this server: it has {}.",
            rule.name()
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_spelling_of_an_https_url_with_a_path_is_a_client_id() {
        let check = |text: &str| check(text, &AddressPolicy::default()).map(|url| url.as_str().to_owned());
        for good in ["https://app.example/client.json", "https://app.example:8443/a/b?c=d"] {
            assert_eq!(check(good).unwrap(), good);
        }
        for bad in [
            "https://app.example",
            "https://app.example/",
            "https://app.example/?a=b",
            "https://APP.example/client",
            "https://app.example:443/client",
            "https://app.example/a/../client",
            "https://app.example/a/./client",
            "https://app.example/%2e%2e/client",
            "https://app.example/client#part",
            "https://app.example/client#",
            "https://user@app.example/client",
            "https://@app.example/client",
            "https://app.example/cli ent",
            "https://127.0.0.1/client",
            "https://2130706433/client",
            "https://[::1]/client",
            "https://localhost/client",
            "http://127.0.0.1/client",
            "https://",
        ] {
            let error = check(bad).expect_err(bad);
            let allowed = |c: char| matches!(c, ' '..='!' | '#'..='[' | ']'..='~');
            assert!(error.description().chars().all(allowed), "{error}");
        }
    }
}
