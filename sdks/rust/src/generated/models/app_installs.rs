// Generated from openapi/openapi.json by `cargo xtask sdk`: do not edit.

//! Models: app installs.

use super::app_installs_words::{AppPolicy, ClientDocuments, InstallStatus};
use super::ids::AppInstallId;
use super::shared::{AppRef, Incident, MemberRef};
use crate::timestamp::Timestamp;

/// An app of another workspace in this one.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct AppInstall {
    /// The install's id.
    pub id: AppInstallId,
    /// The app.
    pub app: AppRef,
    /// The name of whoever publishes the app, in the app's own words.
    pub publisher_name: String,
    /// The install's state: it acts here, or why not.
    pub status: InstallStatus,
    /// The time at which the app was installed or asked for.
    pub created_at: Timestamp,
    /// The time of the last decision about the app; `null` while there is none.
    pub decided_at: Option<Timestamp>,
    /// The member who asked for it; `null` where an admin let it in without being asked.
    pub requested_by: Option<MemberRef>,
}

/// The authorizations and tokens that an app of another workspace has in this one.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct AppInstallActivity {
    /// The number of this workspace's members who let it act for them.
    pub authorizations: i64,
    /// Access tokens that act for them now.
    pub access_tokens: i64,
    /// Refresh tokens that act for them now.
    pub refresh_tokens: i64,
    /// The newest incidents of the last 90 days: codes and refresh tokens that were used twice here.
    pub incidents: Vec<Incident>,
}

/// The workspace's policy for apps of other workspaces.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct AppPolicySetting {
    /// The policy.
    pub policy: AppPolicy,
    /// The workspace's word on apps that are known by a metadata document.
    pub client_documents: ClientDocuments,
}
