// Generated from openapi/openapi.json by `cargo xtask sdk`: do not edit.

//! Models: broadcasts.

use super::ids::BroadcastId;
use super::shared_words::BroadcastStatus;
use crate::timestamp::Timestamp;

/// A broadcast.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct Broadcast {
    /// The broadcast's id.
    pub id: BroadcastId,
    /// The broadcast's subject.
    pub subject: String,
    /// The broadcast's text.
    pub body: String,
    /// Where it stands.
    pub status: BroadcastStatus,
    /// When it was drafted.
    pub created_at: Timestamp,
    /// When it was sent.
    pub sent_at: Option<Timestamp>,
}
