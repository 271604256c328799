//! Counts of passed and failed tests, read from what the test runners print.

use std::ops::AddAssign;

/// Counts of tests that ran.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: u64,
    pub failed: u64,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl Tally {
    /// Takes in one line of `cargo test`: `test result: ok. 12 passed; 0 failed; 1 ignored; …`.
    pub fn read_cargo(&mut self, line: &str) {
        let Some(counts) = line.trim_start().strip_prefix("test result: ") else {
            return;
        };
        let counts = counts.split_once(". ").map_or(counts, |(_, counts)| counts);
        for count in counts.split(';') {
            match numbered(count.trim()) {
                Some((passed, "passed")) => self.passed += passed,
                Some((failed, "failed")) => self.failed += failed,
                _ => {}
            }
        }
    }

    /// Takes in one line of Playwright's summary: `  12 passed (3.4s)`, `  1 failed`, `  2 did not run`. A test that
    /// only passed on another try is no passed test.
    pub fn read_playwright(&mut self, line: &str) {
        let Some((count, what)) = numbered(line.trim()) else {
            return;
        };
        if what == "passed" || what.starts_with("passed (") {
            self.passed += count;
        } else if ["failed", "flaky", "interrupted", "did not run"].contains(&what) {
            self.failed += count;
        }
    }
}

/// `12 passed` -> `(12, "passed")`.
fn numbered(text: &str) -> Option<(u64, &str)> {
    let (count, what) = text.split_once(' ')?;
    Some((count.parse().ok()?, what))
}

#[cfg(test)]
mod tests {
    use super::Tally;

    #[test]
    fn adds_up_each_binary_of_cargo_test() {
        let mut tally = Tally::default();
        for line in [
            "running 3 tests",
            "test ids::round_trip ... ok",
            "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s",
            "test result: FAILED. 40 passed; 2 failed; 1 ignored; 0 measured; 0 filtered out; finished in 1.20s",
        ] {
            tally.read_cargo(line);
        }
        assert_eq!(tally, Tally { passed: 43, failed: 2 });
    }

    #[test]
    fn reads_playwrights_summary_and_nothing_else() {
        let mut tally = Tally::default();
        for line in [
            "  ✓  1 [chromium] › tests/sign-in.spec.ts:4:1 › opens (1.2s)",
            "  1 failed",
            "    [chromium] › tests/sign-in.spec.ts:9:1 › refuses",
            "  1 flaky",
            "  2 did not run",
            "  1 skipped",
            "  12 passed (3.4s)",
            "12 files changed",
        ] {
            tally.read_playwright(line);
        }
        assert_eq!(tally, Tally { passed: 12, failed: 4 });
    }
}
