//! `cargo xtask frontend`: builds the console into `target/console/`, which the server embeds.
//!
//! The result is `index.html` and, under `assets/`, files named `<stem>-<hash of the content>.<extension>`, each with
//! a `.br` and a `.gz` copy beside it: `index.html` must be revalidated, `assets/` may be cached for ever.

mod bundle;
mod output;
pub mod toolchain;
mod wasm;

use crate::{install, sh};
use anyhow::{Context as _, Result, bail};
use output::short_hex;
pub use output::{Mode, out_dir, target_dir};
use sha2::{Digest as _, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// The command line: `[--dev] [--force]`.
pub fn command(options: &[&str]) -> Result<()> {
    let mut mode = Mode::Release;
    for option in options {
        match *option {
            "--dev" => mode = Mode::Dev,
            "--force" => forget()?,
            other => bail!("unknown option {other}; frontend knows --dev and --force"),
        }
    }
    build(mode)
}

/// The file with the hash of the inputs. It lies beside the result, not in it, because the result's folder is served.
fn stamp_path() -> PathBuf {
    sh::root().join("target/console.stamp")
}

fn forget() -> Result<()> {
    match fs::remove_file(stamp_path()) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

/// Builds the console, unless it was last built in the same way from the same inputs.
pub fn build(mode: Mode) -> Result<()> {
    let stamp = format!("{mode:?} {}", hash_inputs()?);
    if out_dir().join("index.html").is_file()
        && fs::read_to_string(stamp_path()).is_ok_and(|last| last == stamp)
    {
        return Ok(());
    }
    let started = Instant::now();
    eprintln!("Building the console.");
    install::npm("frontend", "the console's style sheet and the wasm optimiser")?;
    let work = target_dir().join("stage");
    fs::create_dir_all(&work)?;
    let module = wasm::build(mode, &work)?;
    let style = style(&work)?;
    forget()?;
    let size = bundle::write(&module, &style, &out_dir())?;
    fs::write(stamp_path(), stamp)?;
    eprintln!(
        "Console built in {:.1} s; first view, everything under Brotli: {} KB.",
        started.elapsed().as_secs_f32(),
        size.div_ceil(1000)
    );
    Ok(())
}

/// Compiles `frontend/style.css` with the classes that its `@source` lines find.
fn style(work: &Path) -> Result<PathBuf> {
    let out = work.join("style.css");
    let mut tailwind = sh::command("node_modules/.bin/tailwindcss");
    tailwind.current_dir(sh::root().join("frontend"));
    sh::output(tailwind.args(["--input", "style.css", "--minify", "--output"]).arg(&out))?;
    Ok(out)
}

/// One hash of the paths and contents of every file that the result depends on.
fn hash_inputs() -> Result<String> {
    let mut files = Vec::new();
    for folder in ["frontend", "api-types", "xtask/src/frontend", "xtask/bindgen"] {
        collect(&sh::root().join(folder), &mut files)?;
    }
    files.extend(["Cargo.toml", "Cargo.lock", ".cargo/config.toml"].map(|file| sh::root().join(file)));
    files.sort();
    let mut hash = Sha256::new();
    for file in files {
        hash.update(file.strip_prefix(sh::root()).unwrap_or(&file).to_string_lossy().as_bytes());
        hash.update([0]);
        hash.update(Sha256::digest(
            fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?,
        ));
    }
    Ok(short_hex(&hash.finalize(), 16))
}

fn collect(dir: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(dir).with_context(|| format!("cannot list {}", dir.display()))? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            if entry.file_name() != "node_modules" {
                collect(&entry.path(), files)?;
            }
        } else {
            files.push(entry.path());
        }
    }
    Ok(())
}
