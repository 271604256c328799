//! The shape that all changes to an OAuth app share: one transaction on an app of the caller's workspace, with its audit entry, after
//! which cached credentials are forgotten.

use api_types::{audit::AuditAction, ids::OAuthAppId, oauth_apps::OAuthApp};
use serde_json::Value;

use crate::{
    db::{
        Db, Hint, Tx,
        audit::{self, Change, Who},
        oauth_apps,
    },
    http::{path_id::Noun, problem::Answer},
};

/// An OAuth app in the transaction that changes it.
pub struct EditedApp {
    /// The admin who changes it; the app is in their workspace.
    pub who: Who,
    /// The app as it was before.
    pub before: OAuthApp,
}

impl EditedApp {
    /// Notes the change in the audit log, under the name that the app had before.
    pub fn audit(&self, tx: &mut Tx<'_>, action: AuditAction, details: Value) -> Answer<()> {
        let change = Change::of(action, self.before.id.as_str(), &self.before.name, details);
        Ok(audit::append(tx, &self.who, change)?)
    }
}

/// Runs `work` in one transaction on an app of the workspace of `who`.
pub async fn edit<T: Send + 'static>(
    db: &Db,
    who: Who,
    id: OAuthAppId,
    work: impl FnOnce(&mut Tx<'_>, &EditedApp) -> Answer<T> + Send + 'static,
) -> Answer<T> {
    db.write(move |tx| -> Answer<T> {
        let now = tx.now();
        let before = oauth_apps::find(tx, who.workspace_id, id, now)?.ok_or_else(OAuthAppId::missing)?;
        let done = work(tx, &EditedApp { who, before })?;
        tx.on_commit(Hint::CredentialsChanged);
        Ok(done)
    })
    .await
}
