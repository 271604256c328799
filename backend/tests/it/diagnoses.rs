//! Diagnoses of failed attempts: every code, caused by a receiver.

use std::{collections::BTreeSet, net::Ipv4Addr};

use api_types::deliveries::{Category, DiagnosisCode as Code};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use crate::harness::{
    Behaviour, Receiver,
    certificates::{Authority, Certificate, Validity},
    name_server::{NameServer, Says},
    refusing_address,
    sender::{
        FixedNames, History, Open, Resolver, Sender, diagnose_outcome, loopback, loopback_allowed, outgoing,
        sender, sender_by, sender_with,
    },
};

const NOW: i64 = 1_795_000_000_000;
/// A webhook that worked yesterday.
const KNOWN: History = History { now: NOW, last_success_at: Some(NOW - 86_400_000), secret_rotated_at: None };
/// A webhook that never worked.
const NEW: History = History { now: NOW, last_success_at: None, secret_rotated_at: None };

async fn diagnose(sender: &Sender, url: &str, history: &History) -> (Code, Category, String) {
    let exchange = sender.send(&outgoing(url), &Open).await.unwrap();
    let diagnosis = diagnose_outcome(&exchange.outcome, history).unwrap();
    (diagnosis.code, diagnosis.category, diagnosis.summary)
}

/// The codes that no receiver causes. The tests in `worker` and in `few_files` cause them.
const OUR_OWN: [Code; 2] = [Code::Interrupted, Code::SenderExhausted];

#[tokio::test]
async fn every_code_has_a_receiver_that_causes_it() {
    let mut caused = BTreeSet::new();
    // The receivers are tried one after the other: each has its deadlines.
    caused.extend(of_answers().await);
    caused.extend(of_connections().await);
    caused.extend(of_names().await);
    caused.extend(of_certificates().await);
    caused.extend(of_handshakes().await);
    let missing: Vec<_> =
        Code::ALL.iter().filter(|code| !OUR_OWN.contains(code) && !caused.contains(code)).collect();
    assert!(missing.is_empty(), "no receiver causes {missing:?}");
}

async fn of_answers() -> Vec<Code> {
    let mut caused = Vec::new();
    let raw = |text: &str| Behaviour::RawThenClose(text.to_owned());
    for (behaviour, code, category) in [
        (
            Behaviour::with_header(302, "location: https://elsewhere.example/"),
            Code::Redirected,
            Category::Configuration,
        ),
        (Behaviour::Answer(400, "no"), Code::PayloadRejected, Category::Configuration),
        (Behaviour::Answer(401, ""), Code::Unauthorized, Category::Configuration),
        (Behaviour::Answer(404, ""), Code::NotFound, Category::Configuration),
        (Behaviour::Answer(410, ""), Code::Gone, Category::Configuration),
        (Behaviour::Answer(418, ""), Code::UnexpectedStatus, Category::Configuration),
        (Behaviour::with_header(429, "retry-after: 9"), Code::Throttled, Category::Throttling),
        (Behaviour::Answer(503, ""), Code::ServerError, Category::Outage),
        (Behaviour::Hang, Code::ResponseTimeout, Category::Outage),
        (Behaviour::DripHead, Code::ResponseTimeout, Category::Outage),
        (Behaviour::Reset, Code::ConnectionReset, Category::Outage),
        (Behaviour::Close, Code::ConnectionReset, Category::Outage),
        (
            raw("HTTP/1.1 413 No\r\ncontent-length: 5\r\n\r\ncut"),
            Code::PayloadRejected,
            Category::Configuration,
        ),
        (raw("HTTP/1.1 500 Oh\r\ncontent-length: 5\r\n\r\ncut"), Code::ServerError, Category::Outage),
        (raw("HTTP/1.1 304 Same\r\n\r\n"), Code::UnexpectedStatus, Category::Configuration),
        (
            raw("HTTP/1.1 101 Switching\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n"),
            Code::UnexpectedStatus,
            Category::Configuration,
        ),
        (raw("220 mail.example ESMTP\r\n"), Code::ResponseMalformed, Category::Configuration),
        (Behaviour::EndlessHead, Code::ResponseMalformed, Category::Configuration),
    ] {
        let receiver = Receiver::http(behaviour.clone()).await;
        let (found, whose, summary) = diagnose(&sender(), &receiver.url("/"), &KNOWN).await;
        assert_eq!((found, whose), (code, category), "{behaviour:?}: {summary}");
        caused.push(found);
    }
    caused
}

async fn of_connections() -> Vec<Code> {
    let refusing = format!("http://{}/", refusing_address());
    for (history, category) in [(KNOWN, Category::Outage), (NEW, Category::Configuration)] {
        let (code, whose, _) = diagnose(&sender(), &refusing, &history).await;
        assert_eq!((code, whose), (Code::ConnectionRefused, category));
    }
    let (code, whose, summary) = diagnose(&sender(), "https://10.0.0.1/", &KNOWN).await;
    assert_eq!((code, whose), (Code::DestinationBlocked, Category::Configuration));
    assert!(summary.contains("10.0.0.1, a private network address"), "{summary}");
    let (code, whose, summary) = diagnose(&sender(), "https://nowhere.example/", &KNOWN).await;
    assert_eq!((code, whose), (Code::DnsNotFound, Category::Configuration));
    assert!(summary.contains("nowhere.example") && summary.contains("NXDOMAIN"), "{summary}");
    let plain = Receiver::http(Behaviour::Answer(200, "")).await;
    let silent = format!("https://{}/", plain.address);
    assert_eq!(diagnose(&sender(), &silent, &KNOWN).await.0, Code::ConnectTimeout);
    vec![Code::ConnectionRefused, Code::DestinationBlocked, Code::ConnectTimeout]
}

/// Name servers that fail in every way, over real DNS.
async fn of_names() -> Vec<Code> {
    let mut caused = Vec::new();
    for (says, history, code, category) in [
        (Says::NoSuchName, KNOWN, Code::DnsNotFound, Category::Configuration),
        (Says::NoAddress, KNOWN, Code::DnsNotFound, Category::Configuration),
        // A silent name server is the receiver's fault if the name was ever found, and ours if not.
        (Says::Failure, NEW, Code::DnsUnavailable, Category::Ours),
        (Says::Failure, KNOWN, Code::DnsUnavailable, Category::Outage),
        (Says::Refused, NEW, Code::DnsUnavailable, Category::Ours),
        (Says::Nothing, NEW, Code::DnsUnavailable, Category::Ours),
        (Says::Nothing, KNOWN, Code::DnsUnavailable, Category::Outage),
    ] {
        let server = NameServer::start(says).await;
        let sender = sender_by(loopback_allowed(), Resolver::at(server.address), Vec::new());
        let (found, whose, summary) = diagnose(&sender, "https://hooks.example/", &history).await;
        assert_eq!((found, whose), (code, category), "{says:?}: {summary}");
        assert!(summary.contains("hooks.example"), "{summary}");
        caused.push(found);
    }
    // A name server that works leads to the receiver.
    let server = NameServer::start(Says::Address(Ipv4Addr::LOCALHOST)).await;
    let receiver = Receiver::http(Behaviour::Answer(503, "")).await;
    let sender = sender_by(loopback_allowed(), Resolver::at(server.address), Vec::new());
    let (found, ..) = diagnose(&sender, &receiver.url_for("hooks.example", "/"), &KNOWN).await;
    assert_eq!(found, Code::ServerError);
    caused
}

async fn of_certificates() -> Vec<Code> {
    let mut caused = Vec::new();
    let authority = Authority::new("Test Root");
    let issue = |name: &str, validity| authority.issue(&[name], validity);
    for (certificate, trusted, code, fact) in [
        (issue("hooks.example", Validity::Past), true, Code::TlsCertificateExpired, "1 February 2021"),
        (issue("hooks.example", Validity::Future), true, Code::TlsCertificateNotYetValid, "1 January 2101"),
        (issue("other.example", Validity::Now), true, Code::TlsHostnameMismatch, "other.example"),
        (issue("hooks.example", Validity::Now), false, Code::TlsUntrustedIssuer, "Test Root"),
        (Certificate::self_signed(&["hooks.example"]), true, Code::TlsUntrustedIssuer, "self-signed"),
    ] {
        let names = FixedNames::default();
        names.set("hooks.example", loopback());
        let roots = if trusted { vec![authority.root.clone()] } else { Vec::new() };
        let receiver = Receiver::https(Behaviour::Answer(200, ""), &certificate).await;
        let sender = sender_with(loopback_allowed(), names, roots);
        let (found, whose, summary) =
            diagnose(&sender, &receiver.url_for("hooks.example", "/"), &KNOWN).await;
        assert_eq!((found, whose), (code, Category::Configuration), "{summary}");
        assert!(summary.contains(fact), "{summary}");
        caused.push(found);
    }
    caused
}

/// Receivers with which TLS cannot be agreed upon.
async fn of_handshakes() -> Vec<Code> {
    let mut caused = Vec::new();
    // Alerts as old or strict servers send them: handshake_failure, protocol_version; and an answer in plain HTTP.
    for answer in [
        &b"\x15\x03\x01\x00\x02\x02\x28"[..],
        &b"\x15\x03\x01\x00\x02\x02\x46"[..],
        &b"HTTP/1.1 400 Bad Request\r\n\r\n"[..],
    ] {
        let url = answering(answer).await;
        let (found, whose, summary) = diagnose(&sender(), &url, &KNOWN).await;
        assert_eq!((found, whose), (Code::TlsHandshakeFailed, Category::Configuration), "{summary}");
        caused.push(found);
    }
    // One server speaks another protocol over TLS, and one wants a certificate from the client.
    let authority = Authority::new("Test Root");
    let certificate = authority.issue(&["hooks.example"], Validity::Now);
    let mut only_http2 = certificate.config();
    only_http2.alpn_protocols = vec![b"h2".to_vec()];
    for config in [only_http2, certificate.config_that_asks(&authority)] {
        let receiver = Receiver::tls(Behaviour::Answer(200, ""), config).await;
        let names = FixedNames::default();
        names.set("hooks.example", loopback());
        let sender = sender_with(loopback_allowed(), names, vec![authority.root.clone()]);
        let (found, whose, summary) =
            diagnose(&sender, &receiver.url_for("hooks.example", "/"), &KNOWN).await;
        assert_eq!((found, whose), (Code::TlsHandshakeFailed, Category::Configuration), "{summary}");
        caused.push(found);
    }
    caused
}

/// The https URL of a server that answers the first thing it is told with these bytes.
async fn answering(bytes: &'static [u8]) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut hello = [0; 4096];
        while stream.read(&mut hello).await.is_ok_and(|read| read > 0) {
            stream.write_all(bytes).await.ok();
        }
    });
    url
}
