//! `events.py`: a class for each event type, the union of them all, and the function that picks the class.

use super::models::{fields, import_words};
use super::text::{add, class_name, docstring, import};
use super::types::Types;
use crate::document::Document;
use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use std::fmt::Write as _;

const UNKNOWN: &str = r#"

class UnknownEvent(_Event):
    """An event of a type that this version does not know."""

    data: dict[str, Any]
    """What happened."""

    previous: Optional[dict[str, Any]]
    """The old values of the fields of `data` that changed, where the type has them."""

    type: str
    """The event's type."""
"#;
const PARSE: &str = r#"

def parse_event(event: Mapping[str, Any]) -> WebhookEvent:
    """The typed event of a message's JSON, or of the `payload` of the event log."""
    return _CLASSES.get(event["type"], UnknownEvent)(event)
"#;

/// The file.
pub fn write(document: &Document, types: &mut Types<'_>) -> Result<String> {
    let mut classes = common(document, types)?;
    let mut union = String::new();
    let mut table = String::new();
    for (event_type, operation) in &document.events {
        let name = class_name(event_type);
        event(event_type, operation, types, &mut classes)?;
        writeln!(union, "    {name}Event,")?;
        writeln!(table, "    \"{event_type}\": {name}Event,")?;
    }
    classes += UNKNOWN;
    add(&mut classes, format_args!("\n\nWebhookEvent = Union[\n{union}    UnknownEvent,\n]\n"));
    classes += &docstring("Any event: take it apart with `isinstance`, or with `match`.", 0);
    add(&mut classes, format_args!("\n_CLASSES: Mapping[str, type[WebhookEvent]] = {{\n{table}}}\n{PARSE}"));
    let mut text = "\"\"\"What webhooks bring.\"\"\"\n\nfrom __future__ import annotations\n\n".to_owned();
    text += "from collections.abc import Mapping\n";
    text += &import("datetime", &["datetime"], &classes);
    text += &import("typing", &["Any", "Literal", "Optional", "Union"], &classes);
    text += "\nfrom ._model import Model\n";
    text += &import_words(types, ".words", &classes);
    Ok(text + &classes)
}

/// The schema of an event's message.
fn message(operation: &Value) -> &Value {
    &operation["requestBody"]["content"]["application/json"]["schema"]
}

/// The parts that all events share: their fields but `type`, `data` and `previous`, and the actor.
fn common(document: &Document, types: &mut Types<'_>) -> Result<String> {
    let (_, first) = document.events.first_key_value().context("there are no event types")?;
    let actor = &message(first)["properties"]["actor"];
    for (event_type, operation) in &document.events {
        let same = &message(operation)["properties"]["actor"] == actor;
        ensure!(same, "{event_type} has an actor of another shape than the other events");
    }
    let mut base = message(first).clone();
    if let Some(properties) = base["properties"].as_object_mut() {
        properties.retain(|name, _| !["actor", "type", "data", "previous"].contains(&name.as_str()));
    }
    let mut out = "\n\nclass EventActor(Model):\n".to_owned() + &docstring("Who did it.", 4);
    out += &fields(actor, types)?;
    out += &("\n\nclass _Event(Model):\n".to_owned() + &docstring("What every event has.", 4));
    add(&mut out, format_args!("\n    actor: EventActor\n{}", docstring(text(&actor["description"]), 4)));
    Ok(out + &fields(&base, types)?)
}

fn event(event_type: &str, operation: &Value, types: &mut Types<'_>, out: &mut String) -> Result<()> {
    let properties = &message(operation)["properties"];
    let name = class_name(event_type);
    add(out, format_args!("\n\nclass {name}Data(Model):\n"));
    *out += &docstring(&format!("The `data` of `{event_type}`."), 4);
    *out += &fields(&properties["data"], types)?;
    add(out, format_args!("\n\nclass {name}Event(_Event):\n"));
    *out += &docstring(&format!("`{event_type}`: {}", text(&operation["description"])), 4);
    add(
        out,
        format_args!("\n    data: {name}Data\n{}", docstring(text(&properties["data"]["description"]), 4)),
    );
    let previous = &properties["previous"];
    if !previous.is_null() {
        let doc = docstring(text(&previous["description"]), 4);
        add(out, format_args!("\n    previous: dict[str, Any]\n{doc}"));
    }
    let doc = docstring(text(&properties["type"]["description"]), 4);
    add(out, format_args!("\n    type: Literal[\"{event_type}\"]\n{doc}"));
    Ok(())
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
