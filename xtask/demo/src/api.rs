//! The public API as any outside system calls it.

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use std::time::Duration;
use ureq::http::{Response, StatusCode};
use ureq::{Agent, Body};

/// A caller with at most one credential.
#[derive(Clone)]
pub struct Api {
    agent: Agent,
    url: String,
    /// The header that carries the credential.
    credential: Option<(&'static str, String)>,
}

impl Api {
    /// A caller without a credential.
    pub fn new(url: &str) -> Self {
        let config = Agent::config_builder();
        let config = config.http_status_as_error(false).timeout_global(Some(Duration::from_secs(20)));
        Self { agent: config.build().into(), url: url.to_owned(), credential: None }
    }

    /// The same with an API key.
    pub fn with_key(&self, key: &str) -> Self {
        Self { credential: Some(("authorization", format!("Bearer {key}"))), ..self.clone() }
    }

    /// The same with a session.
    pub fn sign_in(&self, email: &str, password: &str) -> Result<Self> {
        let response = self.send("/v1/session", &json!({ "email": email, "password": password }))?;
        let cookie =
            response.headers().get("set-cookie").context("signing in brought no cookie")?.to_str()?;
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        Ok(Self { credential: Some(("cookie", cookie)), ..self.clone() })
    }

    /// Waits for a server that is just starting.
    pub fn wait_until_ready(&self) -> Result<()> {
        for _ in 0..300 {
            let answer = self.agent.get(format!("{}/readyz", self.url)).call();
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        bail!("{} did not become ready", self.url)
    }

    /// A POST and its JSON answer (null where there is none).
    pub fn post(&self, path: &str, body: &Value) -> Result<Value> {
        let mut response = self.send(path, body)?;
        if response.status() == StatusCode::NO_CONTENT {
            return Ok(Value::Null);
        }
        Ok(response.body_mut().read_json()?)
    }

    /// Lets an app act for the member of this session, who is asked for the first time.
    pub fn allow(&self, app: &str, redirect_uri: &str) -> Result<()> {
        // Nobody redeems the code: the verifier that hashes to this is not known.
        let challenge = "A".repeat(43);
        let asked = self.agent.get(format!("{}/oauth/authorize", self.url)).query("client_id", app);
        let asked = asked.query("response_type", "code").query("redirect_uri", redirect_uri);
        let asked = asked.query("code_challenge", &challenge).query("code_challenge_method", "S256");
        let (name, value) = self.credential.as_ref().context("only a member can be asked")?;
        let answer = asked.header(*name, value).config().max_redirects(0).max_redirects_will_error(false);
        let answer = answer.build().call()?;
        let location =
            answer.headers().get("location").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let id = location.strip_prefix("/oauth/consent/").with_context(|| format!("led to {location:?}"))?;
        self.post(&format!("/v1/authorization-requests/{id}/approve"), &json!({})).map(drop)
    }

    /// A PATCH and its JSON answer.
    pub fn patch(&self, path: &str, body: &Value) -> Result<Value> {
        let mut request = self.agent.patch(format!("{}{path}", self.url)).header("origin", &self.url);
        if let Some((name, value)) = &self.credential {
            request = request.header(*name, value);
        }
        Ok(checked("PATCH", path, request.send_json(body)?)?.body_mut().read_json()?)
    }

    fn send(&self, path: &str, body: &Value) -> Result<Response<Body>> {
        let mut request = self.agent.post(format!("{}{path}", self.url)).header("origin", &self.url);
        if let Some((name, value)) = &self.credential {
            request = request.header(*name, value);
        }
        checked("POST", path, request.send_json(body)?)
    }
}

fn checked(method: &str, path: &str, mut response: Response<Body>) -> Result<Response<Body>> {
    if !response.status().is_success() {
        let status = response.status();
        bail!("{method} {path} was answered {status}: {}", response.body_mut().read_to_string()?);
    }
    Ok(response)
}
