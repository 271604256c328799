//! The files of which an image is built from the released binary, without Rust: `docker build .` in their folder.

use super::binary;
use super::output::{Release, place, stage, write};
use crate::sh;
use anyhow::{Context as _, Result};
use std::fs;
use std::path::Path;

/// The line by which the repository's Dockerfile takes the binary from its own build.
const FROM_BUILD: &str = "COPY --from=build /usr/local/bin/sayless /usr/local/bin/sayless";
const FROM_FOLDER: &str = "COPY sayless /usr/local/bin/sayless";

/// Packs the binary, a Dockerfile, and the compose file with its settings.
pub fn make(release: &Release) -> Result<()> {
    let folder = stage(&format!("sayless-{}-image", release.version))?;
    place(&binary::path()?, &folder.join("sayless"), 0o755)?;
    let dockerfile = fs::read_to_string(sh::root().join("Dockerfile"))?;
    write(&folder.join("Dockerfile"), last_stage(&dockerfile)?, 0o644)?;
    for file in ["docker-compose.yml", ".env.example"] {
        place(Path::new(file), &folder.join(file), 0o644)?;
    }
    release.pack(&folder)
}

/// The last stage of the repository's Dockerfile, which is the image itself, with the binary from beside it.
fn last_stage(dockerfile: &str) -> Result<String> {
    let start = dockerfile.rfind("\nFROM ").context("Dockerfile: no stage")? + 1;
    let (before, after) = dockerfile[start..]
        .split_once(FROM_BUILD)
        .with_context(|| format!("Dockerfile: no `{FROM_BUILD}`"))?;
    Ok(format!(
        "# Sayless from its released binary: `docker build -t sayless .`\n\n{before}{FROM_FOLDER}{after}"
    ))
}

#[cfg(test)]
mod tests {
    use super::last_stage;

    #[test]
    fn the_image_of_a_release_is_the_repositorys_without_its_build() {
        let made = last_stage(include_str!("../../../Dockerfile")).unwrap();
        let stages: Vec<&str> = made.lines().filter(|line| line.starts_with("FROM ")).collect();
        assert_eq!(stages, ["FROM debian:bookworm-slim"]);
        assert!(made.contains("\nCOPY sayless /usr/local/bin/sayless\n"));
        assert!(!made.contains("--from="));
        assert!(made.ends_with("ENTRYPOINT [\"sayless\"]\nCMD [\"serve\"]\n"));
    }
}
