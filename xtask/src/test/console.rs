//! The console's build and its tests, beside other stages: the build's linking keeps one core busy for minutes, and the tests need
//! everything that the console is made of once more, for this machine.

use super::beside::Beside;
use crate::frontend::{self, Mode};
use crate::sh;
use anyhow::Result;
use std::process::Command;

static BUILD: Beside = Beside::new();
static TESTS: Beside = Beside::new();

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

/// The tests, in a target folder of their own: what compiles in the shared one meanwhile would wait for them.
pub fn tests() -> Command {
    let mut tests = sh::cargo();
    tests.args(["test", "--package", "console", "--target-dir"]).arg(sh::target_dir().join("console-tests"));
    tests
}

/// Begins to compile the tests. They take a core only while nothing else wants it.
pub fn begin_tests() -> Result<()> {
    let tests = tests();
    let mut compile = Command::new("nice");
    compile.args(["-n", "19"]).arg(tests.get_program()).args(tests.get_args()).arg("--no-run");
    for (name, value) in tests.get_envs() {
        match value {
            Some(value) => compile.env(name, value),
            None => compile.env_remove(name),
        };
    }
    if let Some(folder) = tests.get_current_dir() {
        compile.current_dir(folder);
    }
    TESTS.begin(&mut compile, &sh::target_dir().join("console-tests.log"))
}

/// Waits until the tests are compiled, if that was begun.
pub fn finish_tests() -> Result<()> {
    TESTS.finish()
}
