//! `SHA256SUMS`: the checksum of each file of a release, in the form that `sha256sum --check` reads.

use super::output::Release;
use anyhow::Result;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use std::fs;

const NAME: &str = "SHA256SUMS";

/// Writes the checksums anew, and says what the release consists of.
pub fn write(release: &Release) -> Result<()> {
    let mut files: Vec<_> = fs::read_dir(&release.folder)?.collect::<Result<_, _>>()?;
    files.sort_by_key(fs::DirEntry::file_name);
    let mut sums = String::new();
    println!("\n{}", release.folder.display());
    for file in files {
        let name = file.file_name().to_string_lossy().into_owned();
        if name == NAME {
            continue;
        }
        let content = fs::read(file.path())?;
        println!("{:>12}  {name}", content.len());
        for byte in Sha256::digest(&content) {
            let _ = write!(sums, "{byte:02x}"); // a String takes everything
        }
        let _ = writeln!(sums, "  {name}");
    }
    fs::write(release.folder.join(NAME), sums)?;
    Ok(())
}
