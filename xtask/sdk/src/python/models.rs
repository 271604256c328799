//! `models.py`, `params.py` and `words.py`.

use super::text::{add, docstring, escape, import};
use super::types::{Side, Types, description, properties, words_of};
use crate::document::reference;
use anyhow::{Result, ensure};
use serde_json::Value;
use std::collections::BTreeSet;

/// Attributes that every model has beside its fields.
const TAKEN: &[&str] = &["etag", "response_headers", "to_dict"];
const TYPING: &[&str] = &["Any", "Literal", "Optional", "TypedDict", "Union"];

/// The file of the classes of answers.
pub fn models(types: &mut Types<'_>) -> Result<String> {
    let mut done = BTreeSet::new();
    let mut classes = String::new();
    // A class may name further ones.
    while let Some(name) = types.models.difference(&done).next().cloned() {
        model(&name, types, &mut done, &mut classes)?;
    }
    let mut text =
        "\"\"\"What the API answers with.\"\"\"\n\nfrom __future__ import annotations\n\n".to_owned();
    text += &import("datetime", &["datetime"], &classes);
    text += &import("typing", TYPING, &classes);
    text += "\nfrom ._model import Model\n";
    text += &import_words(types, ".words", &classes);
    Ok(text + &classes)
}

/// Imports of the words that `text` names.
pub fn import_words(types: &Types<'_>, module: &str, text: &str) -> String {
    let mut words: Vec<&str> = types.words.iter().map(String::as_str).collect();
    words.sort_by_key(|word| word.to_lowercase());
    import(module, &words, text)
}

fn model(name: &str, types: &mut Types<'_>, done: &mut BTreeSet<String>, out: &mut String) -> Result<()> {
    if !done.insert(name.to_owned()) {
        return Ok(());
    }
    let schema = types.schema(name)?;
    let parent = reference(&schema["allOf"][0]);
    if let Some(parent) = &parent {
        types.models.insert(parent.clone());
        model(parent, types, done, out)?;
    }
    let own = if parent.is_some() { &schema["allOf"][1] } else { schema };
    add(out, format_args!("\n\nclass {name}({}):\n", parent.as_deref().unwrap_or("Model")));
    *out += &docstring(schema["description"].as_str().unwrap_or(name), 4);
    *out += &fields(own, types)?;
    Ok(())
}

/// The fields of a class of answers.
pub fn fields(schema: &Value, types: &mut Types<'_>) -> Result<String> {
    let mut out = String::new();
    for (name, property, required) in properties(schema) {
        ensure!(
            !TAKEN.contains(&name.as_str()),
            "every model has {name} of its own: give the field an escape"
        );
        let mut kind = types.of(property, Side::Answer)?;
        if !required && !kind.starts_with("Optional[") && kind != "Any" {
            kind = format!("Optional[{kind}]");
        }
        add(
            &mut out,
            format_args!("\n    {}: {kind}\n{}", escape(name), docstring(description(property), 4)),
        );
    }
    Ok(out)
}

/// The file of the dictionaries in bodies.
pub fn params(types: &mut Types<'_>) -> Result<String> {
    let mut done = BTreeSet::new();
    let mut classes = String::new();
    while let Some(name) = types.params.difference(&done).next().cloned() {
        param(&name, types, &mut classes)?;
        done.insert(name);
    }
    let mut text =
        "\"\"\"Dictionaries that calls take.\"\"\"\n\nfrom __future__ import annotations\n\n".to_owned();
    text += &import("collections.abc", &["Mapping", "Sequence"], &classes);
    text += &import("typing", TYPING, &classes);
    let ours = import("._times", &["Time"], &classes) + &import_words(types, ".words", &classes);
    if !ours.is_empty() {
        text += &("\n".to_owned() + &ours);
    }
    Ok(text + &classes)
}

/// A dictionary. The required fields are a class of their own: `NotRequired` came with Python 3.11.
fn param(name: &str, types: &mut Types<'_>, out: &mut String) -> Result<()> {
    let schema = types.schema(name)?;
    let mut required = String::new();
    let mut optional = String::new();
    for (field, property, is_required) in properties(schema) {
        let kind = types.of(property, Side::Body)?;
        let line = format!("\n    {field}: {kind}\n{}", docstring(description(property), 4));
        if is_required { required += &line } else { optional += &line }
    }
    let mut parent = "TypedDict".to_owned();
    if !required.is_empty() && !optional.is_empty() {
        parent = format!("_{name}Required");
        add(out, format_args!("\n\nclass {parent}(TypedDict):{required}"));
        required.clear();
    }
    let total = if required.is_empty() { ", total=False" } else { "" };
    add(out, format_args!("\n\nclass {name}Param({parent}{total}):\n"));
    *out += &docstring(schema["description"].as_str().unwrap_or(name), 4);
    *out += &(required + &optional);
    Ok(())
}

/// The file of the lists of words.
pub fn words(types: &Types<'_>) -> Result<String> {
    let mut out = "\"\"\"Words that the API uses.\n\nA list that begins with `Known` is what this version may send. The others are \
        what it has\nheard of: a later server may answer with more, so that any `str` may come.\n\"\"\"\n\n\
        from __future__ import annotations\n\nfrom typing import Literal, Union\n"
        .to_owned();
    for name in &types.words {
        let schema = types.schema(name)?;
        let words = words_of(schema).unwrap_or_default();
        if schema["enum"].is_array() {
            add(&mut out, format_args!("\n{name} = Literal[\n    \"{}\",\n]\n", words.join("\",\n    \"")));
        } else {
            let lines = words.join("\",\n        \"");
            add(
                &mut out,
                format_args!("\n{name} = Union[\n    Literal[\n        \"{lines}\",\n    ],\n    str,\n]\n"),
            );
        }
        out += &docstring(schema["description"].as_str().unwrap_or(name), 0);
    }
    Ok(out)
}
