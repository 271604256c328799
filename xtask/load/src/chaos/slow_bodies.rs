//! Clients that send next to nothing and stay: the node answers and delivers meanwhile, and they are gone after their deadline.

use super::promises::{Chaos, Fault};
use super::publisher::Publisher;
use crate::database::Kind;
use crate::http::Connection;
use crate::receiver::Receiver;
use crate::world::World;
use anyhow::Result;
use serde_json::Value;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

const FAULT: &str = "slow bodies";
const KIND: Kind = Kind::Sqlite;
/// The time between two bytes.
const PAUSE: Duration = Duration::from_secs(10);

const BODY: &str =
    "POST /v1/session HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{";
const SECOND_HEAD: &str = "GET /healthz HTTP/1.1\r\nhost: a\r\n\r\nG";

pub async fn run(chaos: &mut Chaos<'_>) -> Result<()> {
    let world = World::new(chaos.site, KIND, "slow-bodies").await?;
    let receiver = Receiver::start(chaos.site.clock, 1)?;
    world.subscribe(&receiver, 0..1, "ticket.*").await?;
    let publisher =
        Publisher::start(&world.driver, world.server.address, &world.keys[0], 4, Duration::from_millis(10));
    // A body has half a minute: too long for a quick run.
    let (bodies, allowed) = if chaos.options.quick { (0, 18) } else { (160, 45) };
    let crowd = [(BODY, bodies), (SECOND_HEAD, 40), ("", 300)];
    let began = chaos.site.clock.nanos();
    let mut clients = JoinSet::new();
    for (start, count) in crowd {
        for _ in 0..count {
            clients.spawn(stay(world.server.address, start));
        }
    }
    let came = clients.len();
    tokio::time::sleep(Duration::from_secs(2)).await;
    let mut probe = Connection::open(world.server.address).await?;
    let request = crate::api::Api::new(world.server.address).request("GET", "/readyz", &Value::Null);
    let ready = probe.exchange(&request).await?.status;
    let all_gone = async { while clients.join_next().await.is_some() {} };
    let gone = tokio::time::timeout(Duration::from_secs(allowed), all_gone).await.is_ok();
    let took = Duration::from_nanos(chaos.site.clock.nanos() - began).as_secs();
    let tally = publisher.stop().await?;
    let slowest = Duration::from_nanos(tally.slowest);
    let what = format!(
        "{came} clients that stay; after {took} s {} were left; the slowest publish took {:.0} ms meanwhile",
        clients.len(),
        slowest.as_secs_f64() * 1e3
    );
    chaos.report(FAULT, KIND, &what);
    chaos.expect(gone, FAULT, KIND, "some were still connected after their deadline");
    chaos.expect(ready == 200, FAULT, KIND, "the node was not ready");
    chaos.expect(tally.refused.is_empty() && tally.unanswered == 0, FAULT, KIND, "publishes were refused");
    chaos.expect(slowest <= Duration::from_secs(2), FAULT, KIND, "a publish took more than 2 s");
    chaos.all_arrive(Fault { name: FAULT, kind: KIND }, &tally, &receiver, Duration::from_secs(10)).await
}

/// Sends this and then a byte now and then, until the server hangs up.
async fn stay(server: SocketAddr, start: &'static str) -> std::io::Result<()> {
    let mut stream = TcpStream::connect(server).await?;
    stream.write_all(start.as_bytes()).await?;
    let mut answers = [0; 4096];
    loop {
        tokio::select! {
            read = stream.read(&mut answers) => if read? == 0 { return Ok(()) },
            () = tokio::time::sleep(PAUSE) => if !start.is_empty() { stream.write_all(b"x").await? },
        }
    }
}
