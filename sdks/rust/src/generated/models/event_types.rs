// Generated from openapi/openapi.json by `cargo xtask sdk`: do not edit.

//! Models: event types.

use super::shared_words::EventType;

/// One entry of the catalogue.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct EventTypeInfo {
    /// The type.
    #[serde(rename = "type")]
    pub type_: EventType,
    /// The occasion on which an event of this type is sent.
    pub description: String,
    /// The part before the dot.
    pub group: String,
    /// Whether `POST /v1/events` may publish it.
    pub publishable: bool,
    /// JSON Schema (2020-12) of `data`.
    pub schema: serde_json::Value,
    /// An example of `data`.
    pub example: serde_json::Value,
}
