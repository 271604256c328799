//! Held deliveries: those that wait in their webhook's own line. This module lets them go. A paused webhook gets none. A parked
//! webhook gets one probe at a time, and an ordered one a delivery at a time ([`ordered`]). A draining or rate-limited webhook gets
//! its deliveries oldest first, at its rate. A webhook that has all its slots on this node and falls behind gets a line too, so
//! that its deliveries are not in the way of others.

use std::collections::BTreeSet;

use api_types::{
    Timestamp,
    deliveries::Trigger,
    ids::{WebhookId, WorkspaceId},
    stream::Topic,
};
use diesel::QueryResult;

use super::{
    breaker::{self, LOOK_AGAIN},
    dock::Berth,
    lease::{BATCH, DueDetails, Leasing, Round},
    ordered, rate,
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
    let mut changed = BTreeSet::new();
    let mut round = Round { more: fall_behind(tx, berth, &mut changed)?, ..Round::default() };
    for webhook in destinations::lock_holding(tx)? {
        let mut leasing = Leasing::new(berth);
        let next = if let Some(since) = webhook.ordered_since {
            let turn = ordered::take_turn(tx, &mut leasing, &webhook, since)?;
            if turn.empty && webhook.breaker.draining_since.is_some() {
                end_drain(tx, &webhook)?;
                changed.insert(webhook.workspace_id);
            }
            turn.next
        } else if webhook.breaker.parked_at.is_some() {
            probe(tx, &mut leasing, &webhook)?
        } else {
            let line = release(tx, &mut leasing, &webhook, room(berth, &webhook))?;
            round.more |= line.more;
            if line.drained {
                // No delivery is held any more, and every node is told to hold no new one.
                end_drain(tx, &webhook)?;
                changed.insert(webhook.workspace_id);
                round.drained.push(webhook.id);
            }
            line.next
        };
        round.next = earlier(round.next, next);
        round.jobs.extend(leasing.store(tx)?);
    }
    bump(tx, changed)?;
    Ok(round)
}

/// Ends a drain, of which screens are told.
fn end_drain(tx: &mut Tx<'_>, webhook: &HoldingWebhook) -> QueryResult<()> {
    destinations::end_drain(tx, webhook.id)?;
    tx.changed(webhook.workspace_id, Topic::Webhooks, Some(webhook.id));
    Ok(())
}

/// Begins a drain, of which screens are told. `false` where it had begun before.
fn start_drain(tx: &mut Tx<'_>, webhook: WebhookId, workspace: WorkspaceId) -> QueryResult<bool> {
    let now = tx.now();
    let started = destinations::start_drain(tx, webhook, now)?;
    if started {
        tx.changed(workspace, Topic::Webhooks, Some(webhook));
    }
    Ok(started)
}

/// Marks every node's memory of these workspaces' subscriptions as out of date. The workspaces' rows are the last that a
/// transaction locks, in order, so that no two transactions wait for each other.
fn bump(tx: &mut Tx<'_>, changed: BTreeSet<WorkspaceId>) -> QueryResult<()> {
    for workspace in changed {
        destinations::bump_subscriptions(tx, workspace)?;
    }
    Ok(())
}

/// The deliveries of a webhook that this node could lease now.
fn room(berth: &Berth, webhook: &HoldingWebhook) -> usize {
    berth.slots.room(webhook.id, webhook.workspace_id).min(berth.slots.free()).min(BATCH)
}

/// The changes of a webhook's configuration that decide on its held deliveries.
#[derive(Clone, Copy, Debug)]
pub struct NewTerms {
    /// The URL changed: the breaker closes.
    pub new_url: bool,
    /// The rate limit was removed, or the order given up: the held deliveries drain.
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

/// Lets the held deliveries of a webhook that was just resumed go, at a growing rate. Where the webhook is parked, a probe
/// goes first, at once.
pub fn resume(tx: &mut Tx<'_>, webhook: WebhookId) -> QueryResult<()> {
    let now = tx.now();
    destinations::resume(tx, webhook, breaker::drain(now))?;
    tx.on_commit(Hint::DeliveriesDue);
    Ok(())
}

/// Finds deliveries that are held for webhooks without a line: another node wrote them before it knew of the
/// drain's end.
pub fn find_stragglers(tx: &mut Tx<'_>, webhooks: &[WebhookId]) -> QueryResult<()> {
    destinations::lock_health(tx, webhooks)?;
    let mut changed = BTreeSet::new();
    for (destination, _) in destinations::load(tx, webhooks)? {
        if !destination.is_holding() && !leases::lock_held(tx, destination.id, 1)?.is_empty() {
            start_drain(tx, destination.id, destination.workspace_id)?;
            changed.insert(destination.workspace_id);
        }
    }
    bump(tx, changed)
}

fn earlier(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    [one, other].into_iter().flatten().min()
}

/// Holds deliveries that have been due for a while and whose webhooks have all their slots: they are in the
/// way of others. `true` where there are more of them than one transaction should hold.
fn fall_behind(tx: &mut Tx<'_>, berth: &Berth, changed: &mut BTreeSet<WorkspaceId>) -> QueryResult<bool> {
    let now = tx.now();
    let busy = berth.slots.busy().webhooks;
    if busy.is_empty() {
        return Ok(false);
    }
    let mut left = BATCH;
    // Webhooks are locked before their deliveries, everywhere, so that no two transactions wait for each other.
    for webhook in destinations::lock_health(tx, &busy)? {
        let due = leases::lock_due_of(tx, webhook.id, now - BEHIND, i64::try_from(left).unwrap_or(1))?;
        if due.is_empty() {
            continue;
        }
        if start_drain(tx, webhook.id, webhook.workspace_id)? {
            changed.insert(webhook.workspace_id);
        }
        let ids: Vec<_> = due.iter().map(|due| due.id).collect();
        bulk::hold(tx, &ids, now + LOOK_AGAIN)?;
        left -= ids.len();
        if left == 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Leases one delivery of a parked webhook as a probe, if one is due. Answers the time of the next probe.
fn probe(
    tx: &mut Tx<'_>,
    leasing: &mut Leasing<'_>,
    webhook: &HoldingWebhook,
) -> QueryResult<Option<Timestamp>> {
    let now = tx.now();
    let at = webhook.breaker.probe_at.unwrap_or(now);
    if breaker::waits(webhook.breaker, at, now) {
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
    let rate = rate::of(webhook);
    let allowed = rate.map_or(room, |rate| rate.allows(now).min(room));
    if allowed == 0 {
        let next = rate.filter(|_| room > 0).map(|rate| rate.next(now));
        return Ok(Line { next, more: false, drained: false });
    }
    let line = leases::lock_held(tx, webhook.id, i64::try_from(allowed).unwrap_or(1))?;
    let gone = lease_all(tx, leasing, &line)?;
    if let Some(rate) = rate.filter(|_| gone > 0) {
        destinations::set_released(tx, webhook.id, rate.after(gone, now).used_until)?;
    }
    let empty = line.len() < allowed;
    Ok(Line {
        next: rate.filter(|_| !empty).map(|rate| rate.after(gone, now).next(now)),
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
