//! A call with the TypeScript SDK.

use super::example;
use super::text::{bracketed, camel};
use crate::document::{Answer, Document, Operation};
use anyhow::Result;
use serde_json::Value;

pub const SETUP: &str = "import { Sayless } from \"@sayless/sdk\";\n\nconst sayless = new Sayless();\n";

/// The statements that call the operation.
pub fn text(document: &Document, operation: &Operation) -> Result<String> {
    let mut arguments: Vec<String> =
        example::path(document, operation).iter().map(|id| format!("{id:?}")).collect();
    let body = example::body(document, operation);
    if operation.body.is_some() {
        arguments.push(object(body)?);
    }
    let (resource, method) = (camel(&operation.name.resource), camel(&operation.name.method));
    let call = format!("sayless.{resource}.{method}({})", arguments.join(", "));
    let Some(name) = example::answer(operation).map(|name| camel(&name)) else {
        return Ok(format!("await {call};\n"));
    };
    let shown = if example::has_id(document, operation) { format!("{name}.id") } else { name.clone() };
    Ok(match operation.answer {
        Answer::Page { .. } => {
            format!("for await (const {name} of {call}) {{\n  console.log({shown});\n}}\n")
        }
        _ => format!("const {name} = await {call};\nconsole.log({shown});\n"),
    })
}

fn object<'a>(properties: impl IntoIterator<Item = (&'a String, &'a Value)>) -> Result<String> {
    let parts: Result<Vec<String>> =
        properties.into_iter().map(|(name, value)| Ok(format!("{name}: {}", literal(value)?))).collect();
    Ok(bracketed("{", &parts?, "}", 2, 60))
}

fn literal(value: &Value) -> Result<String> {
    Ok(match value {
        Value::Object(properties) => object(properties)?,
        Value::Array(items) => {
            let items: Result<Vec<String>> = items.iter().map(literal).collect();
            bracketed("[", &items?, "]", 2, 60)
        }
        other => serde_json::to_string(other)?,
    })
}
