//! The client's IP address: the TCP peer's, or the one that a trusted proxy names in `X-Forwarded-For`.

use std::{net::IpAddr, sync::Once};

use actix_web::{HttpRequest, dev::ServiceRequest};
use ipnet::IpNet;

use crate::ranges;

/// The client's address of a request in a middleware: the rightmost hop of `X-Forwarded-For` that is no trusted proxy, if the
/// peer is one.
pub fn client(request: &ServiceRequest, trusted: &[IpNet]) -> IpAddr {
    of_request(request.request(), trusted)
}

/// The client's address of a request in a handler, by the rule of [`client`].
pub fn of_request(request: &HttpRequest, trusted: &[IpNet]) -> IpAddr {
    let peer = request.peer_addr().map_or(IpAddr::from([0, 0, 0, 0]), |addr| addr.ip().to_canonical());
    let hops = request.headers().get_all("x-forwarded-for").filter_map(|value| value.to_str().ok());
    rightmost_untrusted(peer, hops, trusted)
}

fn rightmost_untrusted<'a>(
    peer: IpAddr,
    headers: impl Iterator<Item = &'a str>,
    trusted: &[IpNet],
) -> IpAddr {
    let mut client = peer;
    if !ranges::hold(trusted, client) {
        return client;
    }
    let hops: Vec<&str> = headers.flat_map(|header| header.split(',')).collect();
    for hop in hops.into_iter().rev() {
        // A hop that is no address cannot be believed, nor anything left of it.
        let Some(ip) = ranges::parse_hop(hop) else {
            report_unreadable(hop, client);
            break;
        };
        client = ip;
        if !ranges::hold(trusted, client) {
            break;
        }
    }
    client
}

/// Tells the operator that a trusted proxy names callers in a way that we cannot read: once, since every request would.
fn report_unreadable(hop: &str, proxy: IpAddr) {
    static SAID: Once = Once::new();
    SAID.call_once(|| {
        let start: String = hop.trim().chars().take(64).collect();
        tracing::warn!(
            hop = ?start, %proxy,
            "a trusted proxy sent an X-Forwarded-For entry that is no address; its callers count as the proxy itself"
        );
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, headers: &[&str]) -> String {
        let trusted = ["10.0.0.0/8".parse().expect("range")];
        rightmost_untrusted(peer.parse().expect("ip"), headers.iter().copied(), &trusted).to_string()
    }

    #[test]
    fn only_a_trusted_proxy_is_believed_and_only_about_its_own_peer() {
        assert_eq!(seen("203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
        assert_eq!(seen("10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(seen("10.0.0.1", &["6.6.6.6, 198.51.100.1, 10.0.0.2"]), "198.51.100.1");
        assert_eq!(seen("10.0.0.1", &["6.6.6.6", "198.51.100.1"]), "198.51.100.1");
        assert_eq!(seen("10.0.0.1", &["6.6.6.6, rubbish"]), "10.0.0.1");
        assert_eq!(seen("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(seen("10.0.0.1", &["6.6.6.6, 198.51.100.1:443, [::ffff:10.0.0.2]:80"]), "198.51.100.1");
        assert_eq!(seen("10.0.0.1", &["[2001:db8::1]:443"]), "2001:db8::1");
    }
}
