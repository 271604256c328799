//! "Send test": one `webhook.test` at once, to one webhook alone. Its answer is shown and kept nowhere.

use api_types::{
    Timestamp,
    deliveries::{AttemptOutcome, Trigger},
    events::EventType,
    ids::{AttemptId, DeliveryId, EventId, WebhookId},
    webhooks::TestResult,
};
use bytes::Bytes;
use serde_json::json;

use super::{
    attempt::{self, Identity, Message},
    diagnosis::History,
    publish,
};
use crate::{app::App, db::deliveries::destinations, new_id, problem::Failure};

/// Sends a test message to a webhook, which the caller has found to exist and to be the workspace's own, and answers with
/// the whole attempt. Works on disabled webhooks too: that is when one wants to try.
pub async fn send_test(app: &App, webhook: WebhookId) -> Result<TestResult, Failure> {
    let (destination, secrets) = app
        .db
        .read(move |conn| {
            let found = destinations::load(conn, &[webhook])?.pop();
            let (destination, _) = found.ok_or_else(|| Failure::not_found("webhook"))?;
            Ok::<_, Failure>((destination, destinations::secrets(conn, &[webhook])?))
        })
        .await?;
    let started_at = app.clock.now();
    let event = new_id!(app, EventId);
    let data = json!({ "webhook_id": webhook, "message": "This is a test message from Sayless." });
    let payload = publish::body(EventType::WebhookTest, started_at, &data)?;
    let signing = attempt::open_secrets(app, &secrets, started_at)
        .ok_or_else(|| Failure::internal(&"a webhook's signing secret cannot be used"))?;
    let message = Message { event, payload: Bytes::from(payload.clone()), destination: &destination };
    let sent = attempt::send(app, &message, &signing, started_at).await;
    let history = History {
        now: app.clock.now().as_millis(),
        last_success_at: destination.last_success_at.map(Timestamp::as_millis),
        secret_rotated_at: attempt::last_rotation(&secrets).map(Timestamp::as_millis),
    };
    let identity = Identity {
        id: new_id!(app, AttemptId),
        delivery: new_id!(app, DeliveryId),
        trigger: Trigger::Test,
        started_at,
    };
    let row = sent.into_row(identity, &history);
    Ok(TestResult { succeeded: row.outcome == AttemptOutcome::Succeeded, attempt: row.into_wire(&payload) })
}
