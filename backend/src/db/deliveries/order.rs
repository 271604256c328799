//! Deliveries of an ordered webhook: the one whose turn it is, the one that holds the others back, and skipping it.

use api_types::{
    Timestamp,
    deliveries::{CancelReason, DeliveryStatus},
    ids::{AttemptId, DeliveryId, WebhookId},
};
use diesel::{
    dsl::sql,
    prelude::*,
    sql_types::{Bool, Text},
};

use super::{by_hand, leases::DueDelivery};
use crate::db::{
    Conn,
    dialect::locked,
    schema::{deliveries, webhooks},
};

/// The oldest delivery that a webhook's schedule has not finished.
#[derive(Clone, Copy, Debug, Queryable, Selectable)]
#[diesel(table_name = deliveries)]
pub struct Head {
    pub id: DeliveryId,
    pub status: DeliveryStatus,
    /// The time at which the schedule tries next.
    pub next_attempt_at: Option<Timestamp>,
}

/// The oldest delivery that waits for a webhook, in flight or not. Each status is asked for by itself: an index leads to its row.
pub fn head(conn: &mut Conn, webhook: WebhookId) -> QueryResult<Option<Head>> {
    let mut oldest: Option<Head> = None;
    for status in [DeliveryStatus::Pending, DeliveryStatus::Retrying] {
        let found: Option<Head> = deliveries::table
            .filter(deliveries::webhook_id.eq(webhook))
            .filter(deliveries::status.eq(status))
            .order(deliveries::id)
            .select(Head::as_select())
            .first(conn)
            .optional()?;
        oldest = [oldest, found].into_iter().flatten().min_by_key(|head| head.id);
    }
    Ok(oldest)
}

/// The condition of the partial index `deliveries_failed_of_webhook`, word for word.
fn failed() -> diesel::expression::SqlLiteral<Bool> {
    sql("deliveries.status = 'failed'")
}

/// The oldest delivery that failed for good after a time: it holds the line.
pub fn blocking(conn: &mut Conn, webhook: WebhookId, since: Timestamp) -> QueryResult<Option<DeliveryId>> {
    deliveries::table
        .filter(deliveries::webhook_id.eq(webhook))
        .filter(failed())
        .filter(deliveries::finished_at.gt(since))
        .order(deliveries::finished_at)
        .select(deliveries::id)
        .first(conn)
        .optional()
}

/// The delivery that failed and holds back those after it, in a webhook that is ordered since a time.
pub fn holder(conn: &mut Conn, webhook: WebhookId, since: Timestamp) -> QueryResult<Option<DeliveryId>> {
    if let Some(failed) = blocking(conn, webhook, since)? {
        return Ok(Some(failed));
    }
    let head = head(conn, webhook)?;
    Ok(head.filter(|head| head.status == DeliveryStatus::Retrying).map(|head| head.id))
}

/// `true` while an attempt of any of a webhook's deliveries is under way, on any node.
pub fn in_flight(conn: &mut Conn, webhook: WebhookId) -> QueryResult<bool> {
    // The comparison is written so that the index of leases is used, which is short, and not that of the webhook's history.
    let of_webhook = sql::<Bool>("deliveries.webhook_id || '' = ").bind::<Text, _>(webhook.to_string());
    let leased = deliveries::table.filter(deliveries::lease_until.is_not_null()).filter(of_webhook);
    diesel::select(diesel::dsl::exists(leased)).get_result(conn)
}

/// The oldest delivery of a webhook for which an attempt by hand was asked, locked until the transaction ends.
pub fn lock_by_hand(conn: &mut Conn, webhook: WebhookId) -> QueryResult<Option<DueDelivery>> {
    /// More are hardly ever asked for at once.
    const LOOKED_AT: i64 = 100;
    let asked: Vec<DeliveryId> = deliveries::table
        .filter(deliveries::webhook_id.eq(webhook))
        .filter(by_hand::waits())
        .limit(LOOKED_AT)
        .select(deliveries::id)
        .load(conn)?;
    match asked.into_iter().min() {
        Some(oldest) => lock_one(conn, oldest),
        None => Ok(None),
    }
}

/// One delivery that waits, locked until the transaction ends; none where another transaction has it. The next one is not taken
/// in its place.
pub fn lock_one(conn: &mut Conn, id: DeliveryId) -> QueryResult<Option<DueDelivery>> {
    let found: QueryResult<DueDelivery> = locked!(
        conn,
        for_update.skip_locked,
        first,
        deliveries::table
            .filter(deliveries::id.eq(id))
            .filter(deliveries::due_at.is_not_null())
            .select(DueDelivery::as_select())
    );
    found.optional()
}

/// Cancels a delivery that is locked by this transaction, since somebody skips it.
pub fn skip(conn: &mut Conn, id: DeliveryId, now: Timestamp) -> QueryResult<()> {
    diesel::update(deliveries::table.find(id))
        .set((
            deliveries::status.eq(DeliveryStatus::Canceled),
            deliveries::cancel_reason.eq(CancelReason::Skipped),
            deliveries::next_attempt_at.eq(None::<Timestamp>),
            deliveries::due_at.eq(None::<Timestamp>),
            deliveries::held.eq(false),
            deliveries::manual_attempt_id.eq(None::<AttemptId>),
            deliveries::finished_at.eq(now),
        ))
        .execute(conn)
        .map(drop)
}

/// The time since which a webhook is ordered; `None` where it is not.
pub fn ordered_since(conn: &mut Conn, webhook: WebhookId) -> QueryResult<Option<Timestamp>> {
    webhooks::table.find(webhook).select(webhooks::ordered_since).first(conn)
}
