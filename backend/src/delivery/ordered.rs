//! Ordered webhooks: one delivery at a time across all nodes, the oldest first. One that failed holds back the others until it
//! succeeds or is skipped, also once its schedule is used up.

use api_types::{Timestamp, deliveries::Trigger};
use diesel::QueryResult;

use super::{
    breaker,
    lease::{DueDetails, Leasing},
    rate,
};
use crate::db::{
    Tx,
    deliveries::{
        destinations::{self, HoldingWebhook},
        leases::{self, DueDelivery},
        order::{self, Head},
    },
};

/// What came of looking whose turn it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Turn {
    /// The time at which the next delivery may go, if that is known.
    pub next: Option<Timestamp>,
    /// Nothing waits any more.
    pub empty: bool,
}

/// Leases the delivery of an ordered webhook whose turn it is, if it may go now. The caller has the webhook locked, so that no
/// other node looks at the same time.
pub fn take_turn(
    tx: &mut Tx<'_>,
    leasing: &mut Leasing<'_>,
    webhook: &HoldingWebhook,
    since: Timestamp,
) -> QueryResult<Turn> {
    let now = tx.now();
    // The end of that attempt has everybody look again.
    if order::in_flight(tx, webhook.id)? {
        return Ok(Turn::default());
    }
    if let Some(due) = order::lock_by_hand(tx, webhook.id)? {
        return lease(tx, leasing, &due, Trigger::Manual).map(|(turn, _)| turn);
    }
    if order::blocking(tx, webhook.id, since)?.is_some() {
        return Ok(Turn::default());
    }
    let Some(head) = order::head(tx, webhook.id)? else { return Ok(Turn { next: None, empty: true }) };
    if let Some(next) = not_before(webhook, &head, now) {
        return Ok(Turn { next: Some(next), empty: false });
    }
    let Some(due) = order::lock_one(tx, head.id)? else { return Ok(Turn::default()) };
    let parked = webhook.breaker.parked_at.is_some();
    let trigger = if parked { Trigger::Probe } else { Trigger::Automatic };
    let (turn, until) = lease(tx, leasing, &due, trigger)?;
    if let Some(until) = until.filter(|_| parked) {
        destinations::set_probe(tx, webhook.id, until)?;
    }
    if let Some(rate) = rate::of(webhook).filter(|_| until.is_some() && !parked) {
        destinations::set_released(tx, webhook.id, rate.after(1, now).used_until)?;
    }
    Ok(turn)
}

/// The time before which the oldest delivery may not go; none where it may go now.
fn not_before(webhook: &HoldingWebhook, head: &Head, now: Timestamp) -> Option<Timestamp> {
    if webhook.breaker.parked_at.is_some() {
        let at = webhook.breaker.probe_at?;
        return breaker::waits(webhook.breaker, at, now).then_some(at);
    }
    let scheduled = head.next_attempt_at.filter(|at| *at > now);
    scheduled.or_else(|| rate::of(webhook).filter(|rate| rate.allows(now) == 0).map(|rate| rate.next(now)))
}

/// Leases a delivery, or cancels it where it must not be sent. Answers the end of the lease, too.
fn lease(
    tx: &mut Tx<'_>,
    leasing: &mut Leasing<'_>,
    due: &DueDelivery,
    trigger: Trigger,
) -> QueryResult<(Turn, Option<Timestamp>)> {
    let now = tx.now();
    let loaded = DueDetails::read(tx, std::slice::from_ref(due))?;
    if let Err(reason) = loaded.sendable(due) {
        leases::cancel(tx, due, reason, now)?;
        return Ok((Turn { next: Some(now), empty: false }, None));
    }
    let until = leasing.take(tx, &loaded, due, trigger);
    Ok((Turn::default(), until))
}
