//! The bills of materials: the packages that are compiled into the server, and into the console that it embeds, in
//! the form of `CycloneDX`, written by that project's own tool.

use super::binary::host;
use super::output::{Release, stage};
use crate::frontend::toolchain;
use crate::sh;
use anyhow::{Context as _, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// The version of cargo-cyclonedx, which is installed where it is missing.
const VERSION: &str = "0.5.9";

/// Writes both.
pub fn make(release: &Release) -> Result<()> {
    let tool = tool()?;
    // The tool writes a file beside every manifest: here, in a copy of the last commit.
    let copy = stage("source")?;
    let archive = copy.with_extension("tar");
    sh::run(sh::command("git").args(["archive", "--format=tar", "HEAD", "--output"]).arg(&archive))?;
    sh::run(sh::command("tar").arg("--extract").arg("--file").arg(archive).arg("--directory").arg(&copy))?;
    write(release, &tool, &copy.join("backend"), "sayless", &host()?)?;
    write(release, &tool, &copy.join("frontend"), "console", toolchain::TARGET)
}

fn write(release: &Release, tool: &Path, folder: &Path, package: &str, target: &str) -> Result<()> {
    let mut command = sh::cargo_at(tool);
    command.current_dir(folder).env("SOURCE_DATE_EPOCH", &release.epoch);
    command.args(["cyclonedx", "--quiet", "--format", "json", "--spec-version", "1.5", "--no-build-deps"]);
    sh::run(command.args(["--describe", "binaries", "--target", target]))?;
    let made = folder.join(format!("{package}_bin.cdx.json"));
    let bill = fs::read_to_string(&made).with_context(|| format!("{} was not made", made.display()))?;
    // Where this machine keeps the sources is nobody's business.
    let root = folder.parent().unwrap_or(folder).display().to_string();
    let name = format!("{package}-{}.cdx.json", release.version);
    Ok(fs::write(release.folder.join(name), bill.replace(&root, "/sayless"))?)
}

fn tool() -> Result<PathBuf> {
    let root = sh::target_dir().join("tools");
    let tool = root.join("bin/cargo-cyclonedx");
    let said = sh::output(sh::command(&tool).args(["cyclonedx", "--version"])).unwrap_or_default();
    if !said.ends_with(VERSION) {
        eprintln!("Installing cargo-cyclonedx {VERSION} (for the bills of materials).");
        let mut install = sh::cargo();
        install.args(["install", "--locked", "--debug", "--version", VERSION, "--root"]).arg(&root);
        sh::run(install.arg("cargo-cyclonedx")).context("cargo-cyclonedx could not be installed")?;
    }
    Ok(tool)
}
