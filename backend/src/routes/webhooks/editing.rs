//! The shape that all changes to a webhook share: in one transaction, on a webhook of the caller's workspace, all of whose events
//! the caller may read already. So no credential gets what it may not see by turning a webhook its own way.

use api_types::{audit::AuditAction, ids::WebhookId, webhooks::Webhook};
use serde_json::Value;

use super::{describe, input};
use crate::{
    auth::{Caller, Identity, permission::WebhooksWrite},
    db::{
        Tx,
        audit::{self, Change, Who},
        dialect,
        webhooks::{self, WebhookRow},
    },
    http::{etag::Target, path_id::Noun, problem::Answer},
};

/// A change that a caller asks for, before its transaction.
pub struct Editing {
    who: Who,
    identity: Identity,
    target: Target<WebhookId>,
}

impl Editing {
    /// A change of `target` by this caller.
    pub fn of(caller: Caller<WebhooksWrite>, target: Target<WebhookId>) -> Self {
        Self { who: caller.who(), identity: caller.principal.identity, target }
    }

    /// Finds the webhook, which nobody else changes until the transaction ends, and refuses a caller who may not change it.
    pub fn open(self, tx: &mut Tx<'_>) -> Answer<EditedWebhook> {
        let Target { id, if_match } = self.target;
        dialect::lock(tx, id.as_str())?;
        let now = tx.now();
        let found = webhooks::find(tx, self.who.workspace_id, id, now)?.ok_or_else(WebhookId::missing)?;
        input::check_readable(&self.identity, &found.row.event_types.0)?;
        let before = found.row.clone();
        if_match.check(&describe::webhook(found))?;
        Ok(EditedWebhook { who: self.who, before })
    }
}

/// A webhook in the transaction that changes it.
pub struct EditedWebhook {
    /// The caller who changes it; the webhook is in their workspace.
    pub who: Who,
    /// The webhook as it was before.
    pub before: WebhookRow,
}

impl EditedWebhook {
    /// The webhook as it is now.
    pub fn shown(&self, tx: &mut Tx<'_>) -> Answer<Webhook> {
        let now = tx.now();
        let shown = webhooks::find(tx, self.who.workspace_id, self.before.id, now)?;
        shown.map(describe::webhook).ok_or_else(WebhookId::missing)
    }

    /// Notes the change in the audit log, under the URL that the webhook had before.
    pub fn audit(&self, tx: &mut Tx<'_>, action: AuditAction, details: Value) -> Answer<()> {
        let change = Change::of(action, self.before.id.as_str(), &self.before.url, details);
        Ok(audit::append(tx, &self.who, change)?)
    }
}
