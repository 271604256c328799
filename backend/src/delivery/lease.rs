//! Taking what is due: each lease is the record of an attempt that starts. What must not be sent is canceled here instead, and
//! what must wait goes into its webhook's own line.

use std::{collections::HashMap, sync::Arc};

use api_types::{
    Timestamp,
    deliveries::{CancelReason, Trigger},
    ids::{AttemptId, EventId, WebhookId},
};
use bytes::Bytes;

use super::{
    LOOK_AGAIN,
    courier::Crew,
    slots::{Slot, Slots},
    subscriptions::by_webhook,
};
use crate::{
    app::App,
    db::{
        Conn, Tx,
        deliveries::{
            destinations::{self, Destination, SealedSecret},
            leases::{self, Due, Lease},
        },
        dialect, events,
    },
    new_id, plan,
    problem::Failure,
};

/// The most deliveries that one transaction leases.
pub(super) const BATCH: usize = 256;
/// What a lease holds beyond the longest attempt, in milliseconds: to begin it and to write its result down.
const MARGIN: i64 = 15_000;

/// An attempt to make.
#[derive(Debug)]
pub struct Job {
    /// The right to make it.
    pub lease: Lease,
    /// The event's id.
    pub event: EventId,
    /// The body.
    pub payload: Bytes,
    /// Where to.
    pub destination: Arc<Destination>,
    /// What signs it: every secret of the webhook, newest first.
    pub secrets: Arc<[SealedSecret]>,
    /// Its place in this node's memory.
    pub slot: Slot,
}

/// What a round of leasing brought.
#[derive(Debug, Default)]
pub struct Round {
    /// What to send.
    pub jobs: Vec<Job>,
    /// Whether more may be due.
    pub more: bool,
    /// When something held may go, if that is known.
    pub next: Option<Timestamp>,
    /// Webhooks that have just drained: what another node held for them meanwhile is to be found.
    pub drained: Vec<WebhookId>,
}

/// How long a lease lasts, in milliseconds.
pub fn duration(app: &App) -> i64 {
    i64::try_from(app.sender.longest_attempt().as_millis()).unwrap_or(i64::MAX / 2) + MARGIN
}

/// Leases what is due, as far as there are slots.
pub fn take_due(tx: &mut Tx<'_>, app: &App, crew: &Crew) -> Result<Round, Failure> {
    let limit = crew.slots.free().min(BATCH);
    if limit == 0 {
        return Ok(Round::default());
    }
    let now = app.clock.now();
    let due = dialect::lock_due(tx, now, &crew.slots.busy(), i64::try_from(limit).unwrap_or(1))?;
    let more = due.len() == limit;
    let loaded = Loaded::read(tx, &due)?;
    let mut taking = Taking { app, slots: &crew.slots, now, leases: Vec::new(), jobs: Vec::new() };
    let mut held = Vec::new();
    for due in due {
        let by_hand = due.manual_attempt_id.is_some();
        match loaded.sendable(&due) {
            Err(reason) => leases::cancel(tx, &due, reason, now)?,
            // A retry by hand goes past the breaker and the line.
            Ok(destination) if destination.is_holding() && !by_hand => held.push(due.id),
            Ok(_) => {
                let trigger = if by_hand { Trigger::Manual } else { Trigger::Automatic };
                taking.take(&loaded, &due, trigger);
            }
        }
    }
    dialect::hold(tx, &held, now + LOOK_AGAIN)?;
    let Taking { leases, jobs, .. } = taking;
    dialect::take(tx, &leases, &crew.owner)?;
    Ok(Round { jobs, more, ..Round::default() })
}

/// Deliveries being leased in one transaction.
pub(super) struct Taking<'a> {
    pub(super) app: &'a App,
    pub(super) slots: &'a Slots,
    pub(super) now: Timestamp,
    pub(super) leases: Vec<Lease>,
    pub(super) jobs: Vec<Job>,
}

impl Taking<'_> {
    /// Leases a delivery that [`Loaded::sendable`] found to be so, if there is a slot; until when, if there was.
    pub(super) fn take(&mut self, loaded: &Loaded, due: &Due, trigger: Trigger) -> Option<Timestamp> {
        let (destination, _) = loaded.destinations.get(&due.webhook_id)?;
        let payload = loaded.payloads.get(&due.event_id).cloned().unwrap_or_default();
        let slot = self.slots.take(due.webhook_id, due.workspace_id, payload.len())?;
        let lease = Lease {
            delivery: due.id,
            number: due.lease_no + 1,
            attempt: due.manual_attempt_id.unwrap_or_else(|| new_id!(self.app, AttemptId)),
            trigger,
            started_at: self.now,
            until: self.now + duration(self.app),
        };
        let until = lease.until;
        self.leases.push(lease.clone());
        self.jobs.push(Job {
            lease,
            event: due.event_id,
            payload,
            destination: Arc::clone(destination),
            secrets: loaded.secrets.get(&due.webhook_id).cloned().unwrap_or_else(|| [].into()),
            slot,
        });
        Some(until)
    }
}

/// What the due deliveries refer to.
pub(super) struct Loaded {
    destinations: HashMap<WebhookId, (Arc<Destination>, bool)>,
    secrets: HashMap<WebhookId, Arc<[SealedSecret]>>,
    payloads: HashMap<EventId, Bytes>,
}

impl Loaded {
    pub(super) fn read(conn: &mut Conn, due: &[Due]) -> Result<Self, Failure> {
        let mut webhooks: Vec<WebhookId> = due.iter().map(|due| due.webhook_id).collect();
        webhooks.sort_unstable();
        webhooks.dedup();
        let mut ids: Vec<EventId> = due.iter().map(|due| due.event_id).collect();
        ids.sort_unstable();
        ids.dedup();
        if due.is_empty() {
            return Ok(Self {
                destinations: HashMap::new(),
                secrets: HashMap::new(),
                payloads: HashMap::new(),
            });
        }
        let secrets = by_webhook(destinations::secrets(conn, &webhooks)?);
        let destinations = destinations::load(conn, &webhooks)?;
        let payloads = events::payloads(conn, &ids)?;
        Ok(Self {
            destinations: destinations
                .into_iter()
                .map(|(destination, plan)| {
                    (destination.id, (Arc::new(destination), plan::limits(plan).api_access))
                })
                .collect(),
            secrets: secrets.into_iter().map(|(id, secrets)| (id, secrets.into())).collect(),
            payloads: payloads.into_iter().map(|(id, payload)| (id, Bytes::from(payload))).collect(),
        })
    }

    /// Where a delivery goes, or why it is not to be sent.
    pub(super) fn sendable(&self, due: &Due) -> Result<&Destination, CancelReason> {
        let (destination, allowed) =
            self.destinations.get(&due.webhook_id).ok_or(CancelReason::WebhookDeleted)?;
        if destination.deleted_at.is_some() {
            return Err(CancelReason::WebhookDeleted);
        }
        if destination.disabled_at.is_some() {
            return Err(CancelReason::WebhookDisabled);
        }
        if !allowed {
            return Err(CancelReason::Plan);
        }
        Ok(destination)
    }
}
