//! The client's IP address: the TCP peer's, or the one that a trusted proxy names in `X-Forwarded-For`.

use std::net::IpAddr;

use actix_web::{HttpRequest, dev::ServiceRequest};
use ipnet::IpNet;

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
    let is_trusted = |ip: &IpAddr| trusted.iter().any(|range| range.contains(ip));
    let mut client = peer;
    let hops: Vec<&str> = headers.flat_map(|header| header.split(',')).collect();
    for hop in hops.into_iter().rev() {
        if !is_trusted(&client) {
            break;
        }
        // A hop that is no address cannot be believed, nor anything left of it.
        let Ok(ip) = hop.trim().parse::<IpAddr>() else { break };
        client = ip.to_canonical();
    }
    client
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
    }
}
