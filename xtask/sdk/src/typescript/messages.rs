//! `messages.ts`: what a webhook receives, as a union that `type` tells apart.

use super::text::{comment, pascal};
use super::types::{Words, description, field_of, fields};
use crate::document::Document;
use anyhow::{Context as _, Result, ensure};
use serde_json::{Map, Value};

/// Fields that differ from type to type.
const OWN: [&str; 3] = ["type", "data", "previous"];

/// The file.
pub fn text(document: &Document) -> Result<String> {
    let first = document.events.values().next().context("the document has no messages")?;
    let common = common(schema_of(first));
    let mut text = base(schema_of(first), &common)?;
    let mut names = Vec::new();
    for (event_type, operation) in &document.events {
        let schema = schema_of(operation);
        ensure!(self::common(schema) == common, "{event_type} has other fields than the messages before it");
        text += &message(event_type, operation).with_context(|| event_type.clone())?;
        names.push(format!("\n  | {}Event", pascal(event_type)));
    }
    let known: String = names.concat();
    Ok(format!(
        "{text}/** A message of a type that this version knows. */\nexport type KnownWebhookEvent ={known};\n"
    ))
}

fn schema_of(operation: &Value) -> &Value {
    &operation["requestBody"]["content"]["application/json"]["schema"]
}

/// The fields that all messages have alike.
fn common(schema: &Value) -> Map<String, Value> {
    let fields = schema["properties"].as_object().into_iter().flatten();
    fields
        .filter(|(name, _)| !OWN.contains(&name.as_str()))
        .map(|(name, field)| (name.clone(), field.clone()))
        .collect()
}

fn base(schema: &Value, common: &Map<String, Value>) -> Result<String> {
    let mut shared = schema.clone();
    shared["properties"] = Value::Object(common.clone());
    let fields = fields(&shared, Words::Open, 2)?;
    Ok(format!("/** What every message has. */\nexport interface WebhookMessage {{\n{fields}}}\n\n"))
}

fn message(event_type: &str, operation: &Value) -> Result<String> {
    let name = pascal(event_type);
    let schema = schema_of(operation);
    let data = fields(&schema["properties"]["data"], Words::Open, 2)?;
    let about = comment(&[&format!("The `data` of `{event_type}`. More properties may be there.")], 0);
    let data = format!("{about}export interface {name}Data {{\n{data}}}\n\n");
    let about = comment(&[description(operation)], 0);
    let word = field_of("type", &schema["properties"]["type"], true, Words::Closed, 2)?;
    let previous = schema["properties"].get("previous").map_or_else(String::new, |previous| {
        format!("{}  previous?: Partial<{name}Data>;\n", comment(&[description(previous)], 2))
    });
    Ok(format!(
        "{data}{about}export interface {name}Event extends WebhookMessage {{\n\
        {word}  /** What happened. */\n  data: {name}Data;\n{previous}}}\n\n"
    ))
}
