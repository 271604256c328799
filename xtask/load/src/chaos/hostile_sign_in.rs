//! Somebody signs in thousands of times with bodies of the largest size: that must cost a bounded memory, and must not keep
//! the owner of an account out.

use super::promises::Chaos;
use crate::api::Api;
use crate::database::Kind;
use crate::http::Connection;
use crate::proc;
use crate::world::{EMAIL, PASSWORD, World};
use anyhow::{Context as _, Result};
use serde_json::json;
use std::collections::BTreeMap;
use std::net::SocketAddr;

const FAULT: &str = "hostile sign-in";
const KIND: Kind = Kind::Sqlite;
const CONNECTIONS: usize = 16;
/// The length of what is too long, in bytes.
const LONG: usize = 250_000;
/// The memory that all of it may cost, in MB.
const MOST: f64 = 48.0;

pub async fn run(chaos: &mut Chaos<'_>) -> Result<()> {
    let world = World::new(chaos.site, KIND, "hostile-sign-in").await?;
    let device = device(world.server.address).await?;
    let each = if chaos.options.quick { 500 } else { 2_000 };
    let before = proc::memory(world.server.child.id())?.0;
    let emails =
        (0..each).map(|number| json!({ "email": format!("{number}{}", "x".repeat(LONG)), "password": "p" }));
    let emails = post_all(world.server.address, emails.map(|body| body.to_string()).collect()).await?;
    let passwords = (0..each)
        .map(|number| json!({ "email": format!("{number}@example.com"), "password": "p".repeat(LONG) }));
    let passwords = post_all(world.server.address, passwords.map(|body| body.to_string()).collect()).await?;
    let (after, most) = proc::memory(world.server.child.id())?;
    let what = format!(
        "{each} long addresses were answered {emails:?}, {each} long passwords {passwords:?}; memory {before:.0} MB before, \
         {after:.0} MB after, {most:.0} MB at most"
    );
    chaos.report(FAULT, KIND, &what);
    chaos.expect(
        emails.keys().eq([&422]),
        FAULT,
        KIND,
        "a long address was answered otherwise than with 422",
    );
    let guesses = passwords.get(&401).copied().unwrap_or_default();
    chaos.expect(guesses <= 150, FAULT, KIND, "more than 150 guesses of one address were looked at");
    chaos.expect(most - before <= MOST, FAULT, KIND, "they cost more than 48 MB");
    let owner = sign_in(world.server.address, &device).await?;
    chaos.expect(owner.0 == 200, FAULT, KIND, "the owner's known device was kept out");
    Ok(())
}

/// Sends bodies to the sign-in, and counts the answers by status.
async fn post_all(server: SocketAddr, bodies: Vec<String>) -> Result<BTreeMap<u16, usize>> {
    let mut tasks = Vec::new();
    for part in bodies.chunks(bodies.len().div_ceil(CONNECTIONS)) {
        let part = part.to_vec();
        tasks.push(tokio::spawn(async move {
            let mut connection = Connection::open(server).await?;
            let mut statuses = Vec::new();
            for body in part {
                let head = format!(
                    "POST /v1/session HTTP/1.1\r\nhost: {server}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
                    body.len()
                );
                statuses.push(connection.exchange(&[head.as_bytes(), body.as_bytes()].concat()).await?.status);
            }
            anyhow::Ok(statuses)
        }));
    }
    let mut counts = BTreeMap::new();
    for task in tasks {
        for status in task.await?? {
            *counts.entry(status).or_default() += 1;
        }
    }
    Ok(counts)
}

/// The status of the owner's sign-in with these cookies, and the head of the answer.
async fn sign_in(server: SocketAddr, cookies: &str) -> Result<(u16, String)> {
    let body = json!({ "email": EMAIL, "password": PASSWORD });
    let request = String::from_utf8(Api::new(server).request("POST", "/v1/session", &body))?;
    let request = request.replacen("\r\n", &format!("\r\ncookie: {cookies}\r\n"), 1);
    let mut connection = Connection::open(server).await?;
    let answer = connection.exchange(request.as_bytes()).await?;
    Ok((answer.status, String::from_utf8_lossy(answer.head).into_owned()))
}

/// The cookie by which the owner's device is known.
async fn device(server: SocketAddr) -> Result<String> {
    let (_, head) = sign_in(server, "none=none").await?;
    let start = head.find("sayless-device").context("the device was given no cookie")?;
    Ok(head[start..].split(';').next().unwrap_or_default().to_owned())
}
