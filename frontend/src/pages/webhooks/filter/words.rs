//! Filters in words, and the fields that they may ask for; kept apart from the browser so that tests can call it.

use std::collections::BTreeMap;

use api_types::{
    events::EventTypeInfo,
    filters::{EventFilter, FilterCondition},
};
use serde_json::Value;

/// The comparisons: the word of the form, and how it reads. The form asks for `exists` with `false` as `missing`.
pub const OPS: &[(&str, &str)] = &[
    ("eq", "is"),
    ("ne", "is not"),
    ("in", "is one of"),
    ("prefix", "begins with"),
    ("exists", "is set"),
    ("missing", "is not set"),
    ("gt", "is greater than"),
    ("gte", "is at least"),
    ("lt", "is less than"),
    ("lte", "is at most"),
];

/// True for a comparison with nothing.
pub fn is_alone(op: &str) -> bool {
    matches!(op, "exists" | "missing")
}

/// A kind of value that a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    Number,
    Truth,
}

/// The fields of the chosen event types, by their paths.
pub fn fields(catalogue: &[EventTypeInfo], chosen: &[String]) -> BTreeMap<String, Kind> {
    let is_chosen = |info: &&EventTypeInfo| {
        let group = format!("{}.*", info.group);
        chosen.iter().any(|word| word == "*" || *word == group || word == info.kind.as_str())
    };
    let mut found = BTreeMap::new();
    for info in catalogue.iter().filter(is_chosen) {
        collect(&info.schema, "data", &mut found);
    }
    found
}

fn collect(schema: &Value, path: &str, found: &mut BTreeMap<String, Kind>) {
    let Some(properties) = schema["properties"].as_object() else { return };
    for (name, schema) in properties {
        let path = format!("{path}.{name}");
        collect(schema, &path, found);
        found.insert(path, kind(schema));
    }
}

fn kind(schema: &Value) -> Kind {
    let words = schema["type"].as_array().map_or_else(|| vec![&schema["type"]], |all| all.iter().collect());
    let has = |word: &str| words.iter().any(|it| *it == word);
    match (has("integer") || has("number"), has("boolean")) {
        (true, _) => Kind::Number,
        (false, true) => Kind::Truth,
        (false, false) => Kind::Text,
    }
}

/// The condition that a row of the form asks for.
pub fn condition(path: &str, op: &str, typed: &str, kind: Kind) -> FilterCondition {
    let value = match op {
        "exists" => None,
        "missing" => Some(Value::Bool(false)),
        "in" => {
            let parts = typed.split(',').map(str::trim).filter(|part| !part.is_empty());
            Some(parts.map(|part| value(part, kind)).collect())
        }
        _ => Some(value(typed.trim(), kind)),
    };
    let op = if op == "missing" { "exists" } else { op };
    FilterCondition { path: path.to_owned(), op: op.to_owned(), value }
}

/// What was typed, as the field takes it. What cannot be read stays a text: the server says what is wrong.
fn value(typed: &str, kind: Kind) -> Value {
    let read = match kind {
        Kind::Text => None,
        Kind::Number => serde_json::from_str(typed).ok().filter(Value::is_number),
        Kind::Truth => typed.parse().ok().map(Value::Bool),
    };
    read.unwrap_or_else(|| Value::String(typed.to_owned()))
}

/// The word of the form for a condition's comparison, and what is typed beside it.
pub fn row(condition: &FilterCondition) -> (&str, String) {
    match (condition.op.as_str(), &condition.value) {
        ("exists", Some(Value::Bool(false))) => ("missing", String::new()),
        ("exists", _) => ("exists", String::new()),
        (op, Some(Value::Array(values))) => (op, values.iter().map(plain).collect::<Vec<_>>().join(", ")),
        (op, value) => (op, value.as_ref().map(plain).unwrap_or_default()),
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A filter in lines: how its conditions go together, then each.
pub fn lines(filter: &EventFilter) -> (&'static str, Vec<String>) {
    let (how, conditions) = match (&filter.all, &filter.any) {
        (Some(all), _) => ("Events that meet all of these", all.as_slice()),
        (None, any) => ("Events that meet any of these", any.as_deref().unwrap_or_default()),
    };
    let line = |condition: &FilterCondition| {
        let (op, typed) = row(condition);
        let says = OPS.iter().find(|(word, _)| *word == op).map_or(op, |(_, says)| *says);
        format!("{} {says} {typed}", condition.path).trim_end().to_owned()
    };
    (how, conditions.iter().map(line).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_row_and_its_condition_are_the_same() {
        for (op, typed, kind, sent, value) in [
            ("eq", "closed", Kind::Text, "eq", Some(json!("closed"))),
            ("in", "open, closed", Kind::Text, "in", Some(json!(["open", "closed"]))),
            ("gt", "3", Kind::Number, "gt", Some(json!(3))),
            ("eq", "three", Kind::Number, "eq", Some(json!("three"))),
            ("eq", "true", Kind::Truth, "eq", Some(json!(true))),
            ("exists", "", Kind::Text, "exists", None),
            ("missing", "", Kind::Text, "exists", Some(json!(false))),
        ] {
            let made = condition("data.a", op, typed, kind);
            assert_eq!((made.op.as_str(), &made.value), (sent, &value), "{op} {typed}");
            assert_eq!(row(&made), (op, typed.to_owned()));
        }
    }

    #[test]
    fn a_filter_reads_as_lines() {
        let filter = EventFilter {
            any: Some(vec![
                condition("data.status", "eq", "closed", Kind::Text),
                condition("data.a", "missing", "", Kind::Text),
            ]),
            all: None,
        };
        let expected = vec!["data.status is closed".to_owned(), "data.a is not set".to_owned()];
        assert_eq!(lines(&filter), ("Events that meet any of these", expected));
    }
}
