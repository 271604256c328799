//! Writes what of the SDKs follows from the OpenAPI document: `sdk ROOT` in the project's folder, `sdk ROOT --check` says
//! which files are not what it would write.

mod document;
mod names;
mod output;
mod python;
mod rust;
mod samples;
mod typescript;

use anyhow::{Context as _, Result, bail};
use document::Document;
use output::Files;
use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sdk: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let root = PathBuf::from(args.first().context("usage: sdk ROOT [--check]")?);
    let document = Document::read(&root)?;
    let mut files = Files::default();
    samples::add(&document, &root, &mut files)?;
    typescript::add(&document, &root, &mut files)?;
    python::add(&document, &mut files)?;
    rust::emit(&document, &root, &mut files)?;
    if args.get(1).is_some_and(|option| option == "--check") {
        let stale = files.stale(&root);
        if !stale.is_empty() {
            bail!("not what the document says (cargo xtask sdk writes them anew): {}", stale.join(", "));
        }
        return Ok(());
    }
    files.write(&root)
}
