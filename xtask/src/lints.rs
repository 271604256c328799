//! The lints that are programs of this project: floors, dependencies and documentation. Each is a package of its
//! own, so that xtask need not wait for the parsers that they are made with.

use crate::sh;
use std::process::Command;

/// Checks `floors.txt`: no import runs up, and no files import each other in a circle.
pub fn floors() -> Command {
    check("floors")
}

/// Checks `deny.toml`: licences, bans and sources.
pub fn dependencies() -> Command {
    check("dependencies")
}

/// Checks the documentation: its `links`, or the marks of its code `blocks`.
pub fn documentation(what: &str) -> Command {
    let mut check = check("docs-check");
    check.args(["--", what]);
    check
}

fn check(package: &str) -> Command {
    let mut cargo = sh::cargo();
    cargo.args(["run", "--quiet", "--package", package]);
    cargo
}
