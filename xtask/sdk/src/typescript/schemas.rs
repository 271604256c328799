//! `schemas.ts`: a type for each schema that an operation, a problem or another schema names.

use super::text::comment;
use super::types::{Words, fields, type_of};
use crate::document::{Answer, Document, Operation, reference};
use anyhow::{Context as _, Result, ensure};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// The file.
pub fn text(document: &Document) -> Result<String> {
    let declarations: Result<Vec<String>> = reached(document)?
        .iter()
        .map(|name| declaration(name, &document.schemas[name]).with_context(|| name.clone()))
        .collect();
    Ok(declarations?.join("\n"))
}

/// The names of the schemas that are needed, in their order.
fn reached(document: &Document) -> Result<BTreeSet<String>> {
    let mut open: Vec<String> = vec!["Problem".to_owned(), "KnownEventType".to_owned()];
    open.extend(document.operations.iter().flat_map(named));
    let mut reached = BTreeSet::new();
    while let Some(name) = open.pop() {
        let schema = document.schemas.get(&name).with_context(|| format!("no schema {name}"))?;
        if reached.insert(name) {
            open.extend(references(schema));
        }
    }
    Ok(reached)
}

fn named(operation: &Operation) -> Vec<String> {
    let parameters = operation.path_parameters.iter().chain(&operation.query);
    let mut names: Vec<String> = parameters.flat_map(|parameter| references(&parameter.schema)).collect();
    names.extend(operation.body.iter().map(|body| body.schema.clone()));
    match &operation.answer {
        Answer::Nothing => {}
        Answer::Object(name) => names.push(name.clone()),
        Answer::Page { page, .. } => names.push(page.clone()),
    }
    names
}

/// The names of all schemas that `schema` refers to.
pub fn references(schema: &Value) -> Vec<String> {
    let mut names: Vec<String> = reference(schema).into_iter().collect();
    match schema {
        Value::Object(object) => names.extend(object.values().flat_map(references)),
        Value::Array(items) => names.extend(items.iter().flat_map(references)),
        _ => {}
    }
    names
}

fn declaration(name: &str, schema: &Value) -> Result<String> {
    let example = schema["examples"][0].as_str().filter(|_| schema["x-extensible-enum"].is_null());
    let example = example.map(|example| format!("Such as `{example}`.")).unwrap_or_default();
    let comment = comment(&[schema["description"].as_str().unwrap_or_default(), &example], 0);
    let text = if let Some(parts) = schema["allOf"].as_array() {
        extension(name, parts)?
    } else if schema["type"] == "object" && schema["properties"].is_object() {
        format!("export interface {name} {{\n{}}}\n", fields(schema, Words::Closed, 2)?)
    } else {
        let alias = type_of(schema, Words::Closed, 0)?;
        let gap = if alias.starts_with('\n') { "" } else { " " };
        format!("export type {name} ={gap}{alias};\n")
    };
    Ok(comment + &text)
}

/// A schema that has all fields of another one, and some of its own.
fn extension(name: &str, parts: &[Value]) -> Result<String> {
    let bases: Vec<String> = parts.iter().filter_map(reference).collect();
    let own: Vec<&Value> = parts.iter().filter(|part| reference(part).is_none()).collect();
    ensure!(own.iter().all(|part| part["properties"].as_object().is_some_and(|own| !Map::is_empty(own))));
    let fields: Result<String> = own.iter().map(|part| fields(part, Words::Closed, 2)).collect();
    Ok(format!("export interface {name} extends {} {{\n{}}}\n", bases.join(", "), fields?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_schema_with_the_fields_of_another_extends_it() {
        let schema = json!({ "description": "With its secret.", "allOf": [
            { "$ref": "#/components/schemas/Webhook" },
            { "type": "object", "properties": { "signing_secret": { "type": ["string", "null"] } } },
        ] });
        let expected = "/** With its secret. */\nexport interface CreatedWebhook extends Webhook {\n  signing_secret?: string | null;\n}\n";
        assert_eq!(declaration("CreatedWebhook", &schema).unwrap(), expected);
    }

    #[test]
    fn an_id_is_a_text_with_an_example() {
        let schema = json!({ "type": "string", "examples": ["whk_1"] });
        let expected = "/** Such as `whk_1`. */\nexport type WebhookId = string;\n";
        assert_eq!(declaration("WebhookId", &schema).unwrap(), expected);
    }
}
