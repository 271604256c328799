//! The public API, as an admin or a key calls it to set a scene.

use crate::http::Connection;
use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use std::net::SocketAddr;

/// A caller with at most one credential.
#[derive(Clone, Debug)]
pub struct Api {
    pub server: SocketAddr,
    credential: String,
}

impl Api {
    /// Without a credential.
    pub fn new(server: SocketAddr) -> Self {
        Self { server, credential: String::new() }
    }

    /// With an API key.
    pub fn with_key(&self, key: &str) -> Self {
        Self { server: self.server, credential: format!("authorization: Bearer {key}\r\n") }
    }

    /// With a new session.
    pub async fn sign_in(&self, email: &str, password: &str) -> Result<Self> {
        let request = self.request("POST", "/v1/session", &json!({ "email": email, "password": password }));
        let mut connection = Connection::open(self.server).await?;
        let answer = connection.exchange(&request).await?;
        let cookie = answer.header("set-cookie").and_then(|cookie| cookie.split(';').next());
        let cookie = cookie.with_context(|| format!("signing in was answered {}", answer.status))?;
        Ok(Self { server: self.server, credential: format!("cookie: {cookie}\r\n") })
    }

    /// The cookie of a session, as its header has it.
    pub fn cookie(&self) -> Option<&str> {
        Some(self.credential.strip_prefix("cookie: ")?.trim_end())
    }

    /// The JSON of a GET.
    pub async fn get(&self, path: &str) -> Result<Value> {
        self.call("GET", path, &Value::Null).await
    }

    /// The JSON answer to a POST.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Value> {
        self.call("POST", path, body).await
    }

    /// The JSON answer to a PATCH.
    pub async fn patch(&self, path: &str, body: &Value) -> Result<Value> {
        self.call("PATCH", path, body).await
    }

    async fn call(&self, method: &str, path: &str, body: &Value) -> Result<Value> {
        let mut connection = Connection::open(self.server).await?;
        let answer = connection.exchange(&self.request(method, path, body)).await?;
        if !(200..300).contains(&answer.status) {
            let said = String::from_utf8_lossy(answer.body);
            bail!("{method} {path} was answered {}: {said}", answer.status);
        }
        Ok(if answer.body.is_empty() { Value::Null } else { serde_json::from_slice(answer.body)? })
    }

    /// A whole request, to be sent any number of times; no body where there is none.
    pub fn request(&self, method: &str, path: &str, body: &Value) -> Vec<u8> {
        let Self { server, credential } = self;
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let kind = if body.is_empty() { "" } else { "content-type: application/json\r\n" };
        format!(
            "{method} {path} HTTP/1.1\r\nhost: {server}\r\norigin: http://{server}\r\n{credential}{kind}\
             content-length: {}\r\n\r\n{body}",
            body.len()
        )
        .into_bytes()
    }
}
