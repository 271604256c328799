//! Opens a connection to an address that passed the policy: TCP, TLS for https, then HTTP/1.1.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use api_types::deliveries::Timings;
use bytes::Bytes;
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::{Instant, timeout_at},
};

use super::{
    exchange::{FailureKind, Phase, SendFailure},
    limits::{Limits, is_exhaustion, milliseconds},
    meter::{Meter, Metered},
    pool::{Connection, LONGEST_LIFE},
    resolve::Resolver,
    tls::{Tls, TlsFailure},
};
use crate::delivery::address::{AddressPolicy, WebhookUrl};

/// The most addresses of a host that are tried.
const ADDRESSES_TRIED: usize = 6;
/// The least that an address gets of the connect limit, so that one silent address does not starve the next.
const LEAST_PER_ADDRESS: Duration = Duration::from_secs(1);
/// The size (bytes) and number of answer headers that are read before the answer is called malformed.
const HEADER_BYTES: usize = 64 * 1024;
const HEADER_COUNT: usize = 128;

/// The addresses among `resolved` that may be connected to.
pub fn permitted(
    url: &WebhookUrl,
    policy: &AddressPolicy,
    names: &Resolver,
    resolved: &[IpAddr],
) -> Result<Vec<SocketAddr>, SendFailure> {
    let port = names.port(url.host()).unwrap_or_else(|| url.port());
    let mut refusal = None;
    let mut permitted = Vec::new();
    for address in resolved {
        match policy.check_for(*address, url.is_https()) {
            Ok(_) => permitted.push(SocketAddr::new(*address, port)),
            Err(refused) => refusal = refusal.or(Some(refused)),
        }
    }
    permitted.truncate(ADDRESSES_TRIED);
    match refusal {
        Some(refused) if permitted.is_empty() => Err(SendFailure {
            phase: Phase::Connect,
            kind: FailureKind::Blocked { address: refused.address, rule: refused.rule },
        }),
        _ => Ok(permitted),
    }
}

/// Everything that opening a connection needs.
#[derive(Debug)]
pub struct Opening<'a> {
    pub url: &'a WebhookUrl,
    pub tls: &'a Tls,
    pub limits: &'a Limits,
    /// The end of the whole exchange.
    pub deadline: Instant,
}

/// Connects to the first address that accepts. A failure names the first address, since an admin would try
/// that one.
pub async fn open(
    opening: &Opening<'_>,
    addresses: &[SocketAddr],
    timings: &mut Timings,
) -> Result<(SocketAddr, Connection), (Option<SocketAddr>, SendFailure)> {
    let started = Instant::now();
    let connect_by = opening.deadline.min(started + opening.limits.connect);
    let mut first_failure = None;
    for (index, address) in addresses.iter().enumerate() {
        let share = (connect_by - Instant::now()) / u32::try_from(addresses.len() - index).unwrap_or(1);
        let by = connect_by.min(Instant::now() + share.max(LEAST_PER_ADDRESS));
        let begun = Instant::now();
        let connected = timeout_at(by, TcpStream::connect(address)).await;
        timings.connect_ms = Some(milliseconds(begun.elapsed()));
        let kind = match connected {
            Ok(Ok(stream)) => {
                let connection = secure(opening, *address, stream, timings).await;
                return connection
                    .map(|connection| (*address, connection))
                    .map_err(|failure| (Some(*address), failure));
            }
            Ok(Err(error)) => connect_failure(*address, &error),
            Err(_) => FailureKind::ConnectTimeout { address: *address, waited: begun.elapsed() },
        };
        first_failure.get_or_insert((Some(*address), SendFailure { phase: Phase::Connect, kind }));
        if Instant::now() >= connect_by {
            break;
        }
    }
    Err(first_failure.unwrap_or_else(|| {
        let kind = FailureKind::NameNotFound {
            host: opening.url.host().to_string(),
            detail: "no address records".to_owned(),
        };
        (None, SendFailure { phase: Phase::Resolve, kind })
    }))
}

fn connect_failure(address: SocketAddr, error: &io::Error) -> FailureKind {
    if is_exhaustion(error) {
        return FailureKind::Exhausted { detail: error.kind().to_string() };
    }
    match error.kind() {
        io::ErrorKind::ConnectionRefused => FailureKind::Refused { address },
        io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted => FailureKind::Reset { address },
        io::ErrorKind::TimedOut => FailureKind::ConnectTimeout { address, waited: Duration::ZERO },
        kind => FailureKind::Unreachable { address, detail: kind.to_string() },
    }
}

async fn secure(
    opening: &Opening<'_>,
    address: SocketAddr,
    stream: TcpStream,
    timings: &mut Timings,
) -> Result<Connection, SendFailure> {
    // Requests are one small write: waiting to fill a packet would only delay them.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY could not be set");
    }
    let fail = |kind| SendFailure { phase: Phase::Tls, kind };
    let meter = Meter::new();
    if !opening.url.is_https() {
        return shake_hands(Metered::new(stream, Arc::clone(&meter)), meter, opening.limits).await;
    }
    let begun = Instant::now();
    let secured = timeout_at(opening.deadline, opening.tls.connect(opening.url.host(), stream)).await;
    timings.tls_ms = Some(milliseconds(begun.elapsed()));
    match secured {
        Ok(Ok(stream)) => shake_hands(Metered::new(stream, Arc::clone(&meter)), meter, opening.limits).await,
        Ok(Err(TlsFailure::Known(kind))) => Err(fail(kind)),
        Ok(Err(TlsFailure::Broken)) => Err(fail(FailureKind::Reset { address })),
        Err(_) => Err(fail(FailureKind::ConnectTimeout { address, waited: begun.elapsed() })),
    }
}

async fn shake_hands<S>(stream: S, meter: Arc<Meter>, limits: &Limits) -> Result<Connection, SendFailure>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (sender, driver) = http1::Builder::new()
        .max_headers(HEADER_COUNT)
        .max_buf_size(HEADER_BYTES)
        .handshake::<_, Full<Bytes>>(TokioIo::new(stream))
        .await
        .map_err(|error| SendFailure {
            phase: Phase::Send,
            kind: FailureKind::Malformed { detail: error.to_string() },
        })?;
    // A connection ends after its longest life and one last exchange, even if its owner forgets it.
    let life = LONGEST_LIFE + limits.total;
    tokio::spawn(async move {
        if let Ok(Err(error)) = tokio::time::timeout(life, driver).await {
            tracing::debug!(%error, "a receiver's connection ended with an error");
        }
    });
    Ok(Connection { sender, meter, opened: Instant::now() })
}
