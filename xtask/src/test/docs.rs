//! The documentation: its links and spelling, and its code blocks, which are run against a server with the SDKs as they are packed.

use super::stage::{Context, Outcome};
use super::tally::Tally;
use crate::{install, lints, sh};
use anyhow::{Context as _, Result};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// The folder of the spelling checker and its list of words.
const SPELLING: &str = "xtask/docs-check";

/// Links, the marks of code blocks, and spelling.
pub fn text(_: &Context) -> Result<Outcome> {
    for what in ["links", "blocks"] {
        sh::run(&mut lints::documentation(what))?;
    }
    install::npm(SPELLING, "the spelling checker")?;
    let mut spelling = sh::command(sh::root().join(SPELLING).join("node_modules/.bin/cspell"));
    spelling.args(["lint", "--no-progress", "--config"]).arg(format!("{SPELLING}/cspell.json"));
    sh::run(&mut spelling)?;
    Ok(Outcome { ok: true, tests: Tally::default() })
}

/// Runs every code block, each page in a fresh folder.
pub fn blocks(server: &Path) -> Result<Outcome> {
    for program in ["curl", "jq", "openssl"] {
        install::apt(&[program], "for the code blocks of the documentation", || sh::has(program))?;
    }
    let programs = server.parent().context("the server is in a folder")?;
    let mut load = sh::cargo_at(programs.join("load"));
    load.args(["sandbox", "--server"]).arg(server).arg("--").arg(programs.join("docs-check")).arg("run");
    let path = env::var_os("PATH").unwrap_or_default();
    let path = env::join_paths([programs.to_owned()].into_iter().chain(env::split_paths(&path)))?;
    load.env("PATH", path).env("SAYLESS_PACKAGES", packages()?);
    load.env("CARGO_TARGET_DIR", sh::target_dir().join("sdks/rust"));
    let mut tests = Tally::default();
    let ok = sh::watch(&mut load, |line| tests.read_cargo(line))?;
    Ok(Outcome { ok, tests })
}

/// A folder with the SDKs as a release has them.
fn packages() -> Result<PathBuf> {
    let folder = sh::target_dir().join("docs/packages");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let sdk = |language: &str| sh::root().join("sdks").join(language);

    install::npm("sdks/typescript", "the compiler of the TypeScript SDK")?;
    let mut pack = sh::command("npm");
    pack.current_dir(sdk("typescript")).args(["pack", "--silent", "--pack-destination"]);
    sh::output(pack.arg(&folder))?;

    let mut wheel = sh::command(pip()?);
    wheel.args(["wheel", "--quiet", "--disable-pip-version-check", "--no-deps", "--wheel-dir"]);
    sh::output(wheel.arg(&folder).arg(sdk("python")))?;

    let target = sh::target_dir().join("sdks/rust");
    let mut package = sh::cargo();
    package.current_dir(sdk("rust")).env("CARGO_TARGET_DIR", &target);
    package.args([
        "package",
        "--quiet",
        "--locked",
        "--allow-dirty",
        "--no-verify",
        "--package",
        "sayless-sdk",
    ]);
    sh::run(&mut package)?;
    for file in fs::read_dir(target.join("package"))? {
        let file = file?.path();
        if let Some(name) = file.file_name().filter(|_| file.extension().is_some_and(|end| end == "crate")) {
            fs::copy(&file, folder.join(name))?;
        }
    }
    Ok(folder)
}

/// A pip of its own: Debian's Python may have none.
fn pip() -> Result<PathBuf> {
    let environment = sh::target_dir().join("docs/environment");
    let pip = environment.join("bin/pip");
    if !pip.is_file() {
        install::apt(&["python3-venv"], "for the code blocks of the documentation", || {
            sh::output(sh::command("python3").args(["-c", "import ensurepip, venv"])).is_ok()
        })?;
        sh::output(sh::command("python3").args(["-m", "venv"]).arg(&environment))?;
    }
    Ok(pip)
}
