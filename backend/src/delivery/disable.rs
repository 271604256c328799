//! Disabling a webhook: cancels the deliveries that wait, or begins to where they are many, writes the audit log, publishes an event.
//! The webhooks of a key or an app that ends are disabled in the transaction that ends it; what ends by time is looked for.

use std::{sync::Arc, time::Duration};

use api_types::{
    audit::AuditAction, deliveries::CancelReason, events::EventType, ids::WebhookId, webhooks::DisabledReason,
};
use diesel::QueryResult;
use serde_json::json;

use super::{
    parts::Delivery,
    publish::{Publication, Publisher},
};
use crate::db::{
    DbError, Tx,
    audit::{self, Change, Who},
    deliveries::{cancel, destinations},
    owners,
};

/// The pause between two looks for owners that ended by themselves.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Disables a webhook and cancels the deliveries that wait for it: the first of them at once, the rest in steps. `false` where it was disabled or deleted
/// before.
pub fn disable(
    tx: &mut Tx<'_>,
    publisher: &Publisher,
    who: &Who,
    webhook: WebhookId,
    reason: DisabledReason,
) -> QueryResult<bool> {
    Ok(disable_up_to(tx, publisher, (who, reason), webhook, cancel::AT_ONCE)?.is_some())
}

/// Disables the webhooks that an owner has in the workspace of `who`, if it has ended there, in the transaction that ends it. Some of
/// what waits is canceled at once, over all of them, and the rest in steps. Answers how many it disabled.
pub fn end_owner(tx: &mut Tx<'_>, publisher: &Publisher, who: &Who, owner: &str) -> QueryResult<usize> {
    owners::lock(tx, owner)?;
    let now = tx.now();
    let stopping = owners::lock_stopping(tx, who.workspace_id, owner, now)?;
    let mut left = cancel::AT_ONCE;
    for webhook in &stopping {
        let how = (who, DisabledReason::OwnerEnded);
        left = left.saturating_sub(disable_up_to(tx, publisher, how, *webhook, left)?.unwrap_or_default());
    }
    Ok(stopping.len())
}

/// Disables the webhooks of owners that ended by themselves, such as keys that expired, for as long as the node runs.
pub async fn keep_ending(delivery: Delivery) {
    loop {
        if let Err(error) = end_owners(&delivery).await {
            tracing::warn!(%error, "webhooks whose owner ended could not be disabled; the next look tries again");
        }
        delivery.base.clock.sleep(LOOK_EVERY).await;
    }
}

/// Disables the webhooks of owners that ended by themselves, once.
pub async fn end_owners(delivery: &Delivery) -> Result<(), DbError> {
    let now = delivery.base.now();
    for (workspace, owner) in delivery.base.db.query(move |conn| owners::ended(conn, now)).await? {
        let publisher = Arc::clone(&delivery.publisher);
        let ended = move |tx: &mut Tx<'_>| end_owner(tx, &publisher, &Who::system(workspace), &owner);
        delivery.base.db.execute(ended).await?;
    }
    Ok(())
}

/// Disables a webhook and cancels at most `limit` of the deliveries that wait. Answers how many it canceled; `None` where the webhook
/// was disabled or deleted before.
fn disable_up_to(
    tx: &mut Tx<'_>,
    publisher: &Publisher,
    (who, reason): (&Who, DisabledReason),
    webhook: WebhookId,
    limit: usize,
) -> QueryResult<Option<usize>> {
    let now = tx.now();
    if !destinations::disable(tx, webhook, reason, now)? {
        return Ok(None);
    }
    let Some((webhook, _)) = destinations::load(tx, &[webhook])?.pop() else { return Ok(None) };
    let canceled = cancel::waiting(tx, webhook.id, CancelReason::WebhookDisabled, now, limit)?;
    destinations::bump_subscriptions(tx, webhook.workspace_id)?;
    let details = json!({ "reason": reason, "canceled_deliveries": canceled.count,
        "more_to_cancel": canceled.more });
    let change = Change::of(AuditAction::WebhookDisabled, webhook.id.as_str(), &webhook.url, details);
    audit::append(tx, who, change)?;
    let data = json!({ "id": webhook.id, "url": webhook.url, "reason": reason, "disabled_at": now });
    let publication = Publication {
        who,
        kind: EventType::WebhookDisabled,
        data: &data,
        before: None,
        about: Some(webhook.id),
    };
    publisher.announce(tx, &publication)?;
    Ok(Some(canceled.count))
}
