//! The SDKs as their registries take them: an npm package, a Python wheel with its source, a crate.

use super::output::{Release, stage};
use crate::{install, sh};
use anyhow::{Context as _, Result, bail};
use std::fs;
use std::path::Path;

/// Packs all of them.
pub fn make(release: &Release) -> Result<()> {
    typescript(release)?;
    python(release)?;
    rust(release)
}

fn typescript(release: &Release) -> Result<()> {
    install::npm("sdks/typescript", "to build the TypeScript SDK")?;
    let mut pack = sh::command("npm");
    pack.current_dir(sh::root().join("sdks/typescript")).args([
        "pack",
        "--loglevel=error",
        "--pack-destination",
    ]);
    sh::run(pack.arg(&release.folder))
}

fn python(release: &Release) -> Result<()> {
    install::apt(&["python3-venv"], "to build the Python SDK", || {
        sh::output(sh::command("python3").args(["-c", "import ensurepip, venv"])).is_ok()
    })?;
    let environment = stage("python-build")?;
    sh::run(sh::command("python3").args(["-m", "venv"]).arg(&environment))?;
    let mut pip = sh::command(environment.join("bin/pip"));
    sh::run(pip.args(["install", "--quiet", "--disable-pip-version-check", "build==1.3.0"]))?;
    let mut build = sh::command(environment.join("bin/python"));
    build.env("SOURCE_DATE_EPOCH", &release.epoch).args(["-m", "build", "--outdir"]);
    sh::run(build.arg(&release.folder).arg("sdks/python"))
}

/// Packed and compiled from the package, so that nothing is missing in it.
fn rust(release: &Release) -> Result<()> {
    let target = sh::target_dir().join("release-stage/rust-sdk");
    let mut package = sh::cargo();
    package.args([
        "package",
        "--locked",
        "--allow-dirty",
        "--manifest-path",
        "sdks/rust/Cargo.toml",
        "--target-dir",
    ]);
    sh::run(package.arg(&target))?;
    let name = format!("sayless-sdk-{}.crate", release.version);
    copy(&target.join("package").join(&name), &release.folder.join(&name))
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    if !from.is_file() {
        bail!("{} was not made", from.display());
    }
    fs::copy(from, to).map(drop).with_context(|| format!("cannot write {}", to.display()))
}
