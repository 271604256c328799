//! The last touch on the document, as JSON: what utoipa writes in another way than generators of clients want it.

use serde_json::{Map, Value, json};

/// The place of schemas, before their name.
pub const SCHEMAS: &str = "#/components/schemas/";
/// Lists as utoipa names them: `Page_Ticket`.
const GENERIC_PAGE: &str = "Page_";

/// Pages are called `PageTicket`, and refer to the schema of their items, which utoipa repeats within each page.
pub fn refer_to_items(document: &mut Value) {
    let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) else {
        return;
    };
    let found = std::mem::take(schemas);
    for (name, mut schema) in found {
        let Some(item) = name.strip_prefix(GENERIC_PAGE) else {
            schemas.insert(name, schema);
            continue;
        };
        if let Some(items) = schema.pointer_mut("/properties/data/items") {
            *items = reference(item);
        }
        schemas.insert(format!("Page{item}"), schema);
    }
    let prefix = format!("{SCHEMAS}{GENERIC_PAGE}");
    for_each_object(document, &mut |object| {
        let Some(Value::String(target)) = object.get_mut("$ref") else { return };
        if let Some(item) = target.strip_prefix(&prefix) {
            *target = format!("{SCHEMAS}Page{item}");
        }
    });
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("{SCHEMAS}{name}") })
}

/// Shows each object of `value` to `change`, the outer ones first.
pub fn for_each_object(value: &mut Value, change: &mut impl FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            change(object);
            object.values_mut().for_each(|inner| for_each_object(inner, change));
        }
        Value::Array(values) => values.iter_mut().for_each(|inner| for_each_object(inner, change)),
        _ => {}
    }
}
