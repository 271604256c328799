// Generated from openapi/openapi.json by `cargo xtask sdk`: do not edit.

//! What callers send: several resources.

use super::shared_words::Overlap;

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
