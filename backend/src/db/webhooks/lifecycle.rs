//! The states of a webhook that somebody sets: enabled, paused, deleted.

use api_types::{Timestamp, ids::WebhookId, webhooks::DisabledReason};
use diesel::prelude::*;

use crate::db::{Conn, deliveries::destinations::Breaker, expiry::Expired, schema::webhooks};

/// Enables a disabled webhook with a fresh start; `false` where it was not disabled.
pub fn enable(conn: &mut Conn, id: WebhookId, now: Timestamp) -> QueryResult<bool> {
    let changed = diesel::update(
        webhooks::table
            .find(id)
            .filter(webhooks::disabled_at.is_not_null())
            .filter(webhooks::deleted_at.is_null()),
    )
    .set((
        webhooks::disabled_at.eq(None::<Timestamp>),
        webhooks::disabled_reason.eq(None::<DisabledReason>),
        webhooks::failing_since.eq(None::<Timestamp>),
        Breaker::default(),
        webhooks::updated_at.eq(now),
    ))
    .execute(conn)?;
    // Deliveries that failed before hold nothing back.
    diesel::update(webhooks::table.find(id).filter(webhooks::ordered_since.is_not_null()))
        .set(webhooks::ordered_since.eq(now))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Pauses a webhook; `false` where it was paused before.
pub fn pause(conn: &mut Conn, id: WebhookId, now: Timestamp) -> QueryResult<bool> {
    let changed = diesel::update(webhooks::table.find(id).filter(webhooks::paused_at.is_null()))
        .set((webhooks::paused_at.eq(now), webhooks::updated_at.eq(now)))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Resumes a webhook; `false` where it was not paused. `failing_since` is the time from which its failures count now.
pub fn resume(
    conn: &mut Conn,
    id: WebhookId,
    failing_since: Option<Timestamp>,
    now: Timestamp,
) -> QueryResult<bool> {
    let changed = diesel::update(webhooks::table.find(id).filter(webhooks::paused_at.is_not_null()))
        .set((
            webhooks::paused_at.eq(None::<Timestamp>),
            webhooks::failing_since.eq(failing_since),
            webhooks::updated_at.eq(now),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Deletes a webhook, softly: its deliveries stay readable. Its request headers are forgotten.
pub fn delete(conn: &mut Conn, id: WebhookId, now: Timestamp) -> QueryResult<()> {
    diesel::update(webhooks::table.find(id))
        .set((webhooks::deleted_at.eq(now), webhooks::headers.eq(None::<String>)))
        .execute(conn)
        .map(drop)
}

/// Webhooks that were deleted before a time, and to which nothing refers any more: their deliveries stay readable.
pub const DELETED: Expired = Expired {
    table: "webhooks",
    condition: "deleted_at < $1 \
        AND NOT EXISTS (SELECT 1 FROM signing_secrets WHERE webhook_id = webhooks.id) \
        AND NOT EXISTS (SELECT 1 FROM deliveries WHERE webhook_id = webhooks.id) \
        AND NOT EXISTS (SELECT 1 FROM recoveries WHERE workspace_id = webhooks.workspace_id \
            AND webhook_id = webhooks.id)",
};
