//! Which resource uses which schema, and in which direction.

use super::types::Types;
use crate::document::{Answer, Document, Operation, reference};
use anyhow::Result;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// How a schema is used.
#[derive(Debug, Default)]
pub struct Use {
    pub resources: BTreeSet<String>,
    /// True if callers send it.
    pub sent: bool,
    /// True if the server answers with it.
    pub received: bool,
    /// True if it is the body of a change, in which an absent field and `null` are different.
    pub change: bool,
}

/// The schemas that the SDK needs, by name. A vocabulary stands here under the name that it has in Rust.
#[derive(Debug, Default)]
pub struct Reach {
    pub uses: BTreeMap<String, Use>,
    /// The parameters' vocabularies that no schema names: their schema, by name.
    pub nameless: BTreeMap<String, (String, Value)>,
}

#[derive(Clone, Copy)]
struct Way<'a> {
    resource: &'a str,
    sent: bool,
}

impl Reach {
    pub fn of(document: &Document, types: &Types<'_>) -> Result<Self> {
        let mut reach = Self::default();
        for operation in &document.operations {
            reach.follow_operation(types, operation)?;
        }
        for message in document.events.values() {
            let data = &message["requestBody"]["content"]["application/json"]["schema"]["properties"]["data"];
            reach.follow(types, data, Way { resource: "events", sent: false });
        }
        Ok(reach)
    }

    fn follow_operation(&mut self, types: &Types<'_>, operation: &Operation) -> Result<()> {
        let resource = operation.name.resource.as_str();
        let way = |sent| Way { resource, sent };
        if let Some(body) = &operation.body {
            self.follow_named(types, &body.schema, way(true));
            if operation.method == "PATCH" {
                self.uses.entry(body.schema.clone()).or_default().change = true;
            }
        }
        match &operation.answer {
            Answer::Nothing => {}
            Answer::Object(name) | Answer::Page { item: name, .. } => {
                self.follow_named(types, name, way(false));
            }
        }
        for parameter in operation.path_parameters.iter().chain(&operation.query) {
            self.follow(types, &parameter.schema, way(true));
            let schema = if parameter.schema["items"].is_null() {
                &parameter.schema
            } else {
                &parameter.schema["items"]
            };
            if schema["enum"].is_array() && types.vocabulary_schema(schema).is_none() {
                let name = types.of(&parameter.name, schema)?.text;
                self.nameless.entry(name).or_insert_with(|| (resource.to_owned(), schema.clone()));
            }
        }
        Ok(())
    }

    fn follow_named(&mut self, types: &Types<'_>, name: &str, way: Way<'_>) {
        let name = types.described(name);
        let used = self.uses.entry(name.to_owned()).or_default();
        let known = used.resources.contains(way.resource) && if way.sent { used.sent } else { used.received };
        used.resources.insert(way.resource.to_owned());
        if way.sent {
            used.sent = true;
        } else {
            used.received = true;
        }
        if let (false, Some(schema)) = (known, types.schemas.get(name)) {
            self.follow(types, schema, way);
        }
    }

    fn follow(&mut self, types: &Types<'_>, schema: &Value, way: Way<'_>) {
        if let Some(name) = reference(schema) {
            self.follow_named(types, &name, way);
            return;
        }
        if let Some(name) = types.vocabulary_schema(schema) {
            let used = self.uses.entry(name.to_owned()).or_default();
            used.resources.insert(way.resource.to_owned());
        }
        let properties =
            schema["properties"].as_object().into_iter().flat_map(|properties| properties.values());
        let parts = ["oneOf", "allOf"].iter().filter_map(|key| schema[*key].as_array()).flatten();
        for part in properties.chain(parts).chain(schema.get("items")) {
            self.follow(types, part, way);
        }
    }
}
