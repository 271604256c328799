//! Taking what is due: each lease is the record of an attempt that starts. What must not be sent is canceled here instead.

use std::collections::HashMap;

use api_types::{
    Timestamp,
    deliveries::{CancelReason, Trigger},
    ids::{AttemptId, EventId, WebhookId},
};
use bytes::Bytes;

use super::slots::{Slot, Slots};
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
const BATCH: usize = 64;
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
    pub destination: Destination,
    /// What signs it: every secret of the webhook, newest first.
    pub secrets: Vec<SealedSecret>,
    /// Its place among those under way.
    #[expect(dead_code, reason = "held, and free again when the job is dropped")]
    pub slot: Slot,
}

/// What a round of leasing brought.
#[derive(Debug, Default)]
pub struct Round {
    /// What to send.
    pub jobs: Vec<Job>,
    /// Whether more may be due.
    pub more: bool,
}

/// How long a lease lasts, in milliseconds.
pub fn duration(app: &App) -> i64 {
    i64::try_from(app.sender.longest_attempt().as_millis()).unwrap_or(i64::MAX / 2) + MARGIN
}

/// Leases what is due, as far as there are slots.
pub fn take_due(tx: &mut Tx<'_>, app: &App, slots: &Slots, owner: &str) -> Result<Round, Failure> {
    let limit = slots.free().min(BATCH);
    if limit == 0 {
        return Ok(Round::default());
    }
    let now = app.clock.now();
    let due = dialect::lock_due(tx, now, &slots.busy(), i64::try_from(limit).unwrap_or(1))?;
    let more = due.len() == limit;
    let loaded = Loaded::read(tx, &due)?;
    let mut jobs = Vec::with_capacity(due.len());
    for due in due {
        let (destination, payload) = match loaded.sendable(&due) {
            Ok(found) => found,
            Err(reason) => {
                leases::cancel(tx, &due, reason, now)?;
                continue;
            }
        };
        let Some(slot) = slots.take(due.webhook_id, due.workspace_id) else { continue };
        let lease = lease(app, &due, now);
        leases::take(tx, &lease, owner)?;
        jobs.push(Job {
            lease,
            event: due.event_id,
            payload,
            destination,
            secrets: loaded.secrets.get(&due.webhook_id).cloned().unwrap_or_default(),
            slot,
        });
    }
    Ok(Round { jobs, more })
}

fn lease(app: &App, due: &Due, now: Timestamp) -> Lease {
    let (attempt, trigger) = match due.manual_attempt_id {
        Some(attempt) => (attempt, Trigger::Manual),
        None => (new_id!(app, AttemptId), Trigger::Automatic),
    };
    Lease {
        delivery: due.id,
        number: due.lease_no + 1,
        attempt,
        trigger,
        started_at: now,
        until: now + duration(app),
    }
}

/// What the due deliveries refer to.
struct Loaded {
    destinations: HashMap<WebhookId, (Destination, bool)>,
    secrets: HashMap<WebhookId, Vec<SealedSecret>>,
    payloads: HashMap<EventId, Bytes>,
}

impl Loaded {
    fn read(conn: &mut Conn, due: &[Due]) -> Result<Self, Failure> {
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
        let mut secrets: HashMap<WebhookId, Vec<SealedSecret>> = HashMap::new();
        for secret in destinations::secrets(conn, &webhooks)? {
            secrets.entry(secret.webhook_id).or_default().push(secret);
        }
        let destinations = destinations::load(conn, &webhooks)?;
        let payloads = events::payloads(conn, &ids)?;
        Ok(Self {
            destinations: destinations
                .into_iter()
                .map(|(destination, plan)| (destination.id, (destination, plan::limits(plan).api_access)))
                .collect(),
            secrets,
            payloads: payloads.into_iter().map(|(id, payload)| (id, Bytes::from(payload))).collect(),
        })
    }

    /// Where a delivery goes and what it carries, or why it is not to be sent.
    fn sendable(&self, due: &Due) -> Result<(Destination, Bytes), CancelReason> {
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
        let payload = self.payloads.get(&due.event_id).cloned().unwrap_or_default();
        Ok((destination.clone(), payload))
    }
}
