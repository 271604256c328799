//! The folder that is served: content-hashed names, references between the files, compressed copies.

use super::output::short_hex;
use super::wasm::Module;
use crate::sh;
use anyhow::{Context as _, Result, bail};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Writes the bundle anew and returns how many bytes a first view transfers under Brotli.
pub fn write(module: &Module, style: &Path, out: &Path) -> Result<u64> {
    if out.exists() {
        fs::remove_dir_all(out)?;
    }
    fs::create_dir_all(out.join("assets"))?;
    let mut bundle = Bundle { out, addresses: BTreeMap::new(), written: Vec::new() };
    bundle.add("console.wasm", &fs::read(&module.wasm)?)?;
    bundle.add("console.js", &fs::read(&module.js)?)?;
    bundle.add_assets(&sh::root().join("frontend/assets"))?;
    bundle.add_style(style)?;
    let page = fs::read_to_string(sh::root().join("frontend/index.html"))?;
    let page = bundle.fill(&page)?;
    bundle.store("index.html", page.as_bytes())?;
    bundle.compress()
}

struct Bundle<'a> {
    out: &'a Path,
    /// The address of each file, by the name that placeholders use.
    addresses: BTreeMap<String, String>,
    written: Vec<PathBuf>,
}

impl Bundle<'_> {
    /// Stores a file under its content-hashed name and remembers its address.
    fn add(&mut self, name: &str, bytes: &[u8]) -> Result<String> {
        let (stem, extension) = name.rsplit_once('.').with_context(|| format!("{name} has no extension"))?;
        let hashed = format!("assets/{stem}-{}.{extension}", short_hex(&Sha256::digest(bytes), 6));
        self.store(&hashed, bytes)?;
        let address = format!("/{hashed}");
        self.addresses.insert(name.to_owned(), address.clone());
        Ok(address)
    }

    fn store(&mut self, relative: &str, bytes: &[u8]) -> Result<()> {
        let path = self.out.join(relative);
        fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
        self.written.push(path);
        Ok(())
    }

    /// `frontend/assets`: scripts last, since they may name the others.
    fn add_assets(&mut self, dir: &Path) -> Result<()> {
        let mut paths: Vec<PathBuf> =
            fs::read_dir(dir)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
        let is_script = |path: &Path| path.extension().is_some_and(|extension| extension == "js");
        paths.sort_by_key(|path| (is_script(path), path.clone()));
        for path in paths {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let mut bytes = fs::read(&path)?;
            if is_script(&path) {
                bytes = self.fill(&String::from_utf8(bytes)?)?.into_bytes();
            }
            self.add(&name, &bytes)?;
        }
        Ok(())
    }

    /// The style sheet; files that it names by `url(…)`, relative to `frontend/`, become part of the bundle.
    fn add_style(&mut self, style: &Path) -> Result<()> {
        let css = fs::read_to_string(style)?;
        let mut filled = String::with_capacity(css.len());
        let mut rest = css.as_str();
        while let Some(start) = rest.find("url(") {
            let (before, after) = rest.split_at(start + 4);
            let end = after.find(')').context("style.css: url( without an end")?;
            let reference = after[..end].trim_matches(['"', '\'', ' ']);
            filled.push_str(before);
            if reference.starts_with("data:") || reference.starts_with('#') {
                filled.push_str(&after[..end]);
            } else {
                filled.push_str(&self.add_reference(reference)?);
            }
            rest = &after[end..];
        }
        filled.push_str(rest);
        self.add("style.css", filled.as_bytes())?;
        Ok(())
    }

    fn add_reference(&mut self, reference: &str) -> Result<String> {
        let path = sh::root().join("frontend").join(reference);
        let bytes =
            fs::read(&path).with_context(|| format!("style.css names {reference}, which is not there"))?;
        self.add(&path.file_name().unwrap_or_default().to_string_lossy(), &bytes)
    }

    /// Replaces each `{{name}}` by the address of that file.
    fn fill(&self, text: &str) -> Result<String> {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            let (name, after) = after.split_once("}}").context("a placeholder has no end")?;
            let Some(address) = self.addresses.get(name) else {
                bail!("nothing in the bundle is called {name}")
            };
            filled.push_str(before);
            filled.push_str(address);
            rest = after;
        }
        filled.push_str(rest);
        Ok(filled)
    }

    /// Adds the compressed copies, where there is anything to gain.
    fn compress(&self) -> Result<u64> {
        let packed = ["woff2", "png", "jpg", "webp"];
        let is_packed =
            |path: &Path| path.extension().is_some_and(|extension| packed.iter().any(|p| extension == *p));
        let (packed, plain): (Vec<_>, Vec<_>) = self.written.iter().partition(|path| is_packed(path));
        sh::output(sh::command("node").arg("frontend/compress.mjs").args(&plain))?;
        let mut total = 0;
        for path in plain {
            total += fs::metadata(format!("{}.br", path.display()))?.len();
        }
        for path in packed {
            total += fs::metadata(path)?.len();
        }
        Ok(total)
    }
}
