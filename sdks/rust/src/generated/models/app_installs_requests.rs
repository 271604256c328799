// Generated from openapi/openapi.json by `cargo xtask sdk`: do not edit.

//! What callers send: app installs.

use super::app_installs_words::{AppPolicy, ClientDocuments};

/// Choose which apps of other workspaces may come in; what is absent stays as it is.
#[derive(Debug, Clone, PartialEq, serde::Serialize, Default)]
#[non_exhaustive]
pub struct AppPolicyChange {
    /// `off` or `on`: whether apps that are known by a metadata document may ask.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_documents: Option<ClientDocuments>,
    /// `open`, `ask` or `list`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<AppPolicy>,
}

impl AppPolicyChange {
    /// With nothing said.
    pub fn new() -> Self {
        Self::default()
    }

    /// `off` or `on`: whether apps that are known by a metadata document may ask.
    #[must_use]
    pub fn client_documents(mut self, client_documents: impl Into<ClientDocuments>) -> Self {
        self.client_documents = Some(client_documents.into());
        self
    }

    /// `open`, `ask` or `list`.
    #[must_use]
    pub fn policy(mut self, policy: impl Into<AppPolicy>) -> Self {
        self.policy = Some(policy.into());
        self
    }
}
