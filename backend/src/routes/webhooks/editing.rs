//! The shape that all changes to a webhook share: in one transaction, on a webhook that is there for the caller (their own, or any for
//! an admin), all of whose events the caller may read already. So no credential gets what it may not see by turning a webhook its
//! own way.

use api_types::{Timestamp, audit::AuditAction, ids::WebhookId, webhooks::Webhook};
use serde_json::Value;

use super::{describe, input};
use crate::{
    auth::{Caller, Identity},
    base::Base,
    db::{
        Conn, Tx, Viewer,
        audit::{self, Change, Who},
        dialect,
        webhooks::{self, WebhookRow, WebhookWithCounts},
    },
    http::{etag::Target, path_id::Noun, problem::Answer},
};

/// A change that a caller asks for, before its transaction.
pub struct Editing {
    who: Who,
    viewer: Viewer,
    identity: Identity,
    target: Target<WebhookId>,
}

impl Editing {
    /// A change of `target` by this caller.
    pub fn of<P>(caller: Caller<P>, target: Target<WebhookId>) -> Self {
        let (who, viewer) = (caller.who(), caller.viewer());
        Self { who, viewer, identity: caller.principal.identity, target }
    }

    /// Refuses a caller who may not change the webhook, before anything is begun or an earlier answer is given again.
    pub async fn allowed(self, base: &Base) -> Answer<Self> {
        let now = base.now();
        let allowed = base.db.read(move |conn| -> Answer<Self> {
            self.find(conn, now)?;
            Ok(self)
        });
        allowed.await
    }

    fn find(&self, conn: &mut Conn, now: Timestamp) -> Answer<WebhookWithCounts> {
        let found = webhooks::find(conn, &self.viewer, self.target.id, now)?;
        let found = found.ok_or_else(WebhookId::missing)?;
        input::check_readable(&self.identity, &found.row.event_types.0)?;
        Ok(found)
    }

    /// Finds the webhook, which nobody else changes until the transaction ends, and refuses a caller who may not change it.
    pub fn open(self, tx: &mut Tx<'_>) -> Answer<EditedWebhook> {
        dialect::lock(tx, self.target.id.as_str())?;
        let now = tx.now();
        let found = self.find(tx, now)?;
        let before = found.row.clone();
        self.target.if_match.check(&describe::webhook(found))?;
        Ok(EditedWebhook { who: self.who, viewer: self.viewer, before })
    }
}

/// A webhook in the transaction that changes it.
pub struct EditedWebhook {
    /// The caller who changes it; the webhook is in their workspace.
    pub who: Who,
    viewer: Viewer,
    /// The webhook as it was before.
    pub before: WebhookRow,
}

impl EditedWebhook {
    /// The webhook as it is now.
    pub fn shown(&self, tx: &mut Tx<'_>) -> Answer<Webhook> {
        let now = tx.now();
        let shown = webhooks::find(tx, &self.viewer, self.before.id, now)?;
        shown.map(describe::webhook).ok_or_else(WebhookId::missing)
    }

    /// Notes the change in the audit log, under the URL that the webhook had before.
    pub fn audit(&self, tx: &mut Tx<'_>, action: AuditAction, details: Value) -> Answer<()> {
        let change = Change::of(action, self.before.id.as_str(), &self.before.url, details);
        Ok(audit::append(tx, &self.who, change)?)
    }
}
