//! Letting an app in, as a member's browser does it.

use crate::api::Api;
use crate::http::Connection;
use anyhow::{Context as _, Result};
use serde_json::Value;

pub const CALLBACK: &str = "https://acme.example/callback";

/// Sends a member to the authorization endpoint; the id of the question that they are asked.
pub async fn ask(member: &Api, app: &str) -> Result<String> {
    let path = format!(
        "/oauth/authorize?response_type=code&client_id={app}&redirect_uri=https%3A%2F%2Facme.example%2Fcallback\
         &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256"
    );
    let mut connection = Connection::open(member.server).await?;
    let answer = connection.exchange(&member.request("GET", &path, &Value::Null)).await?;
    let question = answer.header("location").and_then(|location| location.strip_prefix("/oauth/consent/"));
    Ok(question.context("a member was not asked for consent")?.to_owned())
}

/// Has a member let an app in; the authorization's id.
pub async fn give(member: &Api, app: &str) -> Result<String> {
    let question = ask(member, app).await?;
    member.post(&format!("/v1/authorization-requests/{question}/approve"), &Value::Null).await?;
    // The app may be another workspace's: only the member's own list surely has it. It is the newest.
    let given = member.get("/v1/authorizations").await?;
    Ok(given["data"][0]["id"].as_str().context("no authorization was made")?.to_owned())
}

/// Has a device of a public app begin to wait; the code that it shows.
pub async fn show_code(member: &Api, app: &str) -> Result<String> {
    let server = member.server;
    let body = format!("client_id={app}");
    let request = format!(
        "POST /oauth/device_authorization HTTP/1.1\r\nhost: {server}\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut connection = Connection::open(server).await?;
    let answer = connection.exchange(request.as_bytes()).await?;
    let given: Value = serde_json::from_slice(answer.body)?;
    Ok(given["user_code"].as_str().context("no device may wait")?.to_owned())
}
