//! The Rust SDK's generated part: `sdks/rust/src/generated`.

mod casing;
mod events;
mod format;
mod models;
mod operations;
mod reach;
mod structs;
mod types;
mod vocabulary;

use crate::document::Document;
use crate::output::Files;
use anyhow::{Context as _, Result};
use reach::Reach;
use std::path::Path;
use types::Types;

const FOLDER: &str = "sdks/rust/src/generated";
const NOTE: &str = "// Generated from openapi/openapi.json by `cargo xtask sdk`: do not edit.\n\n";

/// Adds the generated files of the Rust SDK of the project in `root`.
pub fn emit(document: &Document, root: &Path, files: &mut Files) -> Result<()> {
    let types = Types::new(document);
    let reach = Reach::of(document, &types)?;
    let models = models::of(document, &types, &reach)?;
    let mut sources = models.sources()?;
    sources.extend(operations::sources(document, &types, &models.names())?);
    sources.push(("events.rs".to_owned(), events::source(document, &types)?));
    let face = "//! What follows from the OpenAPI document.\n\npub mod events;\npub mod models;\npub mod resources;\n";
    sources.push(("mod.rs".to_owned(), face.to_owned()));
    for (path, source) in sources {
        let text = format::rust(root, &format!("{NOTE}{source}")).with_context(|| path.clone())?;
        files.add(&format!("{FOLDER}/{path}"), text);
    }
    Ok(())
}
