//! The difference between a redirect URI that was sent and the registered ones, in words for a developer. Values of queries and user names
//! are never repeated.

use std::fmt::Write;

use super::redirect_uri;

/// The most characters of a URI that a sentence repeats.
const MAX_SHOWN: usize = 200;
/// The most parts that two URIs may differ in and still be told apart part by part.
const MAX_DIFFERENCES: usize = 2;

/// The parts of a URI, as they are written.
struct Parts<'a> {
    scheme: &'a str,
    /// User name and password, without the `@`.
    user: Option<&'a str>,
    host: &'a str,
    port: &'a str,
    path: &'a str,
    query: Option<&'a str>,
    fragment: Option<&'a str>,
}

impl<'a> Parts<'a> {
    /// Takes a text apart; one without a scheme is all path.
    fn of(uri: &'a str) -> Self {
        let (rest, fragment) = split(uri, '#');
        let (rest, query) = split(rest, '?');
        let Some((scheme, rest)) = rest.split_once(':') else {
            return Self { scheme: "", user: None, host: "", port: "", path: rest, query, fragment };
        };
        let Some(rest) = rest.strip_prefix("//") else {
            return Self { scheme, user: None, host: "", port: "", path: rest, query, fragment };
        };
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let (user, authority) = match authority.rsplit_once('@') {
            Some((user, authority)) => (Some(user), authority),
            None => (None, authority),
        };
        let (host, port) = redirect_uri::split_port(authority);
        Self { scheme, user, host, port, path, query, fragment }
    }

    /// The parts in which another URI differs, each as a sentence names it.
    fn differences(&self, sent: &Self) -> Vec<&'static str> {
        let mut found = Vec::new();
        let mut compare = |one: &str, other: &str, name: &'static str, case: &'static str| {
            if one.eq_ignore_ascii_case(other) {
                found.extend((one != other).then_some(case));
            } else {
                found.push(name);
            }
        };
        compare(self.scheme, sent.scheme, "its scheme", "the case of its scheme");
        compare(self.host, sent.host, "its host", "the case of its host");
        compare(self.port, sent.port, "its port", "its port");
        let only_slash =
            self.path.strip_suffix('/') == Some(sent.path) || sent.path.strip_suffix('/') == Some(self.path);
        if only_slash {
            found.push("a trailing slash");
        } else {
            let mut compare = |one: &str, other: &str| {
                if one.eq_ignore_ascii_case(other) {
                    found.extend((one != other).then_some("the case of its path"));
                } else {
                    found.push("its path");
                }
            };
            compare(self.path, sent.path);
        }
        found.extend((self.query != sent.query).then_some("its query"));
        found.extend((self.fragment != sent.fragment).then_some("a fragment (#)"));
        found.extend((self.user != sent.user).then_some("a user name"));
        found
    }
}

fn split(text: &str, at: char) -> (&str, Option<&str>) {
    text.split_once(at).map_or((text, None), |(before, after)| (before, Some(after)))
}

/// A URI as a sentence repeats it: in printable ASCII, without a user name, a fragment and the values of its query, and cut off where it
/// is long.
pub fn shown(uri: &str) -> String {
    let Parts { scheme, user, host, port, path, query, fragment } = Parts::of(uri);
    let mut text = String::new();
    if !scheme.is_empty() {
        let slashes = if host.is_empty() { "" } else { "//" };
        let hidden = if user.is_some() { "…@" } else { "" };
        let _ = write!(text, "{scheme}:{slashes}{hidden}{host}{port}");
    }
    text.push_str(path);
    for (at, pair) in query.into_iter().flat_map(|query| query.split('&')).enumerate() {
        text.push(if at == 0 { '?' } else { '&' });
        text.push_str(pair.split_once('=').map_or(pair, |(name, _)| name));
        text.push_str(if pair.contains('=') { "=…" } else { "" });
    }
    text.push_str(if fragment.is_some() { "#…" } else { "" });
    let plain = |c: char| if c.is_ascii_graphic() || c == '…' { c } else { '?' };
    let mut short: String = text.chars().take(MAX_SHOWN).map(plain).collect();
    if text.chars().nth(MAX_SHOWN).is_some() {
        short.push('…');
    }
    short
}

/// The difference of two URIs in words: `a trailing slash`, or `its host and its port`; none where they have little in common.
pub fn between(registered: &str, sent: &str) -> Option<String> {
    let found = Parts::of(registered).differences(&Parts::of(sent));
    (1..=MAX_DIFFERENCES).contains(&found.len()).then(|| found.join(" and "))
}

/// A sentence about a redirect URI that is none of those that are registered: which of them is the nearest, and what differs.
pub fn describe(registered: &[String], sent: &str) -> String {
    let parts = Parts::of(sent);
    let uri = shown(sent);
    if parts.scheme.is_empty() {
        return format!("The redirect URI {uri} is not complete: it has no scheme, such as https://.");
    }
    let differences = registered.iter().map(|known| Parts::of(known).differences(&parts).len());
    let nearest = registered.iter().zip(differences).min_by_key(|(_, differences)| *differences);
    let told = nearest.and_then(|(known, _)| Some((known, between(known, sent)?)));
    match told {
        Some((known, difference)) => {
            format!("The redirect URI {uri} differs from the registered {} by {difference}.", shown(known))
        }
        None => format!("The redirect URI {uri} is not a registered one, nor near one."),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::properties::hold;

    #[test]
    fn a_difference_is_named_by_its_part() {
        let registered = ["https://acme.example/callback".to_owned(), "http://127.0.0.1/cb".to_owned()];
        for (sent, part) in [
            ("https://acme.example/callback/", "a trailing slash"),
            ("https://acme.example/Callback", "the case of its path"),
            ("https://ACME.example/callback", "the case of its host"),
            ("https://acme.example:8443/callback", "its port"),
            ("https://acme.example/callback?a=b", "its query"),
            ("https://acme.example/callback#x", "a fragment (#)"),
            ("https://www.acme.example/callback", "its host"),
            ("http://acme.example/callback", "its scheme"),
            ("https://me:pw@acme.example/callback", "a user name"),
            ("https://acme.example/other", "its path"),
            ("http://acme.example:3000/callback", "its scheme and its port"),
        ] {
            let said = describe(&registered, sent);
            let expected = format!(
                "The redirect URI {} differs from the registered https://acme.example/callback by {part}.",
                shown(sent)
            );
            assert_eq!(said, expected);
        }
        assert!(describe(&registered, "acme.example/callback").contains("has no scheme"));
        assert!(describe(&registered, "ftp://elsewhere.example/x?y").contains("not a registered one"));
        assert!(describe(&[], "https://acme.example/callback").contains("not a registered one"));
    }

    #[test]
    fn what_may_be_secret_is_not_repeated() {
        let uri = "https://me:pw@acme.example/cb?token=abc&b#frag";
        assert_eq!(shown(uri), "https://…@acme.example/cb?token=…&b#…");
        assert_eq!(shown("com.example.app:/cb?a=é"), "com.example.app:/cb?a=…");
        assert_eq!(shown("https://acme.example/\u{202e}\n"), "https://acme.example/??");
        assert_eq!(shown(&"a".repeat(300)).chars().count(), MAX_SHOWN + 1);
    }

    #[test]
    fn any_two_texts_are_compared() {
        hold(&(".{0,60}", ".{0,60}"), |(registered, sent): (String, String)| {
            let said = describe(&[registered], &sent);
            assert!(said.chars().count() < 3 * MAX_SHOWN, "{said}");
        });
    }
}
