//! Publishing: writes an event and one delivery per matching webhook, in the transaction of the change.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::Arc,
};

use api_types::{
    deliveries::{DeliveryStatus, Trigger},
    events::EventType,
    ids::{EventId, WebhookId, WorkspaceId},
};
use bytes::Bytes;
use diesel::QueryResult;
use serde::Serialize;
use serde_json::value::RawValue;

use super::{
    breaker::LOOK_AGAIN,
    dock::{Berth, Dock},
    event_fields::EventFields,
    job::Job,
    message::{self, Envelope},
    subscriptions::{KnownSubscriptions, SubscriptionCache},
    view::View,
};
use crate::{
    base::Base,
    catalogue,
    clock::Stopwatch,
    db::{
        Hint, Tx,
        audit::Who,
        deliveries::{NewDelivery, bulk, destinations, leases::Lease},
        events::{self, EventRow},
    },
    plan,
    signals::Signals,
};

/// An event to publish.
#[derive(Debug)]
pub struct Publication<'a, T> {
    /// The workspace that the event happened in, and the one who did it.
    pub who: &'a Who,
    pub kind: EventType,
    /// The event's `data`: usually the changed object, always as the type's schema says.
    pub data: &'a T,
    /// The object before its change, where it was there: the message has the old values of what differs.
    pub before: Option<&'a T>,
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
    pub fn publish<T: Serialize>(
        &self,
        tx: &mut Tx<'_>,
        who: &Who,
        kind: EventType,
        data: &T,
    ) -> QueryResult<EventId> {
        self.announce(tx, &Publication { who, kind, data, before: None, about: None })
    }

    /// Publishes an event that may tell of an update, or be about a webhook.
    pub fn announce<T: Serialize>(
        &self,
        tx: &mut Tx<'_>,
        publication: &Publication<'_, T>,
    ) -> QueryResult<EventId> {
        let Publication { who, kind, data, before, about } = *publication;
        let text = message::text(data)?;
        // Events of other systems were checked at the door. Ours must be right by construction: a debug build
        // panics otherwise.
        debug_assert!(is_of_form(kind, &text), "{kind}: {text}");
        let previous = before.map(|before| message::previous(before, data)).transpose()?;
        let created_at = tx.now();
        let envelope = Envelope { id: tx.new_id(), kind, at: created_at, who };
        let event = envelope.event(&text, previous.as_ref())?;
        self.store(tx, &[event], about)?;
        Ok(envelope.id)
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
        let mut workspaces: HashMap<WorkspaceId, Subscribers> = HashMap::new();
        let mut deliveries =
            NewDeliveries { berth: berth.as_deref(), rows: Vec::new(), jobs: Vec::new(), due: false };
        for event in events {
            let workspace = event.workspace_id;
            if let Entry::Vacant(place) = workspaces.entry(workspace) {
                let read = Stopwatch::start();
                let (plan, version) = destinations::subscriptions_version(tx, workspace)?;
                let known = self.subscriptions.known(tx, workspace, version)?;
                place.insert(Subscribers { plan_allows: plan::limits(plan).api_access, known, read });
            }
            if let Some(subscribers) = workspaces.get(&workspace) {
                deliveries.add(tx, event, &Audience { subscribers, about });
            }
        }
        let NewDeliveries { rows, jobs, due, .. } = deliveries;
        self.signals.events_published(tx, workspaces.into_keys());
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

/// Makes an event outside of a transaction, to be given to [`Ingest`](super::Ingest). The text of `data` goes out byte
/// for byte.
pub fn new_event(base: &Base, who: &Who, kind: EventType, data: &RawValue) -> QueryResult<EventRow> {
    let at = base.now();
    Envelope { id: base.random.id(at), kind, at, who }.event(data, None)
}

/// `true` where `data` is of the type's form.
fn is_of_form(kind: EventType, data: &RawValue) -> bool {
    serde_json::from_str(data.get()).is_ok_and(|data| catalogue::check(kind, &data).is_ok())
}

/// The webhooks of a workspace, as the transaction has read them.
struct Subscribers {
    plan_allows: bool,
    known: Arc<KnownSubscriptions>,
    /// Started before the database was asked.
    read: Stopwatch,
}

/// The webhooks that may get an event.
struct Audience<'a> {
    subscribers: &'a Subscribers,
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
        let Subscribers { plan_allows, known, read } = audience.subscribers;
        let fields = EventFields::of(&event.payload);
        let mut body: Option<Bytes> = None;
        for webhook in &known.webhooks {
            if Some(webhook.destination.id) == audience.about || !webhook.wants(event.kind, &fields) {
                continue;
            }
            let mut row = delivery(tx, event, webhook.destination.id);
            let view = webhook.view(*plan_allows, *read);
            if let Err(reason) = view.sendable() {
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
                let job = self.lease(tx, &mut row, view, body);
                self.due |= job.is_none();
                self.jobs.extend(job);
            }
            self.rows.push(row);
        }
    }

    /// Leases a new delivery to this node, if a slot is free.
    fn lease(&self, tx: &Tx<'_>, row: &mut NewDelivery, view: View, body: &Bytes) -> Option<Job> {
        let berth = self.berth?;
        let slot = berth.slots.take(row.webhook_id, row.workspace_id, body.len())?;
        let now = tx.now();
        let lease = Lease {
            delivery: row.id,
            number: 1,
            attempt: tx.new_id(),
            trigger: Trigger::Automatic,
            due_at: row.created_at,
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
        Some(Job { lease, event: row.event_id, payload: body.clone(), view, slot })
    }
}

/// A delivery that is due now.
pub(super) fn delivery(tx: &Tx<'_>, event: &EventRow, webhook: WebhookId) -> NewDelivery {
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
