//! The files of models: each schema stands in the file of the one resource that uses it, or in the shared one. What callers only
//! send, and vocabularies, stand in files beside it.

use super::casing::words_of;
use super::reach::{Reach, Use};
use super::types::{Types, is_id, open, word_list};
use super::{structs, vocabulary};
use crate::document::Document;
use anyhow::{Context as _, Result};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

const SHARED: &str = "shared";
const IDS: &str = "ids";

/// The sources, by file, and the file of each type.
#[derive(Default)]
pub struct Models {
    files: BTreeMap<String, String>,
    places: BTreeMap<String, String>,
}

/// The models of a document.
pub fn of(document: &Document, types: &Types<'_>, reach: &Reach) -> Result<Models> {
    let mut models = Models::default();
    for (name, (resource, schema)) in &reach.nameless {
        models.add(name, &format!("{resource}_words"), &vocabulary::words(name, schema)?);
    }
    for (name, used) in reach.uses.iter().filter(|(name, _)| *name != "Timestamp") {
        let schema = document.schemas.get(name).with_context(|| format!("{name} is missing"))?;
        if is_id(schema) {
            models.add(name, IDS, &vocabulary::id(name, schema));
        } else if word_list(schema).is_some() {
            models.add(open(name), &(place(used) + "_words"), &vocabulary::words(open(name), schema)?);
        } else {
            let only_sent = if used.received { "" } else { "_requests" };
            models.add(name, &(place(used) + only_sent), &structs::object(types, name, schema, used)?);
        }
    }
    Ok(models)
}

/// The file of a schema: its resource's, or the shared one.
fn place(used: &Use) -> String {
    let mut resources = used.resources.iter();
    match (resources.next(), resources.next()) {
        (Some(resource), None) => resource.clone(),
        _ => SHARED.to_owned(),
    }
}

impl Models {
    fn add(&mut self, name: &str, file: &str, source: &str) {
        self.places.insert(name.to_owned(), file.to_owned());
        *self.files.entry(file.to_owned()).or_default() += source;
    }

    /// The names of all models.
    pub fn names(&self) -> BTreeSet<String> {
        self.places.keys().cloned().collect()
    }

    /// The paths and sources.
    pub fn sources(&self) -> Result<Vec<(String, String)>> {
        let mut face = String::from("//! What the API takes and gives.\n\n");
        let mut names = String::from("\n");
        let mut sources = Vec::new();
        for (file, source) in &self.files {
            writeln!(face, "mod {file};")?;
            let here: Vec<&str> = self
                .places
                .iter()
                .filter(|(_, place)| *place == file)
                .map(|(name, _)| name.as_str())
                .collect();
            write!(names, "pub {}", import(file, &here))?;
            let source = if file == IDS { format!("ids! {{\n{source}}}\n") } else { source.clone() };
            let text = format!("//! {}.\n\n{}\n{source}", title(file), self.imports(file, &source));
            sources.push((format!("models/{file}.rs"), text));
        }
        sources.push(("models/mod.rs".to_owned(), face + &names));
        Ok(sources)
    }

    /// The `use` lines that a source needs.
    fn imports(&self, file: &str, source: &str) -> String {
        let words = words_in(source);
        let mut lines = BTreeMap::new();
        for (name, place) in
            self.places.iter().filter(|(name, place)| *place != file && words.contains(name.as_str()))
        {
            lines.entry(format!("super::{place}")).or_insert_with(Vec::new).push(name.as_str());
        }
        for (module, name) in [("patch", "Patch"), ("secret", "Secret"), ("timestamp", "Timestamp")] {
            if words.contains(name) {
                lines.insert(format!("crate::{module}"), vec![name]);
            }
        }
        let macros = ["ids", "words"].into_iter().filter(|name| source.contains(&format!("{name}! {{")));
        lines.extend(macros.map(|name| ("crate::vocabulary".to_owned(), vec![name])));
        lines.iter().map(|(module, names)| import(module, names)).collect()
    }
}

/// The names that may be types in a source: comments, and the words of vocabularies, are none.
pub fn words_in(source: &str) -> BTreeSet<&str> {
    let code = source.lines().filter(|line| !line.trim_start().starts_with("//") && !line.contains(" = \""));
    code.flat_map(|line| line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')).collect()
}

/// A `use` line.
pub fn import(module: &str, names: &[&str]) -> String {
    match names {
        [name] => format!("use {module}::{name};\n"),
        names => format!("use {module}::{{{}}};\n", names.join(", ")),
    }
}

fn title(file: &str) -> String {
    let (resource, what) = if let Some(resource) = file.strip_suffix("_requests") {
        (resource, "What callers send")
    } else if let Some(resource) = file.strip_suffix("_words") {
        (resource, "Vocabularies")
    } else {
        (file, "Models")
    };
    match resource {
        IDS => "Ids".to_owned(),
        SHARED => format!("{what}: several resources"),
        _ => format!("{what}: {}", words_of(resource)),
    }
}
