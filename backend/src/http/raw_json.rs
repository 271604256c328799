//! A JSON text that is passed on byte for byte, read strictly: what programs read in different ways is refused, and the place
//! is named.
//!
//! RFC 8259 leaves open what a name that stands twice means, and half of a surrogate pair stands for no character: a receiver
//! might read something else than was checked here. Deep nesting makes readers run out of stack.

use std::{cell::RefCell, fmt};

use api_types::{FieldError, pointer::Pointer, problem::FaultCode};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::faults;

/// The most objects and lists within each other, the outermost included.
pub const MAX_DEPTH: usize = 64;

/// Reads a JSON text that stands at `place` in a body. Numbers lose the digits that a `Value` does not hold, the text of course not.
pub fn read(text: &str, place: Pointer) -> Result<Value, FieldError> {
    let walk = RefCell::default();
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Strict { walk: &walk, depth: 0 }.deserialize(&mut reader);
    let Walk { steps, fault } = walk.into_inner();
    value.map_err(|error| {
        let (code, detail) = fault.unwrap_or_else(|| told(&error));
        let at = steps.into_iter().fold(place, |at, step| match step {
            Step::Member(name) => at.member(&name),
            Step::Element(number) => at.element(number),
        });
        FieldError::in_body(at, code, detail)
    })
}

/// The fault that serde finds by itself. The text is well-formed: it came through a body that was read.
fn told(error: &serde_json::Error) -> (FaultCode, &'static str) {
    if faults::is_number_too_large(error) {
        return (FaultCode::OutOfRange, "The number is out of range.");
    }
    (
        FaultCode::InvalidCharacters,
        "A text holds half of a surrogate pair (\\ud800 to \\udfff), which is no character.",
    )
}

/// The way to what is being read, and what is wrong there.
#[derive(Default)]
struct Walk {
    steps: Vec<Step>,
    fault: Option<(FaultCode, &'static str)>,
}

enum Step {
    Member(String),
    Element(usize),
}

/// Reads one value, so many levels below the first.
#[derive(Clone, Copy)]
struct Strict<'a> {
    walk: &'a RefCell<Walk>,
    depth: usize,
}

impl Strict<'_> {
    fn refuse<E: Error>(self, code: FaultCode, detail: &'static str) -> E {
        self.walk.borrow_mut().fault = Some((code, detail));
        E::custom(detail)
    }

    /// The reader of what is inside of this.
    fn inside<E: Error>(self) -> Result<Self, E> {
        if self.depth == MAX_DEPTH {
            return Err(self.refuse(FaultCode::TooDeep, "It is nested over 64 levels deep."));
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }

    fn enter(self, step: Step) {
        self.walk.borrow_mut().steps.push(step);
    }

    /// Goes back from where nothing was wrong.
    fn leave(self) {
        self.walk.borrow_mut().steps.pop();
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let inside = self.inside()?;
        let mut elements = Vec::new();
        loop {
            self.enter(Step::Element(elements.len()));
            let element = list.next_element_seed(inside)?;
            self.leave();
            match element {
                Some(element) => elements.push(element),
                None => return Ok(Value::Array(elements)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Value, A::Error> {
        let inside = self.inside()?;
        let mut members = Map::new();
        while let Some(name) = object.next_key::<String>()? {
            self.enter(Step::Member(name.clone()));
            if members.contains_key(&name) {
                return Err(self.refuse(FaultCode::Duplicate, "It must stand here once."));
            }
            let value = object.next_value_seed(inside)?;
            self.leave();
            members.insert(name, value);
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::properties::hold;

    fn fault(text: &str) -> (String, String) {
        let error = read(text, Pointer::from("data")).expect_err(text);
        (error.field, error.code)
    }

    fn at(field: &str, code: &str) -> (String, String) {
        (field.to_owned(), code.to_owned())
    }

    #[test]
    fn the_place_of_what_is_read_in_different_ways_is_named() {
        assert_eq!(fault(r#"{"a":1,"b":2,"a":1}"#), at("/data/a", "duplicate"));
        assert_eq!(fault(r#"{"a":1,"\u0061":1}"#), at("/data/a", "duplicate"));
        assert_eq!(fault(r#"{"a":[{},{"x/y":{"":1,"":2}}]}"#), at("/data/a/1/x~1y/", "duplicate"));
        for half in
            [r"\ud800", r"\udc00", r"\ud800x", r"\ud800\ud800", r"\ud800\n", r"\udfffx", r"\uDBFF\u0041"]
        {
            assert_eq!(
                fault(&format!(r#"{{"a":[0,"{half}"]}}"#)),
                at("/data/a/1", "invalid_characters"),
                "{half}"
            );
            assert_eq!(
                fault(&format!(r#"{{"a":{{"{half}":1}}}}"#)),
                at("/data/a", "invalid_characters"),
                "{half}"
            );
        }
        assert_eq!(fault(r#"{"a":[1e999]}"#), at("/data/a/0", "out_of_range"));
        let deep = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(read(&deep(MAX_DEPTH), Pointer::from("data")).is_ok());
        let place = format!("/data{}", "/0".repeat(MAX_DEPTH));
        assert_eq!(fault(&deep(MAX_DEPTH + 1)), at(&place, "too_deep"));
        assert_eq!(fault(&deep(50_000)), at(&place, "too_deep"));
    }

    #[test]
    fn whatever_else_is_json_is_read_as_serde_reads_it() {
        let text = r#" {"b": -0, "a": [1E2, 123456789012345678901234567890, null, true, "\ud83d\ude00"]} "#;
        let value = read(text, Pointer::whole()).expect("read");
        assert_eq!(value, serde_json::from_str::<Value>(text).expect("JSON"));
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        let tree = leaf.prop_recursive(4, 40, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::btree_map(any::<String>(), inner, 0..5).prop_map(|members| json!(members)),
            ]
        });
        hold(&tree, |tree| {
            let text = tree.to_string();
            let expected = serde_json::from_str::<Value>(&text).expect("JSON");
            assert_eq!(read(&text, Pointer::whole()).expect("read"), expected);
        });
    }
}
