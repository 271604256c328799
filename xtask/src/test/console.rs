//! The console's build, beside other stages: its linking keeps one core busy for minutes.

use super::beside::Beside;
use crate::frontend::{self, Mode};
use anyhow::Result;
use std::process::Command;

static BUILD: Beside = Beside::new();

/// Begins to build.
pub fn begin(mode: Mode) -> Result<()> {
    let mut build = Command::new(std::env::current_exe()?);
    build.arg("frontend");
    if mode == Mode::Dev {
        build.arg("--dev");
    }
    BUILD.begin(&mut build, &frontend::target_dir().join("build.log"))
}

/// Waits until the console is built; builds it where nothing was begun.
pub fn finish(mode: Mode) -> Result<()> {
    BUILD.finish()?;
    frontend::build(mode)
}
