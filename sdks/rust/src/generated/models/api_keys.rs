// Generated from openapi/openapi.json by `cargo xtask sdk`: do not edit.

//! Models: API keys.

use super::api_keys_words::ApiKeyStatus;
use super::ids::ApiKeyId;
use super::shared::Actor;
use super::shared_words::Scope;
use crate::secret::Secret;
use crate::timestamp::Timestamp;

/// An API key, without its secret.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
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
    /// `true` where the key may replace itself.
    pub rotatable: bool,
    /// When it was created.
    pub created_at: Timestamp,
    /// Who created it.
    pub created_by: Actor,
    /// When it stops because it is replaced: at the first use of the key that replaces it, and by this time at the latest.
    pub ends_at: Option<Timestamp>,
    /// When it stops working.
    pub expires_at: Option<Timestamp>,
    /// When it was last used, as far as written: at most a few seconds late.
    pub last_used_at: Option<Timestamp>,
    /// From which address it was last used.
    pub last_used_ip: Option<String>,
    /// The key that replaces it.
    pub replaced_by: Option<ApiKeyRef>,
    /// The key that it replaces.
    pub replaces: Option<ApiKeyRef>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// Who revoked it.
    pub revoked_by: Option<Actor>,
    /// Why it was revoked.
    pub revoked_reason: Option<String>,
}

/// An API key, as another one refers to it.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct ApiKeyRef {
    /// The key's id.
    pub id: ApiKeyId,
    /// Its first 8 and last 4 characters.
    pub hint: String,
}

/// A new API key with its secret, which is shown this once.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct CreatedApiKey {
    /// What every [`ApiKey`] has.
    #[serde(flatten)]
    pub api_key: ApiKey,
    /// The secret itself: `slk_`, 32 base62 characters, 6 of checksum. Never shown again.
    pub key: Secret,
}

impl std::ops::Deref for CreatedApiKey {
    type Target = ApiKey;

    fn deref(&self) -> &ApiKey {
        &self.api_key
    }
}
