//! Reads `Retry-After` (RFC 9110, section 10.2.3), also as receivers write it that do not keep to the RFC.

use chrono::{DateTime, NaiveDateTime};
use hyper::header::{self, HeaderMap};

use super::exchange::RetryAfter;

/// The pause that an answer asks for. None where it asks for none, or in no way that can be understood.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<RetryAfter> {
    let value = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    seconds(value).or_else(|| date(value))
}

/// A number of seconds. A part of a second counts as a whole one, a negative number as none, and a number that is too
/// large for us as the largest one.
fn seconds(value: &str) -> Option<RetryAfter> {
    let (negative, number) = match value.strip_prefix('-') {
        Some(number) => (true, number),
        None => (false, value.strip_prefix('+').unwrap_or(value)),
    };
    let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(part) {
        return None;
    }
    if negative {
        return Some(RetryAfter::Seconds(0));
    }
    // Digits alone fail to parse only where they are too many.
    let seconds: u64 = whole.parse().unwrap_or(u64::MAX);
    let more = part.bytes().any(|digit| digit != b'0');
    Some(RetryAfter::Seconds(seconds.saturating_add(more.into())))
}

fn date(value: &str) -> Option<RetryAfter> {
    http_date(value).map(RetryAfter::At)
}

/// A date in one of the three forms that HTTP knows, in unix milliseconds: that of RFC 9110, that of RFC 850, and that of
/// `asctime`.
pub fn http_date(value: &str) -> Option<i64> {
    const OLD: [&str; 2] = ["%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"];
    DateTime::parse_from_rfc2822(value).map(|date| date.timestamp_millis()).ok().or_else(|| {
        let read = |form: &&str| NaiveDateTime::parse_from_str(value, form).ok();
        OLD.iter().find_map(read).map(|date| date.and_utc().timestamp_millis())
    })
}

#[cfg(test)]
mod tests {
    use hyper::header::HeaderValue;
    use proptest::prelude::*;

    use super::*;
    use crate::properties::hold;

    fn read(value: &[u8]) -> Option<RetryAfter> {
        let value = HeaderValue::from_bytes(value).ok()?;
        retry_after(&HeaderMap::from_iter([(header::RETRY_AFTER, value)]))
    }

    #[test]
    fn seconds_have_their_right_answer_however_they_are_written() {
        for (value, expected) in [
            ("120", 120),
            (" 0 ", 0),
            ("+7", 7),
            ("120.5", 121),
            ("120.0", 120),
            ("0.001", 1),
            ("-5", 0),
            ("-0.5", 0),
            ("18446744073709551615.5", u64::MAX),
            ("99999999999999999999999", u64::MAX),
        ] {
            assert_eq!(read(value.as_bytes()), Some(RetryAfter::Seconds(expected)), "{value}");
        }
        for nonsense in ["", "-", ".", "1.", ".5", "1.5.2", "1,5", "1e3", "0x10", "soon", "--5", "NaN"] {
            assert_eq!(read(nonsense.as_bytes()), None, "{nonsense}");
        }
        assert_eq!(RetryAfter::Seconds(120).at(1_000), 121_000);
        assert_eq!(RetryAfter::Seconds(u64::MAX).at(1_000), i64::MAX);
    }

    #[test]
    fn a_date_is_read_in_all_three_forms() {
        for value in
            ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"]
        {
            assert_eq!(read(value.as_bytes()), Some(RetryAfter::At(784_111_777_000)), "{value}");
        }
        for value in
            ["Thu, 26 Nov 2026 20:00:00 GMT", "Thursday, 26-Nov-26 20:00:00 GMT", "Thu Nov 26 20:00:00 2026"]
        {
            assert_eq!(read(value.as_bytes()), Some(RetryAfter::At(1_795_723_200_000)), "{value}");
        }
        assert_eq!(read(b"Thursday, 26-Nov-26"), None);
    }

    #[test]
    fn whatever_it_says_is_seconds_or_a_date_or_nothing() {
        hold(&(any::<u64>(), "[ \t]{0,3}"), |(seconds, blank)| {
            let expected = Some(RetryAfter::Seconds(seconds));
            assert_eq!(read(format!("{blank}{seconds}{blank}").as_bytes()), expected);
            let at = RetryAfter::Seconds(seconds).at(1_000);
            assert!(at >= 1_000 && (at == i64::MAX || at == 1_000 + i64::try_from(seconds).unwrap() * 1_000));
        });
        // Four digits of the year, as RFC 9110 has them.
        hold(&(0..253_402_300_799_i64), |seconds| {
            let date = DateTime::from_timestamp_secs(seconds).unwrap();
            for form in ["%a, %d %b %Y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"] {
                let text = date.format(form).to_string();
                assert_eq!(read(text.as_bytes()), Some(RetryAfter::At(seconds * 1_000)), "{text}");
            }
        });
        let raw = prop_oneof![
            prop::collection::vec(any::<u8>(), 0..40),
            "[-+0-9.e ]{0,24}".prop_map(String::into_bytes)
        ];
        hold(&raw, |bytes| match read(&bytes) {
            Some(RetryAfter::Seconds(_)) => assert!(bytes.iter().any(u8::is_ascii_digit)),
            Some(RetryAfter::At(_)) => assert!(bytes.contains(&b':')),
            None => {}
        });
    }
}
