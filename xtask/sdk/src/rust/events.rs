//! The events that a webhook receives: an enum of the types, and the data of each.

use super::casing;
use super::format::doc;
use super::reach::Use;
use super::structs::Field;
use super::types::Types;
use crate::document::Document;
use anyhow::Result;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The source of the events.
pub fn source(document: &Document, types: &Types<'_>) -> Result<String> {
    let mut variants = String::new();
    let mut readers = String::new();
    let mut names = Vec::new();
    let mut data: BTreeMap<String, (Vec<&str>, &Value)> = BTreeMap::new();
    for (event_type, message) in &document.events {
        let variant = casing::pascal(event_type);
        let name = data_name(document, event_type);
        let text = message["description"].as_str().unwrap_or_default();
        writeln!(variants, "{}{variant}(Message<{name}>),", doc(&format!("`{event_type}`: {text}")))?;
        writeln!(readers, "{event_type:?} => message.read().map(Self::{variant}),")?;
        names.push(variant);
        data.entry(name).or_insert_with(|| (Vec::new(), schema(message))).0.push(event_type);
    }
    let mut structs = String::new();
    for (name, (of, schema)) in data {
        structs += &data_struct(types, &name, &of, schema)?;
    }
    let patterns: Vec<String> =
        names.iter().map(|name| format!("Self::{name}($message) => $value,")).collect();
    let (patterns, types) = (patterns.join("\n"), imports(&structs));
    Ok(format!(
        "//! What webhooks receive: the events, and the data of each type.\n\n{types}\
         use crate::webhook::message::{{Actor, Message}};\nuse serde::Deserialize;\nuse serde_json::{{Map, Value}};\n\n\
         /// An event that a webhook received.\n#[derive(Debug, Clone, PartialEq)]\n#[non_exhaustive]\npub enum Event {{\n\
         {variants}/// A type that this version of the SDK does not know, or one whose data are other than it knows them.\n\
         Unknown(Message<Value>),\n}}\n\n\
         macro_rules! each {{\n($self:ident, $message:ident => $value:expr) => {{\nmatch $self {{\n{patterns}\n\
         Self::Unknown($message) => $value,\n}}\n}};\n}}\n\n{READING}{readers}{ACCESS}{structs}"
    ))
}

const READING: &str = "impl Event {
    pub(crate) fn read(message: Message<Value>) -> Self {
        let event = match message.type_.as_str() {
";

const ACCESS: &str = "            _ => None,
        };
        event.unwrap_or(Self::Unknown(message))
    }

    /// The event's id: the same on every attempt. Skip one that you have seen.
    pub fn id(&self) -> &EventId {
        each!(self, message => &message.id)
    }

    /// The event's type, such as `ticket.created`.
    pub fn event_type(&self) -> &str {
        each!(self, message => &message.type_)
    }

    /// When the event happened.
    pub fn timestamp(&self) -> &Timestamp {
        each!(self, message => &message.timestamp)
    }

    /// The workspace in which the event happened.
    pub fn workspace_id(&self) -> &WorkspaceId {
        each!(self, message => &message.workspace_id)
    }

    /// Who did it.
    pub fn actor(&self) -> &Actor {
        each!(self, message => &message.actor)
    }
}

";

fn schema(message: &Value) -> &Value {
    &message["requestBody"]["content"]["application/json"]["schema"]["properties"]["data"]
}

/// The name of the data of an event: its group's, where all of the group have the same.
fn data_name(document: &Document, event_type: &str) -> String {
    let (group, _) = event_type.split_once('.').unwrap_or((event_type, ""));
    let prefix = format!("{group}.");
    let of_group: Vec<&Value> = document
        .events
        .iter()
        .filter(|(other, _)| other.starts_with(&prefix))
        .map(|(_, message)| schema(message))
        .collect();
    let same = of_group.len() > 1 && of_group.iter().all(|other| *other == of_group[0]);
    format!("{}Data", casing::pascal(if same { group } else { event_type }))
}

fn data_struct(types: &Types<'_>, name: &str, of: &[&str], schema: &Value) -> Result<String> {
    let of: Vec<String> = of.iter().map(|event_type| format!("`{event_type}`")).collect();
    let mut source = format!("/// The data of {}.\n", of.join(", "));
    write!(
        source,
        "#[derive(Debug, Clone, PartialEq, Deserialize)]\n#[non_exhaustive]\npub struct {name} {{\n"
    )?;
    let received = Use { received: true, ..Use::default() };
    for field in Field::all(types, name, schema, &received)? {
        source += &field.declaration(false);
    }
    source += "/// Properties that this version of the SDK does not know.\n#[serde(flatten)]\n";
    source += "pub extra: Map<String, Value>,\n}\n\n";
    Ok(source.replace("serde_json::Map<String, serde_json::Value>", "Map<String, Value>"))
}

/// The `use` lines for the types of the structs.
fn imports(structs: &str) -> String {
    let mut names = vec!["EventId", "WorkspaceId"];
    for name in ["BroadcastStatus", "DisabledReason", "TicketStatus"] {
        if structs.contains(name) {
            names.push(name);
        }
    }
    names.sort_unstable();
    format!("use crate::generated::models::{{{}}};\nuse crate::timestamp::Timestamp;\n", names.join(", "))
}
