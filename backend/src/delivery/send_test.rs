//! "Send test": sends one `webhook.test` at once, to one webhook alone. The answer is shown and kept nowhere.

use api_types::{
    Timestamp,
    deliveries::{AttemptOutcome, Trigger},
    events::EventType,
    ids::WebhookId,
    webhooks::TestResult,
};
use bytes::Bytes;
use serde_json::json;

use super::{
    attempt::{self, AttemptIdentity, Message},
    diagnosis::History,
    parts::Delivery,
    publish,
};
use crate::db::{DbError, deliveries::destinations};

/// A test was not sent.
#[derive(Debug, thiserror::Error)]
pub enum TestError {
    #[error("there is no such webhook")]
    NotFound,
    /// The webhook's signing secret cannot be used: a fault of ours.
    #[error("a webhook's signing secret cannot be used")]
    NoSecret,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbError),
}

impl From<diesel::result::Error> for TestError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error.into())
    }
}

/// Sends a test message to a webhook and answers with the whole attempt. The caller has checked that the
/// webhook exists and is the workspace's own. Disabled webhooks can be tested too: an admin tries the
/// receiver before enabling the webhook.
pub async fn send_test(delivery: &Delivery, webhook: WebhookId) -> Result<TestResult, TestError> {
    let base = &delivery.base;
    let (destination, secrets) = base
        .db
        .read(move |conn| -> Result<_, TestError> {
            let found = destinations::load(conn, &[webhook])?.pop();
            let (destination, _) = found.ok_or(TestError::NotFound)?;
            Ok((destination, destinations::secrets(conn, &[webhook])?))
        })
        .await?;
    let started_at = base.now();
    let event = base.new_id();
    let data = json!({ "webhook_id": webhook, "message": "This is a test message from Sayless." });
    let payload = publish::body(EventType::WebhookTest, started_at, &data)?;
    let signing = attempt::open_secrets(&base.keys, &secrets, started_at).ok_or(TestError::NoSecret)?;
    let message = Message { event, payload: Bytes::from(payload.clone()), destination: &destination };
    let sent = attempt::send(&delivery.sender, &message, &signing, started_at).await;
    let history = History {
        now: base.now().as_millis(),
        last_success_at: destination.last_success_at.map(Timestamp::as_millis),
        secret_rotated_at: attempt::last_rotation(&secrets).map(Timestamp::as_millis),
    };
    let identity =
        AttemptIdentity { id: base.new_id(), delivery: base.new_id(), trigger: Trigger::Test, started_at };
    let row = sent.into_row(identity, &history);
    Ok(TestResult { succeeded: row.outcome == AttemptOutcome::Succeeded, attempt: row.into_wire(&payload) })
}
