//! `keys.json` in the data folder: the server's own keys on the embedded database, for the owner alone to read. It is written
//! whole or not at all.

use std::{
    fs,
    io::{self, ErrorKind, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::keys_error::KeysError;

/// The name of the file in its folder.
const NAME: &str = "keys.json";

/// The content of the key file: each key as the variable of its name has it.
#[derive(Serialize, Deserialize)]
pub struct KeyFile {
    pub pepper: String,
    pub sealing_key: String,
}

impl std::fmt::Debug for KeyFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeyFile")
    }
}

/// The key file of a data folder.
pub fn path(folder: &Path) -> PathBuf {
    folder.join(NAME)
}

impl KeyFile {
    /// Reads the file; `None` where there is none.
    pub fn read(path: &Path) -> Result<Option<Self>, KeysError> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(path, &error)),
        };
        warn_if_open(path);
        Self::of_text(path, &text).map(Some)
    }

    /// Reads the content of a file, which stood in `path`.
    pub fn of_text(path: &Path, text: &str) -> Result<Self, KeysError> {
        // The parser's own message may repeat a key.
        serde_json::from_str(text).map_err(|_| KeysError::Damaged { path: path.display().to_string() })
    }

    /// The content of the file.
    pub fn to_text(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// Writes a first file. Leaves a file alone that another process made meanwhile.
    pub fn create(&self, path: &Path) -> Result<(), KeysError> {
        let linked = self.put_beside(path).and_then(|beside| {
            let linked = fs::hard_link(&beside, path);
            fs::remove_file(&beside)?;
            match linked {
                Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
                _ => sync_folder(path),
            }
        });
        linked.map_err(|error| failed(path, &error))
    }

    /// Writes the file in place of the one before.
    pub fn replace(&self, path: &Path) -> Result<(), KeysError> {
        let renamed = self.put_beside(path).and_then(|beside| {
            fs::rename(beside, path)?;
            sync_folder(path)
        });
        renamed.map_err(|error| failed(path, &error))
    }

    /// Writes a file of this process beside the real one.
    fn put_beside(&self, path: &Path) -> io::Result<PathBuf> {
        let beside = path.with_extension(format!("json.{}", std::process::id()));
        let mut file =
            fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
        file.write_all(self.to_text().as_bytes())?;
        file.sync_all()?;
        Ok(beside)
    }
}

fn failed(path: &Path, error: &io::Error) -> KeysError {
    KeysError::File { path: path.display().to_string(), why: error.to_string() }
}

/// Makes a new name in the file's folder durable.
pub fn sync_folder(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => fs::File::open(folder)?.sync_all(),
        _ => fs::File::open(".")?.sync_all(),
    }
}

/// Warns of keys that others on this machine can read. It starts all the same: a backup that was copied back in a hurry often has
/// the wrong mode.
fn warn_if_open(path: &Path) {
    let mode = fs::metadata(path).map_or(0, |metadata| metadata.permissions().mode());
    if mode & 0o077 != 0 {
        let path = path.display();
        tracing::warn!(%path, "others than the owner may read or write the key file: chmod 600 it");
    }
}
