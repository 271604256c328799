//! The size of a step of long work, such as removing a million rows: as many rows as take a moment, however slow the machine is and
//! however large the tables are. Whoever waits for SQLite's one writer, or for a row that the step has locked, waits that long.

use std::time::Duration;

use crate::clock::Stopwatch;

/// The time that a step should take, without its commit.
const AIM: Duration = Duration::from_millis(10);
const SMALLEST: usize = 10;
const LARGEST: usize = 200;

/// The most rows of one step, learned from the steps before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepSize(usize);

impl StepSize {
    /// The size of a first step, of which nothing is known yet.
    pub const FIRST: Self = Self(50);

    /// The number of rows.
    pub const fn rows(self) -> usize {
        self.0
    }

    /// [`Self::rows`], as queries take it.
    pub fn limit(self) -> i64 {
        i64::try_from(self.0).unwrap_or(i64::MAX)
    }

    /// The size of the next step, after one that worked on `rows` since `began`.
    #[must_use]
    pub fn after(self, rows: usize, began: Stopwatch) -> Self {
        self.next(rows, began.elapsed())
    }

    /// Shrinks at once, since others are waiting; grows to twice its size at most, since one quick step proves little.
    fn next(self, rows: usize, took: Duration) -> Self {
        if rows == 0 {
            return self;
        }
        let fitting =
            AIM.as_micros().saturating_mul(u128::try_from(rows).unwrap_or(1)) / took.as_micros().max(1);
        let fitting = usize::try_from(fitting).unwrap_or(LARGEST);
        Self(fitting.min(2 * self.0).clamp(SMALLEST, LARGEST))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(size: usize, rows: usize, took: u64) -> usize {
        StepSize(size).next(rows, Duration::from_millis(took)).rows()
    }

    #[test]
    fn a_step_is_as_large_as_its_time_allows() {
        assert_eq!(next(100, 100, 40), 25, "too slow: a quarter of it fits");
        assert_eq!(next(100, 100, 10), 100, "just right");
        assert_eq!(next(50, 50, 3), 100, "twice as large at most");
        assert_eq!(next(50, 50, 0), 100, "no time at all");
        assert_eq!(next(150, 150, 2), 200, "never larger than this");
        assert_eq!(next(50, 50, 10_000), 10, "never smaller than this");
        assert_eq!(next(50, 0, 10_000), 50, "nothing was done, so nothing was learned");
        assert_eq!(next(200, 10, 2), 50, "a small last step tells as well");
    }
}
