//! What of `sdks/typescript` follows from the document: the types of bodies, answers and messages, and a class for each
//! resource.

mod messages;
mod operations;
mod resources;
mod schemas;
mod text;
mod types;

use crate::document::Document;
use crate::output::Files;
use anyhow::{Context as _, Result};
use std::fs;
use std::path::Path;

const FOLDER: &str = "sdks/typescript/src/generated";

/// Adds every generated file of the SDK of the project in `root`.
pub fn add(document: &Document, root: &Path, files: &mut Files) -> Result<()> {
    add_file(files, "schemas", &schemas::text(document)?);
    add_file(files, "messages", &messages::text(document)?);
    for (resource, operations) in resources::by_resource(document) {
        add_file(files, &format!("resources/{resource}"), &operations::text(&resource, &operations)?);
    }
    add_file(files, "resources", &resources::text(document));
    add_file(files, "version", &version(root)?);
    Ok(())
}

fn add_file(files: &mut Files, name: &str, text: &str) {
    let mark = "// Generated from openapi/openapi.json by `cargo xtask sdk`. Do not edit.\n\n";
    files.add(&format!("{FOLDER}/{name}.ts"), format!("{mark}{text}"));
}

/// The version in `package.json`, which the user agent tells.
fn version(root: &Path) -> Result<String> {
    let path = root.join("sdks/typescript/package.json");
    let package = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let package: serde_json::Value = serde_json::from_str(&package)?;
    let version = package["version"].as_str().context("sdks/typescript/package.json has no version")?;
    Ok(format!("/** The version of this package. */\nexport const VERSION = \"{version}\";\n"))
}
