//! Which Rust type a schema is.

use super::casing;
use crate::document::{Document, reference};
use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A type, and how a setter takes a value of it.
#[derive(Debug, Clone)]
pub struct Type {
    pub text: String,
    /// True if `null` is a value of the schema.
    pub nullable: bool,
    pub takes: Takes,
}

/// The argument of a setter.
#[derive(Debug, Clone)]
pub enum Takes {
    /// Anything that becomes the type.
    Into,
    /// The type itself.
    Itself,
    /// Anything that yields what the elements take.
    Each(Box<Type>),
}

/// The schemas, by what they are in Rust.
pub struct Types<'a> {
    pub schemas: &'a BTreeMap<String, Value>,
    /// The words of each vocabulary that has a name, by that name.
    words: BTreeMap<String, BTreeSet<String>>,
}

impl<'a> Types<'a> {
    pub fn new(document: &'a Document) -> Self {
        let named = document.schemas.iter();
        let words = named.filter_map(|(name, schema)| Some((name.clone(), words(schema)?))).collect();
        Self { schemas: &document.schemas, words }
    }

    /// The type of a schema; `name` is the parameter's or property's, for a vocabulary that has no other name.
    pub fn of(&self, name: &str, schema: &Value) -> Result<Type> {
        if let Some(target) = reference(schema) {
            return self.named(&target);
        }
        if let Some(either) = schema["oneOf"].as_array() {
            let other =
                either.iter().find(|schema| schema["type"] != "null").context("a schema of nothing")?;
            return Ok(Type { nullable: true, ..self.of(name, other)? });
        }
        if let Some(words) = words(schema) {
            return Ok(into(&self.vocabulary(name, &words)));
        }
        let types: Vec<&str> = match &schema["type"] {
            Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
            one => one.as_str().into_iter().collect(),
        };
        let nullable = types.contains(&"null");
        let made = match types.iter().find(|name| **name != "null").copied() {
            Some("string") if schema["format"] == "date-time" => into("Timestamp"),
            Some("string") => into("String"),
            Some("boolean") => itself("bool"),
            Some("number") => itself("f64"),
            Some("integer") => itself(integer(schema)),
            Some("array") => {
                let element = self.of(name, &schema["items"])?;
                let text = format!("Vec<{}>", element.text);
                Type { text, takes: Takes::Each(Box::new(element)), ..into("") }
            }
            Some("object") => itself("serde_json::Map<String, serde_json::Value>"),
            None if schema.as_object().is_some_and(|schema| !schema.contains_key("allOf")) => {
                into("serde_json::Value")
            }
            _ => bail!("{name}: no Rust type for {schema}"),
        };
        Ok(Type { nullable, ..made })
    }

    fn named(&self, target: &str) -> Result<Type> {
        let schema = self.schemas.get(target).with_context(|| format!("{target} is missing"))?;
        let made = if target == "Timestamp" {
            into("Timestamp")
        } else if is_id(schema) || words(schema).is_some() {
            into(open(target))
        } else {
            itself(target)
        };
        Ok(made)
    }

    /// The schema that describes a vocabulary: `Scope` for `KnownScope`, if there is one.
    pub fn described<'n>(&self, name: &'n str) -> &'n str {
        if self.schemas.contains_key(open(name)) { open(name) } else { name }
    }

    /// The vocabulary of these words, or one that is called after the parameter.
    fn vocabulary(&self, name: &str, words: &BTreeSet<String>) -> String {
        let same = self.words.iter().find(|(_, others)| *others == words);
        same.map_or_else(|| casing::pascal(name), |(name, _)| open(name).to_owned())
    }

    /// The schema of the vocabulary that these words are, if it has a name.
    pub fn vocabulary_schema(&self, schema: &Value) -> Option<&str> {
        let words = words(schema)?;
        let same = self.words.iter().find(|(_, others)| **others == words);
        same.map(|(name, _)| self.described(name))
    }
}

/// The words of a vocabulary, whether it is open or not.
fn words(schema: &Value) -> Option<BTreeSet<String>> {
    Some(word_list(schema)?.into_iter().collect())
}

/// The same, in their order.
pub fn word_list(schema: &Value) -> Option<Vec<String>> {
    let words = schema["x-extensible-enum"].as_array().or_else(|| schema["enum"].as_array())?;
    Some(words.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

/// The name of a vocabulary: what may be sent and what may come are one type.
pub fn open(name: &str) -> &str {
    name.strip_prefix("Known").unwrap_or(name)
}

/// True if the schema is an id's.
pub fn is_id(schema: &Value) -> bool {
    schema["type"] == "string" && schema["pattern"].is_string()
}

fn into(text: &str) -> Type {
    Type { text: text.to_owned(), nullable: false, takes: Takes::Into }
}

fn itself(text: &str) -> Type {
    Type { takes: Takes::Itself, ..into(text) }
}

fn integer(schema: &Value) -> &'static str {
    let natural = schema["minimum"].as_i64().is_some_and(|least| least >= 0);
    match (schema["format"] == "int32", natural) {
        (true, true) => "u32",
        (true, false) => "i32",
        (false, true) => "u64",
        (false, false) => "i64",
    }
}

impl Type {
    /// What a setter's argument is, and the expression that makes the type of it.
    pub fn argument(&self, name: &str) -> (String, String) {
        match &self.takes {
            Takes::Into => (format!("impl Into<{}>", self.text), format!("{name}.into()")),
            Takes::Itself => (self.text.clone(), name.to_owned()),
            Takes::Each(element) => match element.takes {
                Takes::Into => (
                    format!("impl IntoIterator<Item = impl Into<{}>>", element.text),
                    format!("{name}.into_iter().map(Into::into).collect()"),
                ),
                _ => (
                    format!("impl IntoIterator<Item = {}>", element.text),
                    format!("{name}.into_iter().collect()"),
                ),
            },
        }
    }
}
