//! Clippy, for all packages but the console. It compiles the very programs that the tests then run: with `cargo clippy`, which only
//! checks, each of some four hundred packages would be gone through twice.

use super::stage::{Context, Outcome};
use super::tally::Tally;
use crate::{install, sh};
use anyhow::{Result, bail};
use std::process::Command;

/// Clippy in the place of `rustc`.
const DRIVER: &str = "clippy-driver";

/// The packages whose tests run on this machine: all but the console.
pub const PACKAGES: &[&str] = &[
    "--package",
    "sayless",
    "--package",
    "both",
    "--package",
    "api-types",
    "--package",
    "xtask",
    "--package",
    "floors",
    "--package",
    "dependencies",
    "--package",
    "load",
    "--package",
    "docs-check",
    "--package",
    "sdk",
];

/// Packages that tests need at other times, each by itself: with others, their dependencies would be built once more.
const APART: [&str; 2] = ["console-bindgen", "demo"];

/// `cargo`, which has clippy compile the workspace's own packages; without clippy, as ever. All stages that need the tests' programs
/// compile by this command: cargo keeps the packages of each compiler apart.
pub fn cargo() -> Command {
    let mut cargo = sh::cargo();
    if sh::has(DRIVER) {
        cargo.env("RUSTC_WORKSPACE_WRAPPER", DRIVER);
    }
    cargo
}

/// Compiles everything. A warning is a failure of this stage, but not of those that run what is compiled.
pub fn stage(_: &Context) -> Result<Outcome> {
    install::server_libraries()?;
    if !sh::has(DRIVER) {
        bail!("there is no {DRIVER}: rustup component add clippy");
    }
    let together = compile(PACKAGES)?;
    let apart = APART.iter().map(|package| compile(&["--package", package]));
    let ok = apart.collect::<Result<Vec<_>>>()?.into_iter().all(|ok| ok) && together;
    Ok(Outcome { ok, tests: Tally::default() })
}

/// True where the packages and their tests compile without a warning.
fn compile(packages: &[&str]) -> Result<bool> {
    let mut warned = false;
    let compiled =
        sh::watch_stderr(cargo().args(["--color", "never", "test", "--no-run"]).args(packages), |line| {
            warned |= is_warning(line);
        })?;
    Ok(compiled && !warned)
}

fn is_warning(line: &str) -> bool {
    line.starts_with("warning")
}

#[cfg(test)]
mod tests {
    use super::is_warning;

    #[test]
    fn a_warning_is_told_from_what_cargo_does() {
        for line in ["warning: unused variable: `x`", "warning: `sayless` (lib) generated 1 warning"] {
            assert!(is_warning(line), "{line}");
        }
        for line in ["   Compiling warnings v1.0.0", "error: no such thing", " --> src/warning: x.rs", ""] {
            assert!(!is_warning(line), "{line}");
        }
    }
}
