//! Destinations against a table of special-purpose ranges that is written from the registries, not from our policy.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;
use proptest::prelude::*;

use super::{AddressPolicy, Host, UrlProblem, WebhookUrl, policy::refused_by};
use crate::properties::hold;

/// The IANA registries of special-purpose addresses (RFC 6890): all ranges that are not globally reachable, or of which the
/// registry does not say that they are; and the multicast registries (RFC 5771, RFC 4291).
const NOT_GLOBAL: &[&str] = &[
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/29",
    "192.0.0.8/32",
    "192.0.0.170/31",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "255.255.255.255/32",
    "::/128",
    "::1/128",
    "::ffff:0:0/96",
    "64:ff9b:1::/48",
    "100::/64",
    "100:0:0:1::/64",
    "2001::/32",
    "2001:2::/48",
    "2001:10::/28",
    "2001:db8::/32",
    "2002::/16",
    "3fff::/20",
    "5f00::/16",
    "fc00::/7",
    "fe80::/10",
    "ff00::/8",
];

/// Ranges that are global by the registries, or not in them, and refused all the same: they lead to other addresses, to clouds'
/// metadata, or are set aside for protocols.
const OURS: &[&str] = &[
    // Protocol assignments: whole, with the few global addresses in them.
    "192.0.0.0/24",
    "2001::/23",
    // Clouds' metadata.
    "168.63.129.16/32",
    // Translations of IPv4: NAT64, and what came before it.
    "64:ff9b::/96",
    "::/96",
    "::ffff:0:0:0/96",
    // Site-local, which is no more (RFC 3879).
    "fec0::/10",
];

/// All of IPv6 that is given out for global unicast (RFC 4291, IANA's registry).
const GLOBAL_UNICAST: &str = "2000::/3";

fn ranges(texts: &[&str]) -> Vec<IpNet> {
    texts.iter().map(|text| text.parse().expect("range")).collect()
}

fn hold_it(ranges: &[IpNet], address: IpAddr) -> bool {
    ranges.iter().any(|range| range.contains(&address))
}

/// An ISATAP address (RFC 5214) has an IPv4 address behind these bits, in any network.
fn is_isatap(address: IpAddr) -> bool {
    let IpAddr::V6(address) = address else { return false };
    matches!(address.segments()[4..6], [0 | 0x200, 0x5efe])
}

/// Addresses anywhere, and at the edges of every range: the first and the last, and their neighbours.
fn addresses() -> impl Strategy<Value = IpAddr> {
    let edges: Vec<IpNet> = ranges(NOT_GLOBAL).into_iter().chain(ranges(OURS)).collect();
    let edge = (prop::sample::select(edges), any::<u128>(), 0..5_u8).prop_map(|(range, inside, side)| {
        let (first, last, v4) = match range {
            IpNet::V4(range) => {
                (u128::from(range.network().to_bits()), u128::from(range.broadcast().to_bits()), true)
            }
            IpNet::V6(range) => (range.network().to_bits(), range.broadcast().to_bits(), false),
        };
        let bits = match side {
            0 => first,
            1 => last,
            2 => first.wrapping_sub(1),
            3 => last.wrapping_add(1),
            _ => first + inside % (last - first).max(1),
        };
        let low = u32::try_from(bits & u128::from(u32::MAX)).unwrap_or_default();
        if v4 { IpAddr::V4(Ipv4Addr::from_bits(low)) } else { IpAddr::V6(Ipv6Addr::from_bits(bits)) }
    });
    let isatap = (any::<u64>(), any::<u32>(), any::<bool>()).prop_map(|(network, host, global)| {
        let middle = if global { 0x0200_5efe_u128 } else { 0x5efe };
        let network = u128::from(network >> 3 | 1 << 61) << 64;
        IpAddr::V6(Ipv6Addr::from_bits(network | middle << 32 | u128::from(host)))
    });
    prop_oneof![
        4 => edge,
        2 => any::<u32>().prop_map(|bits| IpAddr::V4(Ipv4Addr::from_bits(bits))),
        1 => any::<u128>().prop_map(|bits| IpAddr::V6(Ipv6Addr::from_bits(bits))),
        2 => any::<u128>().prop_map(|bits| IpAddr::V6(Ipv6Addr::from_bits(bits >> 3 | 1 << 125))),
        1 => isatap,
    ]
}

#[test]
fn exactly_the_special_addresses_are_refused() {
    let (not_global, ours, unicast) = (ranges(NOT_GLOBAL), ranges(OURS), ranges(&[GLOBAL_UNICAST]));
    hold(&addresses(), |address| {
        let is_outside = address.is_ipv6() && !hold_it(&unicast, address);
        let is_special =
            hold_it(&not_global, address) || hold_it(&ours, address) || is_outside || is_isatap(address);
        assert_eq!(refused_by(address).is_some(), is_special, "{address}: {:?}", refused_by(address));
    });
}

/// The ways in which URLs can spell an IPv4 address (WHATWG URL, section 3.5).
fn spelled(address: Ipv4Addr, way: u8) -> String {
    let [a, b, c, d] = address.octets();
    let bits = address.to_bits();
    match way {
        0 => address.to_string(),
        1 => bits.to_string(),
        2 => format!("{bits:#x}"),
        3 => format!("{a:#o}.{b:#x}.{}", u16::from_be_bytes([c, d])).replace("0o", "0"),
        4 => format!("{a}.{}", bits & 0x00ff_ffff),
        5 => format!("{address}."),
        6 => format!("[::ffff:{address}]"),
        7 => format!("{a}%2e{b}.{c}.{d}"),
        _ => address.to_string().chars().map(|c| if c == '.' { '\u{3002}' } else { c }).collect(),
    }
}

#[test]
fn no_spelling_of_an_address_gets_around_the_policy() {
    let special: Vec<IpNet> = ranges(NOT_GLOBAL).into_iter().chain(ranges(OURS)).collect();
    let policy = AddressPolicy::default();
    let v4 = addresses().prop_filter_map("an IPv4 address", |address| match address {
        IpAddr::V4(address) => Some(address),
        IpAddr::V6(_) => None,
    });
    hold(&(v4, 0..9_u8, any::<u16>()), |(address, way, port)| {
        let text = format!("https://{}:{}/hooks", spelled(address, way), port.max(1));
        let parsed = WebhookUrl::parse(&text, &policy);
        if hold_it(&special, address.into()) || way == 6 {
            assert!(matches!(parsed, Err(UrlProblem::Refused { .. })), "{text}: {parsed:?}");
        } else {
            let parsed = parsed.unwrap_or_else(|problem| panic!("{text}: {problem}"));
            assert_eq!(parsed.host(), &Host::Address(address.into()), "{text}");
        }
    });
}

#[test]
fn a_url_that_is_taken_has_one_form_and_carries_nothing_else() {
    let texts = prop_oneof![
        "(https?|ftp|HTTPS)://([a-z0-9.-]{1,20}|\\[[0-9a-f:.]{2,20}\\]|[0-9.]{1,16})(:[0-9]{0,6})?(/[ -~]{0,20})?",
        "https://[a-z]{0,5}@?[A-Z0-9é。._-]{1,20}[:/?#]?[ -~]{0,12}",
        ".{0,40}",
    ];
    let policy = AddressPolicy::default();
    hold(&texts, |text: String| {
        let Ok(url) = WebhookUrl::parse(&text, &policy) else { return };
        assert_eq!(WebhookUrl::stored(url.as_str()).as_ref(), Ok(&url), "{text}");
        assert_eq!(WebhookUrl::parse(url.as_str(), &policy).as_ref(), Ok(&url), "{text}");
        assert!(url.as_str().is_ascii() && !url.as_str().contains(['#', ' ', '\\']), "{url:?}");
        let authority = url.as_str().split('/').nth(2).unwrap_or_default();
        assert!(!authority.is_empty() && !authority.contains('@'), "{url:?}");
        assert_eq!(authority, url.authority());
        assert!(url.port() > 0 && url.path_and_query().as_str().starts_with('/'), "{url:?}");
        if let Host::Address(address) = url.host() {
            assert_eq!(refused_by(*address), None, "{text}");
        }
    });
}
