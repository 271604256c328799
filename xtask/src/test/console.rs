//! The console's build, beside other stages: its linking keeps one core busy for minutes, and stages that talk with servers
//! and tools leave one idle.

use crate::frontend::{self, Mode};
use crate::sh;
use anyhow::{Context as _, Result, bail};
use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, Command};
use std::sync::{Mutex, PoisonError};

/// The build that is under way, if one is.
static BEGUN: Mutex<Option<Child>> = Mutex::new(None);

/// Begins to build. What the build says is kept for [`finish`].
pub fn begin(mode: Mode) -> Result<()> {
    let log = log()?;
    let mut build = Command::new(std::env::current_exe()?);
    build.arg("frontend");
    if mode == Mode::Dev {
        build.arg("--dev");
    }
    build.stderr(log.try_clone()?).stdout(log);
    let child = build.spawn().with_context(|| format!("cannot start {}", sh::shown(&build)))?;
    *BEGUN.lock().unwrap_or_else(PoisonError::into_inner) = Some(child);
    Ok(())
}

/// Waits until the console is built; builds it where nothing was begun.
pub fn finish(mode: Mode) -> Result<()> {
    let begun = BEGUN.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(mut child) = begun {
        let status = child.wait()?;
        print!("{}", fs::read_to_string(log_path())?);
        if !status.success() {
            bail!("the console's build ended with {status}");
        }
    }
    frontend::build(mode)
}

fn log_path() -> PathBuf {
    frontend::target_dir().join("build.log")
}

fn log() -> Result<File> {
    fs::create_dir_all(frontend::target_dir())?;
    Ok(File::create(log_path())?)
}
