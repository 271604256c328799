//! Work that runs beside other stages: they leave a core idle while they wait for servers, timers and tools.

use crate::sh;
use anyhow::{Context as _, Result, bail};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::{Mutex, PoisonError};

/// One piece of work, in a process of its own.
pub struct Beside {
    begun: Mutex<Option<(Child, PathBuf)>>,
}

impl Beside {
    /// Nothing is begun yet.
    pub const fn new() -> Self {
        Self { begun: Mutex::new(None) }
    }

    /// Begins the work. What it says goes to `log`, and is printed by [`Self::finish`].
    pub fn begin(&self, work: &mut Command, log: &Path) -> Result<()> {
        if let Some(folder) = log.parent() {
            fs::create_dir_all(folder)?;
        }
        let file = File::create(log)?;
        work.stderr(file.try_clone()?).stdout(file);
        let child = work.spawn().with_context(|| format!("cannot start {}", sh::shown(work)))?;
        *self.begun.lock().unwrap_or_else(PoisonError::into_inner) = Some((child, log.to_owned()));
        Ok(())
    }

    /// Waits for the end of the work, if it was begun. An error if it failed.
    pub fn finish(&self) -> Result<()> {
        let begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some((mut child, log)) = begun else { return Ok(()) };
        let status = child.wait()?;
        print!("{}", fs::read_to_string(log)?);
        if !status.success() {
            bail!("what ran beside other stages ended with {status}");
        }
        Ok(())
    }
}
