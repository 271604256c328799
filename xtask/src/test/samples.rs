//! The samples of the API reference, each run against a server: those of the SDKs with the packages as they are packed.

use super::stage::{Context, Outcome};
use super::tally::Tally;
use crate::{install, sh};
use anyhow::{Context as _, Result};
use std::fs;
use std::path::{Path, PathBuf};

pub fn stage(context: &Context) -> Result<Outcome> {
    let server = (context.server)()?;
    let folder = sh::target_dir().join("samples");
    typescript(&folder.join("typescript"))?;
    rust(&folder.join("rust"))?;
    let mut load = sh::cargo_at(server.with_file_name("load"));
    load.env("CARGO_TARGET_DIR", sh::target_dir().join("sdks/rust"));
    load.arg("samples").arg("--server").arg(&server).arg("--folder").arg(&folder);
    load.arg("--python").arg(python(&folder.join("environment"))?);
    let mut tests = Tally::default();
    let ok = sh::watch(&mut load, |line| tests.read_cargo(line))?;
    Ok(Outcome { ok, tests })
}

/// The packed TypeScript SDK, where a program in `folder` finds it.
fn typescript(folder: &Path) -> Result<()> {
    install::npm("sdks/typescript", "the compiler of the TypeScript SDK")?;
    let package = folder.join("node_modules/@sayless/sdk");
    if package.exists() {
        fs::remove_dir_all(&package)?;
    }
    fs::create_dir_all(&package)?;
    let mut pack = sh::command("npm");
    pack.current_dir(sh::root().join("sdks/typescript")).args(["pack", "--silent", "--pack-destination"]);
    let packed = sh::output(pack.arg(folder))?;
    let packed = folder.join(packed.lines().last().context("npm packed nothing")?);
    let mut unpack = sh::command("tar");
    unpack.args(["--extract", "--gzip", "--strip-components=1", "--file"]).arg(packed);
    sh::output(unpack.arg("--directory").arg(package)).map(drop)
}

/// A Python that has the Python SDK.
fn python(environment: &Path) -> Result<PathBuf> {
    let python = environment.join("bin/python");
    if !python.is_file() {
        sh::output(sh::command("python3").args(["-m", "venv"]).arg(environment))?;
    }
    let mut pip = sh::command(&python);
    pip.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--upgrade",
        "./sdks/python",
    ]);
    sh::output(&mut pip)?;
    Ok(python)
}

/// A package for a program with the Rust SDK, on the versions that the SDK is tested with.
fn rust(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder.join("src"))?;
    let sdk = sh::root().join("sdks/rust");
    let manifest = format!(
        "[package]\nname = \"samples\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n[workspace]\n\n\
         [dependencies]\nsayless-sdk = {{ path = {:?} }}\nserde_json = \"1\"\n\
         tokio = {{ version = \"1\", default-features = false, features = [\"macros\", \"rt\"] }}\n\n\
         [profile.dev]\ndebug = false\n",
        sdk.display().to_string()
    );
    fs::write(folder.join("Cargo.toml"), manifest)?;
    let lock = fs::read_to_string(sdk.join("Cargo.lock")).context("sdks/rust/Cargo.lock")?;
    fs::write(folder.join("Cargo.lock"), lock)?;
    Ok(())
}
