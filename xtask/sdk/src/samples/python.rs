//! A call with the Python SDK.

use super::example;
use super::text::bracketed;
use crate::document::{Answer, Document, Operation};
use anyhow::Result;
use serde_json::Value;

pub const SETUP: &str = "from sayless import Sayless\n\nsayless = Sayless()\n";
/// Words of the language among the methods' names, which get `_` after them.
const KEYWORDS: [&str; 4] = ["continue", "from", "import", "pass"];

/// The statements that call the operation.
pub fn text(document: &Document, operation: &Operation) -> Result<String> {
    let mut arguments: Vec<String> =
        example::path(document, operation).iter().map(|id| format!("{id:?}")).collect();
    for (name, value) in example::body(document, operation) {
        arguments.push(format!("{}={}", escape(name), literal(value)?));
    }
    let open = format!("sayless.{}.{}(", operation.name.resource, escape(&operation.name.method));
    let call = bracketed(&open, &arguments, ")", 4, 80);
    let Some(name) = example::answer(operation) else { return Ok(format!("{call}\n")) };
    let shown = if example::has_id(document, operation) { format!("{name}.id") } else { name.clone() };
    Ok(match operation.answer {
        Answer::Page { .. } => format!("for {name} in {call}:\n    print({shown})\n"),
        _ => format!("{name} = {call}\nprint({shown})\n"),
    })
}

fn escape(name: &str) -> String {
    if KEYWORDS.contains(&name) { format!("{name}_") } else { name.to_owned() }
}

fn literal(value: &Value) -> Result<String> {
    Ok(match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Object(properties) => {
            let parts: Result<Vec<String>> =
                properties.iter().map(|(name, value)| Ok(format!("{name:?}: {}", literal(value)?))).collect();
            let parts = parts?;
            bracketed("{", &parts, "}", 4, 60).replace("{ ", "{").replace(" }", "}")
        }
        Value::Array(items) => {
            let items: Result<Vec<String>> = items.iter().map(literal).collect();
            bracketed("[", &items?, "]", 4, 60)
        }
        other => serde_json::to_string(other)?,
    })
}
