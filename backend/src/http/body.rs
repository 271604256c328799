//! JSON bodies: read with a limit, and refused with the name of the field that is wrong.

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header, web};
use api_types::{ProblemType, pointer::Pointer, problem::FaultCode};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_path_to_error::{Path, Segment};

use super::problem::Failure;
use crate::crypto;

/// The largest body that is read: 256 KiB.
pub const MAX_BYTES: usize = 256 * 1024;

/// A JSON body of type `T`.
#[derive(Debug)]
pub struct Body<T> {
    pub value: T,
    /// SHA-256 of the bytes as they came, for idempotency keys.
    pub digest: String,
}

impl<T: DeserializeOwned + 'static> FromRequest for Body<T> {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let typed = check_type(request);
        let bytes = web::Bytes::from_request(request, payload);
        Box::pin(async move {
            typed?;
            let bytes = bytes.await.map_err(|error| read_failure(&error))?;
            Ok(Self { value: parse(&bytes)?, digest: crypto::sha256_text(&bytes) })
        })
    }
}

fn check_type(request: &HttpRequest) -> Result<(), Failure> {
    let value =
        request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = value.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    Err(Failure::new(
        ProblemType::UnsupportedMediaType,
        "Send the body as JSON, with the header Content-Type: application/json.",
    ))
}

fn read_failure(error: &actix_web::Error) -> Failure {
    if error.as_response_error().status_code() == actix_web::http::StatusCode::PAYLOAD_TOO_LARGE {
        return Failure::new(
            ProblemType::BodyTooLarge,
            format!("The body is larger than the {} KiB that are accepted.", MAX_BYTES / 1024),
        );
    }
    Failure::new(ProblemType::BadRequest, "The body ended before it was complete.")
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    // serde reads an array as a struct's fields in order; on the wire a body is an object.
    if bytes.iter().find(|byte| !byte.is_ascii_whitespace()).is_some_and(|&first| first != b'{') {
        serde_json::from_slice::<IgnoredAny>(bytes).map_err(|error| malformed(&error))?;
        return Err(Failure::field(
            Pointer::whole(),
            FaultCode::WrongType,
            "The body must be a JSON object.",
        ));
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader)
        .map_err(|error| describe(pointer(error.path()), error.inner()))?;
    reader.end().map_err(|error| malformed(&error))?;
    Ok(value)
}

fn malformed(error: &serde_json::Error) -> Failure {
    Failure::new(
        ProblemType::MalformedJson,
        format!("The body is not valid JSON: line {}, column {}.", error.line(), error.column()),
    )
}

fn pointer(path: &Path) -> Pointer {
    path.iter().fold(Pointer::whole(), |pointer, segment| match segment {
        Segment::Seq { index } => pointer.element(*index),
        Segment::Map { key } => pointer.member(key),
        Segment::Enum { .. } | Segment::Unknown => pointer,
    })
}

/// Turns serde's message into the field at fault and what is wrong with it.
fn describe(at: Pointer, error: &serde_json::Error) -> Failure {
    if !error.is_data() {
        return malformed(error);
    }
    let text = error.to_string();
    let message = text.split(" at line ").next().unwrap_or(&text);
    let named = message.split('`').nth(1).unwrap_or_default();
    if message.starts_with("missing field") {
        return Failure::field(at.member(named), FaultCode::Required, "It is required.");
    }
    if message.starts_with("unknown field") {
        let is_there = at.as_str().ends_with(Pointer::from(named).as_str());
        let field = if is_there { at } else { at.member(named) };
        return Failure::field(field, FaultCode::UnknownField, "There is no such field.");
    }
    let detail = format!("It has the wrong type or form: {}.", plain(message));
    Failure::field(at, FaultCode::WrongType, detail)
}

/// serde's wording without the value, which may be long or secret.
fn plain(message: &str) -> String {
    match message.split_once(", expected ") {
        Some((_, expected)) => format!("expected {expected}"),
        None => message.chars().take(200).collect(),
    }
}

#[cfg(test)]
mod tests {
    use api_types::api_keys::NewApiKey;

    use super::*;

    fn failure(body: &str) -> String {
        parse::<NewApiKey>(body.as_bytes()).expect_err("refused").to_string()
    }

    #[test]
    fn the_field_at_fault_is_named() {
        assert_eq!(failure(r#"{"scopes":[]}"#), "validation: name: It is required.");
        assert_eq!(
            failure(r#"{"name":"a","scopes":[],"colour":1}"#),
            "validation: colour: There is no such field."
        );
        assert_eq!(
            failure(r#"{"name":"a","scopes":[3]}"#),
            "validation: scopes/0: It has the wrong type or form: expected a string."
        );
        for body in ["[]", r#"["a", []]"#, "null", " 3"] {
            assert_eq!(failure(body), "validation: The body must be a JSON object.", "{body}");
        }
        assert!(failure("x").starts_with("malformed-json"));
        assert!(failure("{").starts_with("malformed-json"), "{}", failure("{"));
        assert!(failure(r#"{"name":"a","scopes":[]} x"#).starts_with("malformed-json"));
    }
}
