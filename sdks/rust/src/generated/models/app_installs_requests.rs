// Generated from openapi/openapi.json by `cargo xtask sdk`: do not edit.

//! What callers send: app installs.

use super::app_installs_words::AppPolicy;

/// Choose which apps of other workspaces may come in.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct AppPolicyChange {
    /// `open`, `ask` or `list`.
    pub policy: AppPolicy,
}

impl AppPolicyChange {
    /// With what is required.
    pub fn new(policy: impl Into<AppPolicy>) -> Self {
        Self { policy: policy.into() }
    }
}
