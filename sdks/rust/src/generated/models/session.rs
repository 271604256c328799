// Generated from openapi/openapi.json by `cargo xtask sdk`: do not edit.

//! Models: session.

use super::ids::{MemberId, WorkspaceId};
use super::session_words::{Plan, Role};
use super::shared_words::Scope;

/// What a plan allows.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
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

/// A member as the session sees them.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct Member {
    /// The member's id.
    pub id: MemberId,
    /// The member's e-mail address.
    pub email: String,
    /// The member's role in the session's workspace.
    pub role: Role,
}

/// Who is signed in, where, and what the plan allows.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct Session {
    /// The workspace that the credential is in.
    pub workspace: Workspace,
    /// The member's workspaces, this one included; empty where a key or a token calls.
    pub workspaces: Vec<Workspace>,
    /// What the plan allows.
    pub limits: Limits,
    /// What the credential may do right now: all scopes for a session.
    pub scopes: Vec<Scope>,
    /// The signed-in member, or the one for whom a token acts; absent where a key or an app as itself calls.
    pub member: Option<Member>,
}

/// A workspace.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct Workspace {
    /// The workspace's id.
    pub id: WorkspaceId,
    /// The workspace's name.
    pub name: String,
    /// The workspace's plan.
    pub plan: Plan,
}
