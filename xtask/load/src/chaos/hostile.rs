//! Receivers that mean harm: each must cost a bounded time and a bounded memory.

use super::promises::Chaos;
use crate::database::Kind;
use crate::proc;
use crate::world::World;
use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const FAULT: &str = "hostile receiver";
const KIND: Kind = Kind::Sqlite;
/// The number of requests to each kind of receiver at once.
const EACH: usize = 8;

/// The harm that a hostile receiver does.
#[derive(Clone, Copy, Debug)]
enum Malice {
    Drip,
    EndlessBody,
    HugeDeclared,
    EndlessHeaders,
    Silence,
}

pub async fn run(chaos: &mut Chaos<'_>) -> Result<()> {
    let world = World::new(chaos.site, KIND, "hostile").await?;
    let before = proc::memory(world.server.child.id())?.1;
    let mut tests = Vec::new();
    let all =
        [Malice::EndlessBody, Malice::HugeDeclared, Malice::EndlessHeaders, Malice::Drip, Malice::Silence];
    // The last two take as long as a request may, which the backend's own tests wait for too.
    for malice in all.into_iter().take(if chaos.options.quick { 3 } else { 5 }) {
        let address = listen(malice).await?;
        let webhook = json!({ "url": format!("http://{address}/"), "event_types": ["ticket.*"] });
        let webhook = world.admin.post("/v1/webhooks", &webhook).await?;
        let path = format!("/v1/webhooks/{}/test", webhook["id"].as_str().context("no webhook was made")?);
        for _ in 0..EACH {
            let admin = world.admin.clone();
            let path = path.clone();
            let clock = chaos.site.clock;
            tests.push(tokio::spawn(async move {
                let began = clock.nanos();
                let answer = admin.post(&path, &Value::Null).await;
                (malice, answer, Duration::from_nanos(clock.nanos() - began))
            }));
        }
    }
    let mut said = Vec::new();
    for test in tests {
        let (malice, answer, took) = test.await?;
        let code = match &answer {
            Ok(answer) if answer["succeeded"] == true => "succeeded".to_owned(),
            Ok(answer) => answer["attempt"]["diagnosis"]["code"].as_str().unwrap_or("none").to_owned(),
            Err(error) => error.to_string(),
        };
        // A 2xx is a success as soon as its head is read.
        let said_ok = matches!(malice, Malice::Drip | Malice::EndlessBody | Malice::HugeDeclared);
        chaos.expect(answer.is_ok(), FAULT, KIND, &format!("{malice:?}: {code}"));
        chaos.expect(said_ok == (code == "succeeded"), FAULT, KIND, &format!("{malice:?} ended in {code}"));
        chaos.expect(took <= Duration::from_secs(20), FAULT, KIND, &format!("{malice:?} took {took:?}"));
        let line = format!("{malice:?}: {code} within {} s", took.as_secs() + 1);
        if !said.contains(&line) {
            said.push(line);
        }
    }
    let after = proc::memory(world.server.child.id())?.1;
    chaos.report(
        FAULT,
        KIND,
        &format!("{}; memory at most {before:.0} MB before, {after:.0} MB after", said.join(", ")),
    );
    chaos.expect(after - before <= 32.0, FAULT, KIND, "they cost more than 32 MB");
    Ok(())
}

async fn listen(malice: Malice) -> Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(torment(stream, malice));
        }
    });
    Ok(address)
}

/// Does harm until the sender hangs up.
async fn torment(mut stream: TcpStream, malice: Malice) -> std::io::Result<()> {
    let mut request = vec![0; 4096];
    let _ = stream.read(&mut request).await?;
    let (head, part, pause): (&str, &[u8], u64) = match malice {
        Malice::Drip => ("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n", b"x", 1000),
        Malice::EndlessBody => ("HTTP/1.1 200 OK\r\n\r\n", &[b'x'; 8192], 1),
        Malice::HugeDeclared => ("HTTP/1.1 200 OK\r\ncontent-length: 10737418240\r\n\r\n", &[b'x'; 8192], 1),
        Malice::EndlessHeaders => ("HTTP/1.1 200 OK\r\n", b"x-more: and-more-and-more-and-more\r\n", 0),
        Malice::Silence => ("", b"", 1000),
    };
    stream.write_all(head.as_bytes()).await?;
    loop {
        stream.write_all(part).await?;
        if pause > 0 {
            tokio::time::sleep(Duration::from_millis(pause)).await;
        } else {
            tokio::task::yield_now().await;
        }
    }
}
