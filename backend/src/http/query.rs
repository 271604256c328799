//! Query strings, read strictly: a parameter that is misspelt, empty or given twice is an error, so that it never lets
//! everything pass.

use std::{
    collections::BTreeSet,
    fmt::Display,
    future::{Ready, ready},
    marker::PhantomData,
    str::FromStr,
};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use api_types::{
    FieldError, Timestamp, Words,
    problem::{FaultCode, FieldPlace},
};
use percent_encoding::percent_decode_str;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        ObjectBuilder, RefOr, Schema,
        schema::{ArrayBuilder, Type},
    },
};

use super::{fields::quoted, problem::Failure};

/// The most problems that one answer names.
const MAX_ERRORS: usize = 20;
/// The most characters of a filter by text.
const MAX_TEXT: usize = 200;

/// The parameters that an operation reads. Their names and forms stand in the document by `utoipa::IntoParams`.
pub trait FromQuery: Sized {
    fn read(query: &mut QueryReader) -> Self;
}

/// A query without parameters of its own.
impl FromQuery for () {
    fn read(_: &mut QueryReader) -> Self {}
}

/// A request's query.
#[derive(Clone, Copy, Debug)]
pub struct Query<T>(pub T);

impl<T: FromQuery> FromRequest for Query<T> {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(QueryReader::parse(request.query_string()).and_then(|mut query| {
            let value = T::read(&mut query);
            query.check().map(|()| Self(value))
        }))
    }
}

/// The decoded parameters of a query, and what is wrong with them so far.
#[derive(Debug, Default)]
pub struct QueryReader {
    parameters: Vec<(String, String)>,
    errors: Vec<FieldError>,
}

impl QueryReader {
    /// Decodes a query; refuses what is no percent-encoded UTF-8.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let mut query = Self::default();
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            match (decode(name), decode(value)) {
                (Some(name), Some(value)) => query.parameters.push((name, value)),
                (name, _) => query.wrong(
                    &name.unwrap_or_else(|| name_of(pair)),
                    FaultCode::Malformed,
                    "It is not percent-encoded UTF-8: a % stands before two hexadecimal digits, and is itself written %25.",
                ),
            }
        }
        query.check_so_far()?;
        Ok(query)
    }

    /// The names, in the order in which they came.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.parameters.iter().map(|(name, _)| name.as_str())
    }

    /// Notes that a parameter is wrong.
    pub fn wrong(&mut self, name: &str, code: FaultCode, detail: impl Into<String>) {
        if self.errors.len() < MAX_ERRORS {
            self.errors.push(FieldError::new(name, FieldPlace::Query, code, detail));
        }
    }

    /// Every problem found, if there is one.
    pub fn check(self) -> Result<(), Failure> {
        self.check_so_far()
    }

    fn check_so_far(&self) -> Result<(), Failure> {
        if self.errors.is_empty() { Ok(()) } else { Err(Failure::unreadable(self.errors.clone())) }
    }

    /// A parameter's values as they came, none of them empty.
    fn values(&mut self, name: &str) -> Vec<String> {
        let given = self.parameters.iter().filter(|(known, _)| known == name);
        let values: Vec<String> = given.map(|(_, value)| value.clone()).collect();
        if values.iter().any(String::is_empty) {
            self.wrong(name, FaultCode::TooShort, "It is empty. Give it a value, or leave it out.");
            return Vec::new();
        }
        values
    }

    /// A parameter that is given once at most.
    pub fn value(&mut self, name: &str) -> Option<String> {
        let mut values = self.values(name);
        if values.len() > 1 {
            let detail = format!("It is given {} times, and takes one value.", values.len());
            self.wrong(name, FaultCode::NotAllowed, detail);
            return None;
        }
        values.pop()
    }

    /// A parameter that takes several words of a vocabulary, separated by commas or by repeating it; empty where absent.
    pub fn words<T: Words>(&mut self, name: &str) -> BTreeSet<T> {
        let values = self.values(name);
        let words: Vec<&str> = values.iter().flat_map(|value| value.split(',')).map(str::trim).collect();
        if words.len() > T::ALL.len() {
            let detail = format!("It has {} words, and there are only {}.", words.len(), T::ALL.len());
            self.wrong(name, FaultCode::TooLong, detail);
            return BTreeSet::new();
        }
        words.into_iter().filter_map(|word| self.known(name, word)).collect()
    }

    /// A parameter that takes one word of a vocabulary.
    pub fn word<T: Words>(&mut self, name: &str) -> Option<T> {
        let word = self.value(name)?;
        self.known(name, &word)
    }

    /// A word of a vocabulary.
    fn known<T: Words>(&mut self, name: &str, word: &str) -> Option<T> {
        let found = word.parse().ok();
        if found.is_none() {
            let known: Vec<String> = T::ALL.iter().map(ToString::to_string).collect();
            let detail = format!("{} is not one of {}.", quoted(word), known.join(", "));
            self.wrong(name, FaultCode::UnknownWord, detail);
        }
        found
    }

    /// A parameter that is a short text, as it may stand in the database.
    pub fn text(&mut self, name: &str) -> Option<String> {
        let value = self.value(name)?;
        if value.chars().count() > MAX_TEXT {
            self.wrong(name, FaultCode::TooLong, format!("It must have at most {MAX_TEXT} characters."));
            return None;
        }
        if value.chars().any(char::is_control) {
            self.wrong(name, FaultCode::InvalidCharacters, "It must not contain control characters.");
            return None;
        }
        Some(value)
    }

    /// A parameter that is a number from 1 to `most`.
    pub fn number(&mut self, name: &str, most: u32) -> Option<u32> {
        let value = self.value(name)?;
        // Digits alone: `parse` would take a plus sign too.
        let number = value.parse().ok().filter(|_| value.bytes().all(|byte| byte.is_ascii_digit()));
        let number = number.filter(|number| (1..=most).contains(number));
        if number.is_none() {
            let detail = format!("{} is not a number from 1 to {most}.", quoted(&value));
            self.wrong(name, FaultCode::OutOfRange, detail);
        }
        number
    }

    /// A parameter that is `true` or `false`; `false` where absent.
    pub fn flag(&mut self, name: &str) -> bool {
        let Some(value) = self.value(name) else { return false };
        let read = value.parse().ok();
        if read.is_none() {
            let detail = format!("{} is neither true nor false.", quoted(&value));
            self.wrong(name, FaultCode::UnknownWord, detail);
        }
        read.unwrap_or_default()
    }

    /// A parameter that is an id.
    pub fn id<T: FromStr<Err: Display>>(&mut self, name: &str) -> Option<T> {
        let value = self.value(name)?;
        match value.parse() {
            Ok(id) => Some(id),
            Err(error) => {
                self.wrong(name, FaultCode::Malformed, format!("{}: {error}.", quoted(&value)));
                None
            }
        }
    }

    /// A parameter that is an RFC 3339 time.
    pub fn time(&mut self, name: &str) -> Option<Timestamp> {
        let value = self.value(name)?;
        if let Ok(time) = value.parse() {
            return Some(time);
        }
        let meant: Option<Timestamp> = value.replace(' ', "+").parse().ok();
        let detail = match meant {
            Some(time) => format!(
                "The plus sign of {} arrived as a blank. Write %2B in its place, or the time in UTC: {time}.",
                quoted(&value)
            ),
            None => format!("{} is not a time of RFC 3339, such as 2026-11-01T08:00:00Z.", quoted(&value)),
        };
        self.wrong(name, FaultCode::Malformed, detail);
        None
    }
}

/// One part of a query, decoded; `None` where it is no percent-encoded UTF-8.
fn decode(text: &str) -> Option<String> {
    let well_formed = text.split('%').skip(1).all(|after| {
        after.as_bytes().get(..2).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    });
    let text = text.replace('+', " ");
    percent_decode_str(&text).decode_utf8().ok().filter(|_| well_formed).map(Into::into)
}

/// The name in a part of a query that cannot be decoded, as an error may show it.
fn name_of(pair: &str) -> String {
    pair.split('=').next().unwrap_or_default().chars().take(60).collect()
}

/// The schema of a parameter that takes several words of a vocabulary.
#[derive(Clone, Copy, Debug)]
pub struct Several<T>(PhantomData<T>);

impl<T: Words> PartialSchema for Several<T> {
    fn schema() -> RefOr<Schema> {
        let word = ObjectBuilder::new().schema_type(Type::String);
        let word = word.enum_values(Some(T::ALL.iter().map(ToString::to_string)));
        let words = ArrayBuilder::new().items(word).min_items(Some(1)).max_items(Some(T::ALL.len()));
        RefOr::T(words.build().into())
    }
}

impl<T: Words> ToSchema for Several<T> {}

#[cfg(test)]
mod tests {
    use api_types::deliveries::DeliveryStatus::{self, Failed, Pending, Retrying};
    use proptest::prelude::*;

    use super::*;
    use crate::properties::hold;

    fn statuses(query: &str) -> Result<Vec<DeliveryStatus>, String> {
        let mut query = QueryReader::parse(query).map_err(|failure| failure.to_string())?;
        let words = query.words("status");
        query.check().map_err(|failure| failure.to_string())?;
        Ok(words.into_iter().collect())
    }

    #[test]
    fn several_words_are_given_by_commas_or_by_repeating() {
        assert_eq!(statuses(""), Ok(vec![]));
        for both in [
            "status=failed,pending",
            "status=failed&status=pending",
            "status=failed%2C+pending&status=failed",
        ] {
            assert_eq!(statuses(both), Ok(vec![Pending, Failed]), "{both}");
        }
        assert_eq!(statuses("status=failed,failed,retrying&status=failed"), Ok(vec![Retrying, Failed]));
        let too_many = ["failed"; 6].join(",");
        assert!(statuses(&format!("status={too_many}")).unwrap_err().contains("6 words"));
        for empty in ["status", "status=", "status=failed&status="] {
            assert!(statuses(empty).unwrap_err().contains("It is empty"), "{empty}");
        }
        assert!(statuses("status=failed,").unwrap_err().contains("\"\" is not one of pending"));
    }

    #[test]
    fn what_is_not_percent_encoded_is_named() {
        for wrong in ["status=%", "status=%f", "status=%zz", "status=%FF", "status=failed%2"] {
            assert!(statuses(wrong).unwrap_err().starts_with("bad-request: status: It is not"), "{wrong}");
        }
        assert!(statuses("%zz=1").unwrap_err().starts_with("bad-request: %zz: "));
    }

    #[test]
    fn a_time_whose_plus_sign_became_a_blank_is_told_so() {
        let said = |text: &str| {
            let mut query = QueryReader::parse(text).unwrap();
            let time = query.time("since");
            query.check().map(|()| time).map_err(|failure| failure.to_string())
        };
        assert!(said("since=2026-11-01T00:00:00%2B02:00").unwrap().is_some());
        let hint = said("since=2026-11-01T00:00:00+02:00").unwrap_err();
        assert!(hint.contains("%2B") && hint.contains("2026-10-31T22:00:00.000Z"), "{hint}");
        assert!(said("since=today").unwrap_err().contains("RFC 3339"));
    }

    #[test]
    fn a_list_of_words_is_the_set_of_them_however_it_is_written() {
        let word = prop::sample::select(DeliveryStatus::ALL.to_vec());
        let separators = prop::sample::select(vec![",", "%2C", "%2c+", ",%20", "&status="]);
        let list = prop::collection::vec((word, separators), 1..=DeliveryStatus::ALL.len());
        hold(&list, |list| {
            let mut written = "status=".to_owned();
            for (at, (word, separator)) in list.iter().enumerate() {
                written.push_str(if at == 0 { "" } else { separator });
                written.push_str(word.as_str());
            }
            let meant: BTreeSet<DeliveryStatus> = list.iter().map(|(word, _)| *word).collect();
            assert_eq!(statuses(&written), Ok(meant.into_iter().collect()), "{written}");
        });
    }

    #[test]
    fn a_query_is_read_as_the_url_standard_reads_it_or_refused() {
        let pairs = prop::collection::vec(("[a-z]{1,3}", ".{1,12}"), 0..6);
        hold(&pairs, |pairs: Vec<(String, String)>| {
            let encoded = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
            assert_eq!(QueryReader::parse(&encoded).expect("read").parameters, pairs);
        });
        hold(&prop_oneof!["[a-c=&%+0-9A-F]{0,40}", ".{0,40}"], |text: String| {
            let Ok(query) = QueryReader::parse(&text) else { return };
            let standard: Vec<(String, String)> = url::form_urlencoded::parse(text.as_bytes())
                .map(|(name, value)| (name.into_owned(), value.into_owned()))
                .collect();
            assert_eq!(query.parameters, standard);
        });
        hold(&".{0,40}", |text: String| {
            if let Ok(words) = statuses(&format!("status={text}")) {
                let known =
                    |word: &str| DeliveryStatus::ALL.iter().any(|known| known.as_str() == word.trim());
                let decoded = decode(&text).expect("decoded");
                assert!(!words.is_empty() && decoded.split(',').all(known), "{text}");
            }
        });
    }
}
