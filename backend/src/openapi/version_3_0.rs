//! The document in OpenAPI 3.0.3, for generators that read no 3.1: the same operations in the older version's words.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::finish::{SCHEMAS, for_each_object};

type Object = Map<String, Value>;

/// Translates a document of OpenAPI 3.1 into 3.0.3.
pub fn downgrade(document: &Value) -> Value {
    let mut older = document.clone();
    older["openapi"] = json!("3.0.3");
    for (place, newer) in [("", "jsonSchemaDialect"), ("/info", "summary"), ("/info/license", "identifier")] {
        if let Some(object) = older.pointer_mut(place).and_then(Value::as_object_mut) {
            object.remove(newer);
        }
    }
    unite_successes(&mut older);
    translate(&mut older, false);
    if let Some(webhooks) = older.as_object_mut().and_then(|older| older.remove("webhooks")) {
        // The older version has no word for them.
        older["x-webhooks"] = webhooks;
    }
    let types = types(document);
    for_each_object(&mut older, &mut |object| name_type(object, &types));
    older
}

/// An operation with several kinds of success answers each of them by one schema, of which a generator makes one type.
fn unite_successes(document: &mut Value) {
    let mut united = Object::new();
    for_each_object(document, &mut |operation| {
        let Some(id) = operation.get("operationId").and_then(Value::as_str).map(Into::<String>::into) else {
            return;
        };
        let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) else { return };
        let schemas: Vec<&mut Value> = responses
            .iter_mut()
            .filter(|(status, _)| status.starts_with('2'))
            .filter_map(|(_, response)| response.pointer_mut("/content/application~1json/schema"))
            .collect();
        let parts: Vec<Value> = schemas.iter().map(|schema| (**schema).clone()).collect();
        if parts.windows(2).all(|pair| pair[0] == pair[1]) {
            return;
        }
        let name = format!("{}{}Answer", id[..1].to_uppercase(), &id[1..]);
        for schema in schemas {
            *schema = json!({ "$ref": format!("{SCHEMAS}{name}") });
        }
        united.insert(name, json!({ "oneOf": parts }));
    });
    if let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
        schemas.extend(united);
    }
}

/// Keys whose value is a map from names of our own; a property may be called `type` or `example`.
const MAPS: &[&str] =
    &["callbacks", "content", "headers", "paths", "properties", "responses", "schemas", "webhooks"];
/// Keys whose value is data, not part of the document.
const DATA: &[&str] = &["default", "enum", "example", "examples"];

/// Translates `value` and what is inside it; the keys of a `map` are names.
fn translate(value: &mut Value, map: bool) {
    match value {
        Value::Object(object) => {
            if !map {
                restate(object);
            }
            for (key, inner) in object {
                let key = key.as_str();
                if map || !(DATA.contains(&key) || key.starts_with("x-")) {
                    translate(inner, !map && MAPS.contains(&key));
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|inner| translate(inner, false)),
        _ => {}
    }
}

fn restate(object: &mut Object) {
    restate_security(object);
    restate_choice(object);
    restate_type(object);
    restate_values(object);
    restate_bounds(object);
    wrap_reference(object);
}

/// Only `oauth2` names scopes.
fn restate_security(object: &mut Object) {
    let requirements = object.get_mut("security").and_then(Value::as_array_mut).into_iter().flatten();
    for requirement in requirements.filter_map(Value::as_object_mut) {
        for (_, names) in requirement.iter_mut().filter(|(scheme, _)| *scheme != "oauth2") {
            *names = json!([]);
        }
    }
}

/// `oneOf` a schema and null is a nullable schema.
fn restate_choice(object: &mut Object) {
    for choice in ["oneOf", "anyOf"] {
        let Some(Value::Array(mut parts)) = object.remove(choice) else { continue };
        let before = parts.len();
        parts.retain(|part| part["type"] != "null");
        if parts.len() < before {
            object.insert("nullable".into(), json!(true));
        }
        if parts.len() != 1 {
            object.insert(choice.into(), json!(parts));
            continue;
        }
        for (key, value) in parts.remove(0).as_object().into_iter().flatten() {
            object.entry(key).or_insert_with(|| value.clone());
        }
    }
}

/// A type of several, one of them null, is one nullable type.
fn restate_type(object: &mut Object) {
    let Some(Value::Array(mut types)) = object.get("type").cloned() else { return };
    let before = types.len();
    types.retain(|kind| kind != "null");
    if types.len() < before {
        object.insert("nullable".into(), json!(true));
        if let Some(Value::Array(words)) = object.get_mut("enum") {
            words.push(Value::Null);
        }
    }
    match types.as_slice() {
        [only] => object.insert("type".into(), only.clone()),
        _ => object.remove("type"),
    };
}

/// `const` is an `enum` of one, and a schema has one `example`.
fn restate_values(object: &mut Object) {
    if let Some(only) = object.remove("const") {
        object.insert("enum".into(), json!([only]));
    }
    if let Some(Value::Array(examples)) = object.get("examples") {
        let first = examples.first().cloned();
        object.remove("examples");
        if let Some(first) = first {
            object.entry("example").or_insert(first);
        }
    }
    for newer in ["propertyNames", "contentEncoding", "contentMediaType"] {
        object.remove(newer);
    }
}

/// An exclusive bound is a bound and a mark.
fn restate_bounds(object: &mut Object) {
    for (exclusive, bound) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
        if let Some(limit) = object.get(exclusive).filter(|limit| limit.is_number()).cloned() {
            object.insert(bound.into(), limit);
            object.insert(exclusive.into(), json!(true));
        }
    }
}

/// Nothing counts beside a `$ref`: what a schema adds stands beside an `allOf` of it.
fn wrap_reference(object: &mut Object) {
    let is_schema = |target: &Value| target.as_str().is_some_and(|text| text.starts_with(SCHEMAS));
    if object.len() > 1 && object.get("$ref").is_some_and(is_schema) {
        let target = object.remove("$ref");
        object.insert("allOf".into(), json!([{ "$ref": target }]));
    }
}

/// The type of each schema, by its reference.
fn types(document: &Value) -> HashMap<String, Value> {
    let schemas = document.pointer("/components/schemas").and_then(Value::as_object);
    let of = |schema: &Value| schema.get("type").cloned().unwrap_or_else(|| json!("object"));
    schemas.into_iter().flatten().map(|(name, schema)| (format!("{SCHEMAS}{name}"), of(schema))).collect()
}

/// Only a schema that names its type may be nullable (OpenAPI 3.0.3, "Schema Object").
fn name_type(object: &mut Object, types: &HashMap<String, Value>) {
    if object.get("nullable") != Some(&json!(true)) || object.contains_key("type") {
        return;
    }
    let target = object.get("allOf").and_then(|parts| parts[0]["$ref"].as_str());
    if let Some(kind) = target.or_else(|| object.get("$ref")?.as_str()).and_then(|target| types.get(target)) {
        object.insert("type".into(), kind.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema(newer: &Value) -> Value {
        let older =
            downgrade(&json!({ "openapi": "3.1.0", "components": { "schemas": { "S": newer, "T": {} } } }));
        assert_eq!(older["openapi"], "3.0.3");
        older["components"]["schemas"]["S"].clone()
    }

    #[test]
    fn null_is_a_mark() {
        assert_eq!(
            schema(&json!({ "type": ["string", "null"] })),
            json!({ "type": "string", "nullable": true })
        );
        assert_eq!(
            schema(
                &json!({ "oneOf": [{ "$ref": "#/components/schemas/T", "description": "A" }, { "type": "null" }] })
            ),
            json!({ "allOf": [{ "$ref": "#/components/schemas/T" }], "description": "A", "nullable": true, "type": "object" })
        );
        assert_eq!(
            schema(&json!({ "type": ["string", "null"], "enum": ["a"] })),
            json!({ "type": "string", "nullable": true, "enum": ["a", null] })
        );
    }

    #[test]
    fn values_bounds_and_references_are_said_in_the_older_words() {
        assert_eq!(schema(&json!({ "const": 3 })), json!({ "enum": [3] }));
        assert_eq!(schema(&json!({ "examples": ["a", "b"] })), json!({ "example": "a" }));
        assert_eq!(
            schema(&json!({ "exclusiveMinimum": 0 })),
            json!({ "minimum": 0, "exclusiveMinimum": true })
        );
        assert_eq!(
            schema(&json!({ "$ref": "#/components/schemas/T", "description": "A" })),
            json!({ "allOf": [{ "$ref": "#/components/schemas/T" }], "description": "A" })
        );
    }

    #[test]
    fn names_and_examples_are_left_alone() {
        let plain = json!({
            "type": "object",
            "properties": { "const": { "type": "string" }, "examples": { "type": "array", "items": {} } },
            "example": { "type": ["string", "null"], "const": 1 }
        });
        assert_eq!(schema(&plain), plain);
    }
}
