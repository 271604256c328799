//! What is wrong with a JSON body: every missing, unknown and mistyped field at once, in JSON's words.
//!
//! serde stops at the first fault, so the fault is noted and mended in a copy of the body, and the copy is read again. Only
//! a body that was refused already pays for that.

use api_types::{FieldError, pointer::Pointer, problem::FaultCode};
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::{Path, Segment};

/// The most times that a body is read again, which bounds the time that a bad body costs.
const MAX_ROUNDS: usize = 50;

/// All that keeps `body` from being a `T`. The `first` fault is what serde said of its bytes: names that stand twice are
/// seen there alone.
pub fn all<T: DeserializeOwned>(mut body: Value, first: &Fault) -> Vec<FieldError> {
    let mut found: Vec<FieldError> = Vec::new();
    for _ in 0..MAX_ROUNDS {
        let Err(error) = serde_path_to_error::deserialize::<_, T>(&body) else { break };
        let fault = Fault::read(error.path(), error.inner());
        let known = found.iter().any(|known| fault.is_at_or_in(&known.field));
        if !known {
            found.push(fault.error(body.pointer(fault.field.as_str())));
        }
        if !fault.mend(&mut body, known) {
            break;
        }
    }
    if !found.iter().any(|known| first.is_at_or_in(&known.field)) {
        found.insert(0, first.error(None));
    }
    found
}

/// True where the text is JSON with a number that no type here holds, such as `1e999`.
pub fn is_number_too_large(error: &serde_json::Error) -> bool {
    error.to_string().starts_with(NUMBER_TOO_LARGE)
}

const NUMBER_TOO_LARGE: &str = "number out of range";

/// What serde says of the first fault.
#[derive(Debug)]
pub struct Fault {
    field: Pointer,
    kind: FaultKind,
}

#[derive(Debug)]
enum FaultKind {
    Missing,
    Unknown,
    Duplicate,
    TooLarge,
    /// The value is no such thing.
    Not(Wanted),
    /// The value is not of its form; the sentence comes from the type that reads it.
    Malformed(String),
}

impl Fault {
    pub fn read(path: &Path, error: &serde_json::Error) -> Self {
        let at = path.iter().fold(Pointer::whole(), |pointer, segment| match segment {
            Segment::Seq { index } => pointer.element(*index),
            Segment::Map { key } => pointer.member(key),
            Segment::Enum { .. } | Segment::Unknown => pointer,
        });
        let text = error.to_string();
        let message = text.rsplit_once(" at line ").map_or(text.as_str(), |(message, _)| message);
        let named = || message.split('`').nth(1).unwrap_or_default();
        if message.starts_with("missing field") {
            Self { field: at.member(named()), kind: FaultKind::Missing }
        } else if message.starts_with("duplicate field") {
            Self { field: at.member(named()), kind: FaultKind::Duplicate }
        } else if message.starts_with("unknown field") {
            // The path ends in the unknown name already.
            Self { field: at, kind: FaultKind::Unknown }
        } else if message.starts_with(NUMBER_TOO_LARGE) {
            Self { field: at, kind: FaultKind::TooLarge }
        } else if let Some((_, expected)) = message.rsplit_once(", expected ") {
            Self { field: at, kind: FaultKind::Not(Wanted::read(expected)) }
        } else {
            let wanted = message.strip_prefix("expected ").unwrap_or("of another form");
            Self { field: at, kind: FaultKind::Malformed(format!("It must be {wanted}.")) }
        }
    }

    /// The fault as its caller is told; `value` is what stands at its place.
    pub fn error(&self, value: Option<&Value>) -> FieldError {
        let (code, detail) = match &self.kind {
            FaultKind::Missing => (FaultCode::Required, "It is required.".to_owned()),
            FaultKind::Unknown => (FaultCode::UnknownField, "There is no such field.".to_owned()),
            FaultKind::Duplicate => (FaultCode::Duplicate, "It must stand here once.".to_owned()),
            FaultKind::TooLarge => (FaultCode::OutOfRange, "The number is out of range.".to_owned()),
            FaultKind::Not(wanted) => wanted.told(value),
            FaultKind::Malformed(detail) => (FaultCode::Malformed, detail.clone()),
        };
        FieldError::in_body(self.field.clone(), code, detail)
    }

    fn is_at_or_in(&self, field: &str) -> bool {
        let rest = self.field.as_str().strip_prefix(field);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Changes `body` so that reading it gets further; `false` where nothing helps. A member is taken out at first, so
    /// that its neighbours are read before it is missed.
    fn mend(&self, body: &mut Value, known: bool) -> bool {
        let Some((parent, name)) = self.field.split_last() else { return false };
        let Some(parent) = body.pointer_mut(parent.as_str()) else { return false };
        let stand_in = match &self.kind {
            FaultKind::Not(wanted) => wanted.stand_in(),
            FaultKind::Missing => Value::String(String::new()),
            _ => Value::Null,
        };
        match parent {
            Value::Object(members) if matches!(self.kind, FaultKind::Missing) => {
                members.insert(name, stand_in).is_none()
            }
            Value::Object(members) if !known => members.remove(&name).is_some(),
            Value::Object(members) => {
                let before = members.insert(name, stand_in.clone());
                before.is_some_and(|before| before != stand_in)
            }
            Value::Array(elements) => {
                let element = name.parse().ok().and_then(|at: usize| elements.get_mut(at));
                element.is_some_and(|element| std::mem::replace(element, stand_in.clone()) != stand_in)
            }
            _ => false,
        }
    }
}

/// What a type wants to read.
#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    Text,
    Whole,
    Number,
    Flag,
    List,
    Object,
    Word(String),
    Other,
}

impl Wanted {
    /// Reads the end of serde's message: what it expected.
    fn read(expected: &str) -> Self {
        match expected {
            "a string" | "a borrowed string" | "string or map" => Self::Text,
            "u8" | "u16" | "u32" | "u64" | "usize" | "i8" | "i16" | "i32" | "i64" => Self::Whole,
            "f32" | "f64" => Self::Number,
            "a boolean" => Self::Flag,
            "a sequence" => Self::List,
            "a map" => Self::Object,
            _ if expected.starts_with("struct ") => Self::Object,
            _ if expected.contains('`') => Self::Word(expected.replace('`', "")),
            _ => Self::Other,
        }
    }

    /// The code and the sentence where `value` is something else.
    fn told(&self, value: Option<&Value>) -> (FaultCode, String) {
        let sentence = match self {
            Self::Whole => match value.and_then(whole_number) {
                Some(number) if number < 0.0 => {
                    return (FaultCode::OutOfRange, "The number is too small.".to_owned());
                }
                Some(_) => return (FaultCode::OutOfRange, "The number is too large.".to_owned()),
                None => "It must be a whole number.",
            },
            Self::Word(known) => return (FaultCode::UnknownWord, format!("It must be {known}.")),
            Self::Text => "It must be a text.",
            Self::Number => "It must be a number.",
            Self::Flag => "It must be true or false.",
            Self::List => "It must be a list.",
            Self::Object => "It must be an object.",
            Self::Other => "It has the wrong type.",
        };
        (FaultCode::WrongType, sentence.to_owned())
    }

    /// A value that such a type reads.
    fn stand_in(&self) -> Value {
        match self {
            Self::Text => Value::String(String::new()),
            Self::Whole | Self::Number => Value::from(0),
            Self::Flag => Value::Bool(false),
            Self::List => Value::Array(Vec::new()),
            Self::Object => Value::Object(serde_json::Map::new()),
            Self::Word(_) | Self::Other => Value::Null,
        }
    }
}

/// The value as far as it is a whole number, of any size: beyond 64 bits, they are read as fractions.
fn whole_number(value: &Value) -> Option<f64> {
    let number = value.as_f64()?;
    (!value.is_f64() || number.abs() >= 1e18).then_some(number)
}

#[cfg(test)]
mod tests {
    use api_types::{events::NewEvent, recoveries::NewRecovery, webhooks::NewWebhook};
    use serde_json::json;

    use super::*;

    fn told<T: DeserializeOwned>(body: &str) -> Vec<(String, String, String)> {
        let mut reader = serde_json::Deserializer::from_str(body);
        let error = serde_path_to_error::deserialize::<_, T>(&mut reader).err().expect("refused");
        let first = Fault::read(error.path(), error.inner());
        let errors = all::<T>(serde_json::from_str(body).unwrap(), &first);
        errors.into_iter().map(|error| (error.field, error.code, error.detail)).collect()
    }

    fn fields<T: DeserializeOwned>(body: &str) -> Vec<(String, String)> {
        told::<T>(body).into_iter().map(|(field, code, _)| (field, code)).collect()
    }

    fn pairs(all: &[(&str, &str)]) -> Vec<(String, String)> {
        all.iter().map(|&(field, code)| (field.to_owned(), code.to_owned())).collect()
    }

    #[test]
    fn missing_unknown_and_mistyped_fields_are_told_together() {
        let body =
            r#"{"url":{"a":1},"event_types":["*",3,"*",null],"description":[],"rate_limit":"5","more":1}"#;
        let mut found = fields::<NewWebhook>(body);
        found.sort();
        let wanted = [
            ("/description", "wrong_type"),
            ("/event_types/1", "wrong_type"),
            ("/event_types/3", "wrong_type"),
            ("/more", "unknown_field"),
            ("/rate_limit", "wrong_type"),
            ("/url", "wrong_type"),
        ];
        assert_eq!(found, pairs(&wanted));
        let mut found = fields::<NewWebhook>(r#"{"a/b~":1}"#);
        found.sort();
        assert_eq!(
            found,
            pairs(&[("/a~1b~0", "unknown_field"), ("/event_types", "required"), ("/url", "required")])
        );
        assert_eq!(fields::<NewEvent>("{}"), pairs(&[("/type", "required"), ("/data", "required")]));
    }

    #[test]
    fn a_name_that_stands_twice_is_told_too() {
        let found = fields::<NewEvent>(r#"{"type":"a","type":"b","data":{},"more":1}"#);
        assert_eq!(found, pairs(&[("/type", "duplicate"), ("/more", "unknown_field")]));
    }

    #[test]
    fn numbers_are_told_in_words_of_json() {
        for (number, code, detail) in [
            ("1.5", "wrong_type", "It must be a whole number."),
            ("1.0", "wrong_type", "It must be a whole number."),
            ("true", "wrong_type", "It must be a whole number."),
            ("-1", "out_of_range", "The number is too small."),
            ("4294967296", "out_of_range", "The number is too large."),
            ("99999999999999999999", "out_of_range", "The number is too large."),
        ] {
            let body = format!(r#"{{"rate_per_second":{number}}}"#);
            let error = ("/rate_per_second".to_owned(), code.to_owned(), detail.to_owned());
            assert_eq!(told::<NewRecovery>(&body), [error], "{body}");
        }
    }

    #[test]
    fn a_large_bad_body_is_given_up_in_time() {
        let many = json!({ "url": "u", "event_types": vec![3; 10_000] }).to_string();
        assert_eq!(told::<NewWebhook>(&many).len(), MAX_ROUNDS);
    }
}
