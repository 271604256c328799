// Generated from openapi/openapi.json by `cargo xtask sdk`: do not edit.

//! What callers send: broadcasts.

/// Draft a broadcast.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct NewBroadcast {
    /// 1 to 200 characters.
    pub subject: String,
    /// At most 20,000 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
}

impl NewBroadcast {
    /// With what is required.
    pub fn new(subject: impl Into<String>) -> Self {
        Self { subject: subject.into(), body: None }
    }

    /// At most 20,000 characters.
    #[must_use]
    pub fn body(mut self, body: impl Into<String>) -> Self {
        self.body = Some(body.into());
        self
    }
}
