//! The TypeScript SDK: packed, installed from the package in a fresh folder, and tried there against a real server.

use super::stage::{Context, Outcome};
use super::tally::Tally;
use crate::{install, sh};
use anyhow::Result;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const SDK: &str = "sdks/typescript";

/// Compiles the tests and examples against the package, strictly, and runs them.
pub fn stage(context: &Context) -> Result<Outcome> {
    let server = (context.server)()?;
    let folder = project()?;
    for config in ["tsconfig.json", "tsconfig.browser.json"] {
        sh::run(program(&folder, "node_modules/.bin/tsc").args(["--project", config]))?;
    }
    let mut story = program(&folder, server.with_file_name("load"));
    story.args(["sandbox", "--server"]).arg(&server).args(["--", "node", "--test", "--test-reporter=spec"]);
    // One file after the other: they share the proxy that fails on demand.
    story.arg("--test-concurrency=1").args(test_files(&folder)?);
    let mut tests = Tally::default();
    let ok = sh::watch(&mut story, |line| tests.read_node(line))?;
    Ok(Outcome { ok, tests })
}

/// Builds and packs the SDK, and puts the tests and examples into a folder of their own with the package.
fn project() -> Result<PathBuf> {
    install::npm(SDK, "the compiler of the TypeScript SDK")?;
    install::npm("sdks/typescript/test", "the tests of the TypeScript SDK")?;
    let sdk = sh::root().join(SDK);
    let folder = sh::target_dir().join(SDK);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let package =
        sh::output(program(&sdk, "npm").args(["pack", "--silent", "--pack-destination"]).arg(&folder))?;
    // The tests' own packages come along.
    sh::run(sh::command("cp").arg("-r").arg(sdk.join("test/.")).arg(sdk.join("examples")).arg(&folder))?;
    let mut install = program(&folder, "npm");
    install.args(["install", "--no-save", "--offline", "--no-audit", "--no-fund", "--silent"]);
    sh::run(install.arg(format!("./{package}")))?;
    Ok(folder)
}

/// The compiled tests, in their order.
fn test_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder.join("out/src"))?.map(|entry| Ok(entry?.path()));
    let mut files: Vec<PathBuf> = entries.collect::<Result<_>>()?;
    files.retain(|path| path.to_string_lossy().ends_with(".test.js"));
    files.sort();
    Ok(files)
}

fn program(folder: &Path, name: impl AsRef<Path>) -> Command {
    let mut command = sh::command(name.as_ref());
    command.current_dir(folder);
    command
}
