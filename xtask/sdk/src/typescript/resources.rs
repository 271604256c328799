//! `resources.ts`: the resources of a client, by name.

use super::text::{camel, capitalized, each, pascal};
use crate::document::{Document, Operation};
use std::collections::BTreeMap;

/// The operations of each resource.
pub fn by_resource(document: &Document) -> BTreeMap<String, Vec<&Operation>> {
    let mut resources: BTreeMap<String, Vec<&Operation>> = BTreeMap::new();
    for operation in &document.operations {
        resources.entry(operation.name.resource.clone()).or_default().push(operation);
    }
    resources
}

/// The file.
pub fn text(document: &Document) -> String {
    let resources = by_resource(document);
    let names = || resources.keys();
    let imports = each(names(), |name| {
        format!("import {{ {}Resource }} from \"./resources/{name}.js\";\n", pascal(name))
    });
    let fields = each(names(), |name| format!("  readonly {}: {}Resource;\n", camel(name), pascal(name)));
    let values = each(names(), |name| {
        format!("    this.{} = new {}Resource(transport);\n", camel(name), pascal(name))
    });
    let types = each(names(), |name| format!("  {}Resource,\n", pascal(name)));
    let queries = each(&resources, |(name, operations)| queries(name, operations));
    format!(
        "import type {{ Transport }} from \"../transport.js\";\n{imports}\n\
        /** The resources of a client. */\nexport abstract class Resources {{\n{fields}\n  \
        protected constructor(transport: Transport) {{\n{values}  }}\n}}\n\n\
        export type {{\n{types}}};\n{queries}"
    )
}

/// Passes on the types of a resource's queries.
fn queries(name: &str, operations: &[&Operation]) -> String {
    let queries = operations.iter().filter(|operation| !operation.query.is_empty());
    let types = each(queries, |operation| format!("  {},\n", query_name(operation)));
    if types.is_empty() {
        return String::new();
    }
    format!("export type {{\n{types}}} from \"./resources/{name}.js\";\n")
}

/// The name of the type of an operation's query.
pub fn query_name(operation: &Operation) -> String {
    format!("{}Query", capitalized(&operation.id))
}
