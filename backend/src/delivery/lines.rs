//! The lines of webhooks whose deliveries are held: a parked one is probed, a draining or rate-limited one is let go, oldest
//! first, at its pace. A webhook that has fallen behind this node's share of slots gets a line too, so that what waits for it
//! is in nobody's way.

use api_types::{Timestamp, deliveries::Trigger, ids::WebhookId};

use super::{
    LOOK_AGAIN, breaker,
    courier::Crew,
    lease::{BATCH, Loaded, Round, Taking},
    pace::Pace,
};
use crate::{
    app::App,
    db::{
        Tx,
        deliveries::{
            destinations::{self, Holding},
            leases::{self, Due},
        },
        dialect,
    },
    problem::Failure,
    wake::Hint,
};

/// How long a delivery may wait for its busy webhook among what is due, in milliseconds, before it goes into its line.
const BEHIND: i64 = 1_000;

/// Lets go what may go of what is held.
pub fn advance(tx: &mut Tx<'_>, app: &App, crew: &Crew) -> Result<Round, Failure> {
    let now = app.clock.now();
    let mut round = Round::default();
    fall_behind(tx, crew, now)?;
    for webhook in dialect::lock_holding(tx)? {
        let mut taking = Taking { app, slots: &crew.slots, now, leases: Vec::new(), jobs: Vec::new() };
        let next = if webhook.breaker.parked_at.is_some() {
            probe(tx, &mut taking, &webhook)?
        } else {
            let line = release(tx, &mut taking, &webhook)?;
            round.more |= line.more;
            if line.drained {
                end_drain(tx, &webhook)?;
                round.drained.push(webhook.id);
            }
            line.next
        };
        round.next = earlier(round.next, next);
        let Taking { leases, jobs, .. } = taking;
        dialect::take(tx, &leases, &crew.owner)?;
        round.jobs.extend(jobs);
    }
    Ok(round)
}

/// Lets what a webhook holds go after its configuration changed: a new URL closes its breaker, and without a rate limit what
/// the old one held drains.
pub fn let_go_anew(
    tx: &mut Tx<'_>,
    app: &App,
    webhook: WebhookId,
    new_url: bool,
    limit_lifted: bool,
) -> Result<(), Failure> {
    let now = app.clock.now();
    if new_url && destinations::close(tx, webhook, breaker::drain(now))? {
        tx.on_commit(Hint::Breaker { webhook, open: false });
    }
    if limit_lifted {
        destinations::let_go(tx, webhook, now)?;
    }
    tx.on_commit(Hint::DeliveriesDue);
    Ok(())
}

/// What was held for webhooks that have no line any more: written by a node that did not know yet.
pub fn find_stragglers(tx: &mut Tx<'_>, app: &App, webhooks: &[WebhookId]) -> Result<(), Failure> {
    let now = app.clock.now();
    for (destination, _) in destinations::load(tx, webhooks)? {
        if !destination.is_holding() && !dialect::lock_line(tx, destination.id, 1)?.is_empty() {
            destinations::let_go(tx, destination.id, now)?;
            destinations::bump_subscriptions(tx, destination.workspace_id)?;
        }
    }
    Ok(())
}

/// What was held is gone. Every node is told to hold nothing more.
fn end_drain(tx: &mut Tx<'_>, webhook: &Holding) -> Result<(), Failure> {
    destinations::end_drain(tx, webhook.id)?;
    Ok(destinations::bump_subscriptions(tx, webhook.workspace_id)?)
}

fn earlier(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    [one, other].into_iter().flatten().min()
}

/// Moves what has been due for a while, and is in the way of others', into the lines of webhooks that have all their slots.
fn fall_behind(tx: &mut Tx<'_>, crew: &Crew, now: Timestamp) -> Result<(), Failure> {
    for webhook in crew.slots.busy().webhooks {
        let due = dialect::lock_due_of(tx, webhook, now - BEHIND, 500)?;
        let Some(first) = due.first() else { continue };
        if destinations::let_go(tx, webhook, now)? {
            destinations::bump_subscriptions(tx, first.workspace_id)?;
        }
        let ids: Vec<_> = due.iter().map(|due| due.id).collect();
        dialect::hold(tx, &ids, now + LOOK_AGAIN)?;
    }
    Ok(())
}

/// One delivery of a parked webhook, if a probe is due; when the next one is.
fn probe(tx: &mut Tx<'_>, taking: &mut Taking<'_>, webhook: &Holding) -> Result<Option<Timestamp>, Failure> {
    let at = webhook.breaker.probe_at.unwrap_or(taking.now);
    if at > taking.now {
        return Ok(Some(at));
    }
    // The oldest and the newest in turn: one message that the receiver stumbles over must not keep it parked for the others.
    let newest = webhook.breaker.probes % 2 == 1;
    let Some(due) = dialect::lock_waiting(tx, webhook.id, newest)? else { return Ok(None) };
    let loaded = Loaded::read(tx, std::slice::from_ref(&due))?;
    if let Err(reason) = loaded.sendable(&due) {
        leases::cancel(tx, &due, reason, taking.now)?;
        return Ok(Some(taking.now));
    }
    // One at a time: should this node end in the middle of it, the next is due when its lease is over.
    let until = taking.take(&loaded, &due, Trigger::Probe);
    if let Some(until) = until {
        destinations::set_probe(tx, webhook.id, until)?;
    }
    Ok(until)
}

/// How letting a line go went.
struct Line {
    /// When the next one may go, if it is the pace that keeps it.
    next: Option<Timestamp>,
    /// Whether there is more that may go now.
    more: bool,
    /// Whether the drain is over.
    drained: bool,
}

/// Lets the oldest of a line go, as many as pace and slots allow.
fn release(tx: &mut Tx<'_>, taking: &mut Taking<'_>, webhook: &Holding) -> Result<Line, Failure> {
    let pace = pace(webhook);
    let room = taking.slots.room(webhook.id).min(taking.slots.free()).min(BATCH);
    let allowed = pace.map_or(room, |pace| pace.allows(taking.now).min(room));
    if allowed == 0 {
        let next = pace.filter(|_| room > 0).map(Pace::next);
        return Ok(Line { next, more: false, drained: false });
    }
    let line = dialect::lock_line(tx, webhook.id, i64::try_from(allowed).unwrap_or(1))?;
    let gone = let_go(tx, taking, &line)?;
    if let Some(pace) = pace.filter(|_| gone > 0) {
        destinations::set_released(tx, webhook.id, pace.after(gone, taking.now).used_until)?;
    }
    let empty = line.len() < allowed;
    Ok(Line {
        next: pace.filter(|_| !empty).map(|pace| pace.after(gone, taking.now).next()),
        more: !empty && pace.is_none(),
        drained: empty && webhook.breaker.draining_since.is_some(),
    })
}

/// Leases deliveries of one line, and answers how many.
fn let_go(tx: &mut Tx<'_>, taking: &mut Taking<'_>, line: &[Due]) -> Result<usize, Failure> {
    let loaded = Loaded::read(tx, line)?;
    let mut gone = 0;
    for due in line {
        if let Err(reason) = loaded.sendable(due) {
            leases::cancel(tx, due, reason, taking.now)?;
            continue;
        }
        let trigger = if due.manual_attempt_id.is_some() { Trigger::Manual } else { Trigger::Automatic };
        gone += usize::from(taking.take(&loaded, due, trigger).is_some());
    }
    Ok(gone)
}

/// The tighter of a webhook's rate limit and its drain's pace.
fn pace(webhook: &Holding) -> Option<Pace> {
    let drain = webhook.breaker.draining_since.map(|_| webhook.breaker.pace).filter(|pace| *pace > 0);
    let per_second = [webhook.rate_limit, drain].into_iter().flatten().min()?;
    Some(Pace { per_second: i64::from(per_second.max(1)), used_until: webhook.released_at })
}

#[cfg(test)]
mod tests {
    use api_types::ids::WorkspaceId;

    use super::*;
    use crate::db::deliveries::destinations::Breaker;

    #[test]
    fn the_tighter_of_limit_and_drain_is_the_pace() {
        let holding = |rate_limit, draining: Option<i32>| Holding {
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
            |rate_limit, draining| pace(&holding(rate_limit, draining)).map(|pace| pace.per_second);
        assert_eq!(per_second(None, None), None);
        assert_eq!(per_second(None, Some(0)), None, "as fast as there are slots");
        assert_eq!(per_second(Some(10), None), Some(10));
        assert_eq!(per_second(Some(10), Some(5)), Some(5));
        assert_eq!(per_second(Some(10), Some(40)), Some(10));
        assert_eq!(per_second(Some(10), Some(0)), Some(10));
    }
}
