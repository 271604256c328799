//! The shape that all changes to an OAuth app share: one transaction on an app of the caller's workspace, with its audit entry, after
//! which cached credentials are forgotten.

use api_types::{
    audit::AuditAction,
    ids::OAuthAppId,
    oauth_apps::{Distribution, OAuthApp},
};
use serde_json::Value;

use crate::{
    db::{
        Tx,
        audit::{self, Change, Who},
        dialect, oauth_apps,
    },
    http::{etag::Target, path_id::Noun, problem::Answer},
};

/// An OAuth app in the transaction that changes it.
pub struct EditedApp {
    /// The admin who changes it; the app is in their workspace.
    pub who: Who,
    /// The app as it was before.
    pub before: OAuthApp,
}

impl EditedApp {
    /// The app as it is now.
    pub fn shown(&self, tx: &mut Tx<'_>) -> Answer<OAuthApp> {
        let now = tx.now();
        let shown = oauth_apps::find(tx, self.who.workspace_id, self.before.id, now)?;
        shown.ok_or_else(OAuthAppId::missing)
    }

    /// Notes the change in the audit log, under the name that the app had before.
    pub fn audit(&self, tx: &mut Tx<'_>, action: AuditAction, details: Value) -> Answer<()> {
        let change = Change::of(action, self.before.id.as_str(), &self.before.name, details);
        Ok(audit::append(tx, &self.who, change)?)
    }
}

/// Finds the app of the workspace of `who`, which nobody else changes until the transaction ends. Cached credentials are forgotten
/// after the commit.
pub fn open(tx: &mut Tx<'_>, who: Who, target: &Target<OAuthAppId>) -> Answer<EditedApp> {
    dialect::lock(tx, target.id.as_str())?;
    let now = tx.now();
    let before = oauth_apps::find(tx, who.workspace_id, target.id, now)?.ok_or_else(OAuthAppId::missing)?;
    target.if_match.check(&before)?;
    match before.distribution {
        Distribution::Workspace => tx.credentials_changed(who.workspace_id),
        Distribution::Public => tx.credentials_changed_anywhere(),
    }
    Ok(EditedApp { who, before })
}
