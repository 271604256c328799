//! Sessions, members, workspaces and plans: who is calling, and what their workspace may do.

use serde::{Deserialize, Serialize};

use crate::{
    ids::{MemberId, WorkspaceId},
    words::words,
};

/// The longest e-mail address, in bytes (RFC 5321, section 4.5.3.1.3, without the angle brackets).
pub const MAX_EMAIL: usize = 254;

words! {
    /// A member's power in a workspace.
    Role {
        /// Sees and changes Settings > API.
        Admin = "admin",
        /// Works with tickets and broadcasts, and withdraws their own authorizations.
        Member = "member",
    }
}

words! {
    /// The workspace's plan: it decides limits and access to the API.
    Plan {
        /// No API access.
        Free = "free",
        /// API access with the smallest limits.
        Startup = "startup",
        /// API access with ten times the requests and objects that a small team needs.
        Business = "business",
        /// API access with the largest limits.
        Enterprise = "enterprise",
    }
}

/// Sign in.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(
    feature = "openapi",
    schema(example = json!({
        "email": "ada@example.com", "password": "correct horse battery staple"
    }))
)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The member's e-mail address; case does not matter.
    #[cfg_attr(feature = "openapi", schema(format = "email", max_length = 254))]
    pub email: String,
    /// The member's password.
    #[cfg_attr(feature = "openapi", schema(format = "password"))]
    pub password: String,
    /// Which of the member's workspaces to be in; the oldest membership where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workspace_id: Option<WorkspaceId>,
}

impl std::fmt::Debug for SignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignIn").field("email", &self.email).finish_non_exhaustive()
    }
}

/// Move the session to another of the member's workspaces.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(example = json!({"workspace_id": "wsp_01JDBN5X7W3Q9K2M4E6R8T0VYZ"})))]
#[serde(deny_unknown_fields)]
pub struct SwitchWorkspace {
    /// One of the member's workspaces.
    pub workspace_id: WorkspaceId,
}

/// Who is signed in, where, and what the plan allows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Session {
    /// The signed-in member, or the one for whom a token acts; absent where a key or an app as itself calls.
    pub member: Option<Member>,
    /// The workspace that the credential is in.
    pub workspace: Workspace,
    /// The member's workspaces, this one included; empty where a key or a token calls.
    pub workspaces: Vec<Workspace>,
    /// What the plan allows.
    pub limits: Limits,
    /// What the credential may do right now: all scopes for a session.
    pub scopes: Vec<crate::Scope>,
}

/// A member as the session sees them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Member {
    /// The member's id.
    pub id: MemberId,
    /// The member's e-mail address.
    pub email: String,
    /// The member's role in the session's workspace.
    pub role: Role,
}

/// A workspace.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Workspace {
    /// The workspace's id.
    pub id: WorkspaceId,
    /// The workspace's name.
    pub name: String,
    /// The workspace's plan.
    pub plan: Plan,
}

/// What a plan allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Limits {
    /// Whether the API may be used at all.
    pub api_access: bool,
    /// The most API keys that are neither revoked nor expired.
    pub api_keys: u32,
    /// The most OAuth apps.
    pub oauth_apps: u32,
    /// The most webhooks.
    pub webhooks: u32,
    /// API requests per minute and credential.
    pub requests_per_minute: u32,
    /// API requests per minute of all keys and tokens of the workspace together, however many there are. Members' sessions
    /// have a ceiling of the same size of their own, so that an admin can still stop what uses up this one.
    pub workspace_requests_per_minute: u32,
}

/// A member, as other objects refer to them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MemberRef {
    /// The member's id.
    pub id: MemberId,
    /// The member's e-mail address.
    pub email: String,
}
