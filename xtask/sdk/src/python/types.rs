//! The Python types of schemas, and which schemas they name: those become classes and words.

use crate::document::reference;
use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The schemas, and those of them that something has named so far.
pub struct Types<'a> {
    pub schemas: &'a BTreeMap<String, Value>,
    /// Objects in answers.
    pub models: BTreeSet<String>,
    /// Objects in bodies.
    pub params: BTreeSet<String>,
    /// Lists of words.
    pub words: BTreeSet<String>,
}

/// The side on which a schema stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Answer,
    Body,
}

impl<'a> Types<'a> {
    pub const fn new(schemas: &'a BTreeMap<String, Value>) -> Self {
        Self { schemas, models: BTreeSet::new(), params: BTreeSet::new(), words: BTreeSet::new() }
    }

    /// A schema of `components.schemas`.
    pub fn schema(&self, name: &str) -> Result<&'a Value> {
        self.schemas.get(name).with_context(|| format!("there is no schema {name}"))
    }

    /// The type of a schema. What it names is taken down.
    pub fn of(&mut self, schema: &Value, side: Side) -> Result<String> {
        if let Some(name) = reference(schema) {
            return self.named(&name, side);
        }
        if let Some(variants) = schema["oneOf"].as_array() {
            let [value, null] = variants.as_slice() else { bail!("oneOf is not of two: {schema}") };
            if null["type"] != "null" {
                bail!("oneOf is not of a type and null: {schema}");
            }
            return Ok(format!("Optional[{}]", self.of(value, side)?));
        }
        if let [kind, "null"] = kinds(schema).as_slice() {
            return Ok(format!("Optional[{}]", self.plain(kind, schema, side)?));
        }
        match kinds(schema).as_slice() {
            [] => Ok("Any".to_owned()),
            [kind] => self.plain(kind, schema, side),
            _ => bail!("a type that is not known here: {schema}"),
        }
    }

    fn plain(&mut self, kind: &str, schema: &Value, side: Side) -> Result<String> {
        if let Some(words) = words_of(schema) {
            return Ok(self.inline_words(&words, side));
        }
        Ok(match kind {
            "string" if schema["format"] == "date-time" => time(side).to_owned(),
            "string" => "str".to_owned(),
            "integer" => "int".to_owned(),
            "number" => "float".to_owned(),
            "boolean" => "bool".to_owned(),
            "array" => {
                let item = self.of(&schema["items"], side)?;
                if side == Side::Answer { format!("list[{item}]") } else { format!("Sequence[{item}]") }
            }
            "object" if side == Side::Answer => "dict[str, Any]".to_owned(),
            "object" => "Mapping[str, Any]".to_owned(),
            other => bail!("a type that is not known here: {other}"),
        })
    }

    fn named(&mut self, name: &str, side: Side) -> Result<String> {
        let schema = self.schema(name)?;
        if words_of(schema).is_some() {
            self.words.insert(name.to_owned());
            return Ok(name.to_owned());
        }
        if schema["type"] != "object" && schema["allOf"].is_null() {
            return self.of(schema, side);
        }
        if side == Side::Answer {
            self.models.insert(name.to_owned());
            return Ok(name.to_owned());
        }
        self.params.insert(name.to_owned());
        Ok(format!("{name}Param"))
    }

    /// A list of words that has no name here: the name of the same list elsewhere, or the words themselves. An answer may
    /// hold further ones.
    fn inline_words(&mut self, words: &[&str], side: Side) -> String {
        let same = |name: &&String| words_of(&self.schemas[*name]).as_deref() == Some(words);
        let fits = |name: &&String| name.starts_with("Known") == (side == Side::Body);
        let named = self.schemas.keys().filter(same).collect::<Vec<_>>();
        let found = named.iter().copied().find(fits);
        // A parameter takes the words of answers where the document has no list of its own for it.
        if let Some(name) = found.or_else(|| named.first().copied().filter(|_| side == Side::Body)) {
            self.words.insert(name.clone());
            return name.clone();
        }
        let words = literal(words);
        if side == Side::Body { words } else { format!("Union[{words}, str]") }
    }
}

/// `Literal["a", "b"]`.
pub fn literal(words: &[&str]) -> String {
    format!("Literal[\"{}\"]", words.join("\", \""))
}

/// The words of a schema: all there are (`enum`), or those that are known (`x-extensible-enum`).
pub fn words_of(schema: &Value) -> Option<Vec<&str>> {
    let words = schema["enum"].as_array().or_else(|| schema["x-extensible-enum"].as_array())?;
    words.iter().map(Value::as_str).collect()
}

fn kinds(schema: &Value) -> Vec<&str> {
    match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => vec![],
    }
}

const fn time(side: Side) -> &'static str {
    match side {
        Side::Answer => "datetime",
        Side::Body => "Time",
    }
}

/// The properties of an object in the document's order, each with whether it is required.
pub fn properties(schema: &Value) -> impl Iterator<Item = (&String, &Value, bool)> {
    let required = move |name: &str| {
        schema["required"].as_array().is_some_and(|names| names.iter().any(|other| other == name))
    };
    let all = schema["properties"].as_object().into_iter().flatten();
    all.map(move |(name, property)| (name, property, required(name)))
}

/// The description of a property, which may stand in the first of `oneOf`.
pub fn description(property: &Value) -> &str {
    let inner = &property["oneOf"][0]["description"];
    property["description"].as_str().or_else(|| inner.as_str()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn schemas() -> BTreeMap<String, Value> {
        let schemas = json!({
            "Time": { "type": "string", "format": "date-time" },
            "State": { "type": "string", "x-extensible-enum": ["on", "off"] },
            "KnownState": { "type": "string", "enum": ["on", "off"] },
            "Lamp": { "type": "object" },
        });
        serde_json::from_value(schemas).unwrap()
    }

    #[test]
    fn each_side_has_its_types() {
        let schemas = schemas();
        let mut types = Types::new(&schemas);
        let lamps = json!({ "type": "array", "items": { "$ref": "#/components/schemas/Lamp" } });
        let state = json!({ "type": "string", "enum": ["on", "off"] });
        let other = json!({ "type": ["string", "null"], "enum": ["red"] });
        let time = json!({ "oneOf": [{ "$ref": "#/components/schemas/Time" }, { "type": "null" }] });
        for (schema, answer, body) in [
            (lamps, "list[Lamp]", "Sequence[LampParam]"),
            (state, "State", "KnownState"),
            (other, "Optional[Union[Literal[\"red\"], str]]", "Optional[Literal[\"red\"]]"),
            (time, "Optional[datetime]", "Optional[Time]"),
            (json!({}), "Any", "Any"),
            (json!({ "type": "object" }), "dict[str, Any]", "Mapping[str, Any]"),
        ] {
            assert_eq!(types.of(&schema, Side::Answer).unwrap(), answer);
            assert_eq!(types.of(&schema, Side::Body).unwrap(), body);
        }
        assert!(
            types.models.contains("Lamp") && types.params.contains("Lamp") && types.words.contains("State")
        );
        assert!(types.of(&json!({ "oneOf": [{}, {}] }), Side::Body).is_err());
        assert!(types.of(&json!({ "$ref": "#/components/schemas/Missing" }), Side::Body).is_err());
    }
}
