//! Diagnoses: a failed attempt explained to the owner of its webhook, with what happened, whose problem it is
//! and what to do. Pure code, exhaustive over everything that [`send`](super::send) can report.

mod connections;
pub mod examples;
mod redirects;
mod remarks;
mod responses;
mod wording;

use api_types::deliveries::{Category, Diagnosis, DiagnosisCode};

use super::send::exchange::Outcome;
pub use remarks::remark;
pub use wording::History;
use wording::of;

/// Explains an outcome; none for a success.
pub fn diagnose(outcome: &Outcome, history: &History) -> Option<Diagnosis> {
    match outcome {
        Outcome::Response(response) => responses::diagnose(response, history),
        Outcome::Failure(failure) => Some(connections::diagnose(failure, history)),
    }
}

/// The diagnosis of an attempt that our own process did not finish.
pub fn interrupted() -> Diagnosis {
    of(
        DiagnosisCode::Interrupted,
        Category::Ours,
        "Sayless stopped in the middle of this attempt, so its result is not known.".to_owned(),
        "Nothing is wrong with the receiver. The event is sent again by itself; it may arrive twice, with the same webhook-id.",
    )
}
