//! Publishing: an event and its deliveries, written in the transaction of the change that they are about.

use api_types::{
    Timestamp,
    deliveries::{CancelReason, DeliveryStatus},
    events::EventType,
    ids::{DeliveryId, EventId, WebhookId, WorkspaceId},
};
use serde::Serialize;
use serde_json::Value;

use super::subscriptions::known;
use crate::{
    app::App,
    catalogue,
    db::{
        Tx,
        deliveries::{NewDelivery, destinations},
        dialect,
        events::{self, EventRow},
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
    let now = app.clock.now();
    let event = EventRow {
        id: new_id!(app, EventId),
        workspace_id: workspace,
        kind,
        payload: body(kind, now, data)?,
        created_at: now,
    };
    events::insert(tx, &event)?;
    let (plan, version) = destinations::subscriptions_version(tx, workspace)?;
    let known = known(tx, app, workspace, version)?;
    let allowed = plan::limits(plan).api_access;
    let deliveries: Vec<NewDelivery> = known
        .webhooks
        .iter()
        .filter(|webhook| {
            Some(webhook.id) != about && webhook.event_types.0.iter().any(|wanted| wanted.matches(kind))
        })
        .map(|webhook| {
            let canceled = match (allowed, webhook.disabled_at) {
                (false, _) => Some(CancelReason::Plan),
                (true, Some(_)) => Some(CancelReason::WebhookDisabled),
                (true, None) => None,
            };
            delivery(app, &event, webhook.id, canceled)
        })
        .collect();
    if !deliveries.is_empty() {
        dialect::insert_deliveries(tx, &deliveries)?;
        tx.on_commit(Hint::DeliveriesDue);
    }
    Ok(event.id)
}

/// The body of a message, which is the same byte for byte on every attempt.
pub fn body(kind: EventType, timestamp: Timestamp, data: &Value) -> Result<String, Failure> {
    serde_json::to_string(&Payload { kind, timestamp, data }).map_err(|error| Failure::internal(&error))
}

fn delivery(app: &App, event: &EventRow, webhook: WebhookId, canceled: Option<CancelReason>) -> NewDelivery {
    let due = canceled.is_none().then_some(event.created_at);
    NewDelivery {
        id: new_id!(app, DeliveryId),
        workspace_id: event.workspace_id,
        webhook_id: webhook,
        event_id: event.id,
        event_type: event.kind,
        status: if canceled.is_some() { DeliveryStatus::Canceled } else { DeliveryStatus::Pending },
        cancel_reason: canceled,
        next_attempt_at: due,
        due_at: due,
        created_at: event.created_at,
        finished_at: canceled.map(|_| event.created_at),
    }
}
