//! Reading requests with an API key, against a handler that does nothing.

use super::reference;
use super::scenario::Bench;
use super::table::{Row, Target};
use crate::api::Api;
use crate::database::Kind;
use crate::http::Connection;
use crate::stats::{Runs, count, seconds};
use crate::world::World;
use anyhow::{Result, bail};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::Duration;

/// Interleaves runs against the server and against the bare handler. One of the handler's own and the same body: what
/// differs is what the platform does for a request.
pub async fn run(bench: &mut Bench<'_>, kind: Kind) -> Result<()> {
    let world = World::new(bench.site, kind, "requests").await?;
    let mut keys = Vec::new();
    // A key has only so many requests a minute.
    for _ in 0..KEYS {
        let key = json!({ "name": "reads", "scopes": ["deliveries:read"] });
        let key = world.admin.post("/v1/api-keys", &key).await?;
        keys.push(key["key"].as_str().unwrap_or_default().to_owned());
    }
    let session = Api::new(world.server.address).with_key(&keys[0]).get("/v1/session").await?;
    let handler = reference::handler(session)?;
    let asking = |server: SocketAddr, keys: &[String]| -> Vec<Vec<u8>> {
        let with = |key: &String| Api::new(server).with_key(key).request("GET", "/v1/session", &Value::Null);
        keys.iter().map(with).collect()
    };
    let mut ours = Runs::default();
    let mut ratios = Runs::default();
    for _ in 0..bench.runs() {
        let reference = rate(bench, handler, asking(handler, &keys[..1])).await?;
        let rate = rate(bench, world.server.address, asking(world.server.address, &keys)).await?;
        ours.push(rate);
        ratios.push(rate / reference);
    }
    bench.rows.push(Row {
        what: "GET /v1/session with an API key, 32 connections".into(),
        kind: Some(kind),
        runs: ours,
        unit: "/s",
        ratio: Some((ratios, "a bare actix JSON handler")),
        target: Target::RatioAtLeast(0.6),
    });
    Ok(())
}

const KEYS: usize = 128;
const TIME: Duration = Duration::from_millis(1500);

/// Requests per second over 32 connections, which take these requests in turn.
pub async fn rate(bench: &Bench<'_>, server: SocketAddr, requests: Vec<Vec<u8>>) -> Result<f64> {
    let clock = bench.site.clock;
    let began = clock.nanos();
    let connections: Vec<_> = (0..32)
        .map(|connection| {
            let requests = requests.clone();
            tokio::spawn(async move {
                let mut stream = Connection::open(server).await?;
                let mut done = 0;
                while Duration::from_nanos(clock.nanos() - began) < TIME {
                    let request = &requests[(connection + done) % requests.len()];
                    let status = stream.exchange(request).await?.status;
                    if status != 200 {
                        bail!("a request was answered {status}");
                    }
                    done += 1;
                }
                Ok(done as u64)
            })
        })
        .collect();
    let mut done = 0;
    for connection in connections {
        done += connection.await??;
    }
    Ok(count(done) / seconds(clock.nanos() - began))
}
