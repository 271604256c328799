//! The OpenAPI document as the SDKs see it: operations by resource, and the schemas of what they take and give.

use crate::names::{self, Name, Names};
use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The document, read.
#[derive(Debug)]
pub struct Document {
    /// Every operation that has a name in the SDKs, by resource and in the order of `sdks/names.txt`'s names.
    pub operations: Vec<Operation>,
    /// `components.schemas`, by name.
    pub schemas: BTreeMap<String, Value>,
    /// Each event type, with the operation of the `webhooks` section that describes its message.
    pub events: BTreeMap<String, Value>,
}

/// One operation.
#[derive(Debug)]
pub struct Operation {
    pub id: String,
    pub name: Name,
    /// `GET`, `POST`, `PATCH` or `DELETE`.
    pub method: String,
    /// With placeholders: `/v1/webhooks/{id}`.
    pub path: String,
    /// One line, without a full stop.
    pub summary: String,
    /// Markdown: what the operation does, and the permission that it needs.
    pub description: String,
    pub deprecated: bool,
    /// The placeholders of the path, in its order.
    pub path_parameters: Vec<Parameter>,
    pub query: Vec<Parameter>,
    /// True if the operation takes an `Idempotency-Key`.
    pub idempotent: bool,
    /// True if the operation takes an `If-Match`.
    pub conditional: bool,
    pub body: Option<Body>,
    pub answer: Answer,
}

/// A parameter of the path or the query.
#[derive(Debug)]
pub struct Parameter {
    pub name: String,
    pub description: String,
    pub required: bool,
    pub schema: Value,
}

/// A JSON body.
#[derive(Debug)]
pub struct Body {
    /// The name of its schema.
    pub schema: String,
    pub required: bool,
    /// An example that the server accepts, where the schema has one.
    pub example: Option<Value>,
}

/// The answer of a success.
#[derive(Debug, PartialEq, Eq)]
pub enum Answer {
    /// No body.
    Nothing,
    /// An object of the schema of this name.
    Object(String),
    /// One page of a list whose items are of this schema. Pages that have a `cursor` parameter follow each other.
    Page { page: String, item: String },
}

impl Document {
    /// Reads `openapi/openapi.json` and `sdks/names.txt` of the project in `root`.
    pub fn read(root: &Path) -> Result<Self> {
        let path = root.join("openapi/openapi.json");
        let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        Self::parse(&serde_json::from_str(&text)?, &names::read(root)?)
    }

    fn parse(document: &Value, names: &Names) -> Result<Self> {
        let schemas: BTreeMap<String, Value> = object(&document["components"]["schemas"])
            .map(|(name, schema)| (name.clone(), schema.clone()))
            .collect();
        let mut operations = Vec::new();
        let mut seen = 0;
        for (path, methods) in object(&document["paths"]) {
            for (method, operation) in object(methods) {
                let id = text(&operation["operationId"]);
                let name = names.get(&id).with_context(|| format!("sdks/names.txt does not name {id}"))?;
                seen += 1;
                if let Some(name) = name {
                    let read = Operation::read(path, method, operation, name.clone(), &schemas);
                    operations.push(read.with_context(|| id)?);
                }
            }
        }
        ensure!(seen == names.len(), "sdks/names.txt names operations that the document has not");
        operations
            .sort_by(|a, b| (&a.name.resource, &a.name.method).cmp(&(&b.name.resource, &b.name.method)));
        let events = object(&document["webhooks"])
            .map(|(event_type, item)| (event_type.clone(), item["post"].clone()))
            .collect();
        Ok(Self { operations, schemas, events })
    }
}

impl Operation {
    fn read(
        path: &str,
        method: &str,
        operation: &Value,
        name: Name,
        schemas: &BTreeMap<String, Value>,
    ) -> Result<Self> {
        let parameters = operation["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
        let of = |place: &str| {
            parameters.iter().filter(|parameter| parameter["in"] == place).map(Parameter::read).collect()
        };
        let header = |name: &str| {
            parameters.iter().any(|parameter| parameter["in"] == "header" && parameter["name"] == name)
        };
        let mut path_parameters: Vec<Parameter> = of("path");
        path_parameters.sort_by_key(|parameter| path.find(&format!("{{{}}}", parameter.name)));
        Ok(Self {
            id: text(&operation["operationId"]),
            name,
            method: method.to_uppercase(),
            path: path.to_owned(),
            summary: text(&operation["summary"]),
            description: text(&operation["description"]),
            deprecated: operation["deprecated"] == true,
            path_parameters,
            query: of("query"),
            idempotent: header("Idempotency-Key"),
            conditional: header("If-Match"),
            body: Body::read(&operation["requestBody"], schemas)?,
            answer: Answer::read(&operation["responses"], schemas)?,
        })
    }

    /// True if a list's pages follow each other by `cursor`.
    pub fn has_pages(&self) -> bool {
        matches!(self.answer, Answer::Page { .. })
            && self.query.iter().any(|parameter| parameter.name == "cursor")
    }
}

impl Parameter {
    fn read(parameter: &Value) -> Self {
        Self {
            name: text(&parameter["name"]),
            description: text(&parameter["description"]),
            required: parameter["required"] == true,
            schema: parameter["schema"].clone(),
        }
    }
}

impl Body {
    fn read(body: &Value, schemas: &BTreeMap<String, Value>) -> Result<Option<Self>> {
        let content = &body["content"]["application/json"];
        if content.is_null() {
            ensure!(body.is_null(), "the body is not JSON");
            return Ok(None);
        }
        let schema = reference(&content["schema"]).context("the body's schema has no name")?;
        let example =
            schemas.get(&schema).map(|schema| &schema["example"]).filter(|example| !example.is_null());
        Ok(Some(Self { required: body["required"] == true, example: example.cloned(), schema }))
    }
}

impl Answer {
    fn read(responses: &Value, schemas: &BTreeMap<String, Value>) -> Result<Self> {
        let success = object(responses).find(|(status, _)| status.starts_with('2'));
        let (_, response) = success.context("no success is described")?;
        let schema = &response["content"]["application/json"]["schema"];
        if schema.is_null() {
            return Ok(Self::Nothing);
        }
        let Some(name) = reference(schema) else { bail!("the answer's schema has no name") };
        let items =
            &schemas.get(&name).context("the answer's schema is missing")?["properties"]["data"]["items"];
        Ok(match reference(items) {
            Some(item) if name.starts_with("Page") => Self::Page { page: name, item },
            _ => Self::Object(name),
        })
    }
}

/// The name at the end of `#/components/schemas/Name`.
pub fn reference(schema: &Value) -> Option<String> {
    Some(schema["$ref"].as_str()?.rsplit('/').next()?.to_owned())
}

fn object(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project() -> Document {
        Document::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")).unwrap()
    }

    #[test]
    fn every_operation_is_read() {
        let document = project();
        let find = |id: &str| document.operations.iter().find(|operation| operation.id == id).unwrap();
        let list = find("listDeliveries");
        assert_eq!(
            list.answer,
            Answer::Page { page: "PageDelivery".to_owned(), item: "Delivery".to_owned() }
        );
        assert!(list.has_pages() && !list.idempotent && list.body.is_none());
        let create = find("createWebhook");
        assert!(create.idempotent && create.body.as_ref().unwrap().example.is_some());
        let delete = find("deleteWebhookSecret");
        let names: Vec<_> = delete.path_parameters.iter().map(|parameter| parameter.name.as_str()).collect();
        assert_eq!(names, ["id", "secret_id"]);
        assert!(delete.answer == Answer::Nothing && delete.conditional);
        assert!(document.events.contains_key("ticket.created"));
    }

    #[test]
    fn an_operation_without_a_name_is_refused() {
        let document = serde_json::json!({ "paths": { "/v1/x": { "get": { "operationId": "getX" } } } });
        let error = Document::parse(&document, &Names::new()).unwrap_err();
        assert_eq!(error.to_string(), "sdks/names.txt does not name getX");
    }
}
