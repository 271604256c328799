//! A stage of `cargo xtask test`: its name, its group, and the function that does the work.

use super::tally::Tally;
use anyhow::Result;
use std::path::PathBuf;

/// One check, or one group of tests.
pub struct Stage {
    pub name: &'static str,
    /// The word by which `--only` chooses the stage.
    pub group: &'static str,
    pub run: fn(&Context) -> Result<Outcome>,
}

/// Facts about the whole run that a stage may need.
pub struct Context {
    /// True if every stage runs, and so the tests have to judge the console as it is released.
    pub full: bool,
    /// The server as the backend's tests build it, with the other programs beside it.
    pub server: fn() -> Result<PathBuf>,
}

/// The end of a stage: its verdict, and the tests that it ran.
pub struct Outcome {
    pub ok: bool,
    pub tests: Tally,
}
