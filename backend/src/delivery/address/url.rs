//! The URL of a webhook: a [`WebhookUrl`] that exists has been checked, and has its one normal spelling.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use api_types::problem::FaultCode;
use http::uri::PathAndQuery;
use rustls::pki_types::ServerName;
use url::{Position, Url};

use super::policy::{AddressPolicy, RefusedAddress, Rule};

/// The longest URL that is taken, in bytes, before and after normalising.
const MAX_LENGTH: usize = 2048;

/// A destination that passed the policy as far as its text tells. The addresses that a name resolves to are
/// checked with [`WebhookUrl::check_addresses`] at save and test, and always again at connect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookUrl {
    url: Url,
    host: Host,
    path_and_query: PathAndQuery,
}

/// The host to connect to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Host {
    Address(IpAddr),
    /// A DNS name in lower-case ASCII (IDNA), without a trailing dot.
    Name(String),
}

impl Host {
    /// The addresses this host has by definition: a literal, or `localhost` (RFC 6761). Other names need a
    /// resolver.
    pub fn known_addresses(&self) -> Option<Vec<IpAddr>> {
        match self {
            Self::Address(address) => Some(vec![*address]),
            Self::Name(name) if name == "localhost" || name.ends_with(".localhost") => {
                Some(vec![IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)])
            }
            Self::Name(_) => None,
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(IpAddr::V4(address)) => address.fmt(f),
            Self::Address(IpAddr::V6(address)) => write!(f, "[{address}]"),
            Self::Name(name) => f.write_str(name),
        }
    }
}

/// The reason that a text cannot be a webhook's destination, as a sentence for its owner.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UrlProblem {
    #[error("The URL is longer than {MAX_LENGTH} characters.")]
    TooLong,
    #[error("The URL must not contain spaces or control characters.")]
    Whitespace,
    #[error(
        "This is not a complete URL. Write it with its scheme and host, such as https://example.com/webhooks."
    )]
    NotAUrl,
    #[error("The URL must start with https://.")]
    Scheme,
    #[error(
        "The URL must start with https://. Plain http is possible only for destinations that the operator of this server has allowed."
    )]
    PlainHttp,
    #[error("The URL must not carry a user name or password. Signatures tell the receiver who is calling.")]
    Credentials,
    #[error("The URL must not have a fragment (the part after #); it would never be sent.")]
    Fragment,
    #[error("The URL's host is not a valid host name.")]
    Host,
    #[error("The URL's port must be between 1 and 65535.")]
    Port,
    #[error("Deliveries cannot go to {address}: it is {}.", rule.name())]
    Refused { address: IpAddr, rule: Rule },
}

impl UrlProblem {
    /// The problem as a validation error names it for programs.
    pub const fn code(&self) -> FaultCode {
        match self {
            Self::TooLong => FaultCode::TooLong,
            Self::Whitespace => FaultCode::InvalidCharacters,
            Self::NotAUrl | Self::Host | Self::Port => FaultCode::Malformed,
            Self::Scheme | Self::PlainHttp | Self::Credentials | Self::Fragment | Self::Refused { .. } => {
                FaultCode::NotAllowed
            }
        }
    }
}

impl From<RefusedAddress> for UrlProblem {
    fn from(RefusedAddress { address, rule }: RefusedAddress) -> Self {
        match rule {
            Rule::PlainHttp => Self::PlainHttp,
            rule => Self::Refused { address, rule },
        }
    }
}

impl WebhookUrl {
    /// Checks and normalises an admin's input. Unusual spellings of an address (decimal, octal, hexadecimal,
    /// a trailing dot, full-width digits) are first read as the address they mean. `http` to a name passes
    /// here; its addresses decide.
    pub fn parse(raw: &str, policy: &AddressPolicy) -> Result<Self, UrlProblem> {
        let url = Self::normalised(raw)?;
        if let Some(addresses) = url.host.known_addresses() {
            url.check_addresses(policy, &addresses)?;
        }
        Ok(url)
    }

    /// Reads a URL that was accepted before, without asking the policy: the connector asks again for every
    /// address.
    pub fn stored(raw: &str) -> Result<Self, UrlProblem> {
        Self::normalised(raw)
    }

    fn normalised(raw: &str) -> Result<Self, UrlProblem> {
        if raw.len() > MAX_LENGTH {
            return Err(UrlProblem::TooLong);
        }
        if raw.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(UrlProblem::Whitespace);
        }
        let mut url = Url::parse(raw).map_err(|problem| match problem {
            url::ParseError::InvalidPort => UrlProblem::Port,
            url::ParseError::RelativeUrlWithoutBase => UrlProblem::NotAUrl,
            _ => UrlProblem::Host,
        })?;
        if !matches!(url.scheme(), "https" | "http") {
            return Err(UrlProblem::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(UrlProblem::Credentials);
        }
        if url.fragment().is_some() {
            return Err(UrlProblem::Fragment);
        }
        if url.port() == Some(0) {
            return Err(UrlProblem::Port);
        }
        let host = normal_host(&mut url)?;
        if url.as_str().len() > MAX_LENGTH {
            return Err(UrlProblem::TooLong);
        }
        let path_and_query =
            url[Position::BeforePath..Position::AfterQuery].parse().map_err(|_| UrlProblem::NotAUrl)?;
        Ok(Self { url, host, path_and_query })
    }

    /// Passes if deliveries to this URL may use any of these addresses. If none, the first refusal is the
    /// answer.
    pub fn check_addresses(&self, policy: &AddressPolicy, addresses: &[IpAddr]) -> Result<(), UrlProblem> {
        let mut refusal = None;
        for address in addresses {
            match policy.check_for(*address, self.is_https()) {
                Ok(_) => return Ok(()),
                Err(refused) => refusal = refusal.or(Some(refused)),
            }
        }
        match refusal {
            Some(refusal) => Err(refusal.into()),
            None if self.is_https() => Ok(()),
            None => Err(UrlProblem::PlainHttp),
        }
    }

    /// The URL in its normal form.
    pub fn as_str(&self) -> &str {
        self.url.as_str()
    }

    pub fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    pub const fn host(&self) -> &Host {
        &self.host
    }

    /// The port to connect to, the scheme's own by default.
    pub fn port(&self) -> u16 {
        self.url.port().unwrap_or(if self.is_https() { 443 } else { 80 })
    }

    /// The value of the `Host` header: the port only where it is not the scheme's own.
    pub fn authority(&self) -> String {
        self.url.port().map_or_else(|| self.host.to_string(), |port| format!("{}:{port}", self.host))
    }

    /// The request target (RFC 9112, origin form).
    pub const fn path_and_query(&self) -> &PathAndQuery {
        &self.path_and_query
    }
}

fn normal_host(url: &mut Url) -> Result<Host, UrlProblem> {
    let name = match url.host() {
        Some(url::Host::Ipv4(address)) => return Ok(Host::Address(address.into())),
        Some(url::Host::Ipv6(address)) => return Ok(Host::Address(address.into())),
        Some(url::Host::Domain(name)) => name.trim_end_matches('.').to_owned(),
        None => return Err(UrlProblem::Host),
    };
    if ServerName::try_from(name.as_str()).is_err() || name.split('.').any(str::is_empty) {
        return Err(UrlProblem::Host);
    }
    url.set_host(Some(&name)).map_err(|_| UrlProblem::Host)?;
    Ok(Host::Name(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(raw: &str) -> Result<String, UrlProblem> {
        WebhookUrl::parse(raw, &AddressPolicy::default()).map(|url| url.as_str().to_owned())
    }

    #[test]
    fn good_urls_are_normalised() {
        for (raw, normal) in [
            ("https://example.com/hook", "https://example.com/hook"),
            ("HTTPS://Example.COM:443", "https://example.com/"),
            ("https://example.com:8443/a?b=c%20d", "https://example.com:8443/a?b=c%20d"),
            ("https://example.com./x", "https://example.com/x"),
            ("https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"),
            ("https://a_b.example.com/{x}|y", "https://a_b.example.com/%7Bx%7D|y"),
            ("https://[2606:4700:4700:0::1111]/", "https://[2606:4700:4700::1111]/"),
            ("https://134744072/", "https://8.8.8.8/"),
        ] {
            assert_eq!(parse(raw), Ok(normal.to_owned()), "{raw}");
        }
    }

    #[test]
    fn bad_urls_say_why() {
        let long = format!("https://example.com/{}", "a".repeat(2048));
        let grows = format!("https://example.com/{}", "ä".repeat(900));
        for (raw, problem) in [
            ("", UrlProblem::NotAUrl),
            ("example.com/hook", UrlProblem::NotAUrl),
            ("//example.com", UrlProblem::NotAUrl),
            ("ftp://example.com/", UrlProblem::Scheme),
            ("javascript:alert(1)", UrlProblem::Scheme),
            ("file:///etc/passwd", UrlProblem::Scheme),
            ("https://user@example.com/", UrlProblem::Credentials),
            ("https://user:pass@example.com/", UrlProblem::Credentials),
            ("https://:pass@example.com/", UrlProblem::Credentials),
            ("https://example.com/#part", UrlProblem::Fragment),
            ("https://example.com/#", UrlProblem::Fragment),
            ("https://exam ple.com/", UrlProblem::Whitespace),
            ("https://example.com/a\nb", UrlProblem::Whitespace),
            (" https://example.com/", UrlProblem::Whitespace),
            ("https://", UrlProblem::Host),
            ("https://a..b/", UrlProblem::Host),
            ("https://-bad-.example/", UrlProblem::Host),
            ("https://example.com:0/", UrlProblem::Port),
            ("https://example.com:99999/", UrlProblem::Port),
            (&long, UrlProblem::TooLong),
            (&grows, UrlProblem::TooLong),
        ] {
            assert_eq!(parse(raw), Err(problem), "{raw}");
        }
    }

    #[test]
    fn every_spelling_of_a_special_address_is_refused() {
        for raw in [
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f000001/",
            "https://0177.0.0.1/",
            "https://127.1/",
            "https://127.0.0.1./",
            "https://１２７.0.0.1/",
            "https://localhost/",
            "https://LOCALHOST./",
            "https://api.localhost/",
            "https://[::1]/",
            "https://[::ffff:7f00:1]/",
            "https://[::ffff:169.254.169.254]/",
            "https://169.254.169.254/latest/meta-data",
            "https://0/",
            "https://[64:ff9b::7f00:1]/",
            "https://[2002:7f00:1::]/",
        ] {
            assert!(matches!(parse(raw), Err(UrlProblem::Refused { .. })), "{raw}: {:?}", parse(raw));
        }
        assert_eq!(
            parse("https://10.1.2.3/").unwrap_err().to_string(),
            "Deliveries cannot go to 10.1.2.3: it is a private network address."
        );
    }

    #[test]
    fn http_needs_an_allowed_destination() {
        let policy = AddressPolicy::new(vec!["127.0.0.0/8".parse().unwrap()]);
        let open = |raw: &str| WebhookUrl::parse(raw, &policy).map(|_| ());
        assert_eq!(open("http://127.0.0.1:9000/"), Ok(()));
        assert_eq!(open("http://localhost:9000/"), Ok(()));
        assert_eq!(open("http://8.8.8.8/"), Err(UrlProblem::PlainHttp));
        // The addresses of a name are known only after resolving it.
        let url = WebhookUrl::parse("http://receiver.example/", &policy).unwrap();
        assert_eq!(url.check_addresses(&policy, &["127.0.0.5".parse().unwrap()]), Ok(()));
        assert_eq!(url.check_addresses(&policy, &["8.8.8.8".parse().unwrap()]), Err(UrlProblem::PlainHttp));
        assert_eq!(url.check_addresses(&policy, &[]), Err(UrlProblem::PlainHttp));
        assert!(matches!(
            url.check_addresses(&policy, &["10.0.0.1".parse().unwrap()]),
            Err(UrlProblem::Refused { rule: Rule::Private, .. })
        ));
    }

    #[test]
    fn the_host_header_and_target_are_as_http_wants_them() {
        let policy = AddressPolicy::default();
        let url = WebhookUrl::parse("https://[2606:4700:4700::1111]:8443/a/../b?c=d&e", &policy).unwrap();
        assert_eq!(url.authority(), "[2606:4700:4700::1111]:8443");
        assert_eq!(url.path_and_query().as_str(), "/b?c=d&e");
        assert_eq!(url.port(), 8443);
        let url = WebhookUrl::parse("https://example.com", &policy).unwrap();
        assert_eq!(
            (url.authority().as_str(), url.port(), url.path_and_query().as_str()),
            ("example.com", 443, "/")
        );
    }
}
