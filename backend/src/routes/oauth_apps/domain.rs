//! The domain that an app's publisher claims, as an admin types it.

use api_types::problem::FaultCode;
use url::{Host, Url};

use crate::http::fields::Fields;

const FIELD: &str = "publisher_domain";
/// The longest host name, in characters (RFC 1035, section 2.3.4), without its last dot.
const MAX: usize = 253;

/// Checks a domain: a host name in one spelling, which is shown to people. An empty one is none.
pub fn check(fields: &mut Fields, text: &str) -> String {
    if let Some((code, detail)) = fault(text).filter(|_| !text.is_empty()) {
        fields.wrong(FIELD, code, detail);
    }
    text.to_owned()
}

fn fault(text: &str) -> Option<(FaultCode, &'static str)> {
    if text.len() > MAX {
        return Some((FaultCode::TooLong, "It has more than 253 characters."));
    }
    let is_host = text.contains('.') && text.split('.').all(is_label);
    let malformed = (
        FaultCode::Malformed,
        "It must be a host name such as acme.example: lower-case letters, digits, hyphens and dots, other letters in punycode (xn--…), without https:// and without a port.",
    );
    if !is_host {
        return Some(malformed);
    }
    if text.ends_with(".localhost") {
        return Some((FaultCode::NotAllowed, "localhost is each device's own name."));
    }
    let url = Url::parse(&format!("https://{text}/")).ok();
    match url.as_ref().and_then(Url::host) {
        Some(Host::Domain(host)) if host == text => None,
        Some(Host::Ipv4(_)) => Some((FaultCode::NotAllowed, "It must be a name, not an IP address.")),
        _ => Some(malformed),
    }
}

fn is_label(label: &str) -> bool {
    let is_inside = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
    (1..=63).contains(&label.len())
        && label.bytes().all(is_inside)
        && !label.starts_with('-')
        && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_a_host_name_in_one_spelling() {
        let label = "a".repeat(63);
        let long = format!("{label}.{label}.{label}.{}.ab", "a".repeat(58));
        assert_eq!(long.len(), 253);
        for good in ["acme.example", "a.b", "xn--bcher-kva.example", "sub-1.acme.co.uk", &long] {
            assert_eq!(fault(good), None, "{good}");
        }
        for (bad, code) in [
            ("acme", FaultCode::Malformed),
            ("Acme.example", FaultCode::Malformed),
            ("bücher.example", FaultCode::Malformed),
            ("acme.example.", FaultCode::Malformed),
            (".acme.example", FaultCode::Malformed),
            ("acme..example", FaultCode::Malformed),
            ("-acme.example", FaultCode::Malformed),
            ("acme-.example", FaultCode::Malformed),
            ("a_b.example", FaultCode::Malformed),
            ("acme.example:8443", FaultCode::Malformed),
            ("https://acme.example", FaultCode::Malformed),
            ("acme.example/path", FaultCode::Malformed),
            (" acme.example", FaultCode::Malformed),
            ("*.acme.example", FaultCode::Malformed),
            ("xn--a.example", FaultCode::Malformed),
            ("localhost", FaultCode::Malformed),
            ("acme.localhost", FaultCode::NotAllowed),
            ("127.0.0.1", FaultCode::NotAllowed),
            ("127.1", FaultCode::NotAllowed),
            ("0x7f.0x1", FaultCode::NotAllowed),
            ("[::1]", FaultCode::Malformed),
            (&format!("{long}c"), FaultCode::TooLong),
            (&format!("{label}a.example"), FaultCode::Malformed),
        ] {
            assert_eq!(fault(bad).map(|(code, _)| code), Some(code), "{bad}");
        }
    }
}
