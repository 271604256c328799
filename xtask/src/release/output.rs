//! The release that is being put together, and the folders in it that become archives. The same commit gives the same archives:
//! order, owner and time of the files do not depend on the machine.

use crate::sh;
use anyhow::{Context as _, Result};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// A release that is being put together.
pub struct Release {
    pub version: String,
    /// The folder of the result.
    pub folder: PathBuf,
    /// The time that goes into archives: that of the last commit, in seconds since 1970. The same commit gives the same archives.
    pub epoch: String,
}

impl Release {
    /// Packs a folder that [`stage`] made as `NAME.tar.gz`, in which it is the one folder at the top.
    pub fn pack(&self, folder: &Path) -> Result<()> {
        let name = folder.file_name().context("a folder without a name")?;
        let mut archive = name.to_os_string();
        archive.push(".tar.gz");
        let mut tar = sh::command("tar");
        tar.args(["--create", "--gzip", "--sort=name", "--owner=0", "--group=0", "--numeric-owner"]);
        tar.arg(format!("--mtime=@{}", self.epoch)).arg("--file").arg(self.folder.join(archive));
        tar.arg("--directory").arg(folder.parent().context("a folder without a parent")?);
        sh::run(tar.arg(name))
    }
}

/// An empty folder in which the content of `name` is put together.
pub fn stage(name: &str) -> Result<PathBuf> {
    let folder = sh::target_dir().join("release-stage").join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// Copies a file, making its folder where there is none, and sets its permissions.
pub fn place(from: &Path, to: &Path, mode: u32) -> Result<()> {
    let from = sh::root().join(from);
    let content = fs::read(&from).with_context(|| format!("cannot read {}", from.display()))?;
    write(to, &content, mode)
}

/// Writes a file, making its folder where there is none, and sets its permissions.
pub fn write(to: &Path, content: impl AsRef<[u8]>, mode: u32) -> Result<()> {
    fs::create_dir_all(to.parent().context("a file without a folder")?)?;
    fs::write(to, content).with_context(|| format!("cannot write {}", to.display()))?;
    fs::set_permissions(to, fs::Permissions::from_mode(mode))?;
    Ok(())
}
