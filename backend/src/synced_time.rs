//! Another machine's time, kept up between measurements by this machine's monotonic time. It never goes back: where a
//! measurement says that it was ahead, it goes at half speed until that is made up.

use std::time::Duration;

use api_types::Timestamp;

/// The other machine's time, as it was measured once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measured {
    /// This machine's monotonic time of the measurement.
    pub at: Duration,
    /// The other machine's time then, in Unix microseconds.
    pub micros: i64,
    /// The most by which `micros` may be wrong.
    pub within: Duration,
}

/// The other machine's time.
#[derive(Clone, Copy, Debug)]
pub struct SyncedTime {
    /// This machine's monotonic time of the last correction.
    at: Duration,
    /// The time shown then, in Unix microseconds.
    micros: i64,
    /// Microseconds by which that was ahead, still to be made up.
    excess: i64,
}

impl SyncedTime {
    pub const fn new(measured: Measured) -> Self {
        Self { at: measured.at, micros: measured.micros, excess: 0 }
    }

    /// The time after another measurement. A difference that the measurement is not sure of changes nothing.
    #[must_use]
    pub fn corrected(self, measured: Measured) -> Self {
        let shown = self.micros_at(measured.at);
        let ahead = shown.saturating_sub(measured.micros);
        if ahead.saturating_abs() <= micros(measured.within) {
            return self;
        }
        Self { at: measured.at, micros: shown.max(measured.micros), excess: ahead.max(0) }
    }

    /// The time at a moment of this machine's monotonic time.
    pub fn now(self, monotonic: Duration) -> Timestamp {
        Timestamp::from_millis(self.micros_at(monotonic).div_euclid(1000))
    }

    fn micros_at(self, monotonic: Duration) -> i64 {
        let passed = micros(monotonic.saturating_sub(self.at));
        self.micros.saturating_add(passed - self.excess.min(passed / 2))
    }
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(at_ms: u64, shows_ms: i64) -> Measured {
        let within = Duration::from_millis(2);
        Measured { at: Duration::from_millis(at_ms), micros: shows_ms * 1000, within }
    }

    fn shown(time: SyncedTime, at_ms: u64) -> i64 {
        time.now(Duration::from_millis(at_ms)).as_millis()
    }

    #[test]
    fn it_goes_on_by_the_monotonic_time() {
        let time = SyncedTime::new(measured(1_000, 50_000));
        assert_eq!([1_000, 1_500, 61_000].map(|at| shown(time, at)), [50_000, 50_500, 110_000]);
    }

    #[test]
    fn noise_changes_nothing_and_a_jump_ahead_counts_at_once() {
        let time = SyncedTime::new(measured(0, 0));
        assert_eq!(shown(time.corrected(measured(1_000, 1_002)), 2_000), 2_000);
        assert_eq!(shown(time.corrected(measured(1_000, 998)), 2_000), 2_000);
        assert_eq!(shown(time.corrected(measured(1_000, 9_000)), 2_000), 10_000);
    }

    #[test]
    fn it_never_goes_back_and_makes_up_for_what_it_was_ahead() {
        let time = SyncedTime::new(measured(0, 10_000)).corrected(measured(1_000, 1_000));
        assert_eq!(shown(time, 1_000), 11_000);
        assert_eq!(shown(time, 3_000), 12_000);
        assert_eq!(shown(time, 21_000), 21_000);
        assert_eq!(shown(time, 31_000), 31_000);
        // A second measurement on the way there agrees with the first.
        let again = time.corrected(measured(11_000, 11_000));
        assert_eq!([11_000, 21_000, 31_000].map(|at| shown(again, at)), [16_000, 21_000, 31_000]);
    }
}
