//! The withdrawal of authorizations: the one way in which a member's consent ends, whoever ends it.

use std::collections::BTreeSet;

use api_types::{
    audit::AuditAction,
    ids::{AuthorizationId, OAuthAppId},
};
use diesel::QueryResult;
use serde_json::json;

use crate::db::{
    Tx,
    audit::{self, Change, Who},
    authorizations::{self, AuthorizationsOf},
};

/// Withdraws these authorizations, or only one of them, with every token that came from them. Each has its entry in the audit
/// log of `who`'s workspace. Where an app's last consent goes, so do the webhooks that it made for members. Answers how many
/// authorizations there were; the caller lets the webhooks settle before it answers.
pub fn withdraw(
    tx: &mut Tx<'_>,
    who: &Who,
    whose: AuthorizationsOf,
    only: Option<AuthorizationId>,
    end_owner: impl Fn(&mut Tx<'_>, OAuthAppId) -> QueryResult<usize>,
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
    // In the order of their ids, so that two withdrawals do not wait for each other.
    let apps: BTreeSet<OAuthAppId> = withdrawn.iter().map(|authorization| authorization.app.id).collect();
    for app in apps {
        end_owner(tx, app)?;
    }
    if !withdrawn.is_empty() {
        tx.credentials_changed(who.workspace_id);
    }
    Ok(withdrawn.len() as u64)
}
