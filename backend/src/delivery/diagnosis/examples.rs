//! Examples of every diagnosis, for the page that explains them: made by the diagnosing itself, so that the page says what it says.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use api_types::deliveries::Diagnosis;

use super::{History, diagnose, interrupted};
use crate::delivery::{
    address::Rule,
    send::exchange::{
        CertificateFacts, CertificateFault, FailureKind, Outcome, Phase, Response, RetryAfter, SendFailure,
    },
};

/// 28 November 2026 at 09:00 UTC.
const NOW: i64 = 1_795_856_400_000;
const DAY: i64 = 86_400_000;
const ADDRESS: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::new(203, 0, 113, 7)), 443);
const NEW: History = History { now: NOW, last_success_at: None, secret_rotated_at: None };
/// A webhook that worked half an hour ago.
const KNOWN: History =
    History { now: NOW, last_success_at: Some(NOW - DAY / 48), secret_rotated_at: Some(NOW - DAY) };

/// The diagnoses, in the order of what can go wrong on the way.
pub fn all() -> Vec<Diagnosis> {
    let failures = failures().into_iter();
    let of_failures =
        failures.map(|(phase, kind, history)| (Outcome::Failure(SendFailure { phase, kind }), history));
    let of_answers = answers().into_iter().map(|(answer, history)| (Outcome::Response(answer), history));
    let outcomes = of_failures.chain(of_answers);
    outcomes.filter_map(|(outcome, history)| diagnose(&outcome, &history)).chain([interrupted()]).collect()
}

fn failures() -> Vec<(Phase, FailureKind, History)> {
    let host = || "hooks.acme.example".to_owned();
    let waited = Duration::from_secs;
    let certificate = |fault| {
        let facts = CertificateFacts {
            subject: "CN=hooks.acme.example".to_owned(),
            names: vec!["www.acme.example".to_owned()],
            issuer: "CN=Acme Internal CA".to_owned(),
            self_signed: false,
            not_before: (NOW + DAY) / 1000,
            not_after: (NOW - 5 * DAY) / 1000,
        };
        (Phase::Tls, FailureKind::Certificate { fault, facts: Some(Box::new(facts)) }, KNOWN)
    };
    let looked_up = || FailureKind::ResolverFailed { host: host(), detail: "SERVFAIL".to_owned() };
    let private = Ipv4Addr::new(10, 0, 0, 7).into();
    let refused = FailureKind::Refused { address: ADDRESS };
    vec![
        (Phase::Resolve, FailureKind::NameNotFound { host: host(), detail: "NXDOMAIN".to_owned() }, NEW),
        (Phase::Resolve, looked_up(), KNOWN),
        (Phase::Resolve, looked_up(), NEW),
        (Phase::Connect, FailureKind::Blocked { address: private, rule: Rule::Private }, NEW),
        (Phase::Connect, FailureKind::Blocked { address: ADDRESS.ip(), rule: Rule::PlainHttp }, NEW),
        (Phase::Connect, refused.clone(), NEW),
        (Phase::Connect, refused, KNOWN),
        (Phase::Connect, FailureKind::ConnectTimeout { address: ADDRESS, waited: waited(5) }, KNOWN),
        (Phase::Wait, FailureKind::Reset { address: ADDRESS }, KNOWN),
        certificate(CertificateFault::Expired),
        certificate(CertificateFault::NotYetValid),
        certificate(CertificateFault::WrongName),
        certificate(CertificateFault::UntrustedIssuer),
        (
            Phase::Tls,
            FailureKind::Handshake { detail: "the receiver asks for a certificate of ours".to_owned() },
            NEW,
        ),
        (Phase::Wait, FailureKind::ResponseTimeout { waited: waited(15) }, KNOWN),
        (Phase::Wait, FailureKind::Malformed { detail: "invalid HTTP version".to_owned() }, NEW),
        (Phase::Connect, FailureKind::Exhausted { detail: "no file is left".to_owned() }, KNOWN),
    ]
}

fn answers() -> Vec<(Response, History)> {
    let elsewhere = Some("https://new.acme.example/hooks".to_owned());
    let pause = Some(RetryAfter::Seconds(600));
    let refused = "missing field `id`".to_owned();
    vec![
        (Response { location: elsewhere, ..answer(301) }, KNOWN),
        (Response { location: Some("/login?next=/hooks".to_owned()), ..answer(302) }, NEW),
        (answer(401), KNOWN),
        (answer(404), NEW),
        (answer(404), KNOWN),
        (answer(410), KNOWN),
        (Response { body: refused, ..answer(422) }, KNOWN),
        (Response { retry_after: pause, ..answer(429) }, KNOWN),
        (answer(503), KNOWN),
        (answer(418), KNOWN),
    ]
}

const fn answer(status: u16) -> Response {
    Response {
        status,
        headers: Vec::new(),
        body: String::new(),
        truncated: false,
        body_fault: None,
        retry_after: None,
        location: None,
    }
}
