//! Publishing: an event and its deliveries, written in the transaction of the change that they are about.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::Arc,
};

use api_types::{
    Timestamp,
    account::Plan,
    deliveries::{CancelReason, DeliveryStatus, Trigger},
    events::EventType,
    ids::{AttemptId, DeliveryId, EventId, WebhookId, WorkspaceId},
};
use bytes::Bytes;
use serde::Serialize;
use serde_json::Value;

use super::{
    LOOK_AGAIN,
    courier::Crew,
    lease::{self, Job},
    subscriptions::{KnownSubscriptions, KnownWebhook, known},
};
use crate::{
    app::App,
    catalogue,
    db::{
        Tx,
        deliveries::{NewDelivery, destinations, leases::Lease},
        dialect,
        events::EventRow,
    },
    new_id, plan,
    problem::Failure,
    wake::Hint,
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
    /// In which workspace.
    pub workspace: WorkspaceId,
    /// Its type.
    pub kind: EventType,
    /// What happened.
    pub data: &'a Value,
    /// The webhook that it is about, which therefore never gets it.
    pub about: Option<WebhookId>,
}

/// Publishes an event in the caller's transaction: it is durable, and on its way, when that commits.
pub fn publish(
    tx: &mut Tx<'_>,
    app: &App,
    workspace: WorkspaceId,
    kind: EventType,
    data: &Value,
) -> Result<EventId, Failure> {
    publish_about(tx, app, Publication { workspace, kind, data, about: None })
}

/// The same for an event that may be about a webhook: there are no loops.
pub fn publish_about(tx: &mut Tx<'_>, app: &App, publication: Publication<'_>) -> Result<EventId, Failure> {
    let Publication { workspace, kind, data, about } = publication;
    // Others' events were checked at the door; ours must be right by construction, and every test says whether they are.
    debug_assert!(catalogue::check(kind, data).is_ok(), "{kind}: {:?}", catalogue::check(kind, data));
    let event = new_event(app, workspace, kind, data)?;
    let id = event.id;
    store(tx, app, &[event], about)?;
    Ok(id)
}

/// Makes an event, to be stored.
pub fn new_event(
    app: &App,
    workspace: WorkspaceId,
    kind: EventType,
    data: &Value,
) -> Result<EventRow, Failure> {
    let now = app.clock.now();
    let payload = body(kind, now, data)?;
    Ok(EventRow { id: new_id!(app, EventId), workspace_id: workspace, kind, payload, created_at: now })
}

/// The body of a message, which is the same byte for byte on every attempt.
pub fn body(kind: EventType, timestamp: Timestamp, data: &Value) -> Result<String, Failure> {
    serde_json::to_string(&Payload { kind, timestamp, data }).map_err(|error| Failure::internal(&error))
}

/// Stores events with their deliveries, and answers how many deliveries there are. Where this node has a slot free, a
/// delivery is born leased to it and sent from memory after the commit; otherwise it is due now.
pub(super) fn store(
    tx: &mut Tx<'_>,
    app: &App,
    events: &[EventRow],
    about: Option<WebhookId>,
) -> Result<usize, Failure> {
    dialect::insert_events(tx, events)?;
    let crew = app.wake.courier.crew();
    let mut workspaces: HashMap<WorkspaceId, (Plan, Arc<KnownSubscriptions>)> = HashMap::new();
    let mut births = Births { app, crew: crew.as_deref(), rows: Vec::new(), jobs: Vec::new(), due: false };
    for event in events {
        let workspace = event.workspace_id;
        if let Entry::Vacant(place) = workspaces.entry(workspace) {
            let (plan, version) = destinations::subscriptions_version(tx, workspace)?;
            place.insert((plan, known(tx, app, workspace, version)?));
        }
        if let Some((plan, subscriptions)) = workspaces.get(&workspace) {
            births.deliver(event, *plan, subscriptions, about);
        }
    }
    dialect::insert_deliveries(tx, &births.rows)?;
    app.wake.deliveries_changed(tx, births.rows.iter().map(|row| (row.workspace_id, row.webhook_id)));
    if births.due {
        tx.on_commit(Hint::DeliveriesDue);
    }
    if !births.jobs.is_empty() {
        tx.on_commit(Hint::Send(births.jobs));
    }
    Ok(births.rows.len())
}

/// Deliveries about to be stored, and what is sent at once.
struct Births<'a> {
    app: &'a App,
    crew: Option<&'a Crew>,
    rows: Vec<NewDelivery>,
    jobs: Vec<Job>,
    /// Whether something is left for a worker to find.
    due: bool,
}

impl Births<'_> {
    fn deliver(
        &mut self,
        event: &EventRow,
        plan: Plan,
        subscriptions: &KnownSubscriptions,
        about: Option<WebhookId>,
    ) {
        let allowed = plan::limits(plan).api_access;
        let mut body: Option<Bytes> = None;
        for webhook in &subscriptions.webhooks {
            let wants = webhook.subscriber.event_types.0.iter().any(|wanted| wanted.matches(event.kind));
            if !wants || Some(webhook.destination.id) == about {
                continue;
            }
            let mut row = delivery(self.app, event, webhook.destination.id);
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
                self.lease(&mut row, event, webhook, body);
            }
            self.rows.push(row);
        }
    }

    /// Leases a delivery to this node, if it has a slot free.
    fn lease(&mut self, row: &mut NewDelivery, event: &EventRow, webhook: &KnownWebhook, body: &Bytes) {
        let slot = self.crew.and_then(|crew| {
            crew.slots.take(webhook.destination.id, event.workspace_id, body.len()).map(|slot| (crew, slot))
        });
        let Some((crew, slot)) = slot else {
            self.due = true;
            return;
        };
        let now = self.app.clock.now();
        let lease = Lease {
            delivery: row.id,
            number: 1,
            attempt: new_id!(self.app, AttemptId),
            trigger: Trigger::Automatic,
            started_at: now,
            until: now + lease::duration(self.app),
        };
        row.due_at = None;
        row.lease_no = lease.number;
        row.lease_owner = Some(crew.owner.clone());
        row.lease_attempt_id = Some(lease.attempt);
        row.lease_trigger = Some(lease.trigger);
        row.lease_started_at = Some(lease.started_at);
        row.lease_until = Some(lease.until);
        self.jobs.push(Job {
            lease,
            event: event.id,
            payload: body.clone(),
            destination: Arc::clone(&webhook.destination),
            secrets: Arc::clone(&webhook.secrets),
            slot,
        });
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
fn delivery(app: &App, event: &EventRow, webhook: WebhookId) -> NewDelivery {
    NewDelivery {
        id: new_id!(app, DeliveryId),
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
