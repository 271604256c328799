//! Examples of what an operation takes, and what its answer is called.

use crate::document::{Answer, Document, Operation, reference};
use serde_json::Value;

/// Ids that have no example in their schema.
const WITHOUT: [(&str, &str); 2] = [("name", "rate-limited"), ("id", "7Jq2mWc4Tz")];

/// An example of a parameter.
pub fn of_parameter(name: &str, schema: &Value, schemas: &Value) -> String {
    let schema = reference(schema).map_or(schema, |target| &schemas[&target]);
    let stated = schema["examples"][0].as_str().or_else(|| schema["example"].as_str());
    let known = WITHOUT.iter().find(|(known, _)| *known == name).map(|(_, example)| *example);
    stated.or(known).unwrap_or(name).to_owned()
}

/// The properties of a body's example, the required ones first and in the order in which the schema lists them.
pub fn properties<'a>(schema: &Value, example: &'a Value) -> Vec<(&'a String, &'a Value)> {
    let required: Vec<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let place = |name: &str| required.iter().position(|known| *known == name).unwrap_or(usize::MAX);
    let mut properties: Vec<_> = example.as_object().into_iter().flatten().collect();
    properties.sort_by_key(|(name, _)| place(name));
    properties
}

/// The example of an operation's body, in the order of [`properties`].
pub fn body<'a>(document: &'a Document, operation: &'a Operation) -> Vec<(&'a String, &'a Value)> {
    let Some(body) = &operation.body else { return Vec::new() };
    let Some(example) = &body.example else { return Vec::new() };
    properties(&document.schemas[&body.schema], example)
}

/// The examples of the path's parameters.
pub fn path(document: &Document, operation: &Operation) -> Vec<String> {
    let schemas = Value::Object(document.schemas.clone().into_iter().collect());
    let parameters = operation.path_parameters.iter();
    parameters.map(|parameter| of_parameter(&parameter.name, &parameter.schema, &schemas)).collect()
}

/// What a program calls the answer, in snake case: `webhook` for a `CreatedWebhook`.
pub fn answer(operation: &Operation) -> Option<String> {
    let schema = match &operation.answer {
        Answer::Nothing => return None,
        Answer::Object(name) | Answer::Page { item: name, .. } => name,
    };
    let noun =
        ["Created", "Accepted"].iter().find_map(|prefix| schema.strip_prefix(prefix)).unwrap_or(schema);
    let mut name = String::new();
    for letter in noun.replace("OAuth", "Oauth").chars() {
        if letter.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    Some(name)
}

/// True if the answer, or an item of it, always has an id.
pub fn has_id(document: &Document, operation: &Operation) -> bool {
    match &operation.answer {
        Answer::Nothing => false,
        Answer::Object(name) | Answer::Page { item: name, .. } => requires_id(document, name),
    }
}

fn requires_id(document: &Document, schema: &str) -> bool {
    let Some(schema) = document.schemas.get(schema) else { return false };
    let bases = schema["allOf"].as_array().into_iter().flatten().filter_map(reference);
    let is_own = schema["required"].as_array().is_some_and(|names| names.iter().any(|name| name == "id"));
    is_own || bases.into_iter().any(|base| requires_id(document, &base))
}
