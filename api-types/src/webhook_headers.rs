//! Request headers of a webhook owner's own, such as an API key that the receiver's gateway wants.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A header that a webhook is to be sent with.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(example = json!({ "name": "x-gateway-key", "value": "k-7Qm2" })))]
#[serde(deny_unknown_fields)]
pub struct NewWebhookHeader {
    /// The header's name. Case does not count; it is sent in lower case.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 100))]
    pub name: String,
    /// The value, which is never shown again: printable ASCII. Where it is left out, a header of this name keeps its value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_length = 4096))]
    pub value: Option<String>,
}

/// Without the value.
impl fmt::Debug for NewWebhookHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewWebhookHeader").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A header that a webhook is sent with, without its value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WebhookHeader {
    /// The header's name, in lower case.
    #[cfg_attr(feature = "openapi", schema(example = "x-gateway-key"))]
    pub name: String,
}
