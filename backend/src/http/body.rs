//! JSON bodies: read with a limit, and refused with the names of the fields that are wrong.

use std::{future::Future, pin::Pin};

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::{Method, header},
};
use api_types::{ProblemType, pointer::Pointer, problem::FaultCode};
use serde::de::{DeserializeOwned, IgnoredAny};

use super::{
    faults,
    payload::{self, Unreadable},
    problem::Failure,
};
use crate::crypto;

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
        let is_json = check_type(request);
        let is_post = request.method() == Method::POST;
        let bytes = payload::read(request, payload);
        Box::pin(async move {
            let is_json = is_json?;
            let bytes = bytes.await.map_err(unreadable)?;
            // A body without any required field may be left out altogether.
            let absent = if is_post && bytes.is_empty() { parse(b"{}").ok() } else { None };
            let value = match absent {
                Some(value) => value,
                None if is_json => parse(&bytes)?,
                None => return Err(not_json()),
            };
            Ok(Self { value, digest: crypto::sha256_text(&bytes) })
        })
    }
}

/// `true` where the body is said to be JSON, or a merge patch (RFC 7396) where something is changed; `false` where nothing is
/// said of it.
fn check_type(request: &HttpRequest) -> Result<bool, Failure> {
    let Some(value) = request.headers().get(header::CONTENT_TYPE) else { return Ok(false) };
    let mut parts = value.to_str().unwrap_or_default().split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    let is_patch = request.method() == Method::PATCH;
    let is_json = essence.eq_ignore_ascii_case("application/json")
        || (is_patch && essence.eq_ignore_ascii_case("application/merge-patch+json"));
    if !is_json {
        return Err(not_json());
    }
    let mut charsets = parts
        .filter_map(|part| part.split_once('='))
        .filter(|(name, _)| name.eq_ignore_ascii_case("charset"));
    if !charsets.all(|(_, value)| value.trim_matches('"').eq_ignore_ascii_case("utf-8")) {
        return Err(Failure::new(
            ProblemType::UnsupportedMediaType,
            "JSON is UTF-8 here. Send it so, with the header Content-Type: application/json.",
        ));
    }
    Ok(true)
}

fn not_json() -> Failure {
    Failure::new(
        ProblemType::UnsupportedMediaType,
        "Send the body as JSON, with the header Content-Type: application/json.",
    )
}

fn unreadable(why: Unreadable) -> Failure {
    let kind = match why {
        Unreadable::TooLarge => ProblemType::BodyTooLarge,
        Unreadable::UnknownEncoding => ProblemType::UnsupportedMediaType,
        Unreadable::TooSlow => ProblemType::RequestTimeout,
        Unreadable::Incomplete | Unreadable::Corrupt => ProblemType::BadRequest,
    };
    let failure = Failure::new(kind, why.describe());
    match why {
        Unreadable::UnknownEncoding => failure.naming_encodings(),
        _ => failure,
    }
}

/// The mark that some programs write before a text in UTF-8; it is no part of the text.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
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
