//! Vocabularies in the document. In requests they are closed: the server refuses any other word. In answers they are open: a
//! strict client that was generated today must read a word that is added tomorrow.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::finish::{SCHEMAS, for_each_object};

/// The words of an open vocabulary, as far as this version knows them.
const EXTENSION: &str = "x-extensible-enum";
/// What stands before the name of a vocabulary in requests.
const CLOSED: &str = "Known";

/// Opens the vocabularies of answers, and gives those of requests schemas of their own.
pub fn separate(document: &mut Value) {
    let Some(schemas) = document.pointer("/components/schemas").and_then(Value::as_object) else { return };
    let vocabularies: BTreeSet<String> = schemas
        .iter()
        .filter(|(_, schema)| schema.get("enum").is_some())
        .map(|(name, _)| name.clone())
        .collect();
    let asked = reachable(schemas, |seen| {
        for_each_operation(document, |operation| {
            collect(&operation["requestBody"], seen);
            collect(&operation["parameters"], seen);
        });
    });
    let answered = reachable(schemas, |seen| {
        for_each_operation(document, |operation| collect(&operation["responses"], seen));
        collect(&document["components"]["responses"], seen);
    });
    let closed: BTreeSet<&String> = vocabularies.intersection(&asked).collect();
    close_requests(document, &asked, &closed);
    let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) else {
        return;
    };
    for name in &vocabularies {
        let Some(schema) = schemas.remove(name) else { continue };
        if closed.contains(name) {
            schemas.insert(format!("{CLOSED}{name}"), schema.clone());
        }
        if answered.contains(name) || !asked.contains(name) {
            schemas.insert(name.clone(), open(schema));
        }
    }
}

/// The vocabulary as answers have it.
fn open(mut schema: Value) -> Value {
    if let Some(object) = schema.as_object_mut()
        && let Some(words) = object.remove("enum")
    {
        let said = object.get("description").and_then(Value::as_str).unwrap_or_default();
        object.insert("description".into(), json!(format!("{said}\n\nMore words may be added.").trim()));
        object.insert("examples".into(), json!([words[0]]));
        object.insert(EXTENSION.into(), words);
    }
    schema
}

/// Lets what requests are made of refer to the closed vocabularies.
fn close_requests(document: &mut Value, asked: &BTreeSet<String>, closed: &BTreeSet<&String>) {
    let mut close = |object: &mut Map<String, Value>| {
        let Some(Value::String(target)) = object.get_mut("$ref") else { return };
        if let Some(name) =
            target.strip_prefix(SCHEMAS).filter(|name| closed.iter().any(|known| known == name))
        {
            *target = format!("{SCHEMAS}{CLOSED}{name}");
        }
    };
    let paths = document.get_mut("paths").and_then(Value::as_object_mut).into_iter().flatten();
    for operation in
        paths.filter_map(|(_, item)| item.as_object_mut()).flatten().map(|(_, operation)| operation)
    {
        for part in ["requestBody", "parameters"] {
            operation.get_mut(part).into_iter().for_each(|part| for_each_object(part, &mut close));
        }
    }
    let schemas = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut);
    for (_, schema) in schemas.into_iter().flatten().filter(|(name, _)| asked.contains(*name)) {
        for_each_object(schema, &mut close);
    }
}

fn for_each_operation(document: &Value, mut each: impl FnMut(&Value)) {
    let items = document.get("paths").and_then(Value::as_object).into_iter().flatten();
    items.filter_map(|(_, item)| item.as_object()).flatten().for_each(|(_, operation)| each(operation));
}

/// The schemas that are referred to from where `start` looks, directly or by way of others.
fn reachable(schemas: &Map<String, Value>, start: impl FnOnce(&mut BTreeSet<String>)) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    start(&mut found);
    loop {
        let before = found.len();
        for name in found.clone() {
            schemas.get(&name).into_iter().for_each(|schema| collect(schema, &mut found));
        }
        if found.len() == before {
            return found;
        }
    }
}

/// The names of the schemas to which `value` refers.
fn collect(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            let target =
                object.get("$ref").and_then(Value::as_str).and_then(|target| target.strip_prefix(SCHEMAS));
            found.extend(target.map(Into::into));
            object.values().for_each(|inner| collect(inner, found));
        }
        Value::Array(values) => values.iter().for_each(|inner| collect(inner, found)),
        _ => {}
    }
}
