//! "Send test": sends one message at once, to one webhook alone. The answer is shown and kept nowhere.

use api_types::{
    Timestamp,
    deliveries::{Attempt, AttemptOutcome, Trigger},
    events::EventType,
    ids::{EventId, WebhookId},
    webhooks::TestResult,
};
use bytes::Bytes;
use serde_json::{Value, json};

use super::{
    attempt::{self, AttemptIdentity, Message},
    diagnosis::History,
    message::{self, Envelope},
    parts::Delivery,
    signature::SigningSecret,
    view::{self, View},
};
use crate::{
    catalogue::{self, Sight},
    db::{DbError, audit::Who, events::EventRow},
};

/// A test was not sent.
#[derive(Debug, thiserror::Error)]
pub enum TestError {
    #[error("there is no such webhook")]
    NotFound,
    /// The webhook changed while messages were on their way to it.
    #[error("the webhook was changed meanwhile")]
    Changed,
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

/// The message that a test sends.
#[derive(Clone, Debug)]
pub enum TestMessage {
    /// The example of a type.
    Example(EventType),
    /// An event of the past, as it was sent then.
    Past(Box<EventRow>),
}

/// Sends a test message to a webhook and answers with the whole attempt. The caller has checked that the
/// webhook exists and is the workspace's own. Disabled webhooks can be tested too: an admin tries the
/// receiver before enabling the webhook.
pub async fn send_test(
    delivery: &Delivery,
    who: &Who,
    webhook: WebhookId,
    message: TestMessage,
) -> Result<TestResult, TestError> {
    let base = &delivery.base;
    let (event, payload) = match message {
        TestMessage::Past(event) => (event.id, event.payload),
        TestMessage::Example(kind) => {
            let envelope = Envelope { id: base.new_id(), kind, at: base.now(), who };
            (envelope.id, example(&envelope, webhook)?)
        }
    };
    let attempt = loop {
        let view = current(delivery, webhook).await?;
        let at = base.now();
        let signing = attempt::open_secrets(&base.keys, &view.secrets, at).ok_or(TestError::NoSecret)?;
        let trial = Trial { event, payload: &payload, view: &view, signing: &signing, at };
        // Where the webhook changed on the way to it, the test goes to the webhook as it is then.
        if let Some(attempt) = trial.send(delivery).await {
            break attempt;
        }
    };
    Ok(TestResult { succeeded: attempt.outcome == AttemptOutcome::Succeeded, attempt })
}

/// The body of a message that tells of nothing that happened.
pub(super) fn example(envelope: &Envelope<'_>, webhook: WebhookId) -> Result<String, TestError> {
    let kind = envelope.kind;
    let data = match catalogue::info(kind).filter(|_| kind != EventType::WebhookTest) {
        Some(info) => info.example.clone(),
        None => json!({ "webhook_id": webhook, "message": "This is a test message from Sayless." }),
    };
    let example = catalogue::message_example(kind);
    let previous = example.get("previous").and_then(Value::as_object);
    Ok(envelope.body(&message::text(&data)?, previous)?)
}

/// The webhook as it is now.
pub(super) async fn current(delivery: &Delivery, webhook: WebhookId) -> Result<View, TestError> {
    let read = delivery.base.db.read(move |conn| view::read(conn, &[webhook]).map_err(DbError::from));
    let view = read.await?.into_values().next().filter(|view| view.destination.deleted_at.is_none());
    view.ok_or(TestError::NotFound)
}

/// A message that goes past the engine.
pub(super) struct Trial<'a> {
    pub event: EventId,
    pub payload: &'a str,
    pub view: &'a View,
    /// The secrets that sign it.
    pub signing: &'a [SigningSecret],
    /// The time that it carries.
    pub at: Timestamp,
}

impl Trial<'_> {
    /// Sends the message and answers with the whole attempt. `None` where the webhook is no longer as the view has
    /// it: nothing was sent.
    pub(super) async fn send(&self, delivery: &Delivery) -> Option<Attempt> {
        let base = &delivery.base;
        let payload = Bytes::from(self.payload.to_owned());
        let message = Message { event: self.event, payload, view: self.view };
        let started_at = base.now();
        let sent = attempt::send(&delivery.means(), &message, self.signing, self.at).await?;
        let View { destination, secrets, .. } = self.view;
        let history = History {
            now: base.now().as_millis(),
            last_success_at: destination.last_success_at.map(Timestamp::as_millis),
            secret_rotated_at: attempt::last_rotation(destination, secrets).map(Timestamp::as_millis),
        };
        let identity = AttemptIdentity {
            id: base.new_id(),
            delivery: base.new_id(),
            trigger: Trigger::Test,
            started_at,
        };
        Some(sent.into_row(identity, &history).into_wire(Sight::of_sender(), Some(self.payload.to_owned())))
    }
}
