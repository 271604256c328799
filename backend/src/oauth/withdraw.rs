//! The withdrawal of authorizations: the one way in which a member's consent ends, whoever ends it.

use api_types::{audit::AuditAction, ids::AuthorizationId};
use diesel::QueryResult;
use serde_json::json;

use crate::db::{
    Hint, Tx,
    audit::{self, Change, Who},
    authorizations::{self, AuthorizationsOf},
};

/// Withdraws these authorizations, or only one of them, with every token that came from them. Each has its entry in the audit
/// log of `who`'s workspace. Answers how many there were.
pub fn withdraw(
    tx: &mut Tx<'_>,
    who: &Who,
    whose: AuthorizationsOf,
    only: Option<AuthorizationId>,
) -> QueryResult<u64> {
    let now = tx.now();
    let withdrawn = authorizations::withdraw(tx, whose, only, now)?;
    for authorization in &withdrawn {
        let app = &authorization.app;
        let details = json!({
            "authorization": authorization.id,
            "member": authorization.member.email,
            "scopes": authorization.scopes,
        });
        let change = Change::of(AuditAction::AuthorizationWithdrawn, app.id.as_str(), &app.name, details);
        audit::append(tx, who, change)?;
    }
    tx.on_commit(Hint::CredentialsChanged);
    Ok(withdrawn.len() as u64)
}
