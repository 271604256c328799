//! Broadcasts: one message to many.

use serde::{Deserialize, Serialize};

use crate::{Timestamp, ids::BroadcastId, words::words};

words! {
    /// The state of a broadcast.
    BroadcastStatus {
        /// Not sent yet.
        Draft = "draft",
        /// Sent.
        Sent = "sent",
    }
}

/// Draft a broadcast.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(
    feature = "openapi",
    schema(example = json!({
        "subject": "Office closed on Friday", "body": "The building has no power between 8 and 18."
    }))
)]
#[serde(deny_unknown_fields)]
pub struct NewBroadcast {
    /// 1 to 200 characters.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200))]
    pub subject: String,
    /// At most 20,000 characters.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 20000, required = false))]
    pub body: String,
}

/// A broadcast.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
