//! "Send to webhook…": one event, for one webhook, by hand.

use actix_web::{post, web::Data};
use api_types::{
    ProblemType, Timestamp,
    audit::AuditAction,
    deliveries::DeliveryStatus,
    events::{AcceptedSend, NewSend},
    ids::{EventId, WebhookId},
    problem::FaultCode,
};
use serde_json::{Value, json};

use super::idempotent::IdempotencyKey;
use crate::{
    app::App,
    auth::{Caller, Identity, permission::DeliveriesRetry},
    catalogue,
    db::{
        Tx,
        audit::{self, Change},
        deliveries::{
            self,
            destinations::{self, Destination},
        },
        dialect,
        events::{self, EventRow},
        webhooks,
    },
    delivery,
    http::{
        body::Body,
        fields::quoted,
        made::Made,
        path_id::{Noun, PathId},
        problem::{Answer, Failure},
    },
};

/// The most times that an event is sent to the same webhook by hand within an hour, as for retries.
const SENDS_AN_HOUR: usize = 30;
const HOUR_MS: i64 = 3_600_000;

/// Send an event to a webhook
///
/// A new delivery of this event to that webhook, whatever it subscribes to: for what it missed, or to try a receiver with something
/// real. The message is the event's own, byte for byte, under the same `webhook-id`. The credential must be allowed to read events
/// of the type. An event can be sent to the same webhook 30 times an hour, and not while a delivery of it is on its way there.
#[utoipa::path(operation_id = "sendEvent", tag = "Events",
    security(("session" = ["admin"]), ("bearer" = ["deliveries:retry"])),
    extensions(("x-problems" = json!(["conflict", "session-required"]))),
    params(("id" = EventId, Path, description = "The event's id"), IdempotencyKey), request_body = NewSend,
    responses((status = 202, description = "The delivery is stored and will be attempted at once", body = AcceptedSend)))]
#[post("/events/{id}/send")]
pub async fn send(
    app: Data<App>,
    caller: Caller<DeliveriesRetry>,
    PathId(id): PathId<EventId>,
    key: IdempotencyKey,
    body: Body<NewSend>,
) -> Answer {
    let webhook = webhook_id(&body.value.webhook_id)?;
    let (who, viewer) = (caller.who(), caller.viewer());
    let identity = caller.identity().clone();
    let signals = app.signals.clone();
    let request = key.of(&caller, body.digest);
    let accepted = request.answer(&app.base, move |tx| -> Answer<Made> {
        dialect::lock(tx, webhook.as_str())?;
        let event = events::lock(tx, who.workspace_id, id)?.ok_or_else(EventId::missing)?;
        check_readable(&identity, &event)?;
        let seen = webhooks::ids_seen_by(tx, &viewer, Some(&[webhook]))?;
        let found = destinations::load(tx, &seen)?.pop().map(|(destination, _)| destination);
        let found = found.filter(|found| found.deleted_at.is_none());
        let found = found.ok_or_else(|| no_such_webhook(&body.value.webhook_id))?;
        check(tx, &event, &found)?;
        let delivery_id = delivery::send_event(tx, &signals, &event, &found)?;
        let details = json!({ "webhook_id": webhook, "delivery_id": delivery_id, "event_type": event.kind });
        audit::append(tx, &who, Change::of(AuditAction::EventSent, id.as_str(), &found.url, details))?;
        Ok(Made::json(202, &AcceptedSend { delivery_id })?.about(delivery_id.as_str()))
    });
    accepted.await
}

fn webhook_id(text: &str) -> Answer<WebhookId> {
    text.parse().map_err(|_| {
        Failure::field("webhook_id", FaultCode::Malformed, format!("{} is not a webhook's id.", quoted(text)))
    })
}

fn no_such_webhook(id: &str) -> Failure {
    Failure::field("webhook_id", FaultCode::NotFound, format!("There is no webhook {} here.", quoted(id)))
}

/// Refuses a credential that may not read the event: otherwise it could have the event sent to where it reads it.
fn check_readable(identity: &Identity, event: &EventRow) -> Answer<()> {
    let Some(scopes) = identity.scopes() else { return Ok(()) };
    match catalogue::scope_for_reading(event.kind) {
        Some(scope) if scopes.contains(&scope) => Ok(()),
        Some(scope) => Err(Failure::new(
            ProblemType::InsufficientScope,
            format!(
                "Sending {} needs the scope {scope} too, which the credential does not hold.",
                event.kind
            ),
        )),
        None => Err(Failure::new(
            ProblemType::SessionRequired,
            format!("Events of the type {} are sent by an admin's session alone.", event.kind),
        )),
    }
}

/// Refuses what cannot be sent now, and says why.
fn check(tx: &mut Tx<'_>, event: &EventRow, webhook: &Destination) -> Answer<()> {
    if webhook.disabled_at.is_some() {
        return Err(Failure::conflict("The webhook is disabled. Enable it first, then send."));
    }
    if is_about(event, webhook.id) {
        return Err(Failure::conflict(
            "The event is about this webhook, and such events never go to the webhook itself.",
        ));
    }
    let before = deliveries::of_event(tx, event.id, webhook.id)?;
    let on_its_way = |status| matches!(status, DeliveryStatus::Pending | DeliveryStatus::Retrying);
    if let Some((id, ..)) = before.iter().find(|(_, status, _)| on_its_way(*status)) {
        let detail = format!(
            "The event is on its way to this webhook already: delivery {id}. Retry that one if it fails."
        );
        return Err(Failure::conflict(detail));
    }
    let since: Timestamp = tx.now() - HOUR_MS;
    if before.iter().filter(|(_, _, at)| *at > since).count() >= SENDS_AN_HOUR {
        let detail =
            "It was sent to this webhook 30 times within the last hour, which is the most. Wait a while.";
        return Err(Failure::conflict(detail));
    }
    Ok(())
}

/// `true` if the event tells of this very webhook, or of a delivery to it.
fn is_about(event: &EventRow, webhook: WebhookId) -> bool {
    let name = match event.kind.group() {
        "webhook" => "id",
        "delivery" => "webhook_id",
        _ => return false,
    };
    let body: Value = serde_json::from_str(&event.payload).unwrap_or_default();
    body["data"][name].as_str() == Some(webhook.as_str())
}
