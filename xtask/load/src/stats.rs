//! Medians, ranges and percentiles.

use std::fmt;

/// The values of several runs of one measurement, in ascending order.
#[derive(Clone, Debug, Default)]
pub struct Runs(Vec<f64>);

impl Runs {
    pub fn push(&mut self, value: f64) {
        self.0.push(value);
        self.0.sort_by(f64::total_cmp);
    }

    pub fn median(&self) -> f64 {
        match (self.0.len(), self.0.len() / 2) {
            (0, _) => f64::NAN,
            (len, middle) if len % 2 == 1 => self.0[middle],
            (_, middle) => f64::midpoint(self.0[middle - 1], self.0[middle]),
        }
    }
}

impl Runs {
    pub fn most(&self) -> f64 {
        self.0.last().copied().unwrap_or(f64::NAN)
    }
}

impl FromIterator<f64> for Runs {
    fn from_iter<T: IntoIterator<Item = f64>>(values: T) -> Self {
        let mut runs = Self(values.into_iter().collect());
        runs.0.sort_by(f64::total_cmp);
        runs
    }
}

/// Prints `median (least to most)`.
impl fmt::Display for Runs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&short(self.median()))?;
        match self.0.as_slice() {
            [least, .., most] => write!(f, " ({} to {})", short(*least), short(*most)),
            _ => Ok(()),
        }
    }
}

/// A number with three figures or so.
pub fn short(value: f64) -> String {
    match value.abs() {
        large if large >= 100.0 => format!("{value:.0}"),
        middle if middle >= 10.0 => format!("{value:.1}"),
        small if small >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

/// The value that this share of all values does not exceed.
pub fn percentile(values: &mut [u64], share: f64) -> u64 {
    if values.is_empty() {
        return 0;
    }
    values.sort_unstable();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
    let rank = ((values.len() as f64 * share).ceil() as usize).clamp(1, values.len());
    values[rank - 1]
}

/// A count as a number to divide by.
#[expect(clippy::cast_precision_loss, reason = "counts of a run are far below 2^52")]
pub fn count(events: u64) -> f64 {
    events as f64
}

/// Nanoseconds as milliseconds.
#[expect(clippy::cast_precision_loss, reason = "times of a run are far below 2^52")]
pub fn milliseconds(nanos: u64) -> f64 {
    nanos as f64 / 1e6
}

/// Nanoseconds as seconds.
pub fn seconds(nanos: u64) -> f64 {
    milliseconds(nanos) / 1e3
}

#[cfg(test)]
mod tests {
    use super::{Runs, percentile};

    #[test]
    fn medians_ranges_and_percentiles() {
        let runs: Runs = [3.0, 1.0, 200.0].into_iter().collect();
        assert_eq!(runs.to_string(), "3.00 (1.00 to 200)");
        let mut values: Vec<u64> = (1..=200).rev().collect();
        assert_eq!(percentile(&mut values, 0.5), 100);
        assert_eq!(percentile(&mut values, 0.99), 198);
        assert_eq!(percentile(&mut [7], 0.99), 7);
    }
}
