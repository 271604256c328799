//! Clients that keep a connection and get nowhere: each step of a request has its deadline, and connections have a bound.
//!
//! Deadlines run in real time. Here they are a second or two; only that they end is asserted.

use std::{sync::Arc, time::Duration};

use futures_util::future::join_all;
use rustls::{ClientConfig, RootCertStore};
use sayless::base::Patience;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, split},
    net::TcpStream,
    time::{sleep, timeout},
};
use tokio_rustls::TlsConnector;

use crate::harness::{
    Kind, NOWHERE, Settings, TlsWorld, World, both, ports::free_address, process::Installation, within,
};

fn impatient(settings: &mut Settings) {
    let second = Duration::from_secs(1);
    settings.patience = Patience { head: second, body: second, idle: 2 * second, write: 2 * second };
}

fn impatient_and_small(settings: &mut Settings) {
    impatient(settings);
    settings.connections = 12;
}

fn impatient_and_behind_a_proxy(settings: &mut Settings) {
    impatient_and_small(settings);
    settings.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
}

async fn connect(world: &World) -> TcpStream {
    TcpStream::connect(world.url.trim_start_matches("http://")).await.unwrap()
}

/// Sends `start` at once and then `drop` five times a second, until the server closes the connection. Gives all that it sent.
async fn drip(socket: impl AsyncRead + AsyncWrite, start: &[u8], drop: &[u8]) -> String {
    let (mut reads, mut writes) = split(socket);
    writes.write_all(start).await.unwrap();
    let dripping = async {
        while writes.write_all(drop).await.is_ok() && writes.flush().await.is_ok() {
            sleep(Duration::from_millis(200)).await;
        }
        std::future::pending::<()>().await;
    };
    let mut answer = Vec::new();
    let reading = async {
        let mut part = [0; 4096];
        while let Ok(read @ 1..) = reads.read(&mut part).await {
            answer.extend_from_slice(&part[..read]);
        }
    };
    let closed = timeout(Duration::from_mins(1), async {
        tokio::select! { () = dripping => {}, () = reading => {} }
    });
    assert!(closed.await.is_ok(), "the connection is open after a minute");
    String::from_utf8_lossy(&answer).into_owned()
}

const GET: &str = "GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n";

fn problem(answer: &str) -> Value {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{answer:?}"));
    assert!(head.starts_with("HTTP/1.1 408 ") && head.contains("connection: close"), "{head}");
    assert!(head.contains("x-request-id: "), "{head}");
    serde_json::from_str(body).unwrap()
}

#[both(with = impatient)]
async fn a_head_that_does_not_come_is_not_waited_for(world: World) {
    for start in ["", "GET /healthz HTTP/1.1\r\nhost: a\r\nx: "] {
        assert_eq!(
            problem(&drip(connect(&world).await, start.as_bytes(), b"x").await)["code"],
            "request-timeout"
        );
    }
    let silent = drip(connect(&world).await, b"", b"").await;
    assert_eq!(problem(&silent)["code"], "request-timeout");
    // The same for the second head on a connection, and for one that follows right behind the first.
    for start in [GET.to_owned(), format!("{GET}GET /healthz HT"), format!("{GET}{GET}GET ")] {
        let answer = drip(connect(&world).await, start.as_bytes(), b"x").await;
        let answered = answer.matches("HTTP/1.1 200 OK").count();
        assert_eq!(answered, start.matches("\r\n\r\n").count(), "{answer}");
    }
}

#[both(with = impatient)]
async fn a_body_that_does_not_come_is_answered_408(world: World) {
    let post = |path: &str, kind: &str, length: &str| {
        format!("POST {path} HTTP/1.1\r\nhost: a\r\ncontent-type: {kind}\r\n{length}\r\n\r\n")
    };
    for length in ["content-length: 1000", "transfer-encoding: chunked"] {
        let start = post("/v1/session", "application/json", length);
        let drop: &[u8] = if length.starts_with('t') { b"1\r\nx\r\n" } else { b"x" };
        let problem = problem(&drip(connect(&world).await, start.as_bytes(), drop).await);
        assert_eq!((&problem["code"], &problem["status"]), (&"request-timeout".into(), &408.into()));
        let form = post("/oauth/token", "application/x-www-form-urlencoded", length);
        let answer = drip(connect(&world).await, form.as_bytes(), drop).await;
        assert!(answer.starts_with("HTTP/1.1 408 ") && answer.contains("\"invalid_request\""), "{answer}");
        // Nobody reads these bodies: they end with the connection.
        for path in ["/v1/nothing", "/v1/tickets", "/healthz", "/oauth/authorize"] {
            let start = post(path, "application/json", length);
            assert!(
                drip(connect(&world).await, start.as_bytes(), drop).await.starts_with("HTTP/1.1 4"),
                "{path}"
            );
        }
    }
}

#[both(with = impatient)]
async fn a_client_that_takes_no_answer_is_cut_off(world: World) {
    let mut socket = connect(&world).await;
    let request = "GET /openapi.json HTTP/1.1\r\nhost: a\r\n\r\n".repeat(200);
    // The server stops to read when it cannot write, so this may not end by itself.
    drop(timeout(Duration::from_secs(1), socket.write_all(request.as_bytes())).await);
    within(60, "the server closes the connection", async || {
        sleep(Duration::from_millis(100)).await;
        matches!(timeout(Duration::from_secs(1), socket.write_all(b"x")).await, Ok(Err(_)))
    })
    .await;
}

#[both(with = impatient)]
async fn a_stream_lives_for_as_long_as_it_is_taken(world: World) {
    let team = world.business().await;
    let mut stream = team.admin.stream().await;
    // Longer than any patience.
    sleep(Duration::from_secs(5)).await;
    let webhook = json!({ "url": NOWHERE, "event_types": ["ticket.*"] });
    team.admin.post("/v1/webhooks", &webhook).await.ok(201);
    assert_eq!(stream.change().await["topics"], json!(["webhooks"]));
}

/// True where the server keeps the connection: it answers.
async fn is_let_in(world: &World, held: &mut Vec<TcpStream>) -> bool {
    let mut socket = connect(world).await;
    let mut part = [0; 4096];
    let answered = socket.write_all(GET.as_bytes()).await.is_ok()
        && matches!(socket.read(&mut part).await, Ok(read) if part[..read].starts_with(b"HTTP/1.1 200"));
    if answered {
        held.push(socket);
    }
    answered
}

async fn bound(world: World, bound: usize) {
    let mut held = Vec::new();
    for _ in 0..bound {
        assert!(is_let_in(&world, &mut held).await);
    }
    for _ in 0..20 {
        assert!(!is_let_in(&world, &mut held).await);
    }
    held.pop();
    within(30, "who leaves makes room", async || is_let_in(&world, &mut held).await).await;
    // Nobody keeps a place who does nothing with it.
    within(30, "all have lost their places", async || {
        let mut others = Vec::new();
        is_let_in(&world, &mut others).await && is_let_in(&world, &mut others).await
    })
    .await;
}

#[both(with = impatient_and_small)]
async fn one_network_has_a_quarter_of_the_connections(world: World) {
    bound(world, 3).await;
}

#[both(with = impatient_and_behind_a_proxy)]
async fn a_trusted_proxy_may_have_all_connections(world: World) {
    bound(world, 12).await;
}

#[actix_web::test]
async fn the_deadlines_hold_over_tls_and_http_2() {
    let server = TlsWorld::start_with(Kind::Sqlite, impatient);
    let mut roots = RootCertStore::empty();
    roots.add(server.authority.root.clone()).unwrap();
    let address = server.url.trim_start_matches("https://");
    let connect = async |protocol: &[u8]| {
        let mut config =
            ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
                .with_safe_default_protocol_versions()
                .unwrap()
                .with_root_certificates(roots.clone())
                .with_no_client_auth();
        config.alpn_protocols = vec![protocol.to_vec()];
        let connector = TlsConnector::from(Arc::new(config));
        connector
            .connect("127.0.0.1".try_into().unwrap(), TcpStream::connect(address).await.unwrap())
            .await
            .unwrap()
    };
    let answer = drip(connect(b"http/1.1").await, GET.as_bytes(), b"x").await;
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    // The preface, empty settings, and then pings for ever: no request comes.
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
    let ping = b"\0\0\x08\x06\0\0\0\0\0abcdefgh";
    drip(connect(b"h2").await, preface, ping).await;
    // The TLS handshake itself.
    drip(TcpStream::connect(address).await.unwrap(), b"\x16\x03\x01\x02\0", b"\x01").await;
}

#[actix_web::test]
async fn a_crowd_that_comes_at_once_is_let_in_without_waiting() {
    let sayless = Installation::new(Kind::Sqlite);
    let address = free_address();
    let server = sayless.serve(&address, &[]).await;
    // The machine holds those who come while the server is busy, and completes their handshakes.
    server.signal("STOP");
    let crowd = (0..500).map(|_| timeout(Duration::from_secs(20), TcpStream::connect(&address)));
    for client in join_all(crowd).await {
        client.expect("the client was left waiting").unwrap();
    }
    server.signal("CONT");
    within(60, "the server answers", async || sayless.answers(&address).await).await;
}
