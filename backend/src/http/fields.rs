//! Checks of a body's fields: every problem is collected, so that one answer names them all.

use std::str::FromStr;

use api_types::{FieldError, pointer::Pointer, problem::FaultCode};

use super::{names, problem::Failure};

/// Collects what is wrong with a body's fields.
#[derive(Debug, Default)]
pub struct Fields(Vec<FieldError>);

impl Fields {
    /// Nothing wrong so far.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Notes that `field` is wrong.
    pub fn wrong(&mut self, field: impl Into<Pointer>, code: FaultCode, detail: impl Into<String>) {
        self.0.push(FieldError::in_body(field, code, detail));
    }

    /// Notes errors that were found elsewhere.
    pub fn add(&mut self, errors: Vec<FieldError>) {
        self.0.extend(errors);
    }

    /// Free text of `min` to `max` characters, kept as it came: blanks and line breaks at its ends are part of it.
    pub fn text(&mut self, field: &str, value: &str, min: usize, max: usize) -> String {
        if value.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            self.wrong(field, FaultCode::InvalidCharacters, "It must not contain control characters.");
        } else if min > 0 && names::shows_nothing(value) {
            self.wrong(field, FaultCode::TooShort, "It must not be empty.");
        } else {
            self.length(field, value, min, max);
        }
        value.to_owned()
    }

    /// A name on one line, without the blanks around it: 1 to `max` characters.
    pub fn name(&mut self, field: &str, value: &str, max: usize) -> String {
        let name = names::trim(value);
        if name.is_empty() {
            self.wrong(field, FaultCode::TooShort, "It must not be empty.");
        }
        self.line(field, name, max)
    }

    /// A text on one line, without the blanks around it: at most `max` characters, or nothing.
    pub fn line(&mut self, field: &str, value: &str, max: usize) -> String {
        let line = names::trim(value);
        match names::fault(line).filter(|_| !line.is_empty()) {
            Some(fault) => self.wrong(field, FaultCode::InvalidCharacters, fault),
            None => self.length(field, line, 0, max),
        }
        line.to_owned()
    }

    fn length(&mut self, field: &str, value: &str, min: usize, max: usize) {
        let length = value.chars().count();
        if length < min || length > max {
            let code = if length < min { FaultCode::TooShort } else { FaultCode::TooLong };
            self.wrong(field, code, format!("It must have {min} to {max} characters, and has {length}."));
        }
    }

    /// One of a vocabulary's words.
    pub fn word<T: FromStr>(&mut self, field: impl Into<Pointer>, value: &str, known: &[&str]) -> Option<T> {
        let word = value.parse().ok();
        if word.is_none() {
            let detail = format!("{} is not one of {}.", quoted(value), known.join(", "));
            self.wrong(field, FaultCode::UnknownWord, detail);
        }
        word
    }

    /// A list of a vocabulary's words: sorted, each once, at least `min`.
    pub fn words<T: FromStr + Ord>(
        &mut self,
        field: &str,
        values: &[String],
        min: usize,
        known: &[&str],
    ) -> Vec<T> {
        if values.len() < min {
            self.wrong(field, FaultCode::TooShort, format!("Choose at least one of {}.", known.join(", ")));
        }
        if values.len() > 100 {
            self.wrong(field, FaultCode::TooLong, "It has more than 100 entries.");
            return Vec::new();
        }
        let mut words: Vec<T> = values
            .iter()
            .enumerate()
            .filter_map(|(at, value)| self.word((field, at), value, known))
            .collect();
        words.sort();
        words.dedup();
        words
    }

    /// A number per second, from 1 to 1,000.
    pub fn rate(&mut self, field: &str, value: u32) -> Option<i32> {
        let rate = i32::try_from(value).ok().filter(|rate| (1..=1000).contains(rate));
        if rate.is_none() {
            let detail = format!("It must be from 1 to 1000 per second, and is {value}.");
            self.wrong(field, FaultCode::OutOfRange, detail);
        }
        rate
    }

    /// The checked value, or every problem found.
    pub fn check<T>(self, value: T) -> Result<T, Failure> {
        if self.0.is_empty() { Ok(value) } else { Err(Failure::fields(self.0)) }
    }

    /// Goes on only where nothing is wrong so far.
    pub fn done(self) -> Result<(), Failure> {
        self.check(())
    }
}

/// A value from a request as an error may repeat it: short, in quotes.
pub fn quoted(value: &str) -> String {
    const MAX: usize = 60;
    let mut short: String = value.chars().take(MAX).collect();
    if short.len() < value.len() {
        short.push('…');
    }
    format!("{short:?}")
}
