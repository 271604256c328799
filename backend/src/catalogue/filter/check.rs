//! Holds a filter to the schemas of the event types that its webhook wants. Each fault is named by its place in the body.

use std::{collections::BTreeSet, str::FromStr};

use api_types::{
    FieldError, Timestamp,
    events::EventType,
    filters::{EventFilter, FilterCondition, FilterOp},
    pointer::Pointer,
    problem::FaultCode,
};
use serde_json::Value;

use crate::catalogue::{Subscription, info};

/// The most conditions of a filter.
const MOST: usize = 20;
/// The most values of one condition.
const MOST_VALUES: usize = 50;
/// The longest path, in bytes.
const LONGEST_PATH: usize = 200;
/// The longest text that a field is compared with, in characters.
const LONGEST_VALUE: usize = 500;

/// A fault, with the member of the condition at which it is.
type Fault = (&'static str, FaultCode, String);

/// Checks a filter for a webhook that wants these event types. Every fault is found.
pub fn check(filter: &EventFilter, wanted: &[Subscription]) -> Vec<FieldError> {
    let place = Pointer::from("filter");
    let (name, conditions) = match (&filter.all, &filter.any) {
        (Some(all), None) => ("all", all),
        (None, Some(any)) => ("any", any),
        (Some(_), Some(_)) => {
            let detail = "Its conditions stand under all or under any, not under both.";
            return vec![FieldError::in_body(place, FaultCode::NotAllowed, detail)];
        }
        (None, None) => {
            let detail = "Its conditions stand under all or under any.";
            return vec![FieldError::in_body(place, FaultCode::Required, detail)];
        }
    };
    let place = place.member(name);
    if conditions.is_empty() || conditions.len() > MOST {
        let code = if conditions.is_empty() { FaultCode::TooShort } else { FaultCode::TooLong };
        let detail = format!("A filter has 1 to {MOST} conditions, not {}.", conditions.len());
        return vec![FieldError::in_body(place, code, detail)];
    }
    let types: Vec<EventType> =
        EventType::ALL.iter().copied().filter(|kind| wanted.iter().any(|it| it.matches(*kind))).collect();
    let faults = conditions.iter().enumerate().filter_map(|(at, condition)| {
        let (member, code, detail) = check_condition(condition, &types).err()?;
        Some(FieldError::in_body(place.clone().element(at).member(member), code, detail))
    });
    faults.collect()
}

fn check_condition(condition: &FilterCondition, types: &[EventType]) -> Result<(), Fault> {
    let fields = Fields::of(&condition.path, types)?;
    let op = FilterOp::from_str(&condition.op).map_err(|_| {
        let known: Vec<&str> = FilterOp::ALL.iter().map(|op| op.as_str()).collect();
        ("op", FaultCode::UnknownWord, format!("It is one of {}.", known.join(", ")))
    })?;
    let value = condition.value.as_ref();
    if op == FilterOp::Exists {
        return match value {
            None | Some(Value::Bool(_)) => Ok(()),
            Some(_) => {
                Err(("value", FaultCode::WrongType, "Under exists it is true, false or absent.".to_owned()))
            }
        };
    }
    let value = value.ok_or_else(|| {
        (
            "value",
            FaultCode::Required,
            "It is required; whether a field is there is told by exists.".to_owned(),
        )
    })?;
    match op {
        FilterOp::Eq | FilterOp::Ne => fields.takes(value),
        FilterOp::In => match value.as_array() {
            Some(values) if (1..=MOST_VALUES).contains(&values.len()) => {
                values.iter().try_for_each(|value| fields.takes(value))
            }
            Some(_) => {
                Err(("value", FaultCode::OutOfRange, format!("It is a list of 1 to {MOST_VALUES} values.")))
            }
            None => Err(("value", FaultCode::WrongType, "Under in it is a list.".to_owned())),
        },
        FilterOp::Prefix if !fields.has("string") => {
            Err(("op", FaultCode::WrongType, format!("prefix is for texts, and {} is none.", condition.path)))
        }
        FilterOp::Prefix => match value.as_str() {
            Some(text) if !text.is_empty() => short(text),
            Some(_) => Err(("value", FaultCode::TooShort, "It must not be empty.".to_owned())),
            None => Err(("value", FaultCode::WrongType, "Under prefix it is a text.".to_owned())),
        },
        FilterOp::Gt | FilterOp::Gte | FilterOp::Lt | FilterOp::Lte => fields.compares_with(value, op),
        FilterOp::Exists => Ok(()),
    }
}

fn short(text: &str) -> Result<(), Fault> {
    if text.chars().count() <= LONGEST_VALUE {
        return Ok(());
    }
    Err(("value", FaultCode::TooLong, format!("It must have at most {LONGEST_VALUE} characters.")))
}

/// The schemas of a field in the event types that have it.
struct Fields<'a> {
    path: &'a str,
    schemas: Vec<&'static Value>,
}

impl<'a> Fields<'a> {
    fn of(path: &'a str, types: &[EventType]) -> Result<Self, Fault> {
        if path.len() > LONGEST_PATH {
            return Err((
                "path",
                FaultCode::TooLong,
                format!("It must have at most {LONGEST_PATH} characters."),
            ));
        }
        let Some(inside) = path.strip_prefix("data.") else {
            return Err(("path", FaultCode::NotFound, "It begins with data, as in data.status.".to_owned()));
        };
        let schemas: Vec<&'static Value> =
            types.iter().filter_map(|kind| schema_at(&info(*kind)?.schema, inside)).collect();
        if schemas.is_empty() {
            let detail =
                "None of the webhook's event types has this field; GET /v1/event-types has their schemas.";
            return Err(("path", FaultCode::NotFound, detail.to_owned()));
        }
        Ok(Self { path, schemas })
    }

    fn has(&self, wanted: &str) -> bool {
        self.schemas.iter().any(|schema| kinds(schema).contains(wanted))
    }

    /// Checks a value that the field is to be equal to.
    fn takes(&self, value: &Value) -> Result<(), Fault> {
        let fitting: &[&str] = match value {
            Value::String(_) => &["string"],
            Value::Number(_) => &["integer", "number"],
            Value::Bool(_) => &["boolean"],
            Value::Null | Value::Array(_) | Value::Object(_) => &[],
        };
        let schemas =
            self.schemas.iter().filter(|schema| fitting.iter().any(|kind| kinds(schema).contains(kind)));
        let schemas: Vec<&&Value> = schemas.collect();
        if schemas.is_empty() {
            let detail = format!("{} is {}.", self.path, self.kinds_in_words());
            return Err(("value", FaultCode::WrongType, detail));
        }
        if let Some(text) = value.as_str() {
            short(text)?;
        }
        // Where one of the types takes any text, no word is unknown.
        let words: Option<Vec<&Vec<Value>>> =
            schemas.iter().map(|schema| element(schema).get("enum")?.as_array()).collect();
        match words {
            Some(words) if !words.iter().any(|words| words.contains(value)) => {
                let known: BTreeSet<&str> = words.into_iter().flatten().filter_map(Value::as_str).collect();
                let known: Vec<&str> = known.into_iter().collect();
                Err((
                    "value",
                    FaultCode::UnknownWord,
                    format!("{} is one of {}.", self.path, known.join(", ")),
                ))
            }
            _ => Ok(()),
        }
    }

    /// Checks a value that the field is to be greater or smaller than.
    fn compares_with(&self, value: &Value, op: FilterOp) -> Result<(), Fault> {
        let numbers = self.has("integer") || self.has("number");
        let times = self.schemas.iter().any(|schema| element(schema)["format"] == "date-time");
        match value {
            _ if !numbers && !times => {
                let detail = format!("{op} compares numbers and times, and {} is neither.", self.path);
                Err(("op", FaultCode::WrongType, detail))
            }
            Value::Number(_) if numbers => Ok(()),
            Value::String(text) if times && text.parse::<Timestamp>().is_ok() => Ok(()),
            _ if numbers => Err(("value", FaultCode::WrongType, format!("{} is a number.", self.path))),
            _ => {
                let detail = format!("{} is a time, as in 2026-11-23T14:00:00Z.", self.path);
                Err(("value", FaultCode::WrongType, detail))
            }
        }
    }

    fn kinds_in_words(&self) -> String {
        let mut all: BTreeSet<&str> = BTreeSet::new();
        for schema in &self.schemas {
            all.extend(kinds(schema));
        }
        all.remove("null");
        let words = all.into_iter().map(|kind| match kind {
            "string" => "a text",
            "integer" | "number" => "a number",
            "boolean" => "true or false",
            _ => "an object: name one of its fields, or ask whether it exists",
        });
        words.collect::<Vec<_>>().join(" or ")
    }
}

/// The schema of the field at a path of names with dots between.
fn schema_at(schema: &'static Value, path: &str) -> Option<&'static Value> {
    path.split('.').try_fold(schema, |schema, name| schema.get("properties")?.get(name))
}

/// The schema of a list's elements, or the schema itself where it is of no list.
fn element(schema: &Value) -> &Value {
    schema.get("items").unwrap_or(schema)
}

/// The JSON types that a schema allows; of a list, those of its elements.
fn kinds(schema: &Value) -> BTreeSet<&str> {
    match element(schema).get("type") {
        Some(Value::String(one)) => BTreeSet::from([one.as_str()]),
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ => BTreeSet::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::catalogue::filter::ready::Filter;

    fn faults(filter: Value, types: &[&str]) -> Vec<(String, String)> {
        let filter: EventFilter = serde_json::from_value(filter).expect("a filter");
        let wanted: Vec<Subscription> = types.iter().map(|word| word.parse().expect("known")).collect();
        let faults = check(&filter, &wanted);
        assert!(!faults.is_empty() || Filter::new(&filter).is_some(), "what passes can be used");
        faults.into_iter().map(|fault| (fault.field, fault.code)).collect()
    }

    fn fault(condition: &Value, types: &[&str]) -> Option<(String, String)> {
        faults(json!({ "all": [condition] }), types).pop()
    }

    #[test]
    fn a_field_must_stand_in_one_of_the_types() {
        let status = json!({ "path": "data.status", "op": "eq", "value": "closed" });
        for types in [&["ticket.*"][..], &["*"], &["ticket.closed", "comment.created"]] {
            assert_eq!(fault(&status, types), None, "{types:?}");
        }
        let place = |member: &str, code: &str| Some((format!("/filter/all/0/{member}"), code.to_owned()));
        assert_eq!(fault(&status, &["comment.created"]), place("path", "not_found"));
        for path in ["status", "data", "data.", "data.statu", "data.status.x", "", "data..status"] {
            let condition = json!({ "path": path, "op": "exists" });
            assert_eq!(fault(&condition, &["ticket.*"]), place("path", "not_found"), "{path}");
        }
    }

    #[test]
    fn values_must_be_of_the_fields_type() {
        let place = |member: &str, code: &str| Some((format!("/filter/all/0/{member}"), code.to_owned()));
        for (path, op, value, expected) in [
            ("data.status", "eq", json!("clsd"), place("value", "unknown_word")),
            ("data.status", "eq", json!(1), place("value", "wrong_type")),
            ("data.status", "eq", json!(null), place("value", "required")),
            ("data.status", "in", json!(["open", "shut"]), place("value", "unknown_word")),
            ("data.status", "in", json!("open"), place("value", "wrong_type")),
            ("data.status", "in", json!([]), place("value", "out_of_range")),
            ("data.status", "is", json!("open"), place("op", "unknown_word")),
            ("data.title", "gt", json!("a"), place("op", "wrong_type")),
            ("data.created_at", "gt", json!("yesterday"), place("value", "wrong_type")),
            ("data.created_at", "gt", json!("2026-11-23T14:00:00Z"), None),
            ("data.title", "prefix", json!(""), place("value", "too_short")),
            ("data.title", "prefix", json!("x".repeat(501)), place("value", "too_long")),
            ("data.title", "exists", json!("yes"), place("value", "wrong_type")),
            ("data.attempts", "gt", json!(3), None),
            ("data.attempts", "prefix", json!("3"), place("op", "wrong_type")),
            ("data.attempts", "gt", json!("3"), place("value", "wrong_type")),
            ("data.diagnosis", "exists", json!(true), None),
            ("data.diagnosis", "eq", json!("x"), place("value", "wrong_type")),
            ("data.scopes", "eq", json!("tickets:read"), None),
        ] {
            let condition = json!({ "path": path, "op": op, "value": value });
            assert_eq!(fault(&condition, &["*"]), expected, "{path} {op} {value}");
        }
    }

    #[test]
    fn conditions_are_bounded_and_stand_under_one_word() {
        let one = json!({ "path": "data.id", "op": "exists" });
        let code = |filter| faults(filter, &["*"]).pop().map(|(place, code)| format!("{place} {code}"));
        assert_eq!(code(json!({})).as_deref(), Some("/filter required"));
        assert_eq!(code(json!({ "all": [one], "any": [one] })).as_deref(), Some("/filter not_allowed"));
        assert_eq!(code(json!({ "any": [] })).as_deref(), Some("/filter/any too_short"));
        assert_eq!(code(json!({ "any": vec![one.clone(); 21] })).as_deref(), Some("/filter/any too_long"));
        assert_eq!(code(json!({ "any": vec![one; 20] })), None);
        let bad = json!({ "path": "data.nothing", "op": "exists" });
        assert_eq!(faults(json!({ "any": [bad, bad] }), &["*"]).len(), 2, "every fault is named");
    }
}
