//! A filter that passed its check, ready to be asked for each event.

use std::{cmp::Ordering, str::FromStr};

use api_types::{
    Timestamp,
    filters::{EventFilter, FilterCondition, FilterOp},
};
use serde_json::{Number, Value};

/// A filter, ready to be asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    /// `true` where all conditions must hold, `false` where one must.
    all: bool,
    conditions: Vec<Condition>,
}

#[derive(Clone, Debug, PartialEq)]
struct Condition {
    path: Vec<String>,
    test: Test,
}

#[derive(Clone, Debug, PartialEq)]
enum Test {
    /// The field is one of the values.
    OneOf(Vec<Value>),
    /// The field is there, and is not the value.
    Not(Value),
    Prefix(String),
    /// The field is there and not `null`, or the opposite.
    Exists(bool),
    /// The field compares to the bound in one of these ways.
    Compare(&'static [Ordering], Bound),
}

#[derive(Clone, Debug, PartialEq)]
enum Bound {
    Number(Number),
    Time(Timestamp),
}

impl Filter {
    /// The filter made ready; `None` where [`check`] would refuse it.
    pub fn new(filter: &EventFilter) -> Option<Self> {
        let (all, conditions) = match (&filter.all, &filter.any) {
            (Some(all), None) => (true, all),
            (None, Some(any)) => (false, any),
            _ => return None,
        };
        let conditions = conditions.iter().map(Condition::new).collect::<Option<Vec<_>>>()?;
        (!conditions.is_empty()).then_some(Self { all, conditions })
    }

    /// `true` if an event with this body passes.
    pub fn matches(&self, body: &Value) -> bool {
        let mut conditions = self.conditions.iter();
        if self.all {
            conditions.all(|condition| condition.holds(body))
        } else {
            conditions.any(|condition| condition.holds(body))
        }
    }
}

impl Condition {
    fn new(condition: &FilterCondition) -> Option<Self> {
        let path = condition.path.split('.').map(str::to_owned).collect();
        let test = Test::new(FilterOp::from_str(&condition.op).ok()?, condition.value.as_ref())?;
        Some(Self { path, test })
    }

    fn holds(&self, body: &Value) -> bool {
        let field = self.path.iter().try_fold(body, |value, name| value.as_object()?.get(name));
        match (&self.test, field.filter(|value| !value.is_null())) {
            (Test::Exists(wanted), found) => found.is_some() == *wanted,
            (_, None) => false,
            (Test::Not(value), Some(found)) => !meets(found, &|found| same(found, value)),
            (Test::OneOf(values), Some(found)) => {
                meets(found, &|found| values.iter().any(|value| same(found, value)))
            }
            (Test::Prefix(prefix), Some(found)) => {
                meets(found, &|found| found.as_str().is_some_and(|text| text.starts_with(prefix.as_str())))
            }
            (Test::Compare(wanted, bound), Some(found)) => {
                meets(found, &|found| bound.compare(found).is_some_and(|order| wanted.contains(&order)))
            }
        }
    }
}

/// `true` if the value passes, or an element of it where it is a list.
fn meets(found: &Value, passes: &dyn Fn(&Value) -> bool) -> bool {
    match found.as_array() {
        Some(elements) => elements.iter().any(passes),
        None => passes(found),
    }
}

impl Test {
    fn new(op: FilterOp, value: Option<&Value>) -> Option<Self> {
        const LESS: Ordering = Ordering::Less;
        const EQUAL: Ordering = Ordering::Equal;
        const GREATER: Ordering = Ordering::Greater;
        if op == FilterOp::Exists {
            return Some(Self::Exists(value.is_none_or(|value| *value != Value::Bool(false))));
        }
        let value = value?;
        let compare = |wanted: &'static [Ordering]| Some(Self::Compare(wanted, Bound::new(value)?));
        match op {
            FilterOp::Eq => Some(Self::OneOf(vec![value.clone()])),
            FilterOp::Ne => Some(Self::Not(value.clone())),
            FilterOp::In => Some(Self::OneOf(value.as_array()?.clone())),
            FilterOp::Prefix => Some(Self::Prefix(value.as_str()?.to_owned())),
            FilterOp::Gt => compare(&[GREATER]),
            FilterOp::Gte => compare(&[GREATER, EQUAL]),
            FilterOp::Lt => compare(&[LESS]),
            FilterOp::Lte => compare(&[LESS, EQUAL]),
            FilterOp::Exists => None,
        }
    }
}

impl Bound {
    fn new(value: &Value) -> Option<Self> {
        match value {
            Value::Number(number) => Some(Self::Number(number.clone())),
            Value::String(text) => text.parse().ok().map(Self::Time),
            _ => None,
        }
    }

    /// The order of a field and the bound; `None` where they cannot be compared.
    fn compare(&self, field: &Value) -> Option<Ordering> {
        match (self, field) {
            (Self::Number(bound), Value::Number(number)) => in_order(number, bound),
            (Self::Time(bound), Value::String(text)) => {
                text.parse::<Timestamp>().ok().map(|time| time.cmp(bound))
            }
            _ => None,
        }
    }
}

/// `true` if both values are the same; numbers by what they are worth, so that 1 is 1.0.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => in_order(one, other) == Some(Ordering::Equal),
        _ => one == other,
    }
}

/// The order of two numbers: of integers exactly, of others as far as a double tells.
fn in_order(one: &Number, other: &Number) -> Option<Ordering> {
    let whole = |number: &Number| number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
    match (whole(one), whole(other)) {
        (Some(one), Some(other)) => Some(one.cmp(&other)),
        _ => one.as_f64()?.partial_cmp(&other.as_f64()?),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn matches(filter: Value, body: &Value) -> bool {
        let filter: EventFilter = serde_json::from_value(filter).expect("a filter");
        Filter::new(&filter).expect("a usable filter").matches(body)
    }

    fn holds(path: &str, op: &str, value: Value) -> bool {
        let body = json!({ "type": "ticket.closed", "data": { "status": "closed", "assignee": null, "attempts": 10,
            "big": 9_007_199_254_740_993_u64, "tags": ["a", "bc"], "at": "2026-11-23T14:00:00Z", "one": { "two": 2 } } });
        let mut condition = json!({ "path": path, "op": op });
        if !value.is_null() {
            condition["value"] = value;
        }
        matches(json!({ "all": [condition] }), &body)
    }

    #[test]
    fn each_comparison_does_what_it_says() {
        for (path, op, value, expected) in [
            ("data.status", "eq", json!("closed"), true),
            ("data.status", "eq", json!("open"), false),
            ("data.status", "ne", json!("open"), true),
            ("data.status", "ne", json!("closed"), false),
            ("data.status", "in", json!(["open", "closed"]), true),
            ("data.status", "prefix", json!("clo"), true),
            ("data.status", "prefix", json!("lo"), false),
            ("data.status", "exists", Value::Null, true),
            ("data.assignee", "exists", Value::Null, false),
            ("data.assignee", "exists", json!(false), true),
            ("data.nothing", "exists", json!(false), true),
            ("data.nothing", "ne", json!("open"), false),
            ("data.assignee", "eq", json!("sam"), false),
            ("data.attempts", "gt", json!(9), true),
            ("data.attempts", "gt", json!(10), false),
            ("data.attempts", "gte", json!(10.0), true),
            ("data.attempts", "lt", json!(10.5), true),
            ("data.attempts", "lte", json!(9), false),
            ("data.attempts", "eq", json!(10.0), true),
            ("data.big", "gt", json!(9_007_199_254_740_992_u64), true),
            ("data.big", "eq", json!(9_007_199_254_740_992_u64), false),
            ("data.at", "gt", json!("2026-11-23T14:30:00+01:00"), true),
            ("data.at", "lt", json!("2026-11-23T14:00:00Z"), false),
            ("data.tags", "eq", json!("bc"), true),
            ("data.tags", "prefix", json!("b"), true),
            ("data.tags", "ne", json!("a"), false),
            ("data.one.two", "eq", json!(2), true),
            ("data.one.two.three", "eq", json!(2), false),
            ("type", "eq", json!("ticket.closed"), true),
        ] {
            assert_eq!(holds(path, op, value.clone()), expected, "{path} {op} {value}");
        }
    }

    #[test]
    fn all_asks_for_every_condition_and_any_for_one() {
        let one = json!({ "path": "data.a", "op": "eq", "value": 1 });
        let other = json!({ "path": "data.b", "op": "eq", "value": 1 });
        let body = json!({ "data": { "a": 1, "b": 2 } });
        assert!(!matches(json!({ "all": [one, other] }), &body));
        assert!(matches(json!({ "any": [one, other] }), &body));
    }
}
