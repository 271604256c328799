//! Objects: a struct, and where callers send it, what puts it together.

use super::casing;
use super::format::doc;
use super::reach::Use;
use super::types::{Takes, Type, Types};
use crate::document::reference;
use anyhow::{Context as _, Result};
use serde_json::Value;
use std::fmt::Write as _;

/// A property of an object.
pub struct Field {
    wire: String,
    name: String,
    doc: String,
    /// The type of a value that is there.
    of: Type,
    required: bool,
    change: bool,
}

impl Field {
    /// The properties of an object, the required ones first and in the order in which they are listed.
    pub fn all(types: &Types<'_>, owner: &str, schema: &Value, used: &Use) -> Result<Vec<Self>> {
        let Some(properties) = schema["properties"].as_object() else { return Ok(Vec::new()) };
        let required: Vec<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let place = |name: &str| required.iter().position(|other| *other == name).unwrap_or(usize::MAX);
        let mut fields = Vec::new();
        for (wire, property) in properties {
            let mut of = types.of(wire, property).with_context(|| format!("{owner}.{wire}"))?;
            if is_secret(owner, wire, property) {
                of = Type { text: "Secret".to_owned(), takes: Takes::Into, ..of };
            } else if of.text.starts_with("serde_json::Map") && !used.received {
                // What `json!` makes.
                of = Type { text: "serde_json::Value".to_owned(), takes: Takes::Into, ..of };
            }
            let mut described = property["oneOf"].as_array().into_iter().flatten().chain([property]);
            let text = described.find_map(|schema| schema["description"].as_str());
            let doc = text.map_or_else(|| format!("`{wire}`"), str::to_owned);
            let required = required.contains(&wire.as_str());
            fields.push(Self {
                name: casing::name(wire),
                wire: wire.clone(),
                doc,
                of,
                required,
                change: used.change,
            });
        }
        fields.sort_by_key(|field| place(&field.wire));
        Ok(fields)
    }

    fn is_certain(&self) -> bool {
        self.required && !self.of.nullable
    }

    fn holder(&self) -> Option<&'static str> {
        match self.is_certain() {
            true => None,
            false if self.change && self.of.nullable => Some("Patch"),
            false => Some("Option"),
        }
    }

    /// The field in its struct.
    pub fn declaration(&self, sent: bool) -> String {
        let mut attributes = Vec::new();
        if self.name != self.wire {
            attributes.push(format!("rename = {:?}", self.wire));
        }
        match self.holder() {
            Some("Patch") => attributes.push("skip_serializing_if = \"Patch::is_absent\"".to_owned()),
            Some(_) if sent => attributes.push("skip_serializing_if = \"Option::is_none\"".to_owned()),
            _ => {}
        }
        let serde = if attributes.is_empty() {
            String::new()
        } else {
            format!("#[serde({})]\n", attributes.join(", "))
        };
        let held = match self.holder() {
            Some(holder) => format!("{holder}<{}>", self.of.text),
            None => self.of.text.clone(),
        };
        format!("{}{serde}pub {}: {held},\n", doc(&self.doc), self.name)
    }

    fn setters(&self) -> String {
        let Some(holder) = self.holder() else { return String::new() };
        let (argument, value) = self.of.argument(&self.name);
        let some = if holder == "Patch" { "Patch::Value" } else { "Some" };
        let (name, text) = (&self.name, doc(&self.doc));
        let mut source = format!(
            "{text}#[must_use]\npub fn {name}(mut self, {name}: {argument}) -> Self {{\n\
             self.{name} = {some}({value});\nself\n}}\n\n"
        );
        if holder == "Patch" {
            source.extend([format!(
                "/// Clears `{}`.\n#[must_use]\npub fn clear_{}(mut self) -> Self {{\n\
                 self.{name} = Patch::Null;\nself\n}}\n\n",
                self.wire, self.wire
            )]);
        }
        source
    }
}

/// The struct of an object schema.
pub fn object(types: &Types<'_>, name: &str, schema: &Value, used: &Use) -> Result<String> {
    let text = schema["description"].as_str().unwrap_or_default();
    let text = if text.is_empty() { format!("`{name}`.") } else { text.to_owned() };
    let (base, own) = match schema["allOf"].as_array() {
        Some(parts) => {
            (parts.iter().find_map(reference), parts.iter().find(|part| reference(part).is_none()))
        }
        None => (None, Some(schema)),
    };
    let base = base.map(|base| (base_field(&base, own.unwrap_or(&Value::Null)), base));
    let fields = Field::all(types, name, own.unwrap_or(&Value::Null), used)?;
    let mut derives = vec!["Debug", "Clone", "PartialEq"];
    if used.sent {
        derives.push("serde::Serialize");
        if fields.iter().all(|field| !field.is_certain()) {
            derives.push("Default");
        }
    }
    if used.received {
        derives.push("serde::Deserialize");
    }
    let mut source = doc(&text);
    write!(source, "#[derive({})]\n#[non_exhaustive]\npub struct {name} {{\n", derives.join(", "))?;
    if let Some((field, base)) = &base {
        write!(source, "/// What every [`{base}`] has.\n#[serde(flatten)]\npub {field}: {base},\n")?;
    }
    for field in &fields {
        source += &field.declaration(used.sent);
    }
    source.push_str("}\n\n");
    if let Some((field, base)) = &base {
        write!(
            source,
            "impl std::ops::Deref for {name} {{\ntype Target = {base};\n\nfn deref(&self) -> &{base} {{\n\
             &self.{field}\n}}\n}}\n\n"
        )?;
    }
    if used.sent {
        source += &constructors(name, &fields)?;
    }
    Ok(source)
}

/// The field that holds what a struct extends: called after it, by its last word where the whole name is taken.
fn base_field(base: &str, own: &Value) -> String {
    let name = casing::snake(base);
    if own["properties"].get(&name).is_none() {
        return name;
    }
    name.rsplit('_').next().unwrap_or_default().to_owned()
}

fn constructors(name: &str, fields: &[Field]) -> Result<String> {
    let (needed, free): (Vec<&Field>, Vec<&Field>) = fields.iter().partition(|field| field.is_certain());
    let mut source = format!("impl {name} {{\n");
    if needed.is_empty() {
        source += "/// With nothing said.\npub fn new() -> Self {\nSelf::default()\n}\n\n";
    } else {
        let mut arguments = Vec::new();
        let mut values = Vec::new();
        for field in &needed {
            let (argument, value) = field.of.argument(&field.name);
            arguments.push(format!("{}: {argument}", field.name));
            let same = value == field.name;
            values.push(if same { value } else { format!("{}: {value}", field.name) });
        }
        values.extend(free.iter().map(|field| match field.holder() {
            Some("Patch") => format!("{}: Patch::Absent", field.name),
            _ => format!("{}: None", field.name),
        }));
        writeln!(source, "/// With what is required.")?;
        write!(
            source,
            "pub fn new({}) -> Self {{\nSelf {{ {} }}\n}}\n\n",
            arguments.join(", "),
            values.join(", ")
        )?;
    }
    for field in free {
        source += &field.setters();
    }
    Ok(source.trim_end().to_owned() + "\n}\n\n")
}

/// True if a property must not be printed.
fn is_secret(owner: &str, name: &str, schema: &Value) -> bool {
    let shown_once = schema["description"].as_str().is_some_and(|text| text.contains("Never shown again"));
    shown_once || schema["format"] == "password" || (owner == "NewWebhookHeader" && name == "value")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::collections::BTreeMap;

    fn made(schema: &Value, used: &Use) -> String {
        let document = crate::document::Document {
            operations: Vec::new(),
            schemas: BTreeMap::new(),
            events: BTreeMap::new(),
        };
        object(&Types::new(&document), "Thing", schema, used).unwrap()
    }

    #[test]
    fn what_is_required_is_an_argument_and_the_rest_has_setters() {
        let schema = json!({ "required": ["url"], "properties": {
            "url": { "type": "string" }, "type": { "type": ["string", "null"] }, "on": { "type": "boolean" } } });
        let source = made(&schema, &Use { sent: true, ..Use::default() });
        assert!(source.contains("pub fn new(url: impl Into<String>) -> Self"), "{source}");
        assert!(source.contains("pub fn type_(mut self, type_: impl Into<String>)"), "{source}");
        assert!(!source.contains("Patch") && !source.contains("Default"), "{source}");
        let source = made(&schema, &Use { sent: true, change: true, ..Use::default() });
        assert!(
            source.contains("pub type_: Patch<String>") && source.contains("pub fn clear_type"),
            "{source}"
        );
        assert!(source.contains("pub on: Option<bool>"), "{source}");
    }

    #[test]
    fn a_secret_has_a_type_that_does_not_print_it() {
        let schema = json!({ "required": ["key"], "properties": {
            "key": { "type": "string", "description": "The key. Never shown again." } } });
        let source = made(&schema, &Use { received: true, ..Use::default() });
        assert!(source.contains("pub key: Secret,"), "{source}");
    }
}
