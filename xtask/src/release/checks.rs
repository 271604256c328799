//! What must be true before a release: a clean working tree, one version everywhere, and a section of the changelog.

use crate::sh;
use anyhow::{Context as _, Result};
use std::fs;
use std::path::Path;

/// The files that state the version, each with the text that stands before it.
const STATEMENTS: &[(&str, &str)] = &[
    ("Cargo.toml", "\nversion = \""),
    ("sdks/typescript/package.json", "\"version\": \""),
    ("sdks/python/src/sayless/_version.py", "\n__version__ = \""),
    ("sdks/rust/Cargo.toml", "\nversion = \""),
];

/// The version of the workspace.
pub fn version() -> Result<String> {
    let (file, before) = STATEMENTS[0];
    let manifest = read(file)?;
    stated(&manifest, before).map(str::to_owned).with_context(|| format!("{file} states no version"))
}

/// The reasons why the project is not ready for a release.
pub fn findings(version: &str) -> Result<Vec<String>> {
    let mut findings = Vec::new();
    let changes = sh::output(sh::command("git").args(["status", "--porcelain"]))?;
    if !changes.is_empty() {
        findings.push(format!("the working tree has changes that are not committed:\n{changes}"));
    }
    for (file, before) in STATEMENTS {
        match read(file).ok().as_deref().and_then(|text| stated(text, before)) {
            Some(found) if found == version => {}
            Some(found) => findings.push(format!("{file} states version {found}, not {version}")),
            None => findings.push(format!("{file} states no version")),
        }
    }
    findings.extend(changelog(&read("CHANGELOG.md")?, version));
    Ok(findings)
}

/// The version's section has a date, and nothing is left under `Unreleased`.
fn changelog(text: &str, version: &str) -> Vec<String> {
    let mut findings = Vec::new();
    let heading = format!("## [{version}] - ");
    let dated = text.lines().filter_map(|line| line.strip_prefix(&heading)).any(is_date);
    if !dated {
        findings.push(format!("CHANGELOG.md has no section `{heading}YYYY-MM-DD`"));
    }
    let unreleased = text.split("\n## ").find(|section| section.starts_with("[Unreleased]"));
    if unreleased.is_some_and(|section| section.lines().any(|line| line.starts_with("- "))) {
        findings
            .push("CHANGELOG.md has entries under `Unreleased`: move them to the version's section".into());
    }
    findings
}

/// True for a text like 2026-11-28.
fn is_date(text: &str) -> bool {
    let shape =
        |byte: (usize, u8)| if matches!(byte.0, 4 | 7) { byte.1 == b'-' } else { byte.1.is_ascii_digit() };
    text.len() == 10 && text.bytes().enumerate().all(shape)
}

/// The text between `before` and the next quotation mark.
fn stated<'a>(text: &'a str, before: &str) -> Option<&'a str> {
    let (_, after) = text.split_once(before)?;
    Some(after.split_once('"')?.0)
}

fn read(file: &str) -> Result<String> {
    fs::read_to_string(sh::root().join(Path::new(file))).with_context(|| format!("cannot read {file}"))
}

#[cfg(test)]
mod tests {
    use super::{changelog, stated};

    #[test]
    fn a_release_has_a_dated_section_and_nothing_unreleased() {
        let ready = "# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - 2026-12-24\n\n### Added\n- Snow.\n";
        assert_eq!(changelog(ready, "0.2.0"), Vec::<String>::new());
        assert_eq!(changelog(ready, "0.3.0").len(), 1);
        assert_eq!(changelog(&ready.replace("2026-12-24", "soon"), "0.2.0").len(), 1);
        let left = ready.replace("## [Unreleased]\n", "## [Unreleased]\n\n### Fixed\n- Ice.\n");
        assert_eq!(changelog(&left, "0.2.0").len(), 1);
    }

    #[test]
    fn a_version_is_read_where_it_is_stated() {
        assert_eq!(stated("[package]\nversion = \"1.2.3\"\n", "\nversion = \""), Some("1.2.3"));
        assert_eq!(stated("rust-version = \"1.95\"\n", "\nversion = \""), None);
    }
}
