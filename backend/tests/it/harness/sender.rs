//! The delivery engine's sender by itself: one attempt at a time, with short limits, and names from a table.

use std::{
    net::{IpAddr, Ipv4Addr},
    time::Duration,
};

use bytes::Bytes;
use rustls::pki_types::CertificateDer;
pub use sayless::base::FixedNames;
use sayless::delivery::send::{Limits, SenderConfig};
pub use sayless::delivery::{
    address::{AddressPolicy, Rule, UrlProblem, WebhookUrl},
    diagnosis::{History, diagnose as diagnose_outcome},
    send::{
        Open, Sender,
        exchange::{
            BodyFault, CertificateFault, Exchange, FailureKind, Outcome, Outgoing, Phase, Response,
            RetryAfter, SendFailure,
        },
        resolve::Resolver,
    },
};

/// The time that all messages carry, in seconds since 1970.
pub const TIME: i64 = 1_614_265_330;

/// Limits that make a test short.
pub fn limits() -> Limits {
    Limits {
        total: Duration::from_millis(600),
        connect: Duration::from_millis(300),
        grace: Duration::from_millis(200),
        ..Limits::default()
    }
}

/// The operator allows webhooks to lead to this machine.
pub fn loopback_allowed() -> AddressPolicy {
    AddressPolicy::new(vec!["127.0.0.0/8".parse().unwrap()])
}

/// A sender that resolves names from a table, and trusts these roots besides.
pub fn sender_with(
    policy: AddressPolicy,
    names: FixedNames,
    extra_roots: Vec<CertificateDer<'static>>,
) -> Sender {
    sender_by(policy, Resolver::Fixed(names), extra_roots)
}

/// A sender that resolves names in this way, and trusts these roots besides.
pub fn sender_by(
    policy: AddressPolicy,
    resolver: Resolver,
    extra_roots: Vec<CertificateDer<'static>>,
) -> Sender {
    Sender::new(SenderConfig {
        policy,
        limits: limits(),
        resolver,
        user_agent: "Sayless-Webhooks/1 (+http://127.0.0.1:8080)".to_owned(),
        extra_roots,
    })
    .unwrap()
}

/// A sender that may send to this machine.
pub fn sender() -> Sender {
    sender_with(loopback_allowed(), FixedNames::default(), Vec::new())
}

/// A small message to this URL.
pub fn outgoing(url: &str) -> Outgoing {
    Outgoing {
        url: WebhookUrl::stored(url).unwrap(),
        id: "evt_1".to_owned(),
        timestamp: TIME,
        signature: "v1,AAAA".to_owned(),
        headers: Vec::new(),
        body: Bytes::from_static(b"{\"type\":\"ticket.created\"}"),
    }
}

/// The loopback addresses, for fixed name tables.
pub fn loopback() -> Vec<IpAddr> {
    vec![IpAddr::V4(Ipv4Addr::LOCALHOST)]
}
