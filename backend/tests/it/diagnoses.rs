//! Every diagnosis from the receiver that causes it.

use api_types::deliveries::{Category, DiagnosisCode as Code};
use sayless::delivery::{
    diagnosis::{self, History},
    send::{Sender, resolve::FixedNames},
};

use crate::{
    receiver::{Authority, Behaviour, Certificate, Receiver, Validity, loopback, refusing_address},
    send::{loopback_allowed, outgoing, sender, sender_with},
};

const NOW: i64 = 1_795_000_000_000;
/// A webhook that worked yesterday.
const KNOWN: History = History { now: NOW, last_success_at: Some(NOW - 86_400_000), secret_rotated_at: None };
/// A webhook that never worked.
const NEW: History = History { now: NOW, last_success_at: None, secret_rotated_at: None };

async fn diagnose(sender: &Sender, url: &str, history: &History) -> (Code, Category, String) {
    let exchange = sender.send(&outgoing(url)).await;
    let diagnosis = diagnosis::diagnose(&exchange.outcome, history).unwrap();
    (diagnosis.code, diagnosis.category, diagnosis.summary)
}

#[tokio::test]
async fn of_answers() {
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
        (Behaviour::DripBody, Code::ResponseTimeout, Category::Outage),
        (Behaviour::Reset, Code::ConnectionReset, Category::Outage),
        (Behaviour::Close, Code::ConnectionReset, Category::Outage),
        (raw("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\ncut"), Code::ConnectionReset, Category::Outage),
        (raw("220 mail.example ESMTP\r\n"), Code::ResponseMalformed, Category::Configuration),
        (Behaviour::EndlessHead, Code::ResponseMalformed, Category::Configuration),
    ] {
        let receiver = Receiver::http(behaviour.clone()).await;
        let (found, whose, summary) = diagnose(&sender(), &receiver.url("/"), &KNOWN).await;
        assert_eq!((found, whose), (code, category), "{behaviour:?}: {summary}");
    }
}

#[tokio::test]
async fn of_connections() {
    let refusing = format!("http://{}/", refusing_address().await);
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
}

#[tokio::test]
async fn of_certificates() {
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
    }
}
