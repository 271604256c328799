// Generated from openapi/openapi.json by `cargo xtask sdk`: do not edit.

//! Models: problem types.

use super::problem_types_words::{FaultCode, FieldPlace, ProblemType};

/// One field at fault.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct FieldError {
    /// In a body the field's JSON Pointer (RFC 6901), such as `/event_types/2`; empty for the whole body. Elsewhere the
    /// name of the parameter or header, such as `limit`.
    pub field: String,
    /// The part of the request in which the field stands.
    #[serde(rename = "in")]
    pub in_: FieldPlace,
    /// What is wrong, for programs.
    pub code: FaultCode,
    /// What is wrong and what would be right, as a sentence.
    pub detail: String,
}

/// An `application/problem+json` document (RFC 9457).
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct Problem {
    /// The address of a page that says what the error means and what to do. It ends in `code`.
    #[serde(rename = "type")]
    pub type_: String,
    /// The stable name of the error, for programs.
    pub code: ProblemType,
    /// A short title, the same for every occurrence.
    pub title: String,
    /// The HTTP status.
    pub status: u32,
    /// What happened and what to do, as a sentence for a person.
    pub detail: String,
    /// The fields at fault, where there are any.
    pub errors: Option<Vec<FieldError>>,
    /// The request's id, also in the `x-request-id` header.
    pub request_id: Option<String>,
}

/// A type of problem: what its page says.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct ProblemDescription {
    /// The `type` of such problems: the address of the page.
    #[serde(rename = "type")]
    pub type_: String,
    /// The stable name, for programs.
    pub code: ProblemType,
    /// A short title, the same for every occurrence.
    pub title: String,
    /// The HTTP status that goes with it.
    pub status: u32,
    /// What the problem means, and when it happens.
    pub meaning: String,
    /// What the caller can do.
    pub remedy: String,
    /// An answer of this type.
    pub example: Problem,
}

/// All types of problems.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct ProblemDescriptions {
    /// The types, by their status.
    pub data: Vec<ProblemDescription>,
}
