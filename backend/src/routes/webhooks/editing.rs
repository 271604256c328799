//! The shape that all changes to a webhook share: one transaction, on a webhook of the caller's workspace, all of whose events
//! the caller may read already. So no credential gets what it may not see by turning a webhook its own way.

use api_types::{audit::AuditAction, ids::WebhookId};
use serde_json::Value;

use super::input;
use crate::{
    auth::{Caller, permission::WebhooksWrite},
    db::{
        Db, Tx,
        audit::{self, Change, Who},
        webhooks::{self, WebhookRow, WebhookWithCounts},
    },
    http::{path_id::Noun, problem::Answer},
};

/// A webhook in the transaction that changes it.
pub struct EditedWebhook {
    /// The caller who changes it; the webhook is in their workspace.
    pub who: Who,
    /// The webhook as it was before.
    pub before: WebhookRow,
}

impl EditedWebhook {
    /// The webhook as it is now.
    pub fn shown(&self, tx: &mut Tx<'_>) -> Answer<WebhookWithCounts> {
        let now = tx.now();
        webhooks::find(tx, self.who.workspace_id, self.before.id, now)?.ok_or_else(WebhookId::missing)
    }

    /// Notes the change in the audit log, under the URL that the webhook had before.
    pub fn audit(&self, tx: &mut Tx<'_>, action: AuditAction, details: Value) -> Answer<()> {
        let change = Change::of(action, self.before.id.as_str(), &self.before.url, details);
        Ok(audit::append(tx, &self.who, change)?)
    }
}

/// Runs `work` in one transaction on a webhook that the caller may change.
pub async fn edit<T: Send + 'static>(
    db: &Db,
    caller: Caller<WebhooksWrite>,
    id: WebhookId,
    work: impl FnOnce(&mut Tx<'_>, &EditedWebhook) -> Answer<T> + Send + 'static,
) -> Answer<T> {
    let who = caller.who();
    let identity = caller.principal.identity;
    db.write(move |tx| -> Answer<T> {
        let now = tx.now();
        let found = webhooks::find(tx, who.workspace_id, id, now)?.ok_or_else(WebhookId::missing)?;
        input::check_readable(&identity, &found.row.event_types.0)?;
        work(tx, &EditedWebhook { who, before: found.row })
    })
    .await
}
