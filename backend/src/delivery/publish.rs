//! Publishing: writes an event and one delivery per matching webhook, in the transaction of the change.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::Arc,
};

use api_types::{
    Timestamp,
    account::Plan,
    deliveries::{CancelReason, DeliveryStatus, Trigger},
    events::EventType,
    ids::{EventId, WebhookId, WorkspaceId},
};
use bytes::Bytes;
use diesel::{QueryResult, result::Error};
use serde::Serialize;
use serde_json::Value;

use super::{
    breaker::LOOK_AGAIN,
    dock::{Berth, Dock},
    job::Job,
    subscriptions::{KnownSubscriptions, KnownWebhook, SubscriptionCache},
};
use crate::{
    base::Base,
    catalogue,
    db::{
        Hint, Tx,
        deliveries::{NewDelivery, bulk, destinations, leases::Lease},
        events::{self, EventRow},
    },
    plan,
    signals::Signals,
};

/// The exact body of a message.
#[derive(Serialize)]
struct Payload<'a> {
    #[serde(rename = "type")]
    kind: EventType,
    timestamp: Timestamp,
    data: &'a Value,
}

/// An event to publish.
#[derive(Clone, Copy, Debug)]
pub struct Publication<'a> {
    /// The workspace that the event happened in.
    pub workspace: WorkspaceId,
    pub kind: EventType,
    /// The event's `data`: usually the changed object, always as the type's schema says.
    pub data: &'a Value,
    /// The webhook that the event is about. The event is never delivered to that one, so that there are no
    /// loops.
    pub about: Option<WebhookId>,
}

/// Writes events and their deliveries, and leases for this node's berth.
#[derive(Debug)]
pub struct Publisher {
    dock: Arc<Dock>,
    signals: Arc<Signals>,
    subscriptions: Arc<SubscriptionCache>,
}

impl Publisher {
    /// A publisher that leases for this node where `dock` has a slot free.
    pub fn new(dock: Arc<Dock>, signals: Arc<Signals>) -> Self {
        Self { dock, signals, subscriptions: Arc::default() }
    }

    /// Publishes an event in the caller's transaction. The event is durable, and on its way, once that
    /// commits.
    pub fn publish(
        &self,
        tx: &mut Tx<'_>,
        workspace: WorkspaceId,
        kind: EventType,
        data: &impl Serialize,
    ) -> QueryResult<EventId> {
        let data = serde_json::to_value(data).map_err(unserializable)?;
        self.publish_about(tx, Publication { workspace, kind, data: &data, about: None })
    }

    /// Publishes an event that may be about a webhook: the event is never delivered to that one.
    pub fn publish_about(&self, tx: &mut Tx<'_>, publication: Publication<'_>) -> QueryResult<EventId> {
        let Publication { workspace, kind, data, about } = publication;
        // Events of other systems were checked at the door. Ours must be right by construction: a debug build
        // panics otherwise.
        debug_assert!(catalogue::check(kind, data).is_ok(), "{kind}: {:?}", catalogue::check(kind, data));
        let created_at = tx.now();
        let payload = body(kind, created_at, data)?;
        let event = EventRow { id: tx.new_id(), workspace_id: workspace, kind, payload, created_at };
        let id = event.id;
        self.store(tx, &[event], about)?;
        Ok(id)
    }

    /// Stores events with their deliveries, and answers how many deliveries there are. Where this node has a
    /// slot free, a delivery is born leased to it and sent from memory after the commit; otherwise it is due
    /// now.
    pub(super) fn store(
        &self,
        tx: &mut Tx<'_>,
        events: &[EventRow],
        about: Option<WebhookId>,
    ) -> QueryResult<usize> {
        events::insert(tx, events)?;
        let berth = self.dock.berth();
        let mut workspaces: HashMap<WorkspaceId, (Plan, Arc<KnownSubscriptions>)> = HashMap::new();
        let mut deliveries =
            NewDeliveries { berth: berth.as_deref(), rows: Vec::new(), jobs: Vec::new(), due: false };
        for event in events {
            let workspace = event.workspace_id;
            if let Entry::Vacant(place) = workspaces.entry(workspace) {
                let (plan, version) = destinations::subscriptions_version(tx, workspace)?;
                place.insert((plan, self.subscriptions.known(tx, workspace, version)?));
            }
            if let Some((plan, subscriptions)) = workspaces.get(&workspace) {
                deliveries.add(tx, event, &Audience { plan: *plan, subscriptions, about });
            }
        }
        let NewDeliveries { rows, jobs, due, .. } = deliveries;
        bulk::insert_deliveries(tx, &rows)?;
        self.signals.deliveries_changed(tx, rows.iter().map(|row| (row.workspace_id, row.webhook_id)));
        if due {
            tx.on_commit(Hint::DeliveriesDue);
        }
        if !jobs.is_empty() {
            let dock = Arc::clone(&self.dock);
            tx.after_commit(move || dock.start(jobs));
        }
        Ok(rows.len())
    }
}

/// Makes an event outside of a transaction, to be given to [`Ingest`](super::Ingest).
pub fn new_event(
    base: &Base,
    workspace: WorkspaceId,
    kind: EventType,
    data: &Value,
) -> QueryResult<EventRow> {
    let created_at = base.now();
    let payload = body(kind, created_at, data)?;
    Ok(EventRow { id: base.random.id(created_at), workspace_id: workspace, kind, payload, created_at })
}

/// The body of a message: the same byte for byte on every attempt.
pub fn body(kind: EventType, timestamp: Timestamp, data: &Value) -> QueryResult<String> {
    serde_json::to_string(&Payload { kind, timestamp, data }).map_err(unserializable)
}

fn unserializable(error: serde_json::Error) -> Error {
    Error::SerializationError(error.into())
}

/// The webhooks that may get an event.
struct Audience<'a> {
    plan: Plan,
    subscriptions: &'a KnownSubscriptions,
    /// The webhook that the event is about: it is left out.
    about: Option<WebhookId>,
}

/// New deliveries about to be stored, and the attempts to start after the commit.
struct NewDeliveries<'a> {
    berth: Option<&'a Berth>,
    rows: Vec<NewDelivery>,
    jobs: Vec<Job>,
    /// Some delivery is left for a worker to find: no slot was free for it, or its webhook holds.
    due: bool,
}

impl NewDeliveries<'_> {
    fn add(&mut self, tx: &Tx<'_>, event: &EventRow, audience: &Audience<'_>) {
        let allowed = plan::limits(audience.plan).api_access;
        let mut body: Option<Bytes> = None;
        for webhook in &audience.subscriptions.webhooks {
            let wants = webhook.subscriber.event_types.0.iter().any(|wanted| wanted.matches(event.kind));
            if !wants || Some(webhook.destination.id) == audience.about {
                continue;
            }
            let mut row = delivery(tx, event, webhook.destination.id);
            if let Some(reason) = cancel_reason(allowed, webhook) {
                row.status = DeliveryStatus::Canceled;
                row.cancel_reason = Some(reason);
                row.next_attempt_at = None;
                row.due_at = None;
                row.finished_at = Some(event.created_at);
            } else if webhook.destination.is_holding() {
                row.held = true;
                row.due_at = Some(event.created_at + LOOK_AGAIN);
                self.due = true;
            } else {
                let body = body.get_or_insert_with(|| Bytes::from(event.payload.clone()));
                let job = self.lease(tx, &mut row, webhook, body);
                self.due |= job.is_none();
                self.jobs.extend(job);
            }
            self.rows.push(row);
        }
    }

    /// Leases a new delivery to this node, if a slot is free.
    fn lease(&self, tx: &Tx<'_>, row: &mut NewDelivery, webhook: &KnownWebhook, body: &Bytes) -> Option<Job> {
        let berth = self.berth?;
        let slot = berth.slots.take(webhook.destination.id, row.workspace_id, body.len())?;
        let now = tx.now();
        let lease = Lease {
            delivery: row.id,
            number: 1,
            attempt: tx.new_id(),
            trigger: Trigger::Automatic,
            started_at: now,
            until: now + berth.lease_ms,
        };
        row.due_at = None;
        row.lease_no = lease.number;
        row.lease_owner = Some(berth.owner.clone());
        row.lease_attempt_id = Some(lease.attempt);
        row.lease_trigger = Some(lease.trigger);
        row.lease_started_at = Some(lease.started_at);
        row.lease_until = Some(lease.until);
        Some(Job {
            lease,
            event: row.event_id,
            payload: body.clone(),
            destination: Arc::clone(&webhook.destination),
            secrets: Arc::clone(&webhook.secrets),
            slot,
        })
    }
}

fn cancel_reason(allowed: bool, webhook: &KnownWebhook) -> Option<CancelReason> {
    if !allowed {
        Some(CancelReason::Plan)
    } else if webhook.destination.disabled_at.is_some() {
        Some(CancelReason::WebhookDisabled)
    } else {
        None
    }
}

/// A delivery that is due now.
fn delivery(tx: &Tx<'_>, event: &EventRow, webhook: WebhookId) -> NewDelivery {
    NewDelivery {
        id: tx.new_id(),
        workspace_id: event.workspace_id,
        webhook_id: webhook,
        event_id: event.id,
        event_type: event.kind,
        status: DeliveryStatus::Pending,
        cancel_reason: None,
        next_attempt_at: Some(event.created_at),
        due_at: Some(event.created_at),
        held: false,
        lease_no: 0,
        lease_owner: None,
        lease_attempt_id: None,
        lease_trigger: None,
        lease_started_at: None,
        lease_until: None,
        created_at: event.created_at,
        finished_at: None,
    }
}
