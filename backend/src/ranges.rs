//! Ranges of IP addresses as people write them, in one canonical form, so that the two ways to write an IPv4 address match
//! each other.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net};

/// The bits before the IPv4 address in an IPv4-mapped IPv6 address.
const MAPPED: u8 = 96;

/// Reads an address or a CIDR range; a single address is a range of one.
pub fn parse(text: &str) -> Result<IpNet, NotARange> {
    let text = text.trim();
    let range = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
    range.map(canonical).map_err(|_| NotARange)
}

/// A text that is no range.
#[derive(Debug, thiserror::Error)]
#[error("it is no address or CIDR range, such as 203.0.113.7 or 2001:db8::/32")]
pub struct NotARange;

/// The range by its network: without host bits (`10.0.0.5/8` is `10.0.0.0/8`, which it means), and as IPv4 where it holds
/// nothing but IPv4-mapped addresses (`::ffff:10.0.0.0/104` is `10.0.0.0/8`).
pub fn canonical(range: IpNet) -> IpNet {
    let range = range.trunc();
    let IpNet::V6(mapped) = range else { return range };
    let (Some(address), Some(length)) =
        (mapped.network().to_ipv4_mapped(), mapped.prefix_len().checked_sub(MAPPED))
    else {
        return range;
    };
    Ipv4Net::new(address, length).map_or(range, IpNet::V4)
}

/// The range as people write it: a single address without its length.
pub fn shown(range: IpNet) -> String {
    if range.prefix_len() == range.max_prefix_len() { range.addr().to_string() } else { range.to_string() }
}

/// `true` where one of the canonical ranges holds the address, in whichever family it came.
pub fn hold(ranges: &[IpNet], address: IpAddr) -> bool {
    let address = address.to_canonical();
    ranges.iter().any(|range| range.contains(&address))
}

/// The network that one customer holds: an IPv4 address, or an IPv6 address's /64, by its first address. Counting single IPv6
/// addresses would count nothing.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        address @ IpAddr::V4(_) => address,
    }
}

/// The address that a proxy names: bare, with a port, or in brackets.
pub fn parse_hop(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    if let Ok(address) = text.parse::<IpAddr>() {
        return Some(address.to_canonical());
    }
    if let Some(rest) = text.strip_prefix('[') {
        let (address, port) = rest.split_once(']')?;
        let is_port = port.is_empty() || port.strip_prefix(':').is_some_and(is_port);
        let address: IpAddr = address.parse().ok()?;
        return Some(address.to_canonical()).filter(|_| is_port);
    }
    let (address, port) = text.split_once(':')?;
    let address: Ipv4Addr = address.parse().ok()?;
    is_port(port).then_some(IpAddr::V4(address))
}

fn is_port(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u16>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_customers_addresses_are_one_network() {
        let network = |ip: &str| network(ip.parse().expect("ip")).to_string();
        assert_eq!(network("203.0.113.9"), "203.0.113.9");
        assert_eq!(network("::ffff:203.0.113.9"), "203.0.113.9");
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
    }

    #[test]
    fn a_range_has_one_form() {
        for (written, meant) in [
            ("203.0.113.7", "203.0.113.7/32"),
            ("10.0.0.5/8", "10.0.0.0/8"),
            ("::ffff:10.0.0.0/104", "10.0.0.0/8"),
            (" ::ffff:10.1.2.3 ", "10.1.2.3/32"),
            ("::ffff:0:0/96", "0.0.0.0/0"),
            ("2001:db8::5/32", "2001:db8::/32"),
            ("::/0", "::/0"),
        ] {
            assert_eq!(
                parse(written).map(|range| range.to_string()).ok().as_deref(),
                Some(meant),
                "{written}"
            );
        }
        for bad in ["", "10.0.0.0/33", "10.0.0", "example.com", "10.0.0.1:80"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
        let ranges = [parse("::ffff:10.0.0.0/104").expect("range")];
        for address in ["10.1.2.3", "::ffff:10.1.2.3"] {
            assert!(hold(&ranges, address.parse().expect("address")), "{address}");
        }
        assert!(!hold(&ranges, IpAddr::from([11, 0, 0, 1])));
    }

    #[test]
    fn an_ipv6_customer_holds_a_network() {
        for (address, meant) in [
            ("203.0.113.7", "203.0.113.7"),
            ("::ffff:203.0.113.7", "203.0.113.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
            ("2001:db8:1:2::", "2001:db8:1:2::"),
        ] {
            assert_eq!(network(address.parse().expect("address")).to_string(), meant);
        }
    }

    #[test]
    fn a_hop_may_have_a_port() {
        for (written, meant) in [
            ("203.0.113.7:51234", "203.0.113.7"),
            ("[2001:db8::1]:443", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            (" 2001:db8::1", "2001:db8::1"),
            ("[::ffff:203.0.113.7]:1", "203.0.113.7"),
        ] {
            assert_eq!(parse_hop(written).map(|ip| ip.to_string()).as_deref(), Some(meant), "{written}");
        }
        for bad in [
            "unknown",
            "_hidden",
            "203.0.113.7:",
            "203.0.113.7:x",
            "203.0.113.7:99999",
            "[::1",
            "[::1]x",
            "[::1]:",
            "",
        ] {
            assert_eq!(parse_hop(bad), None, "{bad}");
        }
    }
}
