//! `floors [ROOT [TABLE]]`: checks every source folder of the table below the project's root, and says what is wrong.

use anyhow::{Context as _, Result, anyhow, bail};
use floors::{Sources, check, table};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let root = arguments.next().unwrap_or_else(|| ".".into());
    let table = arguments.next().unwrap_or_else(|| root.join("floors.txt"));
    match run(&root, &table) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("floors: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Prints a report for each folder; true if nothing is wrong.
fn run(root: &Path, table: &Path) -> Result<bool> {
    let text = fs::read_to_string(table).with_context(|| table.display().to_string())?;
    let houses = table::read(&text).map_err(|error| anyhow!("{}: {error}", table.display()))?;
    if houses.is_empty() {
        bail!("{} names no folder", table.display());
    }
    let mut clean = true;
    let mut summary = String::new();
    for house in &houses {
        let folder = root.join(&house.folder);
        let mut sources = Sources::new();
        read(&folder, "", &mut sources)?;
        let report = check::check(house, &sources, &library(&folder)?);
        clean &= report.is_clean();
        let text = report.text();
        let last = text.trim_end().rfind('\n').map_or(0, |end| end + 1);
        print!("{}", &text[..last]);
        summary.push_str(&text[last..]);
    }
    print!("{summary}");
    Ok(clean)
}

/// Reads every `.rs` file below a folder.
fn read(folder: &Path, before: &str, sources: &mut Sources) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        let name = format!("{before}{}", path.file_name().unwrap_or_default().to_string_lossy());
        if path.is_dir() {
            read(&path, &format!("{name}/"), sources)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            sources.insert(name, fs::read_to_string(&path).with_context(|| path.display().to_string())?);
        }
    }
    Ok(())
}

/// The name by which a `main.rs` knows the library beside it: the first one in the package's manifest.
fn library(folder: &Path) -> Result<String> {
    let manifest = folder.join("../Cargo.toml");
    let text = fs::read_to_string(&manifest).with_context(|| manifest.display().to_string())?;
    let mut names = text.lines().filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'));
    Ok(names.next().unwrap_or_default().replace('-', "_"))
}
