//! The references of the same run: the least that such work can cost on this machine.

use super::scenario::Bench;
use super::table::{Row, Target};
use crate::receiver::Receiver;
use crate::stats::{Runs, count, seconds};
use actix_web::{App, HttpResponse, HttpServer, web};
use anyhow::Result;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http_body_util::{BodyExt as _, Full};
use hyper::Request;
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use sha2::Sha256;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;
use tokio::net::TcpStream;

const CONNECTIONS: usize = 32;
const TIME: Duration = Duration::from_secs(1);

/// Signs and sends to the receiver, and does nothing else: no database, no queue.
pub async fn posts(bench: &mut Bench<'_>) -> Result<()> {
    let receiver = Receiver::start(bench.site.clock, 1)?;
    let mut runs = Runs::default();
    for _ in 0..bench.runs() {
        runs.push(post_for_a_while(bench, &receiver).await?);
    }
    bench.bare_posts = runs.median();
    let what = "reference: sign and POST over 32 connections, nothing else".into();
    bench.rows.push(Row { what, kind: None, runs, unit: "/s", ratio: None, target: Target::None });
    Ok(())
}

async fn post_for_a_while(bench: &Bench<'_>, receiver: &Receiver) -> Result<f64> {
    let clock = bench.site.clock;
    let address = receiver.address;
    let began = clock.nanos();
    let connections: Vec<_> = (0..CONNECTIONS)
        .map(|connection| {
            tokio::spawn(async move {
                let stream = TcpStream::connect(address).await?;
                stream.set_nodelay(true)?;
                let (mut sender, driving) =
                    hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
                tokio::spawn(driving);
                let mut done = 0_u64;
                while Duration::from_nanos(clock.nanos() - began) < TIME {
                    let answer = sender.send_request(signed(connection, done)?).await?;
                    answer.into_body().collect().await?;
                    done += 1;
                }
                Ok::<_, anyhow::Error>(done)
            })
        })
        .collect();
    let mut done = 0;
    for connection in connections {
        done += connection.await??;
    }
    Ok(count(done) / seconds(clock.nanos() - began))
}

/// A message as the Standard Webhooks scheme has it.
fn signed(connection: usize, number: u64) -> Result<Request<Full<Bytes>>> {
    let body = format!("{{\"type\":\"ticket.created\",\"data\":\"{}\"}}", "x".repeat(560));
    let id = format!("evt_{connection:03}{number:023}");
    let mut mac = Hmac::<Sha256>::new_from_slice(&[7; 32])?;
    for part in [id.as_bytes(), b".1700000000.", body.as_bytes()] {
        mac.update(part);
    }
    let signature = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
    let request = Request::post("/0")
        .header("host", "127.0.0.1")
        .header("content-type", "application/json")
        .header("webhook-id", id)
        .header("webhook-timestamp", "1700000000")
        .header("webhook-signature", signature);
    Ok(request.body(Full::new(Bytes::from(body)))?)
}

/// An actix server with one handler that answers this JSON; it ends with the process.
pub fn handler(json: Value) -> Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let workers = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let app = move || {
                let json = json.clone();
                let answer = move || std::future::ready(HttpResponse::Ok().json(&json));
                App::new().route("/v1/session", web::get().to(answer))
            };
            HttpServer::new(app).workers(workers).disable_signals().listen(listener)?.run().await
        })
    });
    Ok(address)
}
