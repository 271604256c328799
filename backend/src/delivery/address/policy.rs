//! The policy on addresses that deliveries may reach. The same policy is asked when a URL is saved, when it
//! is tested, and for each address just before connecting. Special-purpose ranges (RFC 6890 and its
//! registries) are refused unless the operator allows them.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use ipnet::IpNet;

/// The addresses that deliveries may reach: every public one, and the ranges that the operator adds
/// (`--allow-destination`).
#[derive(Debug, Clone, Default)]
pub struct AddressPolicy {
    allowed: Vec<IpNet>,
}

/// The reason that an address may be used. Plain `http` is for the operator's own ranges alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressPermission {
    Public,
    ByOperator,
}

/// An address that may not be used, and the rule that says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefusedAddress {
    pub address: IpAddr,
    pub rule: Rule,
}

impl fmt::Display for RefusedAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.address, self.rule.name())
    }
}

/// The kinds of address that are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    Unspecified,
    Loopback,
    Private,
    LinkLocal,
    SiteLocal,
    UniqueLocal,
    Metadata,
    SharedCarrier,
    Multicast,
    Broadcast,
    Documentation,
    Benchmarking,
    ProtocolAssignment,
    Reserved,
    DiscardOnly,
    Ipv4Mapped,
    Ipv4Compatible,
    Ipv4Translated,
    SixToFour,
    Nat64,
    Teredo,
    Isatap,
    /// A public address over unencrypted `http`.
    PlainHttp,
}

impl Rule {
    /// The rule in an admin's words, to follow an address.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unspecified => "an unspecified address",
            Self::Loopback => "a loopback address",
            Self::Private => "a private network address",
            Self::LinkLocal => "a link-local address",
            Self::SiteLocal => "a site-local address",
            Self::UniqueLocal => "a unique local (private) address",
            Self::Metadata => "a cloud metadata service address",
            Self::SharedCarrier => "a carrier-grade NAT (shared) address",
            Self::Multicast => "a multicast address",
            Self::Broadcast => "a broadcast address",
            Self::Documentation => "an address reserved for documentation",
            Self::Benchmarking => "an address reserved for benchmarking",
            Self::ProtocolAssignment => "an address reserved for protocol assignments",
            Self::Reserved => "a reserved address",
            Self::DiscardOnly => "a discard-only address",
            Self::Ipv4Mapped => "an IPv4-mapped IPv6 address",
            Self::Ipv4Compatible => "an IPv4-compatible IPv6 address",
            Self::Ipv4Translated => "an IPv4-translated IPv6 address",
            Self::SixToFour => "a 6to4 address",
            Self::Nat64 => "a NAT64 address",
            Self::Teredo => "a Teredo address",
            Self::Isatap => "an ISATAP address",
            Self::PlainHttp => "reached over unencrypted http",
        }
    }
}

impl AddressPolicy {
    /// The policy that also lets `allowed` be reached.
    pub const fn new(allowed: Vec<IpNet>) -> Self {
        Self { allowed }
    }

    /// Checks an address under https.
    pub fn check(&self, address: IpAddr) -> Result<AddressPermission, RefusedAddress> {
        if self.allowed.iter().any(|range| range.contains(&address)) {
            return Ok(AddressPermission::ByOperator);
        }
        match refused_by(address) {
            None => Ok(AddressPermission::Public),
            Some(rule) => Err(RefusedAddress { address, rule }),
        }
    }

    /// Checks an address under the URL's scheme: plain `http` only where the operator allowed the address.
    pub fn check_for(&self, address: IpAddr, https: bool) -> Result<AddressPermission, RefusedAddress> {
        match self.check(address)? {
            AddressPermission::Public if !https => Err(RefusedAddress { address, rule: Rule::PlainHttp }),
            permission => Ok(permission),
        }
    }
}

/// The rule that refuses an address, if one does.
pub fn refused_by(address: IpAddr) -> Option<Rule> {
    match address {
        IpAddr::V4(address) => refused_v4(address),
        IpAddr::V6(address) => refused_v6(address),
    }
}

fn refused_v4(address: Ipv4Addr) -> Option<Rule> {
    let rule = match address.octets() {
        // Metadata services first: some hide inside ranges with other names, one (Azure's) is publicly
        // routable.
        [169, 254, 169, 254]
        | [169, 254, 170, 2 | 23]
        | [100, 100, 100, 200]
        | [192, 0, 0, 192]
        | [168, 63, 129, 16] => Rule::Metadata,
        [0, ..] => Rule::Unspecified,
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => Rule::Private,
        [100, 64..=127, ..] => Rule::SharedCarrier,
        [127, ..] => Rule::Loopback,
        [169, 254, ..] => Rule::LinkLocal,
        [192, 0, 0, _] => Rule::ProtocolAssignment,
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => Rule::Documentation,
        [192, 88, 99, _] => Rule::SixToFour,
        [198, 18..=19, ..] => Rule::Benchmarking,
        [224..=239, ..] => Rule::Multicast,
        [255, 255, 255, 255] => Rule::Broadcast,
        [240..=255, ..] => Rule::Reserved,
        _ => return None,
    };
    Some(rule)
}

fn refused_v6(address: Ipv6Addr) -> Option<Rule> {
    let rule = match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0] => Rule::Unspecified,
        [0, 0, 0, 0, 0, 0, 0, 1] => Rule::Loopback,
        [0, 0, 0, 0, 0, 0xffff, _, _] => Rule::Ipv4Mapped,
        [0, 0, 0, 0, 0, 0, _, _] => Rule::Ipv4Compatible,
        [0, 0, 0, 0, 0xffff, 0, _, _] => Rule::Ipv4Translated,
        [0x64, 0xff9b, ..] => Rule::Nat64,
        [0x100, 0, 0, 0 | 1, ..] => Rule::DiscardOnly,
        [0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254] | [0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254] => Rule::Metadata,
        [0xfc00..=0xfdff, ..] => Rule::UniqueLocal,
        [0xfe80..=0xfebf, ..] => Rule::LinkLocal,
        [0xfec0..=0xfeff, ..] => Rule::SiteLocal,
        [0xff00..=0xffff, ..] => Rule::Multicast,
        [0x2001, 0, ..] => Rule::Teredo,
        [0x2001, 2, 0, ..] => Rule::Benchmarking,
        [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => Rule::Documentation,
        [0x2001, 0..=0x1ff, ..] => Rule::ProtocolAssignment,
        [0x2002, ..] => Rule::SixToFour,
        [_, _, _, _, 0 | 0x200, 0x5efe, _, _] => Rule::Isatap,
        // Only 2000::/3 is global unicast space (RFC 4291).
        [first, ..] if first & 0xe000 != 0x2000 => Rule::Reserved,
        _ => return None,
    };
    Some(rule)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(address: &str) -> Option<Rule> {
        refused_by(address.parse().unwrap())
    }

    #[test]
    fn special_ipv4_addresses_are_refused_by_name() {
        for (address, expected) in [
            ("0.0.0.0", Rule::Unspecified),
            ("0.1.2.3", Rule::Unspecified),
            ("10.0.0.1", Rule::Private),
            ("172.16.0.1", Rule::Private),
            ("172.31.255.255", Rule::Private),
            ("192.168.1.1", Rule::Private),
            ("100.64.0.1", Rule::SharedCarrier),
            ("100.127.255.255", Rule::SharedCarrier),
            ("100.100.100.200", Rule::Metadata),
            ("127.0.0.1", Rule::Loopback),
            ("127.255.0.9", Rule::Loopback),
            ("169.254.169.254", Rule::Metadata),
            ("168.63.129.16", Rule::Metadata),
            ("169.254.0.1", Rule::LinkLocal),
            ("192.0.0.8", Rule::ProtocolAssignment),
            ("192.0.2.1", Rule::Documentation),
            ("198.51.100.7", Rule::Documentation),
            ("203.0.113.255", Rule::Documentation),
            ("192.88.99.1", Rule::SixToFour),
            ("198.18.0.1", Rule::Benchmarking),
            ("198.19.255.255", Rule::Benchmarking),
            ("224.0.0.1", Rule::Multicast),
            ("239.255.255.255", Rule::Multicast),
            ("240.0.0.1", Rule::Reserved),
            ("255.255.255.255", Rule::Broadcast),
        ] {
            assert_eq!(rule(address), Some(expected), "{address}");
        }
    }

    #[test]
    fn special_ipv6_addresses_are_refused_by_name() {
        for (address, expected) in [
            ("::", Rule::Unspecified),
            ("::1", Rule::Loopback),
            ("::ffff:127.0.0.1", Rule::Ipv4Mapped),
            ("::ffff:8.8.8.8", Rule::Ipv4Mapped),
            ("::127.0.0.1", Rule::Ipv4Compatible),
            ("::ffff:0:10.0.0.1", Rule::Ipv4Translated),
            ("64:ff9b::a9fe:a9fe", Rule::Nat64),
            ("64:ff9b:1::1", Rule::Nat64),
            ("100::1", Rule::DiscardOnly),
            ("fd00:ec2::254", Rule::Metadata),
            ("fd12:3456::1", Rule::UniqueLocal),
            ("fc00::1", Rule::UniqueLocal),
            ("fe80::1", Rule::LinkLocal),
            ("febf::1", Rule::LinkLocal),
            ("fec0::1", Rule::SiteLocal),
            ("ff02::1", Rule::Multicast),
            ("2001::1", Rule::Teredo),
            ("2001:2::1", Rule::Benchmarking),
            ("2001:db8::1", Rule::Documentation),
            ("3fff::1", Rule::Documentation),
            ("2001:10::1", Rule::ProtocolAssignment),
            ("2001:20::1", Rule::ProtocolAssignment),
            ("2002:7f00:1::", Rule::SixToFour),
            ("2a00:1450:4001::5efe:a00:1", Rule::Isatap),
            ("5f00::1", Rule::Reserved),
            ("4000::1", Rule::Reserved),
        ] {
            assert_eq!(rule(address), Some(expected), "{address}");
        }
    }

    #[test]
    fn public_addresses_pass() {
        for address in [
            "1.1.1.1",
            "8.8.8.8",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "223.255.255.255",
            "2606:4700:4700::1111",
            "2001:4860:4860::8888",
            "2a00:1450:4001:81b::200e",
        ] {
            assert_eq!(rule(address), None, "{address}");
        }
    }

    #[test]
    fn the_operator_opens_a_range_and_only_that() {
        let policy = AddressPolicy::new(vec!["127.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()]);
        let check = |address: &str| policy.check(address.parse().unwrap()).map_err(|refusal| refusal.rule);
        assert_eq!(check("127.0.0.1"), Ok(AddressPermission::ByOperator));
        assert_eq!(check("fd00::7"), Ok(AddressPermission::ByOperator));
        assert_eq!(check("8.8.8.8"), Ok(AddressPermission::Public));
        assert_eq!(check("10.0.0.1"), Err(Rule::Private));
        assert_eq!(check("::ffff:127.0.0.1"), Err(Rule::Ipv4Mapped));
    }

    #[test]
    fn plain_http_reaches_only_what_the_operator_allowed() {
        let policy = AddressPolicy::new(vec!["10.0.0.0/8".parse().unwrap()]);
        let check =
            |address: &str| policy.check_for(address.parse().unwrap(), false).map_err(|refusal| refusal.rule);
        assert_eq!(check("10.1.2.3"), Ok(AddressPermission::ByOperator));
        assert_eq!(check("8.8.8.8"), Err(Rule::PlainHttp));
        assert_eq!(check("127.0.0.1"), Err(Rule::Loopback));
    }
}
