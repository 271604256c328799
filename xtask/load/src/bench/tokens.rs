//! Giving access tokens to apps that act as themselves, against a handler that does nothing.

use super::reference;
use super::requests::rate;
use super::scenario::Bench;
use super::table::{Row, Target};
use crate::api::Api;
use crate::database::Kind;
use crate::stats::Runs;
use crate::world::World;
use anyhow::Result;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// Interleaves runs against the server and against the bare handler, which answers with such a token without making one.
pub async fn run(bench: &mut Bench<'_>, kind: Kind) -> Result<()> {
    let world = World::new(bench.site, kind, "tokens").await?;
    let app = json!({ "name": "gets tokens", "kind": "confidential", "redirect_uris": [],
        "scopes": ["tickets:read"], "grants": ["client_credentials"] });
    let app = world.admin.post("/v1/oauth-apps", &app).await?;
    let text = |name: &str| app[name].as_str().unwrap_or_default().to_owned();
    let credential = STANDARD.encode(format!("{}:{}", text("id"), text("client_secret")));
    let server = world.server.address;
    let body = "grant_type=client_credentials";
    let request = format!(
        "POST /oauth/token HTTP/1.1\r\nhost: {server}\r\nauthorization: Basic {credential}\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let token = json!({ "access_token": "x".repeat(600), "token_type": "Bearer", "expires_in": 600, "scope": "tickets:read" });
    let handler = reference::handler(token)?;
    let mut ours = Runs::default();
    let mut ratios = Runs::default();
    for _ in 0..bench.runs() {
        let plain = Api::new(handler).request("GET", "/v1/session", &Value::Null);
        let reference = rate(bench, handler, vec![plain]).await?;
        let rate = rate(bench, server, vec![request.clone().into_bytes()]).await?;
        ours.push(rate);
        ratios.push(rate / reference);
    }
    bench.rows.push(Row {
        what: "POST /oauth/token with client_credentials, 32 connections".into(),
        kind: Some(kind),
        runs: ours,
        unit: "/s",
        ratio: Some((ratios, "a bare actix JSON handler")),
        target: Target::RatioAtLeast(0.2),
    });
    Ok(())
}
