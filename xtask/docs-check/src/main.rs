//! `docs-check links`: every link of every Markdown file leads to a file and a heading that are there.
//! `docs-check blocks`: every code block of the documentation says whether it is run.
//! `docs-check run [PAGE…]`: runs the code blocks, each page in a fresh folder.

use anyhow::{Result, bail};
use docs_check::{links, page, run};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "usage: docs-check links|blocks|run [PAGE…], at the project's root";

fn main() -> ExitCode {
    match command() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("docs-check: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// `true` where nothing is wrong.
fn command() -> Result<bool> {
    let mut arguments = std::env::args().skip(1);
    let root = Path::new(".");
    match arguments.next().as_deref() {
        Some("links") => {
            let files = links::markdown_files(root)?;
            let faults = links::check(root, &files)?;
            Ok(told(&faults, &format!("{} Markdown files: every link leads somewhere.", files.len())))
        }
        Some("blocks") => {
            let pages = page::all(root)?;
            let blocks: usize = pages.iter().map(|page| page.blocks.len()).sum();
            let faults: Vec<_> = pages.into_iter().flat_map(|page| page.faults).collect();
            Ok(told(&faults, &format!("{blocks} code blocks: each says whether it is run.")))
        }
        Some("run") => {
            let wanted: Vec<PathBuf> = arguments.map(PathBuf::from).collect();
            run::pages(root, &page::all(root)?, &wanted)
        }
        _ => bail!(USAGE),
    }
}

/// Prints the faults, or that there are none.
fn told(faults: &[String], good: &str) -> bool {
    for fault in faults {
        println!("{fault}");
    }
    if faults.is_empty() {
        println!("{good}");
    }
    faults.is_empty()
}
