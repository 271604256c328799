//! A schema as a type of TypeScript.

use super::text::{comment, each};
use crate::document::reference;
use anyhow::{Result, bail};
use serde_json::{Map, Value};

/// The use of an `enum`: its words are closed, or more may follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Words {
    /// The server takes these words alone.
    Closed,
    /// More words may come.
    Open,
}

/// The type of `schema`; `indent` is that of the line on which it begins.
pub fn type_of(schema: &Value, words: Words, indent: usize) -> Result<String> {
    if let Some(name) = reference(schema) {
        return Ok(name);
    }
    if let Some(only) = schema.get("const") {
        return Ok(only.to_string());
    }
    if let Some(known) = schema["x-extensible-enum"].as_array() {
        return Ok(union(known, true, indent));
    }
    if let Some(known) = schema["enum"].as_array() {
        return Ok(union(known, words == Words::Open, indent));
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let types: Result<Vec<String>> =
            choices.iter().map(|choice| type_of(choice, words, indent)).collect();
        return Ok(types?.join(" | "));
    }
    match &schema["type"] {
        Value::String(kind) => plain(kind, schema, words, indent),
        Value::Array(kinds) => {
            let kinds = kinds.iter().filter_map(Value::as_str);
            let types: Result<Vec<String>> = kinds.map(|kind| plain(kind, schema, words, indent)).collect();
            Ok(types?.join(" | "))
        }
        Value::Null => anything(schema),
        other => bail!("no type for {other}"),
    }
}

fn plain(kind: &str, schema: &Value, words: Words, indent: usize) -> Result<String> {
    Ok(match kind {
        "string" | "boolean" | "null" => kind.to_owned(),
        "integer" | "number" => "number".to_owned(),
        "array" => {
            let item = type_of(&schema["items"], words, indent)?;
            if item.contains(' ') { format!("({item})[]") } else { format!("{item}[]") }
        }
        "object" if schema["properties"].is_object() => {
            format!("{{\n{}{}}}", fields(schema, words, indent + 2)?, " ".repeat(indent))
        }
        "object" if schema["additionalProperties"].as_object().is_some_and(|rest| !rest.is_empty()) => {
            format!("Record<string, {}>", type_of(&schema["additionalProperties"], words, indent)?)
        }
        "object" => "Record<string, unknown>".to_owned(),
        other => bail!("no type for {other}"),
    })
}

/// A schema that says nothing but what it is for allows anything.
fn anything(schema: &Value) -> Result<String> {
    let says = |key: &String| !["description", "example", "examples", "title"].contains(&key.as_str());
    if schema.as_object().is_some_and(|schema| schema.keys().any(says)) {
        bail!("no type for {schema}");
    }
    Ok("unknown".to_owned())
}

fn union(known: &[Value], open: bool, indent: usize) -> String {
    let mut types: Vec<String> = known.iter().map(Value::to_string).collect();
    if open {
        types.push("(string & {})".to_owned());
    }
    let line = types.join(" | ");
    if indent + line.len() <= 90 {
        return line;
    }
    let pad = " ".repeat(indent + 2);
    each(types, |choice| format!("\n{pad}| {choice}"))
}

/// The fields of an object, one under the other.
pub fn fields(schema: &Value, words: Words, indent: usize) -> Result<String> {
    let required: Vec<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let mut text = String::new();
    for (name, field) in schema["properties"].as_object().into_iter().flat_map(Map::iter) {
        text += &field_of(name, field, required.contains(&name.as_str()), words, indent)?;
    }
    Ok(text)
}

/// A field with its comment.
pub fn field_of(name: &str, schema: &Value, required: bool, words: Words, indent: usize) -> Result<String> {
    let optional = if required { "" } else { "?" };
    let field_type = type_of(schema, words, indent)?;
    let gap = if field_type.starts_with('\n') { "" } else { " " };
    let comment = comment(&[description(schema)], indent);
    Ok(format!("{comment}{}{name}{optional}:{gap}{field_type};\n", " ".repeat(indent)))
}

/// What a schema, or the first of those that it chooses from, says of itself.
pub fn description(schema: &Value) -> &str {
    let own = &schema["description"];
    own.as_str().or_else(|| schema["oneOf"][0]["description"].as_str()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn closed(schema: &Value) -> String {
        type_of(schema, Words::Closed, 0).unwrap()
    }

    #[test]
    fn schemas_become_types() {
        assert_eq!(closed(&json!({ "$ref": "#/components/schemas/Webhook" })), "Webhook");
        assert_eq!(closed(&json!({ "type": ["integer", "null"] })), "number | null");
        assert_eq!(closed(&json!({ "type": "array", "items": { "enum": ["a", "b"] } })), "(\"a\" | \"b\")[]");
        assert_eq!(closed(&json!({ "x-extensible-enum": ["a"] })), "\"a\" | (string & {})");
        assert_eq!(type_of(&json!({ "enum": ["a"] }), Words::Open, 0).unwrap(), "\"a\" | (string & {})");
        assert_eq!(closed(&json!({ "oneOf": [{ "$ref": "x/Plan" }, { "type": "null" }] })), "Plan | null");
        assert_eq!(
            closed(&json!({ "type": "object", "additionalProperties": {} })),
            "Record<string, unknown>"
        );
        assert_eq!(closed(&json!({ "description": "Anything." })), "unknown");
        let object = json!({ "type": "object", "required": ["a"], "properties": {
            "a": { "type": "string" }, "b": { "type": "number", "description": "Why." },
        } });
        assert_eq!(closed(&object), "{\n  a: string;\n  /** Why. */\n  b?: number;\n}");
    }

    #[test]
    fn a_schema_of_an_unknown_kind_is_refused() {
        assert!(type_of(&json!({ "anyOf": [] }), Words::Closed, 0).is_err());
        assert!(type_of(&json!({ "type": "file" }), Words::Closed, 0).is_err());
    }
}
