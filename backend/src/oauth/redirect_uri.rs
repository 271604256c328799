//! Redirect URIs: the addresses that members may be sent back to. They are checked when an app registers them, and compared when
//! an app asks (RFC 6749, 3.1.2; RFC 8252, 7 and 8.4).

use std::net::IpAddr;

use api_types::oauth_apps::ClientKind;
use url::{Host, Url};

/// The longest redirect URI, in bytes.
const MAX_LEN: usize = 2048;

/// Checks a redirect URI and gives it back exactly as it was written, since it is compared exactly.
pub fn check(text: &str, kind: ClientKind) -> Result<String, &'static str> {
    if text.len() > MAX_LEN {
        return Err("It has more than 2,048 characters.");
    }
    if text.contains('*') {
        return Err("It must not contain a wildcard: redirect URIs are compared exactly.");
    }
    if text.chars().any(|c| c.is_whitespace() || c.is_control() || !c.is_ascii() || c == '\\') {
        return Err("It must be written in ASCII, without spaces or backslashes.");
    }
    let url = Url::parse(text).map_err(
        |_| "It is not a complete URI. Write it with its scheme, such as https://example.com/callback.",
    )?;
    if text.contains('#') {
        return Err("It must not have a fragment (the part after #).");
    }
    if !url.username().is_empty() || url.password().is_some() || authority(text).contains('@') {
        return Err("It must not carry a user name or password.");
    }
    match url.scheme() {
        "https" => Ok(text.to_owned()),
        "http" => check_loopback(&url).map(|()| text.to_owned()),
        scheme if !scheme.contains('.') => Err(
            "Use https, http on a loopback address, or a private-use scheme with a dot such as com.example.app.",
        ),
        _ if kind == ClientKind::Confidential => Err("Private-use schemes are for public apps. Use https."),
        _ => Ok(text.to_owned()),
    }
}

/// The part between `//` and the next `/`, `?` or the end.
fn authority(text: &str) -> &str {
    let rest = text.split_once("//").map_or("", |(_, rest)| rest);
    rest.split(['/', '?']).next().unwrap_or_default()
}

fn check_loopback(url: &Url) -> Result<(), &'static str> {
    let address = match url.host() {
        Some(Host::Ipv4(ip)) => Some(IpAddr::V4(ip)),
        Some(Host::Ipv6(ip)) => Some(IpAddr::V6(ip)),
        _ => None,
    };
    match address {
        Some(ip) if ip.is_loopback() => Ok(()),
        None if url.host_str() == Some("localhost") => {
            Err("Write the loopback address as 127.0.0.1 or [::1]: localhost may mean another machine.")
        }
        _ => Err(
            "Plain http is possible only on a loopback address, such as http://127.0.0.1/callback. Use https.",
        ),
    }
}

/// `true` where a redirect URI that was sent is the registered one: byte for byte, but for the port of a loopback address, which
/// an app on the device learns only when it starts (RFC 8252, section 7.3).
pub fn matches(registered: &str, sent: &str) -> bool {
    if registered == sent {
        return true;
    }
    match (without_loopback_port(registered), without_loopback_port(sent)) {
        (Some(registered), Some(sent)) => registered == sent,
        _ => false,
    }
}

/// The host of a loopback URI, and the part after its port; `None` for any other URI, and for a port that is no number.
fn without_loopback_port(uri: &str) -> Option<(&str, &str)> {
    let rest = uri.strip_prefix("http://")?;
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let (host, port) = match authority.strip_prefix('[') {
        Some(_) => authority.split_at(authority.find(']')? + 1),
        None => authority.split_at(authority.find(':').unwrap_or(authority.len())),
    };
    let ip: IpAddr = host.trim_start_matches('[').trim_end_matches(']').parse().ok()?;
    let number = port.strip_prefix(':');
    let numbered = port.is_empty() || number.is_some_and(is_port);
    (ip.is_loopback() && numbered).then_some((host, path))
}

fn is_port(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u16>().is_ok_and(|port| port > 0)
}

/// The place that a redirect URI leads to, for a person: its host, or its scheme where an app on the device opens.
pub fn destination(uri: &str) -> String {
    match Url::parse(uri) {
        Ok(url) if matches!(url.scheme(), "https" | "http") => url.host_str().unwrap_or_default().to_owned(),
        Ok(url) => url.scheme().to_owned(),
        Err(_) => String::new(),
    }
}

/// `true` where the host's certificate proves that an answer reaches the app. Any program on the device can claim the other
/// kinds of URI.
pub fn proves_its_app(uri: &str) -> bool {
    uri.starts_with("https://")
}

#[cfg(test)]
mod tests {
    use api_types::oauth_apps::ClientKind::{Confidential, Public};
    use proptest::prelude::*;

    use super::*;
    use crate::properties::hold;

    #[test]
    fn only_uris_that_cannot_be_taken_over_are_accepted() {
        for good in ["https://acme.example/cb?a=b", "http://127.0.0.1/cb", "http://[::1]:8000/cb"] {
            assert_eq!(check(good, Confidential).as_deref(), Ok(good));
        }
        assert!(check("com.example.app:/cb", Public).is_ok());
        for bad in [
            "com.example.app:/cb",
            "myapp:/cb",
            "javascript:alert(1)",
            "http://acme.example/cb",
            "http://localhost/cb",
            "https://acme.example/cb#x",
            "https://*.acme.example/cb",
            "https://user:pw@acme.example/cb",
            "https://@acme.example/cb",
            "https://acme.example/c b",
            "https://",
            "/cb",
            "",
        ] {
            assert!(check(bad, Confidential).is_err(), "{bad}");
        }
    }

    #[test]
    fn only_a_loopback_address_may_vary_and_only_its_port() {
        assert!(matches("https://a.example/cb", "https://a.example/cb"));
        for (registered, sent) in [
            ("http://127.0.0.1/cb", "http://127.0.0.1:49152/cb"),
            ("http://127.0.0.1:80/cb", "http://127.0.0.1/cb"),
            ("http://[::1]/cb?a=b", "http://[::1]:1/cb?a=b"),
        ] {
            assert!(matches(registered, sent), "{sent}");
        }
        for (registered, sent) in [
            ("https://a.example/cb", "https://a.example/cb/"),
            ("https://a.example/cb", "https://a.example:443/cb"),
            ("https://a.example/cb", "https://A.example/cb"),
            ("https://a.example/cb", "https://a.example/cb?"),
            ("https://a.example/cb", "https://a.example@evil.example/cb"),
            ("http://127.0.0.1/cb", "http://localhost/cb"),
            ("http://127.0.0.1/cb", "http://127.0.0.2/cb"),
            ("http://127.0.0.1/cb", "http://127.0.0.1:1/other"),
            ("http://127.0.0.1/cb", "http://127.0.0.1:1/cb#"),
            ("http://127.0.0.1/cb", "http://127.0.0.1:99999/cb"),
            ("http://127.0.0.1/cb", "http://127.0.0.1:/cb"),
            ("http://127.0.0.1/cb", "http://127.0.0.1:1@evil.example/cb"),
            ("http://127.0.0.1/cb", "http://[::1]/cb"),
            ("http://127.0.0.1/cb", "https://127.0.0.1/cb"),
        ] {
            assert!(!matches(registered, sent), "{sent}");
        }
    }

    #[test]
    fn whatever_is_accepted_is_an_uri_that_only_its_app_can_receive_at() {
        let texts = prop_oneof![
            "(https?|com\\.example|javascript|HTTPS)://?[a-z0-9.@:*\\[\\]-]{0,20}[/?#]?[ -~]{0,12}",
            "http://(127\\.0\\.0\\.1|\\[::1\\]|localhost|10\\.0\\.0\\.1)(:[0-9]{0,6})?/[a-z]{0,4}",
            ".{0,40}",
        ];
        hold(&(texts, any::<bool>()), |(text, is_public): (String, bool)| {
            let kind = if is_public { Public } else { Confidential };
            let Ok(accepted) = check(&text, kind) else { return };
            assert_eq!(accepted, text);
            assert!(matches(&text, &text));
            assert!(text.bytes().all(|byte| byte.is_ascii_graphic()), "{text:?}");
            assert!(!text.contains(['#', '*', '\\']), "{text:?}");
            let scheme = text.split(':').next().unwrap().to_ascii_lowercase();
            let rest = text.split_once("//").map_or("", |(_, rest)| rest);
            let authority = rest.split(['/', '?']).next().unwrap();
            assert!(!authority.contains('@'), "{text:?}");
            match scheme.as_str() {
                "https" => {}
                "http" => {
                    assert!(authority.starts_with("127.") || authority.starts_with("[::1]"), "{text:?}");
                }
                _ => assert!(is_public && scheme.contains('.'), "{text:?}"),
            }
        });
    }

    #[test]
    fn two_uris_match_where_nothing_but_the_port_of_a_loopback_address_differs() {
        let hosts = ["127.0.0.1", "[::1]", "127.0.0.2", "acme.example", "localhost", "10.0.0.1"];
        let uri = (
            prop::sample::select(vec!["http", "https", "com.example"]),
            prop::sample::select(hosts.to_vec()),
            prop_oneof![
                Just(None),
                any::<u16>().prop_map(|port| Some(port.to_string())),
                "[0-9a-z]{0,6}".prop_map(Some)
            ],
            prop::sample::select(vec!["", "/", "/cb", "/cb?a=b", "/CB", "?a"]),
        );
        let written = |(scheme, host, port, path): &(&str, &str, Option<String>, &str)| {
            format!(
                "{scheme}://{host}{}{path}",
                port.as_ref().map_or_else(String::new, |port| format!(":{port}"))
            )
        };
        hold(&(uri.clone(), uri, any::<bool>()), |(one, mut other, same)| {
            if same {
                other = (one.0, one.1, other.2, one.3);
            }
            let is_port = |port: &Option<String>| {
                port.as_ref()
                    .is_none_or(|port| port.parse::<u32>().is_ok_and(|port| (1..=65_535).contains(&port)))
            };
            let is_loopback = one.0 == "http" && ["127.0.0.1", "127.0.0.2", "[::1]"].contains(&one.1);
            let but_for_port = (one.0, one.1, one.3) == (other.0, other.1, other.3);
            let both_ports = is_port(&one.2) && is_port(&other.2);
            let expected = (but_for_port && is_loopback && both_ports) || written(&one) == written(&other);
            assert_eq!(matches(&written(&one), &written(&other)), expected);
        });
    }
}
