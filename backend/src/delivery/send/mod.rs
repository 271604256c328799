//! Sends one request, a webhook's message or the question for a document: resolve the name, check every address, connect to the
//! very address that passed, send,
//! read a bounded answer. One deadline covers all of this, and a shorter one the answer's body: its head alone says how an
//! attempt ended. No redirects, no proxies, no decompression, no state but a small pool of connections.

mod connect;
pub mod exchange;
mod limits;
mod meter;
mod pool;
#[cfg(test)]
mod properties;
pub mod resolve;
mod response;
mod retry_after;
mod tls;

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use api_types::deliveries::{Header, Timings};
use http_body_util::Full;
use hyper::{
    Request,
    header::{self, HeaderName, HeaderValue},
};
use rustls::pki_types::CertificateDer;
use tokio::time::{Instant, timeout_at};

use self::{
    connect::Opening,
    exchange::{Exchange, FailureKind, Outcome, Outgoing, Phase, SendFailure},
    limits::milliseconds,
    pool::{Connection, Key, Pool},
    resolve::{ResolveError, Resolver},
    response::Read,
};
use super::address::{AddressPolicy, UrlProblem, WebhookUrl};

pub use self::limits::Limits;
pub use self::retry_after::http_date;
pub use self::tls::{Tls, TlsSetupError};

/// Stands where a header's value is not shown.
const REDACTED: &str = "[redacted]";
/// The time in which idle connections that are closed give their files back.
const GIVING_BACK: Duration = Duration::from_millis(50);

/// Everything that a sender is built from.
#[derive(Debug)]
pub struct SenderConfig {
    pub policy: AddressPolicy,
    pub limits: Limits,
    pub resolver: Resolver,
    /// The `User-Agent`, such as `Sayless-Webhooks/1 (+https://sayless.example)`.
    pub user_agent: String,
    /// Roots to trust beside the system's.
    pub extra_roots: Vec<CertificateDer<'static>>,
}

/// Asked right before a request is put on the wire: looking a name up and connecting take seconds, and the request
/// may not be wanted any more.
pub trait Gate: Sync {
    /// `true` where the request may go.
    fn opens(&self) -> impl Future<Output = bool> + Send;
}

/// A gate that is always open.
#[derive(Clone, Copy, Debug)]
pub struct Open;

impl Gate for Open {
    async fn opens(&self) -> bool {
        true
    }
}

/// Sends webhook requests. Cheap to clone; clones share the pool of connections.
#[derive(Debug, Clone)]
pub struct Sender(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    policy: AddressPolicy,
    limits: Limits,
    resolver: Resolver,
    user_agent: HeaderValue,
    tls: Tls,
    pool: Pool,
}

impl Sender {
    /// A sender with an empty pool. Reads the system's root certificates and name servers.
    pub fn new(config: SenderConfig) -> Result<Self, TlsSetupError> {
        let user_agent = HeaderValue::try_from(config.user_agent)
            .unwrap_or_else(|_| HeaderValue::from_static("Sayless-Webhooks/1"));
        Ok(Self(Arc::new(Shared {
            policy: config.policy,
            limits: config.limits,
            resolver: config.resolver,
            user_agent,
            tls: Tls::new(&config.extra_roots)?,
            pool: Pool::new(config.limits.idle),
        })))
    }

    /// The policy that addresses are checked by.
    pub fn policy(&self) -> &AddressPolicy {
        &self.0.policy
    }

    /// The longest that an attempt can take.
    pub fn longest_attempt(&self) -> Duration {
        self.0.limits.total
    }

    /// Checks the addresses that a URL's host resolves to just now: for saving and testing. A name that
    /// cannot be looked up is no reason to refuse an https URL (an attempt will say so); under http the
    /// address must be known to be allowed.
    pub async fn check_destination(&self, url: &WebhookUrl) -> Result<(), UrlProblem> {
        let looked_up =
            tokio::time::timeout(self.0.limits.connect, self.0.resolver.resolve(url.host())).await;
        let addresses = looked_up.ok().and_then(Result::ok).unwrap_or_default();
        url.check_addresses(&self.0.policy, &addresses)
    }

    /// Makes one exchange. Ends within the limits, whatever the receiver does. A failure is part of the
    /// result. `None` where the gate was closed: nothing of the request was sent.
    pub async fn send(&self, outgoing: &Outgoing, gate: &impl Gate) -> Option<Exchange> {
        let mut attempt = Attempt::new(&self.0, gate, &outgoing.url, Message::Webhook(outgoing));
        let outcome = match attempt.run().await {
            Ok(answer) => Outcome::Response(answer),
            Err(Ended::Failed(failure)) => Outcome::Failure(failure),
            Err(Ended::Unwanted) => return None,
        };
        attempt.timings.total_ms = milliseconds(attempt.started.elapsed());
        Some(Exchange {
            address: attempt.address,
            reused: attempt.reused,
            timings: attempt.timings,
            request_headers: self
                .headers(outgoing)
                .map(|(name, value)| Header { name: name.as_str().to_owned(), value: shown(&value) })
                .collect(),
            outcome,
        })
    }

    /// Gets a document by the same way and under the same policy as a webhook's message goes, within `total` and no longer than an
    /// attempt takes, and reads at most `body` bytes of it. A redirect is an answer like any other.
    pub async fn get(&self, get: &Get<'_>) -> Outcome {
        let mut attempt = Attempt::new(&self.0, &Open, get.url, Message::Get(get.headers));
        let total = attempt.limits.total.min(get.total);
        attempt.limits = Limits {
            total,
            connect: attempt.limits.connect.min(total),
            grace: total,
            body: get.body,
            ..attempt.limits
        };
        match attempt.run().await {
            Ok(answer) => Outcome::Response(answer),
            Err(Ended::Failed(failure)) => Outcome::Failure(failure),
            // The gate is open; passing it takes time only.
            Err(Ended::Unwanted) => Outcome::Failure(SendFailure {
                phase: Phase::Send,
                kind: FailureKind::ResponseTimeout { waited: total },
            }),
        }
    }

    fn headers(&self, outgoing: &Outgoing) -> impl Iterator<Item = (HeaderName, HeaderValue)> {
        self.0.headers(outgoing)
    }
}

/// A question for a document.
#[derive(Debug)]
pub struct Get<'a> {
    pub url: &'a WebhookUrl,
    /// Headers beside `Host` and `User-Agent`.
    pub headers: &'a [(HeaderName, HeaderValue)],
    /// The longest that it may take, the body included.
    pub total: Duration,
    /// The bytes of the document that are read; a longer one is cut, and marked so.
    pub body: usize,
}

/// The request of an attempt.
#[derive(Clone, Copy)]
enum Message<'a> {
    Webhook(&'a Outgoing),
    Get(&'a [(HeaderName, HeaderValue)]),
}

/// A header's value as it may be shown.
fn shown(value: &HeaderValue) -> String {
    if value.is_sensitive() {
        REDACTED.to_owned()
    } else {
        String::from_utf8_lossy(value.as_bytes()).into_owned()
    }
}

impl Shared {
    fn headers(&self, outgoing: &Outgoing) -> impl Iterator<Item = (HeaderName, HeaderValue)> {
        // Hosts, ids and signatures are ASCII by construction; were one not, it would be sent empty and
        // refused.
        let text = |text: &str| HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(""));
        [
            (header::HOST, text(&outgoing.url.authority())),
            (header::USER_AGENT, self.user_agent.clone()),
            (header::ACCEPT, HeaderValue::from_static("*/*")),
            (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
            (header::CONTENT_LENGTH, HeaderValue::from(outgoing.body.len())),
            (HeaderName::from_static("webhook-id"), text(&outgoing.id)),
            (HeaderName::from_static("webhook-timestamp"), HeaderValue::from(outgoing.timestamp)),
            (HeaderName::from_static("webhook-signature"), text(&outgoing.signature)),
        ]
        .into_iter()
        .chain(outgoing.headers.iter().cloned())
    }

    fn request(&self, url: &WebhookUrl, message: Message<'_>) -> Request<Full<bytes::Bytes>> {
        let mut request = match message {
            Message::Webhook(outgoing) => {
                let mut request = Request::new(Full::new(outgoing.body.clone()));
                *request.method_mut() = hyper::Method::POST;
                request.headers_mut().extend(self.headers(outgoing));
                request
            }
            Message::Get(headers) => {
                let mut request = Request::new(Full::default());
                let host = HeaderValue::from_str(&url.authority());
                let host = host.unwrap_or(HeaderValue::from_static(""));
                request.headers_mut().insert(header::HOST, host);
                request.headers_mut().insert(header::USER_AGENT, self.user_agent.clone());
                request.headers_mut().extend(headers.iter().cloned());
                request
            }
        };
        *request.uri_mut() = hyper::Uri::from(url.path_and_query().clone());
        request
    }
}

/// An attempt that ended without an answer.
enum Ended {
    Failed(SendFailure),
    /// The gate was closed.
    Unwanted,
}

impl From<SendFailure> for Ended {
    fn from(failure: SendFailure) -> Self {
        Self::Failed(failure)
    }
}

/// An attempt under way.
struct Attempt<'a, G> {
    shared: &'a Shared,
    gate: &'a G,
    url: &'a WebhookUrl,
    message: Message<'a>,
    limits: Limits,
    started: Instant,
    timings: Timings,
    address: Option<SocketAddr>,
    reused: bool,
}

impl<'a, G: Gate> Attempt<'a, G> {
    /// An attempt that begins now, within the sender's own limits.
    fn new(shared: &'a Shared, gate: &'a G, url: &'a WebhookUrl, message: Message<'a>) -> Self {
        Self {
            shared,
            gate,
            url,
            message,
            limits: shared.limits,
            started: Instant::now(),
            timings: Timings::default(),
            address: None,
            reused: false,
        }
    }

    fn deadline(&self) -> Instant {
        self.started + self.limits.total
    }

    async fn run(&mut self) -> Result<exchange::Response, Ended> {
        let resolved = self.resolve().await?;
        let url = self.url;
        let Shared { policy, resolver, .. } = self.shared;
        let addresses = connect::permitted(url, policy, resolver, &resolved)?;
        self.pass().await?;
        if let Some((key, connection)) = self.pooled(&addresses) {
            self.address = Some(key.address);
            self.reused = true;
            match self.exchange(key, connection).await {
                // The receiver had closed the idle connection before it saw this request: not a failure of
                // the attempt.
                Err(broken) if broken.unheard => self.timings.first_byte_ms = None,
                ended => return Ok(ended.map_err(|broken| broken.failure)?),
            }
        }
        self.reused = false;
        let limits = self.limits;
        let opening = Opening { url, tls: &self.shared.tls, limits: &limits, deadline: self.deadline() };
        let mut opened = connect::open(&opening, &addresses, &mut self.timings).await;
        if let Err((_, SendFailure { kind: FailureKind::Exhausted { .. }, .. })) = &opened {
            self.shared.pool.close();
            // A closed connection gives its file back when its task has seen it.
            tokio::time::sleep(GIVING_BACK).await;
            opened = connect::open(&opening, &addresses, &mut self.timings).await;
        }
        let (address, connection) = match opened {
            Ok(opened) => opened,
            Err((address, failure)) => {
                self.address = address;
                return Err(failure.into());
            }
        };
        self.address = Some(address);
        self.pass().await?;
        let key = self.key(address);
        Ok(self.exchange(key, connection).await.map_err(|broken| broken.failure)?)
    }

    /// Passes the gate, which may have to ask the database.
    async fn pass(&self) -> Result<(), Ended> {
        match timeout_at(self.deadline(), self.gate.opens()).await {
            Ok(true) => Ok(()),
            Ok(false) | Err(_) => Err(Ended::Unwanted),
        }
    }

    async fn resolve(&mut self) -> Result<Vec<IpAddr>, SendFailure> {
        let host = self.url.host();
        let by = self.deadline().min(self.started + self.limits.connect);
        let looked_up = timeout_at(by, self.shared.resolver.resolve(host)).await;
        self.timings.resolve_ms = Some(milliseconds(self.started.elapsed()));
        let kind = match looked_up {
            Ok(Ok(addresses)) => return Ok(addresses),
            Ok(Err(ResolveError::NotFound(detail))) => {
                FailureKind::NameNotFound { host: host.to_string(), detail }
            }
            Ok(Err(ResolveError::Exhausted(detail))) => FailureKind::Exhausted { detail },
            Ok(Err(ResolveError::Unavailable(detail))) => {
                FailureKind::ResolverFailed { host: host.to_string(), detail }
            }
            Err(_) => FailureKind::ResolverFailed {
                host: host.to_string(),
                detail: format!("no answer within {} s", self.limits.connect.as_secs_f32()),
            },
        };
        Err(SendFailure { phase: Phase::Resolve, kind })
    }

    fn key(&self, address: SocketAddr) -> Key {
        Key { https: self.url.is_https(), host: self.url.host().clone(), address }
    }

    fn pooled(&self, addresses: &[SocketAddr]) -> Option<(Key, Connection)> {
        addresses.iter().find_map(|address| {
            let key = self.key(*address);
            let connection = self.shared.pool.take(&key)?;
            Some((key, connection))
        })
    }

    async fn exchange(
        &mut self,
        key: Key,
        mut connection: Connection,
    ) -> Result<exchange::Response, response::Broken> {
        connection.meter.reset();
        let reading = Read {
            address: key.address,
            reused: self.reused,
            limits: &self.limits,
            deadline: self.deadline(),
        };
        let sent = Instant::now();
        let ended = reading.exchange(&mut connection, self.shared.request(self.url, self.message)).await;
        self.timings.first_byte_ms =
            connection.meter.first_byte().map(|at| milliseconds(at.saturating_duration_since(sent)));
        let (answer, complete) = ended?;
        if complete {
            self.shared.pool.give(key, connection);
        }
        Ok(answer)
    }
}
