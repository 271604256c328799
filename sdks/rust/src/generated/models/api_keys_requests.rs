// Generated from openapi/openapi.json by `cargo xtask sdk`: do not edit.

//! What callers send: API keys.

use super::ids::ApiKeyId;
use super::shared_words::Scope;
use crate::patch::Patch;
use crate::timestamp::Timestamp;

/// Change an API key by a merge patch: absent fields stay, `null` clears.
#[derive(Debug, Clone, PartialEq, serde::Serialize, Default)]
#[non_exhaustive]
pub struct ApiKeyChanges {
    /// Addresses or CIDR ranges the key may be used from; an empty list or `null` allows any.
    #[serde(skip_serializing_if = "Patch::is_absent")]
    pub allowed_ips: Patch<Vec<String>>,
    /// What the key is for: 1 to 100 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether the key may replace itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rotatable: Option<bool>,
}

impl ApiKeyChanges {
    /// With nothing said.
    pub fn new() -> Self {
        Self::default()
    }

    /// Addresses or CIDR ranges the key may be used from; an empty list or `null` allows any.
    #[must_use]
    pub fn allowed_ips(mut self, allowed_ips: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.allowed_ips = Patch::Value(allowed_ips.into_iter().map(Into::into).collect());
        self
    }

    /// Clears `allowed_ips`.
    #[must_use]
    pub fn clear_allowed_ips(mut self) -> Self {
        self.allowed_ips = Patch::Null;
        self
    }

    /// What the key is for: 1 to 100 characters.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Whether the key may replace itself.
    #[must_use]
    pub fn rotatable(mut self, rotatable: bool) -> Self {
        self.rotatable = Some(rotatable);
        self
    }
}

/// Create an API key.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct NewApiKey {
    /// What the key is for: 1 to 100 characters.
    pub name: String,
    /// What the key may do: at least one scope.
    pub scopes: Vec<Scope>,
    /// Addresses or CIDR ranges the key may be used from, at most 50; from anywhere where empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_ips: Option<Vec<String>>,
    /// When the key stops working; never where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// The key that the new one is to replace, which must work. Its webhooks are the new key's, too, at once; they stay the new
    /// one's when the old one is revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaces: Option<ApiKeyId>,
    /// Whether the key may replace itself (`POST /v1/api-keys/self/rotate`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rotatable: Option<bool>,
}

impl NewApiKey {
    /// With what is required.
    pub fn new(name: impl Into<String>, scopes: impl IntoIterator<Item = impl Into<Scope>>) -> Self {
        Self {
            name: name.into(),
            scopes: scopes.into_iter().map(Into::into).collect(),
            allowed_ips: None,
            expires_at: None,
            replaces: None,
            rotatable: None,
        }
    }

    /// Addresses or CIDR ranges the key may be used from, at most 50; from anywhere where empty.
    #[must_use]
    pub fn allowed_ips(mut self, allowed_ips: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.allowed_ips = Some(allowed_ips.into_iter().map(Into::into).collect());
        self
    }

    /// When the key stops working; never where absent.
    #[must_use]
    pub fn expires_at(mut self, expires_at: impl Into<Timestamp>) -> Self {
        self.expires_at = Some(expires_at.into());
        self
    }

    /// The key that the new one is to replace, which must work. Its webhooks are the new key's, too, at once; they stay the new
    /// one's when the old one is revoked.
    #[must_use]
    pub fn replaces(mut self, replaces: impl Into<ApiKeyId>) -> Self {
        self.replaces = Some(replaces.into());
        self
    }

    /// Whether the key may replace itself (`POST /v1/api-keys/self/rotate`).
    #[must_use]
    pub fn rotatable(mut self, rotatable: bool) -> Self {
        self.rotatable = Some(rotatable);
        self
    }
}

/// Revoke an API key.
#[derive(Debug, Clone, PartialEq, serde::Serialize, Default)]
#[non_exhaustive]
pub struct RevokeApiKey {
    /// Why, for the audit log: at most 200 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl RevokeApiKey {
    /// With nothing said.
    pub fn new() -> Self {
        Self::default()
    }

    /// Why, for the audit log: at most 200 characters.
    #[must_use]
    pub fn reason(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }
}
