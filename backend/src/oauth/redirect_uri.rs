//! Redirect URIs: where members may be sent back to. One that exists has been checked (RFC 6749, 3.1.2; RFC 8252, 7 and 8.4).

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

/// What stands between `//` and the next `/`, `?` or the end.
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

#[cfg(test)]
mod tests {
    use api_types::oauth_apps::ClientKind::{Confidential, Public};

    use super::*;

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
}
