//! Single attempts against receivers that misbehave in every way: bounded time, bounded memory, and the right facts.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use tokio::time::Instant;

use crate::harness::{
    Behaviour, Receiver,
    certificates::{Authority, Certificate, Validity},
    refusing_address,
    secrets::{SignedHeaders, SigningSecret, signature_header},
    sender::{
        AddressPolicy, CertificateFault, Exchange, FailureKind, FixedNames, Open, Outcome, Phase, Response,
        RetryAfter, Rule, SendFailure, Sender, TIME, UrlProblem, WebhookUrl, limits, loopback,
        loopback_allowed, outgoing, sender, sender_with,
    },
};

async fn send(sender: &Sender, url: &str) -> Exchange {
    let begun = Instant::now();
    let exchange = sender.send(&outgoing(url), &Open).await.unwrap();
    assert!(begun.elapsed() < limits().total + Duration::from_millis(400), "took {:?}", begun.elapsed());
    exchange
}

fn answer(exchange: Exchange) -> Response {
    match exchange.outcome {
        Outcome::Response(answer) => answer,
        Outcome::Failure(failure) => panic!("{failure:?}"),
    }
}

fn failure(exchange: Exchange) -> SendFailure {
    match exchange.outcome {
        Outcome::Response(answer) => panic!("{answer:?}"),
        Outcome::Failure(failure) => failure,
    }
}

/// The failure of a single attempt against a plain receiver.
async fn failure_with(behaviour: Behaviour) -> SendFailure {
    let receiver = Receiver::http(behaviour).await;
    failure(send(&sender(), &receiver.url("/")).await)
}

#[tokio::test]
async fn a_signed_request_arrives_and_verifies() {
    let receiver = Receiver::http(Behaviour::Answer(200, "thanks")).await;
    let secret = SigningSecret::v1([5; 32]);
    let mut request = outgoing(&receiver.url("/hooks?team=a"));
    request.signature = signature_header([&secret], &request.id, request.timestamp, &request.body);
    let exchange = sender().send(&request, &Open).await.unwrap();

    let arrived = &receiver.requests()[0];
    assert_eq!(arrived.head.lines().next(), Some("POST /hooks?team=a HTTP/1.1"));
    assert_eq!(arrived.header("host"), Some(receiver.address.to_string().as_str()));
    assert_eq!(arrived.header("content-type"), Some("application/json"));
    assert_eq!(arrived.header("user-agent"), Some("Sayless-Webhooks/1 (+http://127.0.0.1:8080)"));
    assert_eq!(arrived.header("accept-encoding"), None);
    assert_eq!(arrived.body, &request.body[..]);
    let headers = SignedHeaders {
        id: arrived.header("webhook-id").unwrap(),
        timestamp: arrived.header("webhook-timestamp").unwrap(),
        signature: arrived.header("webhook-signature").unwrap(),
    };
    assert_eq!(secret.verifier().verify(headers, &arrived.body, TIME), Ok(()));

    // The recorded headers are those that were sent.
    for header in &exchange.request_headers {
        assert_eq!(arrived.header(&header.name), Some(header.value.as_str()), "{}", header.name);
    }
    assert_eq!(arrived.head.lines().count(), exchange.request_headers.len() + 1);
    assert_eq!(exchange.address, Some(receiver.address));
    assert!(!exchange.reused);
    assert!(exchange.timings.connect_ms.is_some() && exchange.timings.tls_ms.is_none());
    assert!(exchange.timings.first_byte_ms.unwrap() <= exchange.timings.total_ms);
    let answer = answer(exchange);
    assert_eq!((answer.status, answer.body.as_str(), answer.truncated), (200, "thanks", false));
}

#[tokio::test]
async fn connections_are_reused_and_a_dead_one_costs_nothing() {
    let receiver = Receiver::http(Behaviour::Answer(204, "")).await;
    let sender = sender();
    let url = receiver.url("/");
    assert!(!send(&sender, &url).await.reused);
    let again = send(&sender, &url).await;
    assert!(again.reused && again.timings.connect_ms.is_none());
    assert_eq!(receiver.connections(), 1);

    // The receiver gives up the connection when the next request comes: it is sent once more, on a fresh one.
    for broken in [Behaviour::Reset, Behaviour::Close] {
        receiver.set_sequence([broken, Behaviour::Answer(200, "")]);
        let before = receiver.connections();
        let exchange = send(&sender, &url).await;
        assert!(!exchange.reused);
        assert_eq!(answer(exchange).status, 200);
        assert_eq!(receiver.connections(), before + 1);
    }

    // A fresh connection that breaks is a failure.
    receiver.set(Behaviour::Reset);
    let exchange = send(&sender, &url).await;
    assert!(matches!(failure(exchange).kind, FailureKind::Reset { .. }));
}

#[tokio::test]
async fn an_answer_broken_off_on_a_used_connection_is_not_sent_again() {
    let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
    let sender = sender();
    send(&sender, &receiver.url("/")).await;
    receiver.set(Behaviour::RawThenClose("HTTP/1.1 200 OK\r\ncontent-len".to_owned()));
    let exchange = send(&sender, &receiver.url("/")).await;
    assert!(exchange.reused);
    assert!(matches!(failure(exchange).kind, FailureKind::Reset { .. }));
    assert_eq!(receiver.requests().len(), 2);
}

#[tokio::test]
async fn refusal_and_breaks_are_told_apart() {
    let address = refusing_address();
    let exchange = send(&sender(), &format!("http://{address}/")).await;
    assert_eq!(exchange.address, Some(address));
    let refused = failure(exchange);
    assert_eq!((refused.phase, refused.kind), (Phase::Connect, FailureKind::Refused { address }));

    for behaviour in [Behaviour::Reset, Behaviour::Close] {
        let broken = failure_with(behaviour).await;
        assert_eq!(broken.phase, Phase::Wait);
        assert!(matches!(broken.kind, FailureKind::Reset { .. }));
    }
}

#[tokio::test]
async fn the_deadline_covers_the_head() {
    for (behaviour, phase) in [(Behaviour::Hang, Phase::Wait), (Behaviour::DripHead, Phase::Wait)] {
        let late = failure_with(behaviour).await;
        assert_eq!(late.phase, phase);
        let FailureKind::ResponseTimeout { waited } = late.kind else { panic!("{:?}", late.kind) };
        assert!(waited.abs_diff(limits().total) < Duration::from_millis(100), "{waited:?}");
    }
}

#[tokio::test]
async fn a_silent_address_is_given_up_in_time() {
    // A listener whose queue is full takes no further connection.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
    let listener = socket.listen(0).unwrap();
    let address = listener.local_addr().unwrap();
    let mut queue = Vec::new();
    for _ in 0..8 {
        let waiting =
            tokio::time::timeout(Duration::from_millis(100), tokio::net::TcpStream::connect(address));
        queue.push(waiting.await);
    }
    let exchange = send(&sender(), &format!("http://{address}/")).await;
    assert_eq!(exchange.address, Some(address));
    let silent = failure(exchange);
    assert!(matches!(silent.kind, FailureKind::ConnectTimeout { .. }), "{silent:?}");
    assert_eq!(silent.phase, Phase::Connect);
}

#[tokio::test]
async fn large_answers_are_cut_and_cost_no_more() {
    let kept = limits().body;
    for behaviour in [
        Behaviour::EndlessBody,
        Behaviour::Raw(format!(
            "HTTP/1.1 200 OK\r\ncontent-length: 10737418240\r\n\r\n{}",
            "y".repeat(kept + 1)
        )),
    ] {
        let receiver = Receiver::http(behaviour).await;
        let answer = answer(send(&sender(), &receiver.url("/")).await);
        assert_eq!((answer.status, answer.body.len(), answer.truncated), (200, kept, true));
    }
    for flood in [Behaviour::EndlessHead, Behaviour::EndlessInterim] {
        let flooded = failure_with(flood).await;
        assert!(matches!(flooded.kind, FailureKind::Malformed { .. }), "{flooded:?}");
    }
}

#[tokio::test]
async fn a_compressed_answer_is_left_as_it_is() {
    let bomb = "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\n\x1f\x0b\x08\x00";
    let receiver = Receiver::http(Behaviour::Raw(bomb.to_owned())).await;
    let answer = answer(send(&sender(), &receiver.url("/")).await);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body.chars().count(), 4);
    assert!(answer.body.chars().all(|c| c == char::REPLACEMENT_CHARACTER));
}

#[tokio::test]
async fn what_is_not_http_is_called_malformed() {
    for garbage in [
        "SSH-2.0-OpenSSH_9.2\r\n",
        "HTTP/1.1 999999 What\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n",
        "HTTP/1.1 200 OK\r\nbad header line\r\n\r\n",
    ] {
        let broken = failure_with(Behaviour::RawThenClose(garbage.to_owned())).await;
        assert!(matches!(broken.kind, FailureKind::Malformed { .. }), "{garbage}: {broken:?}");
    }
}

#[tokio::test]
async fn redirects_are_reported_and_not_followed() {
    let target = Receiver::http(Behaviour::Answer(200, "")).await;
    let redirect = Behaviour::with_header(302, &format!("location: {}", target.url("/inner")));
    let receiver = Receiver::http(redirect).await;
    let answer = answer(send(&sender(), &receiver.url("/")).await);
    assert_eq!((answer.status, answer.location), (302, Some(target.url("/inner"))));
    assert!(target.requests().is_empty());
}

#[tokio::test]
async fn retry_after_is_read() {
    let receiver = Receiver::http(Behaviour::with_header(429, "retry-after: 120")).await;
    let answer = answer(send(&sender(), &receiver.url("/")).await);
    assert_eq!((answer.status, answer.retry_after), (429, Some(RetryAfter::Seconds(120))));
}

#[tokio::test]
async fn a_name_that_turns_private_after_saving_is_not_connected_to() {
    let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
    let names = FixedNames::default();
    names.set("rebind.example", vec![IpAddr::from([8, 8, 8, 8])]);
    let sender = sender_with(AddressPolicy::default(), names.clone(), Vec::new());
    let raw = format!("https://rebind.example:{}/", receiver.address.port());
    let url = WebhookUrl::parse(&raw, sender.policy()).unwrap();
    assert_eq!(sender.check_destination(&url).await, Ok(()));

    names.set("rebind.example", loopback());
    assert!(matches!(
        sender.check_destination(&url).await,
        Err(UrlProblem::Refused { rule: Rule::Loopback, .. })
    ));
    let exchange = send(&sender, &raw).await;
    assert_eq!(exchange.address, None);
    let blocked = failure(exchange);
    assert_eq!(
        blocked.kind,
        FailureKind::Blocked { address: IpAddr::V4(Ipv4Addr::LOCALHOST), rule: Rule::Loopback }
    );
    assert_eq!(receiver.connections(), 0);
}

#[tokio::test]
async fn of_several_addresses_the_permitted_ones_are_tried_in_turn() {
    let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
    let names = FixedNames::default();
    // The first address is not allowed, at the second nothing listens, at the third is the receiver.
    names.set("many.example", [[10, 0, 0, 1], [127, 0, 0, 2], [127, 0, 0, 1]].map(IpAddr::from).to_vec());
    let sender = sender_with(loopback_allowed(), names, Vec::new());
    let exchange = send(&sender, &receiver.url_for("many.example", "/")).await;
    assert_eq!(exchange.address, Some(receiver.address));
    assert_eq!(answer(exchange).status, 200);
    assert_eq!(
        receiver.requests()[0].header("host"),
        Some(format!("many.example:{}", receiver.address.port()).as_str())
    );
}

#[tokio::test]
async fn plain_http_never_leaves_the_allowed_ranges() {
    let names = FixedNames::default();
    names.set("public.example", vec![IpAddr::from([8, 8, 8, 8])]);
    let sender = sender_with(loopback_allowed(), names, Vec::new());
    let blocked = failure(send(&sender, "http://public.example/").await);
    assert!(matches!(blocked.kind, FailureKind::Blocked { rule: Rule::PlainHttp, .. }));
}

#[tokio::test]
async fn unknown_names_are_not_found() {
    let unknown = failure(send(&sender(), "https://nowhere.example/").await);
    assert_eq!(
        unknown.kind,
        FailureKind::NameNotFound { host: "nowhere.example".to_owned(), detail: "NXDOMAIN".to_owned() }
    );
}

/// The TLS failure of a sender that trusts `roots`.
async fn tls_failure(certificate: &Certificate, roots: Vec<CertificateDer<'static>>) -> FailureKind {
    let names = FixedNames::default();
    names.set("hooks.example", loopback());
    let receiver = Receiver::https(Behaviour::Answer(200, ""), certificate).await;
    let exchange =
        send(&sender_with(loopback_allowed(), names, roots), &receiver.url_for("hooks.example", "/")).await;
    assert_eq!(exchange.address, Some(receiver.address));
    assert!(receiver.requests().is_empty());
    let failed = failure(exchange);
    assert_eq!(failed.phase, Phase::Tls);
    failed.kind
}

#[tokio::test]
async fn good_certificates_are_accepted_and_connections_reused() {
    let authority = Authority::new("Test Root");
    let certificate = authority.issue(&["hooks.example", "127.0.0.1"], Validity::Now);
    let names = FixedNames::default();
    names.set("hooks.example", loopback());
    let receiver = Receiver::https(Behaviour::Answer(200, "secret hello"), &certificate).await;
    let sender = sender_with(loopback_allowed(), names, vec![authority.root.clone()]);
    let exchange = send(&sender, &receiver.url_for("hooks.example", "/")).await;
    assert!(exchange.timings.tls_ms.is_some());
    assert_eq!(answer(exchange).body, "secret hello");
    assert!(send(&sender, &receiver.url_for("hooks.example", "/")).await.reused);
    assert_eq!(answer(send(&sender, &receiver.url("/")).await).status, 200);
    assert_eq!(receiver.connections(), 2);
}

#[tokio::test]
async fn bad_certificates_are_refused_with_their_facts() {
    let authority = Authority::new("Test Root");
    let trusted = || vec![authority.root.clone()];
    let cases = [
        (authority.issue(&["hooks.example"], Validity::Past), trusted(), CertificateFault::Expired),
        (authority.issue(&["hooks.example"], Validity::Future), trusted(), CertificateFault::NotYetValid),
        (
            authority.issue(&["other.example", "10.0.0.1"], Validity::Now),
            trusted(),
            CertificateFault::WrongName,
        ),
        (authority.issue(&["hooks.example"], Validity::Now), Vec::new(), CertificateFault::UntrustedIssuer),
        (Certificate::self_signed(&["hooks.example"]), trusted(), CertificateFault::UntrustedIssuer),
    ];
    for (certificate, roots, expected) in cases {
        let kind = tls_failure(&certificate, roots).await;
        let FailureKind::Certificate { fault, facts } = kind else { panic!("{expected:?}: {kind:?}") };
        assert_eq!(fault, expected);
        let facts = facts.unwrap();
        assert_eq!(facts.subject, "CN=receiver");
        match fault {
            // 2021-02-01 and 2101-01-01, at midnight.
            CertificateFault::Expired => assert_eq!(facts.not_after, 1_612_137_600),
            CertificateFault::NotYetValid => assert_eq!(facts.not_before, 4_133_980_800),
            CertificateFault::WrongName => assert_eq!(facts.names, ["other.example", "10.0.0.1"]),
            CertificateFault::UntrustedIssuer if facts.self_signed => assert_eq!(facts.issuer, "CN=receiver"),
            CertificateFault::UntrustedIssuer => assert_eq!(facts.issuer, "CN=Test Root"),
        }
    }
}

#[tokio::test]
async fn a_receiver_without_tls_fails_the_handshake() {
    let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
    // The server waits for a request that never ends a line: our deadline ends the attempt.
    let exchange = send(&sender(), &format!("https://{}/", receiver.address)).await;
    let silent = failure(exchange);
    assert_eq!(silent.phase, Phase::Tls);
    assert!(matches!(silent.kind, FailureKind::ConnectTimeout { .. }), "{silent:?}");

    // Another server answers in plain HTTP at once, as most do.
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        tokio::io::AsyncWriteExt::write_all(&mut stream, b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        tokio::time::sleep(Duration::from_secs(2)).await;
    });
    let spoken = failure(send(&sender(), &format!("https://{address}/")).await);
    assert!(matches!(spoken.kind, FailureKind::Handshake { .. }), "{spoken:?}");
}
