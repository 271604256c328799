//! Held deliveries: those that wait in their webhook's own line. This module lets them go. A parked webhook
//! gets one probe at a time. A draining or rate-limited webhook gets its deliveries oldest first, at its
//! rate. A webhook that has all its slots on this node and falls behind gets a line too, so that its
//! deliveries are not in the way of others.

use api_types::{Timestamp, deliveries::Trigger, ids::WebhookId};
use diesel::QueryResult;

use super::{
    breaker::{self, LOOK_AGAIN},
    dock::Berth,
    lease::{BATCH, DueDetails, Leasing, Round},
    rate::Rate,
};
use crate::db::{
    Hint, Tx,
    deliveries::{
        bulk,
        destinations::{self, HoldingWebhook},
        leases::{self, DueDelivery},
    },
};

/// The longest that a due delivery of a busy webhook waits among those of other webhooks, in milliseconds,
/// before it is held.
const BEHIND: i64 = 1_000;

/// Leases the held deliveries that may go now.
pub fn advance(tx: &mut Tx<'_>, berth: &Berth) -> QueryResult<Round> {
    let mut round = Round::default();
    fall_behind(tx, berth)?;
    for webhook in destinations::lock_holding(tx)? {
        let mut leasing = Leasing::new(berth);
        let next = if webhook.breaker.parked_at.is_some() {
            probe(tx, &mut leasing, &webhook)?
        } else {
            let line = release(tx, &mut leasing, &webhook, room(berth, webhook.id))?;
            round.more |= line.more;
            if line.drained {
                end_drain(tx, &webhook)?;
                round.drained.push(webhook.id);
            }
            line.next
        };
        round.next = earlier(round.next, next);
        round.jobs.extend(leasing.store(tx)?);
    }
    Ok(round)
}

/// The deliveries of a webhook that this node could lease now.
fn room(berth: &Berth, webhook: WebhookId) -> usize {
    berth.slots.room(webhook).min(berth.slots.free()).min(BATCH)
}

/// The changes of a webhook's configuration that decide on its held deliveries.
#[derive(Clone, Copy, Debug)]
pub struct NewTerms {
    /// The URL changed: the breaker closes.
    pub new_url: bool,
    /// The rate limit was removed: the held deliveries drain.
    pub limit_lifted: bool,
}

/// Lets a webhook's held deliveries go after its configuration changed.
pub fn release_anew(tx: &mut Tx<'_>, webhook: WebhookId, terms: NewTerms) -> QueryResult<()> {
    let now = tx.now();
    if terms.new_url && destinations::close(tx, webhook, breaker::drain(now))? {
        tx.on_commit(Hint::Breaker { webhook, open: false });
    }
    if terms.limit_lifted {
        destinations::start_drain(tx, webhook, now)?;
    }
    tx.on_commit(Hint::DeliveriesDue);
    Ok(())
}

/// Finds deliveries that are held for webhooks without a line: another node wrote them before it knew of the
/// drain's end.
pub fn find_stragglers(tx: &mut Tx<'_>, webhooks: &[WebhookId]) -> QueryResult<()> {
    let now = tx.now();
    for (destination, _) in destinations::load(tx, webhooks)? {
        if !destination.is_holding() && !leases::lock_held(tx, destination.id, 1)?.is_empty() {
            destinations::start_drain(tx, destination.id, now)?;
            destinations::bump_subscriptions(tx, destination.workspace_id)?;
        }
    }
    Ok(())
}

/// Ends a drain: no delivery is held any more, and every node is told to hold no new one.
fn end_drain(tx: &mut Tx<'_>, webhook: &HoldingWebhook) -> QueryResult<()> {
    destinations::end_drain(tx, webhook.id)?;
    destinations::bump_subscriptions(tx, webhook.workspace_id)
}

fn earlier(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    [one, other].into_iter().flatten().min()
}

/// Holds deliveries that have been due for a while and whose webhooks have all their slots: they are in the
/// way of others.
fn fall_behind(tx: &mut Tx<'_>, berth: &Berth) -> QueryResult<()> {
    let now = tx.now();
    for webhook in berth.slots.busy().webhooks {
        let due = leases::lock_due_of(tx, webhook, now - BEHIND, 500)?;
        let Some(first) = due.first() else { continue };
        if destinations::start_drain(tx, webhook, now)? {
            destinations::bump_subscriptions(tx, first.workspace_id)?;
        }
        let ids: Vec<_> = due.iter().map(|due| due.id).collect();
        bulk::hold(tx, &ids, now + LOOK_AGAIN)?;
    }
    Ok(())
}

/// Leases one delivery of a parked webhook as a probe, if one is due. Answers the time of the next probe.
fn probe(
    tx: &mut Tx<'_>,
    leasing: &mut Leasing<'_>,
    webhook: &HoldingWebhook,
) -> QueryResult<Option<Timestamp>> {
    let now = tx.now();
    let at = webhook.breaker.probe_at.unwrap_or(now);
    if at > now {
        return Ok(Some(at));
    }
    // The oldest and the newest delivery in turn: one message that the receiver stumbles over must not keep
    // the webhook parked.
    let newest = webhook.breaker.probes % 2 == 1;
    let Some(due) = leases::lock_waiting(tx, webhook.id, newest)? else { return Ok(None) };
    let loaded = DueDetails::read(tx, std::slice::from_ref(&due))?;
    if let Err(reason) = loaded.sendable(&due) {
        leases::cancel(tx, &due, reason, now)?;
        return Ok(Some(now));
    }
    // One probe at a time: should this node end in the middle of one, the next is due when that lease is
    // over.
    let until = leasing.take(tx, &loaded, &due, Trigger::Probe);
    if let Some(until) = until {
        destinations::set_probe(tx, webhook.id, until)?;
    }
    Ok(until)
}

/// The state of a line after some of its deliveries were let go.
struct Line {
    /// The time at which the next delivery may go, if the rate is the reason to wait.
    next: Option<Timestamp>,
    /// More deliveries may go now.
    more: bool,
    /// The drain is over.
    drained: bool,
}

/// Leases the oldest deliveries of a line, as many as the rate allows and there is room for.
fn release(
    tx: &mut Tx<'_>,
    leasing: &mut Leasing<'_>,
    webhook: &HoldingWebhook,
    room: usize,
) -> QueryResult<Line> {
    let now = tx.now();
    let rate = rate(webhook);
    let allowed = rate.map_or(room, |rate| rate.allows(now).min(room));
    if allowed == 0 {
        let next = rate.filter(|_| room > 0).map(Rate::next);
        return Ok(Line { next, more: false, drained: false });
    }
    let line = leases::lock_held(tx, webhook.id, i64::try_from(allowed).unwrap_or(1))?;
    let gone = lease_all(tx, leasing, &line)?;
    if let Some(rate) = rate.filter(|_| gone > 0) {
        destinations::set_released(tx, webhook.id, rate.after(gone, now).used_until)?;
    }
    let empty = line.len() < allowed;
    Ok(Line {
        next: rate.filter(|_| !empty).map(|rate| rate.after(gone, now).next()),
        more: !empty && rate.is_none(),
        drained: empty && webhook.breaker.draining_since.is_some(),
    })
}

/// Leases deliveries of one line, and answers how many.
fn lease_all(tx: &mut Tx<'_>, leasing: &mut Leasing<'_>, line: &[DueDelivery]) -> QueryResult<usize> {
    let loaded = DueDetails::read(tx, line)?;
    let mut gone = 0;
    for due in line {
        if let Err(reason) = loaded.sendable(due) {
            let now = tx.now();
            leases::cancel(tx, due, reason, now)?;
            continue;
        }
        let trigger = if due.manual_attempt_id.is_some() { Trigger::Manual } else { Trigger::Automatic };
        gone += usize::from(leasing.take(tx, &loaded, due, trigger).is_some());
    }
    Ok(gone)
}

/// The tighter of a webhook's rate limit and the rate of its drain.
fn rate(webhook: &HoldingWebhook) -> Option<Rate> {
    let drain = webhook.breaker.draining_since.map(|_| webhook.breaker.pace).filter(|pace| *pace > 0);
    let per_second = [webhook.rate_limit, drain].into_iter().flatten().min()?;
    Some(Rate { per_second: i64::from(per_second.max(1)), used_until: webhook.released_at })
}

#[cfg(test)]
mod tests {
    use api_types::ids::WorkspaceId;

    use super::*;
    use crate::db::deliveries::destinations::Breaker;

    #[test]
    fn the_tighter_of_limit_and_drain_is_the_rate() {
        let holding = |rate_limit, draining: Option<i32>| HoldingWebhook {
            id: WebhookId::from_parts(1, 1),
            workspace_id: WorkspaceId::from_parts(1, 1),
            rate_limit,
            released_at: 0,
            breaker: Breaker {
                draining_since: draining.map(|_| Timestamp::from_millis(1)),
                pace: draining.unwrap_or_default(),
                ..Breaker::default()
            },
        };
        let per_second =
            |rate_limit, draining| rate(&holding(rate_limit, draining)).map(|rate| rate.per_second);
        assert_eq!(per_second(None, None), None);
        assert_eq!(per_second(None, Some(0)), None, "as fast as there are slots");
        assert_eq!(per_second(Some(10), None), Some(10));
        assert_eq!(per_second(Some(10), Some(5)), Some(5));
        assert_eq!(per_second(Some(10), Some(40)), Some(10));
        assert_eq!(per_second(Some(10), Some(0)), Some(10));
    }
}
