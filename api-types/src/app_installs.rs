//! Installs: apps of other workspaces that act in this one, and which of them may come in.

use serde::{Deserialize, Serialize};

use crate::{
    Timestamp, account::MemberRef, authorizations::AppRef, ids::AppInstallId, incidents::Incident,
    merge_patch::always, words::words,
};

words! {
    /// The state of an app of another workspace in this one.
    InstallStatus {
        /// A member has asked for it, and no admin has answered.
        Requested = "requested",
        /// An admin has refused it.
        Refused = "refused",
        /// Members may let it act for them.
        Active = "active",
        /// An admin has stopped it, for now.
        Paused = "paused",
    }
}

words! {
    /// The workspace's policy: the apps of other workspaces that may come in.
    AppPolicy {
        /// Any: a member who lets it act for them installs it.
        Open = "open",
        /// Those that an admin approves; members may ask for them.
        Ask = "ask",
        /// Those that an admin installs; members may not ask for others.
        List = "list",
    }
}

words! {
    /// The workspace's word on apps that are known by a metadata document: their `client_id` is an `https` URL.
    ClientDocuments {
        /// No document is fetched, and no such app asks. Those that are installed keep what members allowed them.
        Off = "off",
        /// They may ask, and the policy says who lets them in.
        On = "on",
    }
}

/// An app of another workspace in this one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AppInstall {
    /// The install's id.
    pub id: AppInstallId,
    /// The app.
    pub app: AppRef,
    /// The name of whoever publishes the app, in the app's own words.
    pub publisher_name: String,
    /// The install's state: it acts here, or why not.
    pub status: InstallStatus,
    /// The member who asked for it; `null` where an admin let it in without being asked.
    pub requested_by: Option<MemberRef>,
    /// The time at which the app was installed or asked for.
    pub created_at: Timestamp,
    /// The time of the last decision about the app; `null` while there is none.
    pub decided_at: Option<Timestamp>,
}

/// The authorizations and tokens that an app of another workspace has in this one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AppPolicySetting {
    /// The policy.
    pub policy: AppPolicy,
    /// The workspace's word on apps that are known by a metadata document.
    pub client_documents: ClientDocuments,
}

/// Choose which apps of other workspaces may come in; what is absent stays as it is.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(example = json!({ "policy": "ask", "client_documents": "on" })))]
#[serde(deny_unknown_fields)]
pub struct AppPolicyChange {
    /// `open`, `ask` or `list`.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "always")]
    #[cfg_attr(feature = "openapi", schema(value_type = AppPolicy, required = false))]
    pub policy: Option<String>,
    /// `off` or `on`: whether apps that are known by a metadata document may ask.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "always")]
    #[cfg_attr(feature = "openapi", schema(value_type = ClientDocuments, required = false))]
    pub client_documents: Option<String>,
}
