//! Files that are written, or compared with those that are there.

use anyhow::{Context as _, Result};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Generated files: the text of each, by its path in the project's folder.
#[derive(Debug, Default)]
pub struct Files(BTreeMap<String, String>);

impl Files {
    /// Adds a file.
    pub fn add(&mut self, path: &str, text: String) {
        self.0.insert(path.to_owned(), text);
    }

    /// The text of one of them.
    #[cfg(test)]
    pub fn text(&self, path: &str) -> Option<&str> {
        self.0.get(path).map(String::as_str)
    }

    /// The paths of those that are missing, or other than what would be written.
    pub fn stale(&self, root: &Path) -> Vec<&str> {
        let differs =
            |path: &str, text: &str| fs::read_to_string(root.join(path)).ok().as_deref() != Some(text);
        self.0.iter().filter(|(path, text)| differs(path, text)).map(|(path, _)| path.as_str()).collect()
    }

    /// Writes each of them.
    pub fn write(&self, root: &Path) -> Result<()> {
        for (path, text) in &self.0 {
            let path = root.join(path);
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            fs::write(&path, text).with_context(|| path.display().to_string())?;
        }
        Ok(())
    }
}
