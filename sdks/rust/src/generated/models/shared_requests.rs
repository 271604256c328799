// Generated from openapi/openapi.json by `cargo xtask sdk`: do not edit.

//! What callers send: several resources.

use super::shared_words::Overlap;

/// Acknowledge an incident.
#[derive(Debug, Clone, PartialEq, serde::Serialize, Default)]
#[non_exhaustive]
pub struct Acknowledgement {
    /// A note for the other admins, at most 500 characters; none where absent or empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Acknowledgement {
    /// With nothing said.
    pub fn new() -> Self {
        Self::default()
    }

    /// A note for the other admins, at most 500 characters; none where absent or empty.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }
}

/// Rotate a secret.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct RotateSecret {
    /// How long the old secret keeps working: `none`, `1h`, `24h` or `7d`.
    pub overlap: Overlap,
}

impl RotateSecret {
    /// With what is required.
    pub fn new(overlap: impl Into<Overlap>) -> Self {
        Self { overlap: overlap.into() }
    }
}
