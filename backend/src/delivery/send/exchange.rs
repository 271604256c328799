//! One exchange with a receiver as plain data: the request, the timings, and the answer or failure. Made by
//! `send`, explained by [`diagnosis`](crate::delivery::diagnosis).

use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use api_types::deliveries::{Header, Timings};
use bytes::Bytes;
use hyper::header::{HeaderName, HeaderValue};

use crate::delivery::address::{Rule, WebhookUrl};

/// One signed request, ready to go.
#[derive(Debug, Clone)]
pub struct Outgoing {
    pub url: WebhookUrl,
    /// `webhook-id`: the event's id, the same on every attempt.
    pub id: String,
    /// `webhook-timestamp`, in unix seconds.
    pub timestamp: i64,
    /// `webhook-signature`, over `{id}.{timestamp}.{body}`.
    pub signature: String,
    /// Headers of the webhook owner's own; values that are marked as sensitive are kept out of the exchange.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    pub body: Bytes,
}

/// One exchange, successful or not.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// The address connected to, or the last one tried.
    pub address: Option<SocketAddr>,
    /// A connection of an earlier attempt was used again.
    pub reused: bool,
    pub timings: Timings,
    /// The headers as sent, the signature included; sensitive values redacted.
    pub request_headers: Vec<Header>,
    pub outcome: Outcome,
}

#[derive(Debug, Clone)]
pub enum Outcome {
    /// An HTTP answer whose head came whole, whatever its status and however its body ended.
    Response(Response),
    Failure(SendFailure),
}

/// The receiver's answer. Hostile input: cut to size, safe to store, and only ever to be shown as plain text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    pub status: u16,
    pub headers: Vec<Header>,
    /// The beginning of the body, with everything that is not text replaced.
    pub body: String,
    /// The body went on beyond the part that is kept.
    pub truncated: bool,
    /// The body did not end as it should have. What the head said stays true.
    pub body_fault: Option<BodyFault>,
    pub retry_after: Option<RetryAfter>,
    /// The target of a redirect.
    pub location: Option<String>,
}

/// A fault in the body of an answer whose head was in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BodyFault {
    /// The body did not end within this time after the head.
    Endless { waited: Duration },
    /// The connection ended or broke before the body did.
    Broken,
    /// The body is not framed as HTTP/1 has it.
    Malformed { detail: String },
}

/// `Retry-After` (RFC 9110, section 10.2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAfter {
    Seconds(u64),
    /// Unix milliseconds.
    At(i64),
}

impl RetryAfter {
    /// The moment that the header names, in unix milliseconds. `now` is the present one.
    pub fn at(self, now: i64) -> i64 {
        match self {
            Self::Seconds(seconds) => {
                now.saturating_add(i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(1000))
            }
            Self::At(at) => at,
        }
    }
}

/// The step that an exchange had reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    Resolve,
    Connect,
    Tls,
    /// Writing the request.
    Send,
    /// The request is out; not a byte has come back, or not all headers have.
    Wait,
}

/// No answer.
#[derive(Debug, Clone)]
pub struct SendFailure {
    pub phase: Phase,
    pub kind: FailureKind,
}

/// The reason that there is no answer, with the facts that its diagnosis shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FailureKind {
    /// The name has no address; `detail` is the resolver's answer, such as `NXDOMAIN`.
    NameNotFound { host: String, detail: String },
    /// The resolver failed or did not answer.
    ResolverFailed { host: String, detail: String },
    /// Every address of the host is refused by policy; these are the first one's facts.
    Blocked { address: IpAddr, rule: Rule },
    /// The connection was refused.
    Refused { address: SocketAddr },
    /// The network knows no way to the address.
    Unreachable { address: SocketAddr, detail: String },
    /// No connection, or no end of the TLS handshake, in time.
    ConnectTimeout { address: SocketAddr, waited: Duration },
    /// The connection broke.
    Reset { address: SocketAddr },
    /// The certificate did not pass verification.
    Certificate { fault: CertificateFault, facts: Option<Box<CertificateFacts>> },
    /// TLS could not be agreed upon; `detail` is the alert or the library's words.
    Handshake { detail: String },
    /// The request was not taken, or the answer's head did not come, in time.
    ResponseTimeout { waited: Duration },
    /// The answer is not HTTP/1.
    Malformed { detail: String },
    /// Nothing was sent: this machine had no file, port or memory left for a connection.
    Exhausted { detail: String },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificateFault {
    Expired,
    NotYetValid,
    WrongName,
    UntrustedIssuer,
}

/// The facts in a receiver's certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFacts {
    pub subject: String,
    /// The names and addresses that the certificate is for.
    pub names: Vec<String>,
    pub issuer: String,
    pub self_signed: bool,
    /// Unix seconds.
    pub not_before: i64,
    /// Unix seconds.
    pub not_after: i64,
}
