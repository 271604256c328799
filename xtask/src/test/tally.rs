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

    /// Takes in one line of the summary of Node's test runner: `ℹ pass 12`, `ℹ fail 1`, `ℹ cancelled 1`.
    pub fn read_node(&mut self, line: &str) {
        let count = line.strip_prefix("ℹ ").and_then(|line| line.split_once(' '));
        match count.map(|(what, count)| (what, count.trim().parse::<u64>())) {
            Some(("pass", Ok(count))) => self.passed += count,
            Some(("fail" | "cancelled" | "skipped" | "todo", Ok(count))) => self.failed += count,
            _ => {}
        }
    }

    /// Takes in one line of pytest's summary: `2 failed, 111 passed in 69.41s`. A test that was skipped is no passed test.
    pub fn read_pytest(&mut self, line: &str) {
        let Some((counts, _)) = line.trim_matches(['=', ' ']).rsplit_once(" in ") else {
            return;
        };
        for count in counts.split(", ") {
            match numbered(count) {
                Some((passed, "passed")) => self.passed += passed,
                Some((failed, "failed" | "error" | "errors" | "skipped")) => self.failed += failed,
                _ => {}
            }
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

    #[test]
    fn reads_the_summary_of_nodes_test_runner() {
        let mut tally = Tally::default();
        for line in
            ["✔ 404, and the whole family (5ms)", "ℹ tests 14", "ℹ pass 11", "ℹ fail 2", "ℹ cancelled 1"]
        {
            tally.read_node(line);
        }
        assert_eq!(tally, Tally { passed: 11, failed: 3 });
    }

    #[test]
    fn reads_the_summary_of_pytest() {
        let mut tally = Tally::default();
        for line in [
            "tests/test_lists.py ......                                               [100%]",
            "FAILED tests/test_errors.py::test_a_wrong_field_is_named - assert 1 in [2]",
            "====== 2 failed, 111 passed, 1 skipped, 3 warnings, 1 error in 69.41s (0:01:09) ======",
            "5 passed in 0.12s",
        ] {
            tally.read_pytest(line);
        }
        assert_eq!(tally, Tally { passed: 116, failed: 4 });
    }
}
