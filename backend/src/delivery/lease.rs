//! Leasing: takes due deliveries for this node's berth, oldest first. Each lease is itself the record of the
//! attempt that starts. A delivery that must not be sent is canceled here instead; one that must wait is held
//! in its webhook's own line.

use std::{collections::HashMap, time::Duration};

use api_types::{
    Timestamp,
    deliveries::{CancelReason, Trigger},
    ids::{EventId, WebhookId},
};
use bytes::Bytes;
use diesel::QueryResult;

use super::{
    breaker::LOOK_AGAIN,
    dock::Berth,
    job::Job,
    view::{self, View},
};
use crate::db::{
    Conn, Tx,
    deliveries::{
        bulk,
        destinations::Destination,
        leases::{self, DueDelivery, Lease},
    },
    events,
};

/// The most deliveries that one transaction leases.
pub(super) const BATCH: usize = 256;
/// The part of a lease beyond the longest attempt, in milliseconds: time to begin the attempt and to write
/// its result down.
const MARGIN: i64 = 15_000;

/// The result of one round of leasing.
#[derive(Debug, Default)]
pub struct Round {
    /// The attempts to make.
    pub jobs: Vec<Job>,
    /// More deliveries may be due.
    pub more: bool,
    /// The time at which a held delivery may go, if that is known.
    pub next: Option<Timestamp>,
    /// Webhooks that have just drained: deliveries that another node held for them meanwhile are still to be
    /// found.
    pub drained: Vec<WebhookId>,
}

/// The length of a lease in milliseconds, for attempts that take no longer than `longest_attempt`.
pub fn duration(longest_attempt: Duration) -> i64 {
    i64::try_from(longest_attempt.as_millis()).unwrap_or(i64::MAX / 2) + MARGIN
}

/// Leases due deliveries, as many as there are slots for.
pub fn take_due(tx: &mut Tx<'_>, berth: &Berth) -> QueryResult<Round> {
    let limit = berth.slots.free().min(BATCH);
    if limit == 0 {
        return Ok(Round::default());
    }
    let now = tx.now();
    let due = leases::lock_due(tx, now, &berth.slots.busy(), i64::try_from(limit).unwrap_or(1))?;
    let more = due.len() == limit;
    let loaded = DueDetails::read(tx, &due)?;
    let mut leasing = Leasing::new(berth);
    let mut held = Vec::new();
    for due in due {
        let by_hand = due.manual_attempt_id.is_some();
        match loaded.sendable(&due) {
            Err(reason) => leases::cancel(tx, &due, reason, now)?,
            // A retry by hand passes the breaker and the line, but neither a pause nor the order.
            Ok(destination) if destination.is_holding() && !(by_hand && destination.lets_retries_pass()) => {
                held.push(due.id);
            }
            Ok(_) => {
                let trigger = if by_hand { Trigger::Manual } else { Trigger::Automatic };
                leasing.take(tx, &loaded, &due, trigger);
            }
        }
    }
    bulk::hold(tx, &held, now + LOOK_AGAIN)?;
    Ok(Round { jobs: leasing.store(tx)?, more, ..Round::default() })
}

/// Deliveries being leased in one transaction.
pub(super) struct Leasing<'a> {
    berth: &'a Berth,
    leases: Vec<Lease>,
    jobs: Vec<Job>,
}

impl<'a> Leasing<'a> {
    pub(super) const fn new(berth: &'a Berth) -> Self {
        Self { berth, leases: Vec::new(), jobs: Vec::new() }
    }

    /// Leases a delivery that passed [`DueDetails::sendable`], if a slot is free. Answers the end of the lease.
    pub(super) fn take(
        &mut self,
        tx: &Tx<'_>,
        loaded: &DueDetails,
        due: &DueDelivery,
        trigger: Trigger,
    ) -> Option<Timestamp> {
        let view = loaded.views.get(&due.webhook_id)?.clone();
        let payload = loaded.payloads.get(&due.event_id).cloned().unwrap_or_default();
        let slot = self.berth.slots.take(due.webhook_id, due.workspace_id, payload.len())?;
        let now = tx.now();
        let lease = Lease {
            delivery: due.id,
            number: due.lease_no + 1,
            attempt: due.manual_attempt_id.unwrap_or_else(|| tx.new_id()),
            trigger,
            due_at: due.due_at.map_or(now, |at| at.min(now)),
            started_at: now,
            until: now + self.berth.lease_ms,
        };
        let until = lease.until;
        self.leases.push(lease.clone());
        self.jobs.push(Job { lease, event: due.event_id, payload, view, slot });
        Some(until)
    }

    /// Writes the leases down, and answers the attempts to make.
    pub(super) fn store(self, tx: &mut Tx<'_>) -> QueryResult<Vec<Job>> {
        bulk::take(tx, &self.leases, &self.berth.owner)?;
        Ok(self.jobs)
    }
}

/// The webhooks and bodies that due deliveries refer to.
pub(super) struct DueDetails {
    views: HashMap<WebhookId, View>,
    payloads: HashMap<EventId, Bytes>,
}

impl DueDetails {
    pub(super) fn read(conn: &mut Conn, due: &[DueDelivery]) -> QueryResult<Self> {
        let mut webhooks: Vec<WebhookId> = due.iter().map(|due| due.webhook_id).collect();
        webhooks.sort_unstable();
        webhooks.dedup();
        let mut ids: Vec<EventId> = due.iter().map(|due| due.event_id).collect();
        ids.sort_unstable();
        ids.dedup();
        if due.is_empty() {
            return Ok(Self { views: HashMap::new(), payloads: HashMap::new() });
        }
        let views = view::read(conn, &webhooks)?;
        let payloads = events::payloads(conn, &ids)?;
        let payloads = payloads.into_iter().map(|(id, payload)| (id, Bytes::from(payload))).collect();
        Ok(Self { views, payloads })
    }

    /// The destination of a delivery, or the reason to cancel it.
    pub(super) fn sendable(&self, due: &DueDelivery) -> Result<&Destination, CancelReason> {
        let view = self.views.get(&due.webhook_id).ok_or(CancelReason::WebhookDeleted)?;
        view.sendable().map(|()| &*view.destination)
    }
}
