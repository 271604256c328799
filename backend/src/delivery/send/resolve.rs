//! From a host name to addresses: the system's name servers, or a fixed table in tests.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Duration,
};

use hickory_resolver::{
    ResolverBuilder, TokioResolver,
    config::{LookupIpStrategy, NameServerConfig, ResolverConfig},
    net::{DnsError, NetError, runtime::TokioRuntimeProvider},
    proto::op::ResponseCode,
};
use tokio::net::UdpSocket;

use super::limits::is_exhaustion;
use crate::{base::FixedNames, delivery::address::Host};

/// Answers are kept as long as their records say, but no longer than this.
const LONGEST_CACHE: Duration = Duration::from_mins(1);
/// The answer that a name does not exist is believed this long.
const LONGEST_NEGATIVE_CACHE: Duration = Duration::from_secs(5);

/// Looks names up.
#[derive(Debug, Clone)]
pub enum Resolver {
    /// The name servers of the system's configuration; none if it could not be read.
    System(Option<Box<TokioResolver>>),
    /// Only these names exist.
    Fixed(FixedNames),
}

/// The reason that a name has no addresses for us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResolveError {
    /// The name certainly has no address. The text is the resolver's answer.
    NotFound(String),
    /// The resolver itself failed.
    Unavailable(String),
    /// This machine had no file, port or memory left to ask.
    Exhausted(String),
}

impl Resolver {
    /// A resolver by `/etc/resolv.conf` and `/etc/hosts`. Building one needs no network.
    pub fn system() -> Self {
        Self::built(TokioResolver::builder_tokio())
    }

    /// A resolver that asks this name server alone.
    pub fn at(server: SocketAddr) -> Self {
        let mut config = NameServerConfig::udp_and_tcp(server.ip());
        for connection in &mut config.connections {
            connection.port = server.port();
        }
        let config = ResolverConfig::from_parts(None, Vec::new(), vec![config]);
        Self::built(Ok(TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())))
    }

    fn built(builder: Result<ResolverBuilder<TokioRuntimeProvider>, NetError>) -> Self {
        let built = builder.and_then(|mut builder| {
            let options = builder.options_mut();
            options.ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
            options.timeout = Duration::from_secs(2);
            options.attempts = 2;
            options.positive_max_ttl = Some(LONGEST_CACHE);
            options.negative_max_ttl = Some(LONGEST_NEGATIVE_CACHE);
            builder.build()
        });
        match built {
            Ok(resolver) => Self::System(Some(Box::new(resolver))),
            Err(error) => {
                tracing::warn!(%error, "no name server is configured: only addresses can be delivered to");
                Self::System(None)
            }
        }
    }

    /// The port of a host to which connections go instead of the URL's; only tests have any.
    pub fn port(&self, host: &Host) -> Option<u16> {
        match (self, host) {
            (Self::Fixed(names), Host::Name(name)) => names.port(name),
            _ => None,
        }
    }

    /// The addresses of a host, IPv4 first; never an empty list.
    pub async fn resolve(&self, host: &Host) -> Result<Vec<IpAddr>, ResolveError> {
        if let Some(addresses) = host.known_addresses() {
            return Ok(addresses);
        }
        let Host::Name(name) = host else { return Err(ResolveError::NotFound("no address".to_owned())) };
        match self {
            Self::Fixed(names) => match names.get(name) {
                Some(addresses) if !addresses.is_empty() => Ok(addresses),
                Some(_) => Err(ResolveError::NotFound("no address records".to_owned())),
                None => Err(ResolveError::NotFound("NXDOMAIN".to_owned())),
            },
            Self::System(None) => Err(ResolveError::Unavailable("no name server is configured".to_owned())),
            Self::System(Some(resolver)) => look_up(resolver, name).await,
        }
    }
}

/// The resolver does not tell that it could open no socket, so one is tried here.
async fn failure(error: &NetError) -> ResolveError {
    match UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).await {
        Err(error) if is_exhaustion(&error) => ResolveError::Exhausted(error.kind().to_string()),
        _ => ResolveError::Unavailable(error.to_string()),
    }
}

async fn look_up(resolver: &TokioResolver, name: &str) -> Result<Vec<IpAddr>, ResolveError> {
    // A name with a dot is complete: no search domain may be tried behind it.
    let query = if name.contains('.') { format!("{name}.") } else { name.to_owned() };
    match resolver.lookup_ip(query).await {
        Ok(found) => {
            let addresses: Vec<IpAddr> = found.iter().collect();
            if addresses.is_empty() {
                return Err(ResolveError::NotFound("no address records".to_owned()));
            }
            Ok(addresses)
        }
        Err(NetError::Dns(DnsError::NoRecordsFound(none))) => Err(match none.response_code {
            ResponseCode::NXDomain => ResolveError::NotFound("NXDOMAIN".to_owned()),
            ResponseCode::NoError => ResolveError::NotFound("no address records".to_owned()),
            code => ResolveError::Unavailable(code.to_string()),
        }),
        Err(NetError::Dns(DnsError::ResponseCode(ResponseCode::NXDomain))) => {
            Err(ResolveError::NotFound("NXDOMAIN".to_owned()))
        }
        Err(error) => Err(failure(&error).await),
    }
}
