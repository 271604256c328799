//! The audit log: the operation under `/v1/audit-log`.

use api_types::{Page, audit::AuditEntry};

use crate::{api::call::Query, paths::api as paths};

/// The entries that a list is narrowed to; an empty field narrows nothing.
#[derive(Default)]
pub struct Filter<'a> {
    pub action: &'a str,
    /// The id of the member, key or app that made the change.
    pub actor: &'a str,
    /// The id of the object that was changed.
    pub object: &'a str,
    /// The earliest instant, as RFC 3339.
    pub since: &'a str,
}

pub fn list(filter: &Filter<'_>) -> Query<Page<AuditEntry>> {
    let Filter { action, actor, object, since } = *filter;
    Query::new(paths::AUDIT_LOG).with(&[
        ("action", action),
        ("actor", actor),
        ("object", object),
        ("since", since),
    ])
}

/// The newest entry alone.
pub fn newest(filter: &Filter<'_>) -> Query<Page<AuditEntry>> {
    list(filter).with(&[("limit", "1")])
}
