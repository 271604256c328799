//! JSON bodies: read with a limit, and refused with the names of the fields that are wrong.

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header, web};
use api_types::{ProblemType, pointer::Pointer, problem::FaultCode};
use serde::de::{DeserializeOwned, IgnoredAny};

use super::{faults, problem::Failure};
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
    let value = serde_path_to_error::deserialize(&mut reader);
    let value =
        value.map_err(|error| refused::<T>(bytes, &faults::Fault::read(error.path(), error.inner())))?;
    reader.end().map_err(|error| malformed(&error))?;
    Ok(value)
}

/// All that is wrong with the body, of which serde found the `first` fault.
fn refused<T: DeserializeOwned>(bytes: &[u8], first: &faults::Fault) -> Failure {
    match serde_json::from_slice(bytes) {
        Ok(body) => Failure::fields(faults::all::<T>(body, first)),
        Err(error) if faults::is_number_too_large(&error) => Failure::fields(vec![first.error(None)]),
        Err(error) => malformed(&error),
    }
}

fn malformed(error: &serde_json::Error) -> Failure {
    Failure::new(
        ProblemType::MalformedJson,
        format!("The body is not valid JSON: line {}, column {}.", error.line(), error.column()),
    )
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
        assert_eq!(failure(r#"{"name":"a","scopes":[3]}"#), "validation: scopes/0: It must be a text.");
        for body in ["[]", r#"["a", []]"#, "null", " 3"] {
            assert_eq!(failure(body), "validation: The body must be a JSON object.", "{body}");
        }
        assert_eq!(
            failure(r#"{"name":1e999,"scopes":["a"]}"#),
            "validation: name: The number is out of range."
        );
        assert!(failure("x").starts_with("malformed-json"));
        assert!(failure("{").starts_with("malformed-json"), "{}", failure("{"));
        assert!(failure(r#"{"name":"a","scopes":[]} x"#).starts_with("malformed-json"));
    }
}
