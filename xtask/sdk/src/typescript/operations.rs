//! `resources/NAME.ts`: a class with a method for each operation of a resource.

use super::resources::query_name;
use super::schemas::references;
use super::text::{camel, comment, each, pascal};
use super::types::{Words, type_of};
use crate::document::{Answer, Operation, Parameter};
use anyhow::{Context as _, Result};
use serde_json::Value;
use std::collections::BTreeSet;

/// The file of `resource`.
pub fn text(resource: &str, operations: &[&Operation]) -> Result<String> {
    let mut queries = String::new();
    let mut methods = Vec::new();
    for operation in operations {
        if !operation.query.is_empty() {
            queries += &query(operation).with_context(|| operation.id.clone())?;
        }
        methods.push(method(operation).with_context(|| operation.id.clone())?);
    }
    let about = format!("/** The operations of `sayless.{}`. */\n", camel(resource));
    let class = format!("export class {}Resource extends Resource {{\n", pascal(resource));
    Ok(format!("{}{queries}{about}{class}{}}}\n", imports(operations), methods.join("\n")))
}

fn imports(operations: &[&Operation]) -> String {
    let used = |test: fn(&Operation) -> bool| operations.iter().any(|operation| test(operation));
    let import = |wanted, line| if wanted { line } else { "" };
    let call = import(
        used(|operation| !matches!(operation.answer, Answer::Page { .. })),
        "import type { Call } from \"../../call.js\";\n",
    );
    let list = import(
        used(|operation| matches!(operation.answer, Answer::Page { .. })),
        "import type { List } from \"../../list.js\";\n",
    );
    let segment = import(used(|operation| !operation.path_parameters.is_empty()), ", segment");
    let mut options: BTreeSet<&str> = operations.iter().map(|operation| options(operation)).collect();
    if used(|operation| operation.query.iter().any(|parameter| parameter.schema["type"] == "array")) {
        options.insert("OneOrMany");
    }
    let options: Vec<&str> = options.into_iter().collect();
    let options = options.join(", ");
    let names: BTreeSet<String> = operations.iter().flat_map(|operation| named(operation)).collect();
    let names = each(names, |name| format!("  {name},\n"));
    format!(
        "{call}{list}import type {{ {options} }} from \"../../options.js\";\n\
        import {{ Resource{segment} }} from \"../../resource.js\";\n\
        import type {{\n{names}}} from \"../schemas.js\";\n\n"
    )
}

fn named(operation: &Operation) -> Vec<String> {
    let parameters = operation.path_parameters.iter().chain(&operation.query);
    let mut names: Vec<String> = parameters.flat_map(|parameter| references(&parameter.schema)).collect();
    names.extend(operation.body.iter().map(|body| body.schema.clone()));
    match &operation.answer {
        Answer::Nothing => {}
        Answer::Object(name) | Answer::Page { item: name, .. } => names.push(name.clone()),
    }
    names
}

fn query(operation: &Operation) -> Result<String> {
    let about = comment(&[&format!("What `{}` may be asked for.", called(operation))], 0);
    let field = |Parameter { name, description, required, schema }: &Parameter| -> Result<String> {
        let optional = if *required { "" } else { "?" };
        Ok(format!("{}  {name}{optional}: {};\n", comment(&[description], 2), query_type(schema)?))
    };
    let fields: Result<String> = operation.query.iter().map(field).collect();
    Ok(format!("{about}export interface {} {{\n{}}}\n\n", query_name(operation), fields?))
}

/// A parameter that may be repeated takes one value or several.
fn query_type(schema: &Value) -> Result<String> {
    if schema["type"] != "array" {
        return type_of(schema, Words::Closed, 2);
    }
    let item = type_of(&schema["items"], Words::Closed, 2)?;
    let end = if item.starts_with('\n') { "\n  " } else { "" };
    Ok(format!("OneOrMany<{item}{end}>"))
}

/// The operation as it is called: `webhooks.rotateSecret`.
fn called(operation: &Operation) -> String {
    format!("{}.{}", camel(&operation.name.resource), camel(&operation.name.method))
}

fn options(operation: &Operation) -> &'static str {
    match (operation.idempotent, operation.conditional) {
        (false, false) => "RequestOptions",
        (true, false) => "PostOptions",
        (false, true) => "ChangeOptions",
        (true, true) => "ChangingPostOptions",
    }
}

fn method(operation: &Operation) -> Result<String> {
    let mut parameters = Vec::new();
    let mut path = operation.path.clone();
    for parameter in &operation.path_parameters {
        let name = camel(&parameter.name);
        parameters.push(format!("{name}: {}", type_of(&parameter.schema, Words::Closed, 2)?));
        path = path.replace(&format!("{{{}}}", parameter.name), &format!("${{segment({name})}}"));
    }
    let quote = if operation.path_parameters.is_empty() { '"' } else { '`' };
    let path = format!("{quote}{path}{quote}");
    if let Some(body) = &operation.body {
        parameters.push(format!("body{}: {}", if body.required { "" } else { "?" }, body.schema));
    }
    if !operation.query.is_empty() {
        let optional = if operation.query.iter().any(|parameter| parameter.required) { "" } else { "?" };
        parameters.push(format!("query{optional}: {}", query_name(operation)));
    }
    parameters.push(format!("options?: {}", options(operation)));
    let deprecated = if operation.deprecated { "@deprecated" } else { "" };
    let summary = format!("{}.", operation.summary);
    let about = comment(&[&summary, &operation.description, deprecated], 2);
    let (answer, call) = match &operation.answer {
        Answer::Nothing => ("Call<void>".to_owned(), call(operation, &path)),
        Answer::Object(name) => (format!("Call<{name}>"), call(operation, &path)),
        Answer::Page { item, .. } => (format!("List<{item}>"), list(operation, &path)),
    };
    let name = camel(&operation.name.method);
    Ok(format!("{about}{}", signature(&name, &parameters, &answer) + &format!("    return {call};\n  }}\n")))
}

fn signature(name: &str, parameters: &[String], answer: &str) -> String {
    let line = format!("  {name}({}): {answer} {{\n", parameters.join(", "));
    if line.len() <= 110 {
        return line;
    }
    let parameters = each(parameters, |parameter| format!("    {parameter},\n"));
    format!("  {name}(\n{parameters}  ): {answer} {{\n")
}

fn call(operation: &Operation, path: &str) -> String {
    let mut parts = vec![format!("method: \"{}\"", operation.method), format!("path: {path}")];
    if operation.body.is_some() {
        parts.push("body".to_owned());
    }
    if !operation.query.is_empty() {
        parts.push("query".to_owned());
    }
    if operation.idempotent {
        parts.push("idempotent: true".to_owned());
    }
    format!("this.sendRequest({{ {} }}, options)", parts.join(", "))
}

/// Pages follow each other by `cursor`; those of a log, which has none, by `after`.
fn list(operation: &Operation, path: &str) -> String {
    let query = if operation.query.is_empty() { "undefined" } else { "query" };
    let next = if operation.has_pages() {
        ", \"cursor\""
    } else if operation.query.iter().any(|parameter| parameter.name == "after") {
        ", \"after\""
    } else {
        ""
    };
    format!("this.listPages({path}, {query}, options{next})")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;
    use std::path::Path;

    fn source(resource: &str) -> String {
        let document = Document::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")).unwrap();
        text(resource, &super::super::resources::by_resource(&document)[resource]).unwrap()
    }

    #[test]
    fn an_operation_becomes_a_method_of_its_parameters() {
        let webhooks = source("webhooks");
        for line in [
            "  deleteSecret(id: WebhookId, secretId: SecretId, options?: ChangeOptions): Call<void> {\n    return this.sendRequest({ method: \"DELETE\", path: `/v1/webhooks/${segment(id)}/secrets/${segment(secretId)}` }, options);\n",
            "  create(body: NewWebhook, options?: PostOptions): Call<CreatedWebhook> {\n    return this.sendRequest({ method: \"POST\", path: \"/v1/webhooks\", body, idempotent: true }, options);\n",
            "  list(query?: ListWebhooksQuery, options?: RequestOptions): List<Webhook> {\n    return this.listPages(\"/v1/webhooks\", query, options, \"cursor\");\n",
        ] {
            assert!(webhooks.contains(line), "{line}\nis not in\n{webhooks}");
        }
    }

    #[test]
    fn a_log_goes_on_by_after_and_a_list_without_pages_by_nothing() {
        assert!(source("events").contains("this.listPages(\"/v1/events\", query, options, \"after\")"));
        assert!(source("event_types").contains("this.listPages(\"/v1/event-types\", undefined, options)"));
    }
}
