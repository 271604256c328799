//! Every answer in every test is held to the OpenAPI document: the status and the problem type are declared there, and
//! the body is what the schema says.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use jsonschema::{Draft, Validator};
use reqwest::header::HeaderMap;
use serde_json::{Value, json};

static DOCUMENT: LazyLock<Value> = LazyLock::new(sayless::openapi::finished);

/// The document as the server prints it.
pub fn printed() -> String {
    sayless::openapi::json()
}

/// The document in OpenAPI 3.0, as the server prints it.
pub fn printed_3_0() -> String {
    sayless::openapi::json_3_0()
}

/// The whole document.
pub fn document() -> &'static Value {
    &DOCUMENT
}

/// Follows a reference within the document.
pub fn resolve(value: &Value) -> &Value {
    match value.get("$ref").and_then(Value::as_str) {
        Some(reference) => DOCUMENT.pointer(reference.trim_start_matches('#')).unwrap(),
        None => value,
    }
}

/// The operation at a path with its ids filled in; none where the document has no such operation.
fn operation(method: &str, path: &str) -> Option<&'static Value> {
    let path = path.split('?').next().unwrap();
    let wanted: Vec<&str> = path.split('/').collect();
    let (_, item) = DOCUMENT["paths"].as_object().unwrap().iter().find(|(known, _)| {
        let known: Vec<&str> = known.split('/').collect();
        known.len() == wanted.len() && known.iter().zip(&wanted).all(|(k, w)| k.starts_with('{') || k == w)
    })?;
    item.get(method.to_lowercase())
}

/// Fails where the document does not allow this operation such an answer.
#[track_caller]
pub fn check(method: &str, path: &str, status: u16, content_type: &str, text: &str) {
    let Some(operation) = operation(method, path).filter(|_| path.starts_with("/v1/")) else { return };
    let call = format!("{method} {path} answered {status}");
    let declared = operation["responses"].get(status.to_string());
    let response = resolve(declared.unwrap_or_else(|| panic!("{call}, which is not declared: {text}")));
    let Some(contents) = response["content"].as_object() else {
        assert_eq!(text, "", "{call} with a body that is not declared");
        return;
    };
    let sent = content_type.split(';').next().unwrap();
    let declared = contents.iter().find(|(media, _)| sent == *media);
    let (media, content) = declared.unwrap_or_else(|| panic!("{call} as {content_type}: {contents:?}"));
    let documents: Vec<&str> = match media.as_str() {
        "application/jsonl" | "application/x-ndjson" => text.lines().collect(),
        media if media.contains("json") => vec![text],
        _ => Vec::new(),
    };
    for text in documents {
        let body: Value =
            serde_json::from_str(text).unwrap_or_else(|error| panic!("{call}: {error}: {text}"));
        let errors = faults(&content["schema"], &body);
        assert!(errors.is_empty(), "{call}, which its schema does not allow: {errors:?}");
        if media.contains("problem") {
            let codes = operation["x-problem-codes"].as_array().unwrap();
            assert!(codes.contains(&body["code"]), "{call}, a problem that is not declared: {text}");
        }
    }
}

/// What is wrong with a value by a schema of the document.
pub fn faults(schema: &Value, value: &Value) -> Vec<String> {
    let validator = validator(schema);
    validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// Vocabularies are open to clients of a later server; this server says no word that it does not declare.
fn close_words(value: &mut Value) {
    match value {
        Value::Object(object) => {
            if let Some(words) = object.remove("x-extensible-enum") {
                object.insert("enum".into(), words);
            }
            object.values_mut().for_each(close_words);
        }
        Value::Array(values) => values.iter_mut().for_each(close_words),
        _ => {}
    }
}

/// The headers that an answer may have only where the document says so.
const DECLARED: [&str; 8] = [
    "etag",
    "idempotent-replayed",
    "location",
    "ratelimit",
    "ratelimit-policy",
    "retry-after",
    "www-authenticate",
    "x-request-id",
];

/// Fails where an answer has a header that the document does not know there.
#[track_caller]
pub fn check_headers(method: &str, path: &str, status: u16, headers: &HeaderMap) {
    let Some(operation) = operation(method, path).filter(|_| path.starts_with("/v1/")) else { return };
    let response = resolve(&operation["responses"][status.to_string()]);
    for name in DECLARED.iter().filter(|name| headers.contains_key(**name)) {
        let known = response["headers"].get(*name);
        assert!(known.is_some(), "{method} {path} answered {status} with {name}, which is not declared");
    }
}

/// Compiles each schema of the document once.
fn validator(schema: &Value) -> Arc<Validator> {
    static COMPILED: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);
    let mut compiled = COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
    let build = || {
        let mut root = schema.clone();
        root["components"] = json!({ "schemas": DOCUMENT["components"]["schemas"] });
        close_words(&mut root);
        let options = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true);
        Arc::new(options.build(&root).unwrap())
    };
    compiled.entry(schema.to_string()).or_insert_with(build).clone()
}
