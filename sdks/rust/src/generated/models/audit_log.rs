// Generated from openapi/openapi.json by `cargo xtask sdk`: do not edit.

//! Models: audit log.

use super::audit_log_words::AuditAction;
use super::ids::AuditId;
use super::shared::Actor;
use crate::timestamp::Timestamp;

/// One change.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct AuditEntry {
    /// The entry's id.
    pub id: AuditId,
    /// When.
    pub created_at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// What was done.
    pub action: AuditAction,
    /// The object's name or URL, as it was then.
    pub object_name: String,
    /// What changed, without any secret: field names and values.
    pub details: serde_json::Map<String, serde_json::Value>,
    /// From which address.
    pub ip: Option<String>,
    /// The object's id, where there is one.
    pub object_id: Option<String>,
}
