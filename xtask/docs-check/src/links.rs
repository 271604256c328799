//! Links between Markdown files: the file is there, and has the heading. `docs/contents.md` lists every page once.

use crate::markdown::Markdown;
use anyhow::{Context as _, Result, ensure};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::process::Command;

/// The table of contents of the documentation.
const CONTENTS: &str = "docs/contents.md";

/// Every Markdown file that belongs to the repository, from its root.
pub fn markdown_files(root: &Path) -> Result<Vec<PathBuf>> {
    let mut git = Command::new("git");
    git.current_dir(root).args(["ls-files", "--cached", "--others", "--exclude-standard", "-z", "*.md"]);
    let output = git.output().context("git cannot be started")?;
    ensure!(output.status.success(), "git: {}", String::from_utf8_lossy(&output.stderr).trim());
    let names = String::from_utf8(output.stdout).context("a file name is not UTF-8")?;
    let present = names.split('\0').filter(|name| !name.is_empty()).map(PathBuf::from);
    Ok(present.filter(|path| root.join(path).is_file()).collect())
}

/// The findings, a line each.
pub fn check(root: &Path, files: &[PathBuf]) -> Result<Vec<String>> {
    let mut read = BTreeMap::new();
    for path in files {
        let text = fs::read_to_string(root.join(path)).with_context(|| path.display().to_string())?;
        read.insert(path.clone(), Markdown::read(&text));
    }
    let mut faults = Vec::new();
    for (path, markdown) in &read {
        for link in &markdown.links {
            if let Err(fault) = follow(root, &read, path, &link.target) {
                faults.push(format!("{}:{}: {}: {fault}", path.display(), link.line, link.target));
            }
        }
    }
    faults.extend(unlisted(&read));
    Ok(faults)
}

/// Follows one link. Addresses of other sites are not asked for.
fn follow(root: &Path, files: &BTreeMap<PathBuf, Markdown>, from: &Path, target: &str) -> Result<(), String> {
    if target.split_once(':').is_some_and(|(scheme, _)| matches!(scheme, "http" | "https" | "mailto")) {
        return Ok(());
    }
    let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
    let to = if file.is_empty() { from.to_owned() } else { beside(from, file)? };
    if let Some(markdown) = files.get(&to) {
        let there = anchor.is_empty() || markdown.anchors.contains(anchor);
        return if there { Ok(()) } else { Err("there is no such heading".into()) };
    }
    if !root.join(&to).exists() {
        return Err("there is no such file".into());
    }
    if anchor.is_empty() { Ok(()) } else { Err("only Markdown files have headings".into()) }
}

/// A path beside the file `from`, from the root.
fn beside(from: &Path, relative: &str) -> Result<PathBuf, String> {
    if relative.starts_with('/') {
        return Err("links between files are relative, so that they work on a repository page, too".into());
    }
    let mut path = from.parent().unwrap_or(Path::new("")).to_owned();
    for part in Path::new(relative).components() {
        match part {
            Component::Normal(name) => path.push(name),
            Component::ParentDir if path.pop() => {}
            Component::CurDir => {}
            _ => return Err("the link leads out of the repository".into()),
        }
    }
    Ok(path)
}

/// Pages of `docs/` that the table of contents does not have, or has twice.
fn unlisted(files: &BTreeMap<PathBuf, Markdown>) -> Vec<String> {
    let contents = Path::new(CONTENTS);
    let Some(table) = files.get(contents) else { return Vec::new() };
    let mut faults = Vec::new();
    let mut listed = BTreeSet::new();
    for link in &table.links {
        if let Ok(path) = beside(contents, &link.target)
            && !listed.insert(path)
        {
            faults.push(format!("{CONTENTS}:{}: {} stands there twice", link.line, link.target));
        }
    }
    let pages = files.keys().filter(|path| path.starts_with("docs") && path.as_path() != contents);
    let missing = pages.filter(|path| !listed.contains(*path));
    faults.extend(missing.map(|path| format!("{CONTENTS}: {} is missing", path.display())));
    faults
}
