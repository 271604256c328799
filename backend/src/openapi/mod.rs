//! The OpenAPI document: all that the handlers say of themselves, plus what is true of every operation.

mod bodies;
pub mod deprecation;
mod files;
mod finish;
mod headers;
pub mod parameters;
mod problems;
mod security;
mod tags;
mod version_3_0;
mod webhooks;
mod words;
mod written;

pub use self::{
    files::{PAGES, Pages},
    written::{document, finished, json, json_3_0},
};

/// `true` where a path's segments are those of a path of the document, whose variables stand in braces.
pub fn matches_path(known: &[String], wanted: &[&str]) -> bool {
    let fits = |known: &str, wanted: &str| known == wanted || (known.starts_with('{') && !wanted.is_empty());
    known.len() == wanted.len() && known.iter().zip(wanted).all(|(known, wanted)| fits(known, wanted))
}
