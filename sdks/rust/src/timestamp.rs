//! Times as the API writes them.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A time in UTC, as RFC 3339 writes it: `2026-11-23T06:44:50.123Z`. Any date library reads it by [`Timestamp::as_str`];
/// [`Timestamp::to_system_time`] needs none.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(String);

impl Timestamp {
    /// The time as the API wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The time as the standard library has it; `None` where the text is no RFC 3339 time in UTC since 1970.
    pub fn to_system_time(&self) -> Option<SystemTime> {
        let text = self.0.strip_suffix('Z').or_else(|| self.0.strip_suffix("+00:00"))?;
        let (date, time) = text.split_once(['T', 't', ' '])?;
        let [year, month, day] = numbers(date, '-')?;
        let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
        let [hour, minute, second] = numbers(time, ':')?;
        let seconds = days_since_1970(year, month, day)? * 86_400 + hour * 3_600 + minute * 60 + second;
        let digits: String = fraction.chars().chain("000000000".chars()).take(9).collect();
        let nanos = Duration::from_nanos(digits.parse().ok()?);
        UNIX_EPOCH.checked_add(Duration::from_secs(seconds) + nanos)
    }
}

fn numbers(text: &str, separator: char) -> Option<[u64; 3]> {
    let mut parts = text.split(separator).map(|part| part.parse().ok());
    let numbers = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(numbers)
}

/// Days from 1 January 1970, in a calendar whose years begin in March, so that the leap day is the last one.
fn days_since_1970(year: u64, month: u64, day: u64) -> Option<u64> {
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let year = if month <= 2 { year.checked_sub(1)? } else { year };
    let months = (month + 9) % 12;
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (153 * months + 2) / 5 + day - 1;
    days.checked_sub(719_468)
}

/// The date of a day, counted from 1 January 1970.
fn date(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let era = days / 146_097;
    let of_era = days % 146_097;
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let months = (5 * of_year + 2) / 153;
    let month = if months < 10 { months + 3 } else { months - 9 };
    (era * 400 + year + u64::from(month <= 2), month, of_year - (153 * months + 2) / 5 + 1)
}

impl From<SystemTime> for Timestamp {
    /// To the millisecond. A time before 1970 becomes 1970's first moment.
    fn from(time: SystemTime) -> Self {
        let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
        let (year, month, day) = date(since.as_secs() / 86_400);
        let seconds = since.as_secs() % 86_400;
        let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
        let millis = since.subsec_millis();
        Self(format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z"))
    }
}

impl From<&str> for Timestamp {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for Timestamp {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&Self> for Timestamp {
    fn from(time: &Self) -> Self {
        time.clone()
    }
}

impl AsRef<str> for Timestamp {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_goes_to_the_standard_library_and_back() {
        let times = [
            ("1970-01-01T00:00:00.000Z", 0),
            ("2000-02-29T23:59:59.000Z", 951_868_799),
            ("2026-11-23T06:44:50.000Z", 1_795_416_290),
            ("2100-03-01T00:00:00.000Z", 4_107_542_400),
        ];
        for (text, seconds) in times {
            let time = UNIX_EPOCH + Duration::from_secs(seconds);
            assert_eq!(Timestamp::from(text).to_system_time(), Some(time), "{text}");
            assert_eq!(Timestamp::from(time).as_str(), text);
        }
    }

    #[test]
    fn fractions_count_and_nonsense_does_not() {
        let time = UNIX_EPOCH + Duration::from_millis(1_250);
        assert_eq!(Timestamp::from("1970-01-01T00:00:01.25Z").to_system_time(), Some(time));
        for text in ["", "yesterday", "1970-13-01T00:00:00Z", "1970-01-01T00:00:00+01:00", "1970-01-01"] {
            assert_eq!(Timestamp::from(text).to_system_time(), None, "{text}");
        }
    }
}
