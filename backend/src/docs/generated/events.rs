//! A page for each type of event: when it is sent, who may have it, an example with its headers, its fields and its schema.

use api_types::events::EventType;
use serde_json::Value;

use crate::{
    catalogue::{self, is_publishable, message_example, message_headers, message_schema, scope_for_reading},
    docs::html::put,
};

/// The page's name.
pub fn name(kind: EventType) -> String {
    format!("events/{kind}")
}

fn description(kind: EventType) -> &'static str {
    catalogue::info(kind).map(|info| info.description.as_str()).unwrap_or_default()
}

/// All types, as a table of links.
pub fn list() -> String {
    let mut page = String::from("| type | when it is sent |\n|---|---|\n");
    for &kind in EventType::ALL {
        put(&mut page, format_args!("| [`{kind}`](events/{kind}.md) | {} |\n", description(kind)));
    }
    page
}

/// The page about one type.
pub fn page(kind: EventType) -> String {
    let schema = message_schema(kind);
    let mut page = format!("# {kind}\n\n{}\n\n", description(kind));
    put(&mut page, format_args!("## Who gets it\n\n{}\n\n", readers(kind)));
    put(&mut page, format_args!("{}\n\n", publishers(kind)));
    page.push_str("## Example\n\nThe request that a receiver gets. Its body is signed, and the same on every attempt.\n\n");
    put(&mut page, format_args!("```http\n{}\n```\n\n", request(kind)));
    page.push_str("## Headers\n\n| header | what it says |\n|---|---|\n");
    for header in message_headers() {
        put(&mut page, format_args!("| `{}` | {} |\n", header.name, header.says));
    }
    page.push_str("\n## Fields\n\n| field | type | what it says |\n|---|---|---|\n");
    fields(&mut page, "", &schema);
    page.push_str("\nFurther fields may come: ignore what you do not know.\n\n");
    let text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    put(
        &mut page,
        format_args!("## Schema\n\nThe whole body as JSON Schema (2020-12).\n\n```json\n{text}\n```\n\n"),
    );
    page.push_str("## See also\n\n- [Receiving webhooks](../receivers.md): verify it, answer it, skip it the second time.\n");
    page.push_str("- [All events](../events.md)\n");
    page
}

fn readers(kind: EventType) -> String {
    match scope_for_reading(kind) {
        Some(scope) => {
            format!(
                "An admin's webhook, and a webhook that was made with a key or a token that holds the scope `{scope}`."
            )
        }
        None if kind == EventType::WebhookTest => {
            "The one webhook that is tested. Nobody subscribes to it.".to_owned()
        }
        None => "Only a webhook that an admin made: the event is about the API's own settings.".to_owned(),
    }
}

fn publishers(kind: EventType) -> &'static str {
    if is_publishable(kind) {
        "Sayless sends it when it happens here. A system of yours may publish it, too, with `POST /v1/events`."
    } else {
        "Sayless alone sends it: `POST /v1/events` does not take it."
    }
}

fn request(kind: EventType) -> String {
    let mut text = "POST /your/endpoint HTTP/1.1\ncontent-type: application/json\n".to_owned();
    for header in message_headers() {
        let value = header.example.as_str().map_or_else(|| header.example.to_string(), ToOwned::to_owned);
        put(&mut text, format_args!("{}: {value}\n", header.name));
    }
    put(&mut text, format_args!("\n{}", body(&message_example(kind))));
    text
}

/// The fields of a message, in the order in which it is sent.
const ORDER: [&str; 7] = ["id", "type", "timestamp", "workspace_id", "actor", "data", "previous"];

fn place(name: &str) -> usize {
    ORDER.iter().position(|known| *known == name).unwrap_or(ORDER.len())
}

/// An example's text, its own fields in their order.
fn body(example: &Value) -> String {
    let field = |name: &&str| {
        let text = serde_json::to_string_pretty(example.get(*name)?).ok()?;
        Some(format!("  \"{name}\": {}", text.replace('\n', "\n  ")))
    };
    format!("{{\n{}\n}}", ORDER.iter().filter_map(field).collect::<Vec<_>>().join(",\n"))
}

/// A row for each property of a schema, and for those of the objects in it.
fn fields(page: &mut String, before: &str, schema: &Value) {
    let Some(properties) = schema["properties"].as_object() else { return };
    let required = schema["required"].as_array();
    let is_required = |name: &str| required.is_some_and(|required| required.iter().any(|one| one == name));
    let mut properties: Vec<_> = properties.iter().collect();
    // Fields that are always there come first, below those that every message has.
    properties.sort_by_key(
        |(name, _)| if before.is_empty() { place(name) } else { usize::from(!is_required(name)) },
    );
    for (name, field) in properties {
        let says = field["description"].as_str().unwrap_or_default();
        let optional = if is_required(name) { "" } else { ", may be absent" };
        put(page, format_args!("| `{before}{name}` | {}{optional} | {says} |\n", type_of(field)));
        fields(page, &format!("{before}{name}."), field);
    }
}

fn type_of(field: &Value) -> String {
    if let Some(words) = field["enum"].as_array() {
        let words: Vec<String> =
            words.iter().filter_map(Value::as_str).map(|word| format!("`{word}`")).collect();
        return words.join(", ");
    }
    if let Some(word) = field["const"].as_str() {
        return format!("`{word}`");
    }
    let base = match &field["type"] {
        Value::Array(types) => types.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or "),
        one => one.as_str().unwrap_or_default().to_owned(),
    };
    match field["format"].as_str() {
        Some("date-time") => base.replace("string", "time"),
        _ if base == "array" => "list".to_owned(),
        _ => base,
    }
}
