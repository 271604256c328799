//! The credentials of a client: a key, or an app's id and secret, which get tokens.

use crate::error::{ApiError, Error};
use crate::generated::models::Scope;
use crate::http::Http;
use crate::secret::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::{Method, Url, header};
use serde::Deserialize;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// How a client proves who it is.
pub(crate) enum Credentials {
    ApiKey(Secret),
    App(App),
}

/// An OAuth app that acts as itself (client credentials).
pub(crate) struct App {
    pub id: String,
    pub secret: Secret,
    pub scopes: Vec<Scope>,
    /// Locked while a token is fetched, so that calls which need one at the same moment wait for the same one.
    token: Mutex<Option<Token>>,
}

struct Token {
    access: Secret,
    renew_at: Instant,
}

#[derive(Deserialize)]
struct Issued {
    access_token: Secret,
    expires_in: u64,
}

impl App {
    pub fn new(id: String, secret: Secret, scopes: Vec<Scope>) -> Self {
        Self { id, secret, scopes, token: Mutex::new(None) }
    }

    async fn token(&self, http: &Http) -> Result<Secret, Error> {
        let mut token = self.token.lock().await;
        if let Some(token) = token.as_ref().filter(|token| Instant::now() < token.renew_at) {
            return Ok(token.access.clone());
        }
        let asked = Instant::now();
        let issued = self.fetch(http).await?;
        // Before the token ends: a request that is on its way when it does would be refused.
        let lifetime = Duration::from_secs(issued.expires_in);
        let margin = (lifetime / 10).min(Duration::from_secs(60));
        let renew_at = asked + lifetime.saturating_sub(margin);
        let access = issued.access_token;
        *token = Some(Token { access: access.clone(), renew_at });
        Ok(access)
    }

    async fn fetch(&self, http: &Http) -> Result<Issued, Error> {
        let mut url = http.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(["oauth", "token"]);
        }
        let mut form = vec![("grant_type", "client_credentials".to_owned())];
        if !self.scopes.is_empty() {
            let scopes: Vec<&str> = self.scopes.iter().map(Scope::as_str).collect();
            form.push(("scope", scopes.join(" ")));
        }
        let form = encoded(&form);
        let pair = format!("{}:{}", percent(&self.id), percent(self.secret.expose()));
        let basic = format!("Basic {}", STANDARD.encode(pair));
        let build = || {
            let request = http.request(Method::POST, url.clone(), None);
            let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            request.header(header::AUTHORIZATION, &basic).body(form.clone())
        };
        // A token too many does no harm.
        let answer = http.exchange(http.plan(true, None), build).await?;
        if answer.status != 200 {
            return Err(Error::Api(Box::new(ApiError::read(&answer))));
        }
        serde_json::from_slice(&answer.body).map_err(|_| Error::Unreadable {
            request_id: answer.request_id(),
            reason: "the token endpoint did not answer with a token".to_owned(),
        })
    }
}

/// A form's encoding, by the URL's.
fn encoded(pairs: &[(&str, String)]) -> String {
    let url = Url::parse_with_params("http://form.invalid/", pairs);
    url.ok().and_then(|url| url.query().map(str::to_owned)).unwrap_or_default()
}

fn percent(text: &str) -> String {
    encoded(&[("", text.to_owned())]).trim_start_matches('=').to_owned()
}

impl Credentials {
    /// The credential after `Bearer` in a request.
    pub async fn bearer(&self, http: &Http) -> Result<Secret, Error> {
        match self {
            Self::ApiKey(key) => Ok(key.clone()),
            Self::App(app) => app.token(http).await,
        }
    }

    /// Forgets a token that was refused; true if another can be had.
    pub async fn forget(&self, refused: &Secret) -> bool {
        let Self::App(app) = self else { return false };
        let mut token = app.token.lock().await;
        if token.as_ref().is_some_and(|token| token.access == *refused) {
            *token = None;
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_encoded() {
        let form =
            encoded(&[("grant_type", "a".to_owned()), ("scope", "tickets:read tickets:write".to_owned())]);
        assert_eq!(form, "grant_type=a&scope=tickets%3Aread+tickets%3Awrite");
        assert_eq!(percent("a:b c"), "a%3Ab+c");
    }
}
