//! `resources/`: a file for each resource with its two classes, and the base of both clients, which has all resources.

use super::method::{Method, Mode};
use super::models::import_words;
use super::text::{add, class_name, import, names};
use super::types::Types;
use crate::document::{Document, Operation};
use anyhow::Result;
use std::collections::BTreeMap;

/// The files, by their names without `.py`.
pub fn write(document: &Document, types: &mut Types<'_>) -> Result<BTreeMap<String, String>> {
    let mut resources: BTreeMap<&str, Vec<&Operation>> = BTreeMap::new();
    for operation in &document.operations {
        resources.entry(&operation.name.resource).or_default().push(operation);
    }
    let mut files = BTreeMap::new();
    files.insert("__init__".to_owned(), face(&resources.keys().copied().collect::<Vec<_>>()));
    for (name, operations) in resources {
        files.insert(name.to_owned(), resource(name, &operations, types)?);
    }
    Ok(files)
}

/// `__init__.py`.
fn face(resources: &[&str]) -> String {
    let mut text = "\"\"\"The resources of the API.\"\"\"\n\nfrom __future__ import annotations\n\n\
        from .._connection import AsyncConnection, Connection\n"
        .to_owned();
    for resource in resources {
        let class = class_name(resource);
        let mut classes = [format!("Async{class}Resource"), format!("{class}Resource")];
        classes.sort();
        add(&mut text, format_args!("from .{resource} import {}\n", classes.join(", ")));
    }
    for (prefix, kind) in [("", "calls"), ("Async", "coroutines")] {
        add(
            &mut text,
            format_args!(
                "\n\nclass {prefix}Resources:\n    \"\"\"Every operation, by resource, as {kind}.\"\"\"\n\n"
            ),
        );
        add(&mut text, format_args!("    def __init__(self, connection: {prefix}Connection) -> None:\n"));
        for resource in resources {
            let class = class_name(resource);
            add(&mut text, format_args!("        self.{resource} = {prefix}{class}Resource(connection)\n"));
        }
    }
    text
}

fn resource(name: &str, operations: &[&Operation], types: &mut Types<'_>) -> Result<String> {
    let class = class_name(name);
    let noun = name.replace('_', " ");
    let mut classes = String::new();
    for (mode, prefix, how) in [(Mode::Sync, "", ""), (Mode::Async, "Async", ", as coroutines")] {
        add(&mut classes, format_args!("\n\nclass {prefix}{class}Resource({prefix}Resource):\n"));
        add(&mut classes, format_args!("    \"\"\"The operations on {noun}{how}.\"\"\"\n"));
        for operation in operations {
            classes += &Method::read(operation, types)?.write(mode);
        }
    }
    let mut text = format!("\"\"\"The operations on {noun}.\"\"\"\n\nfrom __future__ import annotations\n\n");
    text += &import("collections.abc", &["Mapping", "Sequence"], &classes);
    text += &import("typing", &["Any", "Literal", "Optional", "Union"], &classes);
    if !text.ends_with("\n\n") {
        text.push('\n');
    }
    text += "from .._config import Timeout\n";
    text += &import(".._omit", &["OMIT", "OrOmit"], &classes);
    text += &import(".._paged", &["AsyncPaged", "Listing", "Paged"], &classes);
    text += &import(".._request", &["Call", "new_key", "segment"], &classes);
    text += &import(".._resource", &["AsyncResource", "Resource"], &classes);
    text += &import(".._times", &["Time"], &classes);
    text += &import_all("..models", types.models.iter().cloned(), &classes);
    text += &import_all("..params", types.params.iter().map(|name| format!("{name}Param")), &classes);
    Ok(text + &import_words(types, "..words", &classes) + &classes)
}

fn import_all(module: &str, classes: impl Iterator<Item = String>, text: &str) -> String {
    let used: Vec<String> = classes.filter(|class| names(text, class)).collect();
    let used: Vec<&str> = used.iter().map(String::as_str).collect();
    import(module, &used, text)
}
