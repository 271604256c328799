//! The end of a webhook's sending, whoever decides it: what waits is canceled, the audit log told, and an event published.

use api_types::{
    audit::AuditAction, deliveries::CancelReason, events::EventType, ids::WebhookId, webhooks::DisabledReason,
};
use serde_json::json;

use super::publish::{Publication, publish_about};
use crate::{
    app::App,
    db::{
        Tx,
        audit::{self, Change, Who},
        deliveries::{self, Whose, destinations},
    },
    problem::Failure,
};

/// Disables a webhook and cancels what waits for it; `false` where it was disabled or deleted before.
pub fn disable(
    tx: &mut Tx<'_>,
    app: &App,
    who: &Who,
    webhook: WebhookId,
    reason: DisabledReason,
) -> Result<bool, Failure> {
    let now = app.clock.now();
    if !destinations::disable(tx, webhook, reason, now)? {
        return Ok(false);
    }
    let Some((webhook, _)) = destinations::load(tx, &[webhook])?.pop() else { return Ok(false) };
    let canceled =
        deliveries::cancel_waiting(tx, Whose::Webhook(webhook.id), CancelReason::WebhookDisabled, now)?;
    destinations::bump_subscriptions(tx, webhook.workspace_id)?;
    let change = Change {
        action: AuditAction::WebhookDisabled,
        object_id: Some(webhook.id.as_str()),
        object_name: &webhook.url,
        details: json!({ "reason": reason, "canceled_deliveries": canceled }),
    };
    audit::append(tx, app, who, change)?;
    let data = json!({ "id": webhook.id, "url": webhook.url, "reason": reason, "disabled_at": now });
    publish_about(
        tx,
        app,
        Publication {
            workspace: webhook.workspace_id,
            kind: EventType::WebhookDisabled,
            data: &data,
            about: Some(webhook.id),
        },
    )?;
    Ok(true)
}
