//! The overlap of a rotation: for how long the secrets that a new one replaces keep working.

use api_types::{
    Timestamp,
    oauth_apps::{Overlap, RotateSecret},
};

use crate::http::{fields::Fields, problem::Answer};

/// Reads the overlap that a rotation asks for.
pub fn read(input: &RotateSecret) -> Answer<Overlap> {
    let known: Vec<&str> = Overlap::ALL.iter().map(|overlap| overlap.as_str()).collect();
    let mut fields = Fields::new();
    let overlap = fields.word("overlap", &input.overlap, &known);
    fields.check(overlap.unwrap_or(Overlap::None))
}

/// The instant at which the old secrets stop working, where the new one is made at `now`.
pub fn old_secrets_end(overlap: Overlap, now: Timestamp) -> Timestamp {
    now + overlap.as_millis()
}
