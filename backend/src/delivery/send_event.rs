//! "Send to webhook…": a stored event goes to one webhook again, or for the first time, as a delivery of its own.

use api_types::ids::DeliveryId;
use diesel::QueryResult;

use super::{breaker::LOOK_AGAIN, publish};
use crate::{
    db::{
        Hint, Tx,
        deliveries::{NewDelivery, bulk, destinations::Destination},
        events::EventRow,
    },
    signals::Signals,
};

/// Stores a delivery of the event to the webhook, due now. The caller has locked the event and checked that the webhook takes
/// deliveries.
pub fn send_event(
    tx: &mut Tx<'_>,
    signals: &Signals,
    event: &EventRow,
    webhook: &Destination,
) -> QueryResult<DeliveryId> {
    let now = tx.now();
    let held = webhook.is_holding();
    let row = NewDelivery {
        created_at: now,
        next_attempt_at: Some(now),
        due_at: Some(if held { now + LOOK_AGAIN } else { now }),
        held,
        ..publish::delivery(tx, event, webhook.id)
    };
    let id = row.id;
    bulk::insert_deliveries(tx, &[row])?;
    signals.deliveries_changed(tx, std::iter::once((webhook.workspace_id, webhook.id)));
    tx.on_commit(Hint::DeliveriesDue);
    Ok(id)
}
