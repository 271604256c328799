//! The Rust SDK: packed, unpacked in a fresh folder, and tried there against a real server.

use super::stage::{Context, Outcome};
use super::tally::Tally;
use crate::sh;
use anyhow::{Context as _, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const SDK: &str = "sdks/rust";

/// Formatting, lints and documentation of the SDK, and a build of its tests and its quick start with the package.
pub fn package(_: &Context) -> Result<Outcome> {
    sh::run(cargo(&sh::root().join(SDK)).args(["fmt", "--all", "--check"]))?;
    let folder = unpacked()?;
    let mut clippy = cargo(&folder);
    clippy.args([
        "clippy",
        "--quiet",
        "--locked",
        "--workspace",
        "--all-targets",
        "--",
        "--deny",
        "warnings",
    ]);
    sh::run(&mut clippy)?;
    let mut documentation = cargo(&folder);
    documentation.env("RUSTDOCFLAGS", "--deny warnings");
    sh::run(documentation.args(["doc", "--quiet", "--locked", "--workspace", "--no-deps"]))?;
    sh::run(cargo(&folder).args(["test", "--quiet", "--locked", "--workspace", "--no-run"]))?;
    Ok(Outcome { ok: true, tests: Tally::default() })
}

/// The tests and the quick start, as [`package`] has built them.
pub fn story(context: &Context) -> Result<Outcome> {
    let server = (context.server)()?;
    let folder = fresh();
    let mut story = sh::command(server.with_file_name("load"));
    story.current_dir(&folder).env("CARGO_TARGET_DIR", target());
    story.args(["sandbox", "--server"]).arg(&server).args(["--", "sh", "-c", STORY]);
    let mut tests = Tally::default();
    let ok = sh::watch(&mut story, |line| tests.read_cargo(line))?;
    Ok(Outcome { ok, tests })
}

/// The programs that run beside the server. Building the tests has built the quick start.
const STORY: &str = "\"$CARGO_TARGET_DIR/debug/examples/quick_start\" && \
    exec cargo test --quiet --locked --workspace --no-fail-fast";

/// Packs the SDK, and puts the package into an empty folder with what uses it: the story, the receivers, and the program of
/// the quick start. The folder is a workspace like the SDK's own, so that its lock file fits.
fn unpacked() -> Result<PathBuf> {
    let sdk = sh::root().join(SDK);
    let mut pack = cargo(&sdk);
    pack.args(["package", "--quiet", "--locked", "--allow-dirty", "--no-verify", "--package", "sayless-sdk"]);
    sh::run(&mut pack)?;
    let manifest = fs::read_to_string(sdk.join("Cargo.toml"))?;
    let package = named(&manifest)?;
    let folder = fresh();
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let archive = target().join(format!("package/{package}.crate"));
    // As files of now: in the package all of them are of one old day, and cargo would keep what it built of the last ones.
    sh::run(sh::command("tar").arg("xzmf").arg(archive).arg("-C").arg(&folder))?;
    for user in ["examples", "story"] {
        sh::run(sh::command("cp").arg("-r").arg(sdk.join(user)).arg(&folder))?;
        let manifest = folder.join(user).join("Cargo.toml");
        let text = fs::read_to_string(&manifest)?;
        fs::write(&manifest, text.replace("path = \"..\"", &format!("path = \"../{package}\"")))?;
    }
    for file in ["Cargo.lock", "clippy.toml"] {
        fs::copy(sdk.join(file), folder.join(file))?;
    }
    let lints =
        manifest.find("[workspace.lints").context("sdks/rust/Cargo.toml has no lints of the workspace")?;
    let members =
        format!("[workspace]\nmembers = [\"{package}\", \"examples\", \"story\"]\nresolver = \"3\"\n\n");
    fs::write(folder.join("Cargo.toml"), members + &manifest[lints..])?;
    quick_start(&folder, &package)?;
    Ok(folder)
}

/// The name of the package's folder, with its version.
fn named(manifest: &str) -> Result<String> {
    let version = manifest.lines().find_map(|line| line.strip_prefix("version = \"")?.strip_suffix('"'));
    Ok(format!("sayless-sdk-{}", version.context("sdks/rust/Cargo.toml states no version")?))
}

/// Writes the program that the package's README shows first.
fn quick_start(folder: &Path, package: &str) -> Result<()> {
    let readme = fs::read_to_string(folder.join(package).join("README.md"))?;
    let program = readme.split("```").find_map(|block| block.strip_prefix("rust,no_run\n"));
    let program = program.context("the README of the Rust SDK shows no program")?;
    let examples = folder.join("story/examples");
    fs::create_dir_all(&examples)?;
    fs::write(examples.join("quick_start.rs"), format!("//! The quick start.\n\n{program}"))?;
    Ok(())
}

/// The folder with the unpacked package.
fn fresh() -> PathBuf {
    target().join("fresh")
}

/// The target folder of everything here, so that nothing is compiled twice.
fn target() -> PathBuf {
    sh::target_dir().join("sdks/rust")
}

fn cargo(folder: &Path) -> Command {
    let mut cargo = sh::cargo();
    cargo.current_dir(folder).env("CARGO_TARGET_DIR", target());
    cargo
}
