//! Query parameters that are one of a vocabulary's words, a time, or an id.

use std::{fmt::Display, str::FromStr};

use api_types::{Timestamp, problem::FaultCode};

use super::{fields::quoted, problem::Failure};

/// An optional parameter that is one of `all`.
pub fn word<T: FromStr + Display>(name: &str, value: Option<&str>, all: &[T]) -> Result<Option<T>, Failure> {
    let Some(value) = value.filter(|value| !value.is_empty()) else { return Ok(None) };
    value.parse().map(Some).map_err(|_| {
        let known: Vec<String> = all.iter().map(ToString::to_string).collect();
        let detail = format!("{} is not one of {}.", quoted(value), known.join(", "));
        Failure::parameter(name, FaultCode::UnknownWord, detail)
    })
}

/// An optional parameter that is a list of words of `all`, separated by commas; empty where absent.
pub fn words<T: FromStr + Display>(name: &str, value: Option<&str>, all: &[T]) -> Result<Vec<T>, Failure> {
    let mut found = Vec::new();
    for part in value.unwrap_or_default().split(',') {
        found.extend(word(name, Some(part.trim()), all)?);
    }
    Ok(found)
}

/// An optional parameter that is a short text, as it may stand in the database.
pub fn text(name: &str, value: Option<&str>) -> Result<Option<String>, Failure> {
    const MAX: usize = 200;
    let Some(value) = value.filter(|value| !value.is_empty()) else { return Ok(None) };
    if value.chars().count() > MAX {
        let detail = format!("It must have at most {MAX} characters.");
        return Err(Failure::parameter(name, FaultCode::TooLong, detail));
    }
    if value.chars().any(char::is_control) {
        let detail = "It must not contain control characters.";
        return Err(Failure::parameter(name, FaultCode::InvalidCharacters, detail));
    }
    Ok(Some(value.to_owned()))
}

/// An optional parameter that is an RFC 3339 time.
pub fn time(name: &str, value: Option<&str>) -> Result<Option<Timestamp>, Failure> {
    parsed(name, value)
}

/// An optional parameter that is read by its type: an id or a time.
pub fn parsed<T: FromStr<Err: Display>>(name: &str, value: Option<&str>) -> Result<Option<T>, Failure> {
    let Some(value) = value.filter(|value| !value.is_empty()) else { return Ok(None) };
    value.parse().map(Some).map_err(|error| {
        Failure::parameter(name, FaultCode::Malformed, format!("{}: {error}.", quoted(value)))
    })
}
