//! The stages that compile and generate: the tests of everything run them beside others, which wait for servers, timers and tools
//! for much of their time. They take a core only while nothing else wants it.

use super::beside::Beside;
use super::stage::{Context, Outcome};
use super::tally::Tally;
use crate::sh;
use anyhow::Result;
use std::process::Command;

/// The option by which a process runs these stages and nothing else.
pub const OPTION: &str = "--background";

static RUN: Beside = Beside::new();

/// Begins to run them.
pub fn begin(_: &Context) -> Result<Outcome> {
    let mut run = Command::new("nice");
    run.args(["-n", "19"]).arg(std::env::current_exe()?).args(["test", OPTION]);
    RUN.begin(&mut run, &sh::target_dir().join("background.log"))?;
    Ok(Outcome { ok: true, tests: Tally::default() })
}

/// Waits for their end.
pub fn finish(_: &Context) -> Result<Outcome> {
    RUN.finish()?;
    Ok(Outcome { ok: true, tests: Tally::default() })
}
