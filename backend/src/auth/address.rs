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
    use proptest::prelude::*;

    use super::*;
    use crate::properties::hold;

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

    /// A hop as proxies write it, with its address, and whether it is one of ours.
    fn hops() -> impl Strategy<Value = (String, IpAddr, bool)> {
        let address = (any::<bool>(), any::<[u8; 3]>(), any::<u128>(), any::<bool>());
        (address, 0..4_u8, any::<u16>()).prop_map(|((trusted, [b, c, d], bits, is_v6), way, port)| {
            let address = match (trusted, is_v6) {
                (true, _) => IpAddr::from([10, b, c, d]),
                (false, false) => IpAddr::from([198, b, c, d]),
                (false, true) => IpAddr::from((bits >> 3 | 1 << 125).to_be_bytes()),
            };
            let written = match (way, address) {
                (0, _) => format!(" {address} "),
                (1, IpAddr::V4(_)) => format!("{address}:{port}"),
                (1, IpAddr::V6(_)) => format!("[{address}]:{port}"),
                (2, IpAddr::V4(address)) => address.to_ipv6_mapped().to_string(),
                (2, IpAddr::V6(_)) => format!("[{address}]"),
                _ => address.to_string(),
            };
            (written, address, trusted)
        })
    }

    #[test]
    fn the_client_is_the_rightmost_hop_that_is_not_ours() {
        let trusted = ["10.0.0.0/8".parse().expect("range")];
        let ours = IpAddr::from([10, 0, 0, 1]);
        hold(&(prop::collection::vec(hops(), 0..6), any::<prop::sample::Index>()), |(hops, cut)| {
            let expected = hops.iter().rev().find(|(_, _, trusted)| !trusted).or(hops.first());
            let expected = expected.map_or(ours, |(_, address, _)| *address);
            // Several headers are one list.
            let (first, second) = hops.split_at(cut.index(hops.len() + 1));
            let line = |hops: &[(String, IpAddr, bool)]| {
                hops.iter().map(|(written, ..)| written.as_str()).collect::<Vec<_>>().join(",")
            };
            let headers: Vec<String> =
                [first, second].iter().filter(|part| !part.is_empty()).map(|part| line(part)).collect();
            let found = rightmost_untrusted(ours, headers.iter().map(String::as_str), &trusted);
            assert_eq!(found, expected, "{headers:?}");
        });
    }

    #[test]
    fn nobody_else_is_believed_whatever_they_write() {
        let trusted = ["10.0.0.0/8".parse().expect("range")];
        hold(&prop_oneof![".{0,40}", "[0-9a-f.:,\\[\\] ]{0,40}"], |text: String| {
            let stranger = IpAddr::from([203, 0, 113, 9]);
            assert_eq!(rightmost_untrusted(stranger, [text.as_str()].into_iter(), &trusted), stranger);
            let ours = IpAddr::from([10, 0, 0, 1]);
            let found = rightmost_untrusted(ours, [text.as_str()].into_iter(), &trusted);
            let named = text.split(',').filter_map(ranges::parse_hop).any(|address| address == found);
            assert!(found == ours || named, "{text:?}: {found}");
        });
    }
}
