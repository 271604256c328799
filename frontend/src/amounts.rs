//! Amounts in words, kept apart from the browser so that tests can call them: counts, and durations in seconds.

use std::cell::Cell;

/// `1 minute`, `2 minutes`.
pub fn counted(count: u64, unit: &str) -> String {
    if count == 1 { format!("1 {unit}") } else { format!("{count} {unit}s") }
}

thread_local! {
    /// The reader's own way to write numbers.
    static WRITE: Cell<fn(u64) -> String> = const { Cell::new(grouped) };
}

/// Has numbers written as the reader does, from now on.
pub fn write_numbers_by(write: fn(u64) -> String) {
    WRITE.set(write);
}

/// A count as the reader writes it: `1,204`, `1.204`.
pub fn number(count: u64) -> String {
    WRITE.get()(count)
}

/// A count with its digits in groups of three.
fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// The server counts a webhook's deliveries up to this number and no further.
const COUNTED: u64 = 1_000;

/// A count of which there may be more than was counted: `more than 1,000`.
pub fn at_least(count: u64, capped: bool) -> String {
    if capped && count >= COUNTED { format!("more than {}", number(COUNTED)) } else { number(count) }
}

/// `1 delivery`, `312 deliveries`, `more than 1,000 deliveries`.
pub fn deliveries(count: u64, capped: bool) -> String {
    format!("{} {}", at_least(count, capped), delivery_noun(count))
}

/// `delivery` or `deliveries`.
pub const fn delivery_noun(count: u64) -> &'static str {
    if count == 1 { "delivery" } else { "deliveries" }
}

/// A number of seconds in the largest unit that says it well: `90 seconds`, `3 minutes`.
pub fn seconds(count: u32) -> String {
    if count < 120 {
        counted(u64::from(count), "second")
    } else {
        counted(u64::from(count).div_ceil(60), "minute")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_grouped_and_say_when_there_may_be_more() {
        assert_eq!(number(0), "0");
        assert_eq!(number(1_204), "1,204");
        assert_eq!(number(1_000_000), "1,000,000");
        assert_eq!(at_least(1_000, true), "more than 1,000");
        assert_eq!(at_least(12, true), "12");
        assert_eq!(deliveries(1, false), "1 delivery");
    }

    #[test]
    fn seconds_become_minutes_where_nobody_counts_them() {
        assert_eq!(seconds(1), "1 second");
        assert_eq!(seconds(121), "3 minutes");
    }
}
