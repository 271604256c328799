//! A call with the Rust SDK.

use super::example;
use crate::document::{Answer, Document, Operation, reference};
use anyhow::{Context as _, Result};
use serde_json::Value;
use std::fmt::Write as _;

pub const SETUP: &str = "use sayless::{Sayless, models};\n\nlet sayless = Sayless::from_env()?;\n";
/// Words of the language among the names, which get `_` after them.
const RESERVED: [&str; 4] = ["continue", "move", "ref", "type"];

/// The statements that call the operation.
pub fn text(document: &Document, operation: &Operation) -> Result<String> {
    let mut arguments: Vec<String> =
        example::path(document, operation).iter().map(|id| format!("{id:?}")).collect();
    let mut before = String::new();
    let schemas = Schemas(document);
    if let Some(body) = &operation.body {
        let example = body.example.as_ref().context("the body has no example")?;
        before = format!("let body = {};\n", schemas.object(&body.schema, example, 1)?);
        arguments.push("&body".to_owned());
    }
    let is_list = matches!(operation.answer, Answer::Page { .. });
    // Parameters that only refine the call are left out.
    arguments.extend(operation.query.iter().filter(|_| !is_list).map(|_| "None".to_owned()));
    let (resource, method) = (&operation.name.resource, escape(&operation.name.method));
    let call = format!("sayless.{resource}().{method}({})", arguments.join(", "));
    let Some(name) = example::answer(operation) else { return Ok(format!("{before}{call}.await?;\n")) };
    let shown = if example::has_id(document, operation) {
        format!("println!(\"{{}}\", {name}.id);\n")
    } else {
        format!("println!(\"{{{name}:?}}\");\n")
    };
    if is_list {
        let next = format!(
            "while let Some({name}) = list.next().await {{\n    let {name} = {name}?;\n    {shown}}}\n"
        );
        return Ok(format!("{before}let mut list = {call}.stream();\n{next}"));
    }
    Ok(format!("{before}let {name} = {call}.await?;\n{shown}"))
}

fn escape(name: &str) -> String {
    if RESERVED.contains(&name) { format!("{name}_") } else { name.to_owned() }
}

/// The schemas, which say how a value is put together.
struct Schemas<'a>(&'a Document);

impl Schemas<'_> {
    /// A struct: what is required goes into `new`, the rest into setters.
    fn object(&self, name: &str, example: &Value, depth: usize) -> Result<String> {
        let indent = "    ".repeat(depth);
        let schema = &self.0.schemas[name];
        let is_required = |name: &str| {
            schema["required"].as_array().is_some_and(|names| names.iter().any(|known| known == name))
        };
        let mut needed = Vec::new();
        let mut setters = String::new();
        for (property, value) in example::properties(schema, example) {
            let of = &schema["properties"][property];
            if is_required(property) && !is_nullable(of) {
                needed.push(self.value(of, value, depth)?);
            } else if value.is_null() {
                write!(setters, "\n{indent}.clear_{property}()")?;
            } else {
                let value = self.value(of, value, depth)?;
                write!(setters, "\n{indent}.{}({value})", escape(property))?;
            }
        }
        Ok(format!("models::{name}::new({}){setters}", needed.join(", ")))
    }

    fn value(&self, schema: &Value, value: &Value, depth: usize) -> Result<String> {
        if let Some(either) = schema["oneOf"].as_array() {
            let other =
                either.iter().find(|schema| schema["type"] != "null").context("a schema of nothing")?;
            return self.value(other, value, depth);
        }
        if let Some(name) = reference(schema) {
            let target = self.0.schemas.get(&name).context("a schema is missing")?;
            let is_struct = target["properties"].is_object();
            return if is_struct {
                self.object(&name, value, depth + 1)
            } else {
                self.value(target, value, depth)
            };
        }
        Ok(match value {
            Value::Array(items) if items.is_empty() => "Vec::<String>::new()".to_owned(),
            Value::Array(items) => {
                let items: Result<Vec<String>> =
                    items.iter().map(|item| self.value(&schema["items"], item, depth)).collect();
                format!("[{}]", items?.join(", "))
            }
            Value::Object(_) => format!("serde_json::json!({})", json(value)?),
            Value::Number(number) if schema["type"] == "number" && !number.is_f64() => format!("{number}.0"),
            other => serde_json::to_string(other)?,
        })
    }
}

/// JSON whose levels are as deep as Rust's.
fn json(value: &Value) -> Result<String> {
    let deeper = |line: &str| {
        let text = line.trim_start();
        " ".repeat((line.len() - text.len()) * 2) + text
    };
    let lines: Vec<String> = serde_json::to_string_pretty(value)?.lines().map(deeper).collect();
    Ok(lines.join("\n"))
}

fn is_nullable(schema: &Value) -> bool {
    let is_null = |schema: &Value| schema["type"] == "null";
    let has_null = schema["type"].as_array().is_some_and(|types| types.iter().any(|one| one == "null"));
    has_null || schema["oneOf"].as_array().is_some_and(|either| either.iter().any(is_null))
}
