//! Redirect URIs: the addresses that members may be sent back to. They are checked when an app registers them, and compared when
//! an app asks (RFC 6749, 3.1.2; RFC 8252, 7 and 8.4).

use std::net::IpAddr;

use api_types::oauth_apps::ClientKind;
use url::{Host, Position, Url};

const LOCALHOST: &str = "localhost";
/// The marks that a URI may have besides letters, digits and `%` (RFC 3986, sections 2.2 and 2.3).
const MARKS: &[u8] = b"-._~:/?#[]@!$&'()*+,;=";
/// The longest redirect URI, in bytes.
const MAX_LEN: usize = 2048;

/// Schemes that browsers and systems keep for themselves, or that run what they are given. No app can be behind them.
const TAKEN_SCHEMES: &[&str] = &[
    "about",
    "android-app",
    "blob",
    "chrome",
    "chrome-extension",
    "content",
    "data",
    "edge",
    "feed",
    "file",
    "filesystem",
    "ftp",
    "ftps",
    "gopher",
    "intent",
    "jar",
    "javascript",
    "ldap",
    "mailto",
    "market",
    "mhtml",
    "moz-extension",
    "news",
    "nntp",
    "resource",
    "search-ms",
    "sftp",
    "sms",
    "smsto",
    "ssh",
    "tel",
    "telnet",
    "urn",
    "vbscript",
    "view-source",
    "vnc",
    "ws",
    "wss",
];
/// The parameters that an answer adds. A redirect URI that has one of its own would have it twice.
const ANSWER: &[&str] = &["code", "state", "iss", "error", "error_description", "error_uri"];

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
    if !is_spelled_as_a_uri(text) {
        return Err("It has a character that no URI has. Write it with % and its number, such as %7C for |.");
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
    if !reads_alike(text, &url) {
        return Err(
            "Browsers read it as another URI than the one that stands here. Write it as the address bar shows it, with // \
             after https: and the host.",
        );
    }
    if url.query_pairs().any(|(name, _)| ANSWER.contains(&name.as_ref())) {
        return Err(
            "Its query must not have code, state, iss or error: the answer adds these, and they would be there twice.",
        );
    }
    check_scheme(&url, kind).map(|()| text.to_owned())
}

fn check_scheme(url: &Url, kind: ClientKind) -> Result<(), &'static str> {
    match url.scheme() {
        "https" => Ok(()),
        "http" => check_loopback(url, kind),
        scheme if TAKEN_SCHEMES.contains(&scheme) => Err(
            "Use https, http on a loopback address, or a scheme of your app's own, such as com.example.app.",
        ),
        _ if kind == ClientKind::Confidential => Err("Private-use schemes are for public apps. Use https."),
        _ => Ok(()),
    }
}

/// `true` where each character is one of RFC 3986 (section 2), and each `%` has its two hexadecimal digits.
fn is_spelled_as_a_uri(text: &str) -> bool {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let good = match byte {
            b'%' => (0..2).all(|_| bytes.next().is_some_and(|digit| digit.is_ascii_hexdigit())),
            mark if mark.is_ascii_punctuation() => MARKS.contains(&mark),
            other => other.is_ascii_alphanumeric(),
        };
        if !good {
            return false;
        }
    }
    true
}

/// `true` where a browser, which reads by the URL standard, goes where RFC 3986 says: to the same host and port, with the path and
/// the query as they stand here. The URL standard takes `https:a.example` for `https://a.example`, or for a path of the page
/// that leads there, and `http://0x7f.1` for `http://127.0.0.1`.
fn reads_alike(text: &str, url: &Url) -> bool {
    let scheme = url.scheme();
    let rest = &text[scheme.len()..];
    if !matches!(scheme, "https" | "http") {
        return rest == &url.as_str()[scheme.len()..];
    }
    let Some(rest) = rest.strip_prefix("://") else { return false };
    let (authority, tail) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let (host, _) = split_port(authority);
    let same_host = match url.host() {
        Some(Host::Ipv6(ip)) => host.trim_matches(['[', ']']).parse() == Ok(ip),
        Some(host_read) => host_read.to_string().eq_ignore_ascii_case(host),
        None => false,
    };
    let read = &url[Position::BeforePath..];
    same_host && (tail == read || !tail.starts_with('/') && Some(tail) == read.strip_prefix('/'))
}

/// The part between `//` and the next `/`, `?` or the end.
fn authority(text: &str) -> &str {
    let rest = text.split_once("//").map_or("", |(_, rest)| rest);
    rest.split(['/', '?']).next().unwrap_or_default()
}

/// A host, and the port behind it with its colon.
pub fn split_port(authority: &str) -> (&str, &str) {
    let from = if authority.starts_with('[') { authority.find(']').unwrap_or(0) } else { 0 };
    let colon = authority[from..].find(':').map_or(authority.len(), |at| from + at);
    authority.split_at(colon)
}

fn check_loopback(url: &Url, kind: ClientKind) -> Result<(), &'static str> {
    let is_loopback = match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(LOCALHOST)) if kind == ClientKind::Public => true,
        Some(Host::Domain(LOCALHOST)) => {
            return Err(
                "Write the loopback address as 127.0.0.1 or [::1]: localhost may mean another machine.",
            );
        }
        _ => false,
    };
    if is_loopback {
        return Ok(());
    }
    Err("Plain http is possible only on a loopback address, such as http://127.0.0.1/callback. Use https.")
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
    let (host, port) = split_port(authority);
    let ip: Option<IpAddr> = host.trim_start_matches('[').trim_end_matches(']').parse().ok();
    // Only public apps have `localhost`; a machine's own name table says where it leads.
    let is_loopback = ip.map_or(host == LOCALHOST, |ip| ip.is_loopback());
    let numbered = port.is_empty() || port.strip_prefix(':').is_some_and(is_port);
    (is_loopback && numbered).then_some((host, path))
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
        for good in [
            "com.example.app:/cb",
            "cursor://anysphere.cursor-retrieval/oauth/callback",
            "vscode:/cb?a=b",
            "http://localhost/cb",
            "http://localhost:8976/oauth/callback",
            "https://acme.example",
            "https://ACME.example:443/cb",
            "https://acme.example?a=b",
            "http://[0:0:0:0:0:0:0:1]:9/cb",
        ] {
            assert_eq!(check(good, Public).as_deref(), Ok(good));
        }
        for bad in [
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            "data:text/html,a",
            "file:///etc/passwd",
            "ws://acme.example/cb",
            "https:app.example/cb",
            "https:/app.example/cb",
            "https:///app.example/cb",
            "https:app.example",
            "http:localhost/cb",
            "http://127.1/cb",
            "http://0x7f.0.0.1/cb",
            "http://2130706433/cb",
            "https://ex%61mple.com/cb",
            "https://acme.example/a/../cb",
            "https://acme.example/%2e%2e/cb",
            "https://acme.example/c|b",
            "https://acme.example/cb?a=<b>",
            "cursor://host/a/../cb",
            "https://acme.example/cb?code=a",
            "https://acme.example/cb?a=b&state",
            "https://acme.example/cb?%69ss=a",
            "cursor://host/cb?error=a",
            "http://app.localhost/cb",
            "http://localhost.example/cb",
        ] {
            assert!(check(bad, Public).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_app_with_a_secret_has_no_uri_of_a_program_and_no_app_a_half_one() {
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
                "https" => assert!(!authority.is_empty(), "{text:?}"),
                "http" => {
                    let is_localhost = is_public && authority.to_ascii_lowercase().starts_with(LOCALHOST);
                    let is_loopback = authority.starts_with("127.") || authority.starts_with("[::1]");
                    assert!(is_localhost || is_loopback, "{text:?}");
                }
                _ => assert!(is_public && !TAKEN_SCHEMES.contains(&scheme.as_str()), "{text:?}"),
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
            let is_loopback =
                one.0 == "http" && ["127.0.0.1", "127.0.0.2", "[::1]", LOCALHOST].contains(&one.1);
            let but_for_port = (one.0, one.1, one.3) == (other.0, other.1, other.3);
            let both_ports = is_port(&one.2) && is_port(&other.2);
            let expected = (but_for_port && is_loopback && both_ports) || written(&one) == written(&other);
            assert_eq!(matches(&written(&one), &written(&other)), expected);
        });
    }
}
