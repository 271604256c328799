//! API keys: credentials for internal tools and integrations.

use serde::{Deserialize, Serialize};

use crate::{
    Scope, Timestamp,
    audit::Actor,
    ids::ApiKeyId,
    merge_patch::{always, clearable},
    words::words,
};

words! {
    /// The state of a key.
    ApiKeyStatus {
        /// It works.
        Active = "active",
        /// The key's expiry has passed.
        Expired = "expired",
        /// Its successor took its place.
        Replaced = "replaced",
        /// Somebody revoked it.
        Revoked = "revoked",
    }
}

/// Create an API key.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(
    feature = "openapi",
    schema(example = json!({
        "name": "Nightly export", "scopes": ["tickets:read", "broadcasts:read"],
        "allowed_ips": ["203.0.113.0/24"]
    }))
)]
#[serde(deny_unknown_fields)]
pub struct NewApiKey {
    /// What the key is for: 1 to 100 characters.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 100))]
    pub name: String,
    /// What the key may do: at least one scope.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Scope>, min_items = 1))]
    pub scopes: Vec<String>,
    /// When the key stops working; never where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Addresses or CIDR ranges the key may be used from, at most 50; from anywhere where empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(max_items = 50, required = false))]
    pub allowed_ips: Vec<String>,
    /// Whether the key may replace itself (`POST /v1/api-keys/self/rotate`).
    #[serde(default)]
    pub rotatable: bool,
    /// The key that the new one is to replace, which must work. Its webhooks are the new key's, too, at once; they stay the new
    /// one's when the old one is revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<ApiKeyId>))]
    pub replaces: Option<String>,
}

/// Change an API key by a merge patch: absent fields stay, `null` clears.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(
    feature = "openapi",
    schema(example = json!({
        "name": "Hourly export", "allowed_ips": ["203.0.113.0/24", "2001:db8::/32"]
    }))
)]
#[serde(deny_unknown_fields)]
pub struct ApiKeyChanges {
    /// What the key is for: 1 to 100 characters.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "always")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, required = false, min_length = 1, max_length = 100))]
    pub name: Option<String>,
    /// Addresses or CIDR ranges the key may be used from; an empty list or `null` allows any.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "clearable")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<String>>, max_items = 50))]
    pub allowed_ips: Option<Option<Vec<String>>>,
    /// Whether the key may replace itself.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "always")]
    #[cfg_attr(feature = "openapi", schema(value_type = bool, required = false))]
    pub rotatable: Option<bool>,
}

/// Revoke an API key.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(
    feature = "openapi",
    schema(example = json!({
        "reason": "Replaced by the key of the new exporter"
    }))
)]
#[serde(deny_unknown_fields)]
pub struct RevokeApiKey {
    /// Why, for the audit log: at most 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub reason: Option<String>,
}

/// An API key, without its secret.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiKey {
    /// The key's id.
    pub id: ApiKeyId,
    /// What the key is for.
    pub name: String,
    /// Its first 8 and last 4 characters, to recognise it by: `slk_AbCd…7xYz`.
    pub hint: String,
    /// The key's state: it works, or why not.
    pub status: ApiKeyStatus,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// Where it may be used from; anywhere where empty.
    pub allowed_ips: Vec<String>,
    /// When it stops working.
    pub expires_at: Option<Timestamp>,
    /// `true` where the key may replace itself.
    pub rotatable: bool,
    /// The key that it replaces.
    pub replaces: Option<ApiKeyRef>,
    /// The key that replaces it.
    pub replaced_by: Option<ApiKeyRef>,
    /// When it stops because it is replaced: at the first use of the key that replaces it, and by this time at the latest.
    pub ends_at: Option<Timestamp>,
    /// When it was created.
    pub created_at: Timestamp,
    /// Who created it.
    pub created_by: Actor,
    /// When it was last used, as far as written: at most a few seconds late.
    pub last_used_at: Option<Timestamp>,
    /// From which address it was last used.
    pub last_used_ip: Option<String>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// Who revoked it.
    pub revoked_by: Option<Actor>,
    /// Why it was revoked.
    pub revoked_reason: Option<String>,
}

/// An API key, as another one refers to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiKeyRef {
    /// The key's id.
    pub id: ApiKeyId,
    /// Its first 8 and last 4 characters.
    pub hint: String,
}

/// A new API key with its secret, which is shown this once.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreatedApiKey {
    /// The key's fields.
    #[serde(flatten)]
    pub api_key: ApiKey,
    /// The secret itself: `slk_`, 32 base62 characters, 6 of checksum. Never shown again.
    #[cfg_attr(feature = "openapi", schema(example = "slk_…"))]
    pub key: String,
}

impl std::fmt::Debug for CreatedApiKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreatedApiKey").field("api_key", &self.api_key).finish_non_exhaustive()
    }
}
