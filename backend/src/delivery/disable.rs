//! Disabling a webhook: cancels the deliveries that wait, writes the audit log, publishes an event.

use api_types::{
    audit::AuditAction, deliveries::CancelReason, events::EventType, ids::WebhookId, webhooks::DisabledReason,
};
use diesel::QueryResult;
use serde_json::json;

use super::publish::{Publication, Publisher};
use crate::db::{
    Tx,
    audit::{self, Change, Who},
    deliveries::{self, CancelScope, destinations},
};

/// Disables a webhook and cancels the deliveries that wait for it. `false` where it was disabled or deleted
/// before.
pub fn disable(
    tx: &mut Tx<'_>,
    publisher: &Publisher,
    who: &Who,
    webhook: WebhookId,
    reason: DisabledReason,
) -> QueryResult<bool> {
    let now = tx.now();
    if !destinations::disable(tx, webhook, reason, now)? {
        return Ok(false);
    }
    let Some((webhook, _)) = destinations::load(tx, &[webhook])?.pop() else { return Ok(false) };
    let whose = CancelScope::Webhook(webhook.id);
    let canceled = deliveries::cancel_waiting(tx, whose, CancelReason::WebhookDisabled, now)?;
    destinations::bump_subscriptions(tx, webhook.workspace_id)?;
    let details = json!({ "reason": reason, "canceled_deliveries": canceled });
    let change = Change::of(AuditAction::WebhookDisabled, webhook.id.as_str(), &webhook.url, details);
    audit::append(tx, who, change)?;
    let data = json!({ "id": webhook.id, "url": webhook.url, "reason": reason, "disabled_at": now });
    let publication = Publication {
        workspace: webhook.workspace_id,
        kind: EventType::WebhookDisabled,
        data: &data,
        about: Some(webhook.id),
    };
    publisher.publish_about(tx, publication)?;
    Ok(true)
}
