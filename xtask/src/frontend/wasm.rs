//! From Rust to a browser's module: cargo, wasm-bindgen, wasm-opt.

use super::output::{self, Mode};
use super::toolchain;
use crate::sh;
use anyhow::{Context as _, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};

/// The two files a browser loads.
pub struct Module {
    pub js: PathBuf,
    pub wasm: PathBuf,
}

/// Builds the console's module into `work`.
pub fn build(mode: Mode, work: &Path) -> Result<Module> {
    check_bindgen_version()?;
    let compiled = compile(mode)?;
    sh::run(
        sh::cargo().args(["run", "--quiet", "--package", "console-bindgen", "--"]).arg(compiled).arg(work),
    )?;
    let js = work.join("console.js");
    let wasm = work.join("console_bg.wasm");
    if work.join("snippets").is_dir() {
        bail!("a dependency of the console brings JavaScript snippets, which the bundle does not carry");
    }
    if mode == Mode::Dev {
        return Ok(Module { js, wasm });
    }
    let small = work.join("console_small.wasm");
    let mut optimise = sh::command("frontend/node_modules/.bin/wasm-opt");
    optimise.args(["-Oz", "--strip-debug", "--strip-producers", "--strip-target-features"]);
    sh::output(optimise.arg(&wasm).arg("-o").arg(&small))?;
    Ok(Module { js, wasm: small })
}

fn compile(mode: Mode) -> Result<PathBuf> {
    let profile = match mode {
        Mode::Release => "console",
        Mode::Dev => "console-dev",
    };
    let target_dir = output::target_dir();
    let mut cargo = toolchain::cargo()?;
    cargo.args(["build", "--package", "console", "--target", toolchain::TARGET, "--profile", profile]);
    sh::run(cargo.arg("--target-dir").arg(&target_dir))?;
    Ok(target_dir.join(toolchain::TARGET).join(profile).join("console.wasm"))
}

/// The crate that console-bindgen is made with must be of the console's own version: they share a file format.
fn check_bindgen_version() -> Result<()> {
    let lock = fs::read_to_string(sh::root().join("Cargo.lock")).context("cannot read Cargo.lock")?;
    let of = |package: &str| {
        let start = lock.find(&format!("name = \"{package}\"\n"))?;
        lock[start..].lines().nth(1)?.strip_prefix("version = \"")?.strip_suffix('"')
    };
    let wanted = of("wasm-bindgen");
    let had = of("wasm-bindgen-cli-support");
    if wanted != had {
        bail!(
            "Cargo.lock holds wasm-bindgen {} but wasm-bindgen-cli-support {}: set the latter's version in \
             xtask/bindgen/Cargo.toml to the former's",
            wanted.unwrap_or("(none)"),
            had.unwrap_or("(none)")
        );
    }
    Ok(())
}
