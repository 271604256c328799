//! The time for which a document is believed (RFC 9111): as long as its server says, within bounds of ours.

use std::time::Duration;

use api_types::{Timestamp, deliveries::Header};
use http::{HeaderName, HeaderValue, header};

use crate::delivery::send::http_date;

/// The shortest time: a server that lets nobody keep its document is not asked at every click.
const FLOOR: Duration = Duration::from_mins(1);
/// The longest time.
const CEILING: Duration = Duration::from_hours(24);
/// The time where the server says nothing.
const USUAL: Duration = Duration::from_mins(10);
/// Values that may have been cut when they were read are not sent back.
const MAX_VALIDATOR: usize = 1_000;

/// The time for which a document is believed, and the marks by which its server knows it again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Freshness {
    /// The time from the fetch on.
    pub lifetime: Duration,
    /// Headers that ask for the document only if it has changed.
    pub validators: Vec<(HeaderName, HeaderValue)>,
}

/// The values of a header, joined as RFC 9110, section 5.3, has it; empty where there is none.
fn value(headers: &[Header], name: &str) -> String {
    let values: Vec<&str> =
        headers.iter().filter(|header| header.name == name).map(|header| header.value.as_str()).collect();
    values.join(", ")
}

impl Freshness {
    /// Reads the headers of an answer that came at `now`.
    pub fn of(headers: &[Header], now: Timestamp) -> Self {
        let control = value(headers, "cache-control").to_ascii_lowercase();
        let directives: Vec<&str> = control.split(',').map(str::trim).collect();
        let has = |directive: &str| directives.contains(&directive);
        let lifetime = if has("no-store") || has("no-cache") {
            FLOOR
        } else {
            lifetime(headers, &directives, now).unwrap_or(USUAL).clamp(FLOOR, CEILING)
        };
        let validators = if has("no-store") { Vec::new() } else { validators(headers) };
        Self { lifetime, validators }
    }

    /// The freshness of a document that its server says has not changed: what the answer leaves unsaid stays.
    #[must_use]
    pub fn renewed(&self, headers: &[Header], now: Timestamp) -> Self {
        let newer = Self::of(headers, now);
        let says = ["cache-control", "expires"].iter().any(|name| !value(headers, name).is_empty());
        Self {
            lifetime: if says { newer.lifetime } else { self.lifetime },
            validators: if newer.validators.is_empty() { self.validators.clone() } else { newer.validators },
        }
    }
}

/// The lifetime that the headers name, less the age that the answer had; none where they name none.
fn lifetime(headers: &[Header], directives: &[&str], now: Timestamp) -> Option<Duration> {
    let max_age = directives.iter().find_map(|directive| directive.strip_prefix("max-age="));
    if let Some(seconds) = max_age {
        // A number that cannot be read makes the answer stale (RFC 9111, section 4.2.1).
        let seconds: u64 = seconds.trim_matches('"').parse().unwrap_or(0);
        let age: u64 = value(headers, "age").parse().unwrap_or(0);
        return Some(Duration::from_secs(seconds.saturating_sub(age)));
    }
    let expires = value(headers, "expires");
    if expires.is_empty() {
        return None;
    }
    let sent = http_date(&value(headers, "date")).unwrap_or_else(|| now.as_millis());
    let left = http_date(&expires).map_or(0, |at| at.saturating_sub(sent));
    Some(Duration::from_millis(left.max(0).unsigned_abs()))
}

fn validators(headers: &[Header]) -> Vec<(HeaderName, HeaderValue)> {
    let pairs = [("etag", header::IF_NONE_MATCH), ("last-modified", header::IF_MODIFIED_SINCE)];
    let read = |(name, asks): (&str, HeaderName)| {
        let value = value(headers, name);
        let fits = !value.is_empty() && value.len() <= MAX_VALIDATOR;
        Some((asks, HeaderValue::from_str(&value).ok().filter(|_| fits)?))
    };
    pairs.into_iter().filter_map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lifetime_of(headers: &[(&str, &str)]) -> u64 {
        let now = "2026-11-23T08:00:00Z".parse().expect("a time");
        Freshness::of(&written(headers), now).lifetime.as_secs()
    }

    fn written(headers: &[(&str, &str)]) -> Vec<Header> {
        headers.iter().map(|(name, value)| Header { name: (*name).into(), value: (*value).into() }).collect()
    }

    #[test]
    fn a_document_lives_as_long_as_its_server_says_within_bounds() {
        for (headers, seconds) in [
            (&[][..], 600),
            (&[("cache-control", "public, max-age=3600")], 3_600),
            (&[("cache-control", "max-age=3600"), ("age", "600")], 3_000),
            (&[("cache-control", "max-age=5")], 60),
            (&[("cache-control", "max-age=31536000")], 86_400),
            (&[("cache-control", "max-age=x")], 60),
            (&[("cache-control", "No-Store, max-age=3600")], 60),
            (&[("cache-control", "no-cache")], 60),
            (&[("expires", "Mon, 23 Nov 2026 09:00:00 GMT")], 3_600),
            (
                &[("expires", "Mon, 23 Nov 2026 09:00:00 GMT"), ("date", "Mon, 23 Nov 2026 08:30:00 GMT")],
                1_800,
            ),
            (&[("expires", "Mon, 23 Nov 2026 09:00:00 GMT"), ("cache-control", "max-age=120")], 120),
            (&[("expires", "0")], 60),
        ] {
            assert_eq!(lifetime_of(headers), seconds, "{headers:?}");
        }
    }

    #[test]
    fn what_an_answer_leaves_unsaid_stays() {
        let now = "2026-11-23T08:00:00Z".parse().expect("a time");
        let first = Freshness::of(&written(&[("cache-control", "max-age=3600"), ("etag", "\"a\"")]), now);
        assert_eq!(first.validators.len(), 1);
        assert_eq!(first.renewed(&[], now), first);
        let second = first.renewed(&written(&[("cache-control", "max-age=120"), ("etag", "\"b\"")]), now);
        assert_eq!(second.lifetime.as_secs(), 120);
        assert_ne!(second.validators, first.validators);
        let unkept = Freshness::of(&written(&[("cache-control", "no-store"), ("etag", "\"a\"")]), now);
        assert_eq!(unkept.validators, []);
    }
}
