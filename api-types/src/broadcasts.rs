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
#[serde(deny_unknown_fields)]
pub struct NewBroadcast {
    /// 1 to 200 characters.
    #[cfg_attr(feature = "openapi", schema(example = "Office closed on Friday"))]
    pub subject: String,
    /// At most 20,000 characters.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = "The building has no power between 8 and 18."))]
    pub body: String,
}

/// A broadcast.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Broadcast {
    /// The broadcast's id.
    pub id: BroadcastId,
    /// What it is about.
    pub subject: String,
    /// What it says.
    pub body: String,
    /// Where it stands.
    pub status: BroadcastStatus,
    /// When it was drafted.
    pub created_at: Timestamp,
    /// When it was sent.
    pub sent_at: Option<Timestamp>,
}
