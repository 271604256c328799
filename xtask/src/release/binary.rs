//! The server's binary for this machine's kind, with the console in it, as an archive.

use super::output::{Release, place, stage};
use crate::frontend::{self, Mode};
use crate::{install, sh};
use anyhow::{Context as _, Result, bail};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

/// The profile in Cargo.toml that releases are built with.
const PROFILE: &str = "dist";

/// The binary as the last build left it.
pub fn path() -> Result<PathBuf> {
    let binary = sh::target_dir().join(PROFILE).join("sayless");
    if !binary.is_file() {
        bail!("{} is missing: build it with --only binary", binary.display());
    }
    Ok(binary)
}

/// The kind of machine that the binary is for, as rustc names it.
pub fn host() -> Result<String> {
    let about = sh::output(sh::command("rustc").arg("-vV"))?;
    let host = about.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).context("rustc -vV names no host")
}

/// Builds the console and the server, and packs the server.
pub fn make(release: &Release) -> Result<()> {
    install::server_libraries()?;
    frontend::build(Mode::Release)?;
    let mut build = sh::cargo();
    sh::run(build.args(["build", "--locked", "--profile", PROFILE, "--package", "sayless"]))?;
    let binary = path()?;
    check_version(&binary, &release.version)?;
    check_console(&binary)?;
    let folder = stage(&format!("sayless-{}-{}", release.version, host()?))?;
    place(&binary, &folder.join("sayless"), 0o755)?;
    for file in ["README.md", "CHANGELOG.md", "LICENSE-MIT", "LICENSE-APACHE"] {
        place(Path::new(file), &folder.join(file), 0o644)?;
    }
    release.pack(&folder)
}

fn check_version(binary: &Path, version: &str) -> Result<()> {
    let said = sh::output(sh::command(binary).arg("--version"))?;
    if said != format!("sayless {version}") {
        bail!("{} says it is {said}, not sayless {version}", binary.display());
    }
    Ok(())
}

/// The binary embeds the console that was just built: the names of its files are in it.
fn check_console(binary: &Path) -> Result<()> {
    let content = fs::read(binary)?;
    for asset in fs::read_dir(frontend::out_dir().join("assets"))? {
        let name = asset?.file_name();
        if Path::new(&name).extension() == Some(OsStr::new("wasm"))
            && !holds(&content, name.as_encoded_bytes())
        {
            bail!("{} does not embed the console's {}", binary.display(), name.display());
        }
    }
    Ok(())
}

fn holds(content: &[u8], wanted: &[u8]) -> bool {
    content.windows(wanted.len()).any(|part| part == wanted)
}
