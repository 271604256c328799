//! Running other programs: where the project's root is, a clean `cargo`, and what to say when one fails.

use anyhow::{Context as _, Result, bail};
use std::ffi::{OsStr, OsString};
use std::io::{BufRead as _, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// The workspace's root folder.
pub fn root() -> &'static Path {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest)
}

/// Cargo's target folder: `CARGO_TARGET_DIR` where it is set, else `target` at the root.
pub fn target_dir() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}

/// A command that starts in the workspace's root.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root());
    command
}

/// `cargo`, without what the outer `cargo run` told this process about its own package: build scripts watch
/// those variables and would run again at every change between the two.
pub fn cargo() -> Command {
    cargo_at(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// [`cargo`], of another toolchain.
pub fn cargo_at(program: impl AsRef<OsStr>) -> Command {
    let mut command = command(program);
    for (name, _) in std::env::vars_os() {
        if is_about_this_package(&name) {
            command.env_remove(name);
        }
    }
    command
}

fn is_about_this_package(name: &OsString) -> bool {
    let name = name.to_string_lossy();
    name == "OUT_DIR"
        || ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_", "CARGO_PRIMARY_"]
            .iter()
            .any(|prefix| name.starts_with(prefix))
}

/// Runs to the end, output to the terminal; an error names the command unless it ended well.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot start {}", shown(command)))?;
    if !status.success() {
        bail!("{} ended with {status}", shown(command));
    }
    Ok(())
}

/// Runs to the end and returns what it wrote to stdout, trimmed; its stderr is part of the error.
pub fn output(command: &mut Command) -> Result<String> {
    let output =
        command.stdin(Stdio::null()).output().with_context(|| format!("cannot start {}", shown(command)))?;
    if !output.status.success() {
        let stderr = String::from_utf8_lossy(&output.stderr);
        bail!("{} ended with {}\n{}", shown(command), output.status, stderr.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// True if a program of this name is on the PATH.
pub fn has(program: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|dir| dir.join(program).is_file()))
}

/// The command as a person would type it.
pub fn shown(command: &Command) -> String {
    let mut line = command.get_program().to_string_lossy().into_owned();
    for arg in command.get_args() {
        line.push(' ');
        line.push_str(&arg.to_string_lossy());
    }
    line
}

/// Runs to the end, echoing each line of stdout and showing it to `watch`; whether the command ended well.
pub fn watch(command: &mut Command, watch: impl FnMut(&str)) -> Result<bool> {
    let mut child = start(command.stdout(Stdio::piped()))?;
    each_line(child.stdout.take(), |line| println!("{line}"), watch)?;
    Ok(child.wait()?.success())
}

/// [`watch`], of stderr.
pub fn watch_stderr(command: &mut Command, watch: impl FnMut(&str)) -> Result<bool> {
    let mut child = start(command.stderr(Stdio::piped()))?;
    each_line(child.stderr.take(), |line| eprintln!("{line}"), watch)?;
    Ok(child.wait()?.success())
}

fn start(command: &mut Command) -> Result<Child> {
    command.stdin(Stdio::null()).spawn().with_context(|| format!("cannot start {}", shown(command)))
}

fn each_line(output: Option<impl Read>, echo: impl Fn(&str), mut watch: impl FnMut(&str)) -> Result<()> {
    let Some(output) = output else { return Ok(()) };
    for line in BufReader::new(output).split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        echo(&line);
        watch(&line);
    }
    Ok(())
}
