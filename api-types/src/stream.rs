//! What `GET /v1/stream` says: server-sent events that only hint at what changed, for the reader to fetch again.

use serde::{Deserialize, Serialize};

use crate::{ids::WebhookId, words::words};

words! {
    /// The kind of thing that changed.
    Topic {
        /// Deliveries: new ones, attempts, outcomes.
        Deliveries = "deliveries",
        /// Webhooks: their configuration, health, breaker.
        Webhooks = "webhooks",
        /// Recoveries: begun, further, over.
        Recoveries = "recoveries",
        /// OAuth apps: their configuration, secrets, authorizations, incidents.
        OAuthApps = "oauth_apps",
        /// Events: new ones. They are of no webhook.
        Events = "events",
        /// API keys: made, changed, replaced or revoked. They are of no webhook. Only admins are told.
        ApiKeys = "api_keys",
    }
}

/// The data of a `change` event: something changed in the workspace since the one before. A lost one is followed by others;
/// after a reconnection, fetch everything again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Change {
    /// What of.
    pub topics: Vec<Topic>,
    /// Of which webhooks; any of them where empty.
    pub webhook_ids: Vec<WebhookId>,
}
