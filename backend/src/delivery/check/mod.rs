//! "Check receiver": sends a few messages at once, good and bad ones, to one webhook alone, and says what its receiver makes of
//! them. Nothing of it is kept, and none of it counts for the webhook's health.

mod verdicts;

use api_types::{
    deliveries::AttemptOutcome,
    events::EventType,
    ids::{EventId, WebhookId},
    receiver_checks::{CheckMessage, CheckStep, CheckVerdict, ReceiverCheck},
};

use super::{
    attempt,
    message::Envelope,
    parts::Delivery,
    send_test::{TestError, Trial, current, example},
    signature::SigningSecret,
    view::View,
};
use crate::db::audit::Who;

/// The age of the stale message in milliseconds: twice what a receiver may tolerate.
const STALE: i64 = 10 * 60_000;

/// Sends the messages of a check. The caller has checked that the webhook exists and is the workspace's own.
pub async fn check_receiver(
    delivery: &Delivery,
    who: &Who,
    webhook: WebhookId,
) -> Result<ReceiverCheck, TestError> {
    let base = &delivery.base;
    let view = current(delivery, webhook).await?;
    let checked_at = base.now();
    let signing = attempt::open_secrets(&base.keys, &view.secrets, checked_at).ok_or(TestError::NoSecret)?;
    let check = Check {
        delivery,
        who,
        view: &view,
        valid: Example::new(delivery, who, webhook)?,
        forger: [forger(delivery, &signing)],
        signing: &signing,
    };
    let steps = check.steps().await?;
    let findings = verdicts::findings(&steps, check.is_rotating());
    let bad = |verdict| matches!(verdict, CheckVerdict::Failed | CheckVerdict::Warning);
    let passed = steps.first().is_some_and(|valid| valid.accepted)
        && !findings.iter().any(|finding| bad(finding.verdict));
    Ok(ReceiverCheck { checked_at, passed, findings, steps })
}

/// A secret of nobody's, of the same scheme as the webhook's own.
fn forger(delivery: &Delivery, signing: &[SigningSecret]) -> SigningSecret {
    let random = delivery.base.random.bytes();
    match signing.first() {
        Some(SigningSecret::V1a(_)) => SigningSecret::v1a(random),
        Some(SigningSecret::V1(_)) | None => SigningSecret::v1(random),
    }
}

/// A message that tells of nothing that happened.
#[derive(Clone)]
struct Example {
    id: EventId,
    payload: String,
}

impl Example {
    fn new(delivery: &Delivery, who: &Who, webhook: WebhookId) -> Result<Self, TestError> {
        let id = delivery.base.new_id();
        let envelope = Envelope { id, kind: EventType::WebhookTest, at: delivery.base.now(), who };
        Ok(Self { id, payload: example(&envelope, webhook)? })
    }
}

/// A check that has begun.
struct Check<'a> {
    delivery: &'a Delivery,
    who: &'a Who,
    view: &'a View,
    /// The message that is sent twice.
    valid: Example,
    /// The secrets that are valid, newest first.
    signing: &'a [SigningSecret],
    forger: [SigningSecret; 1],
}

impl Check<'_> {
    /// `true` while an older secret still signs.
    const fn is_rotating(&self) -> bool {
        self.signing.len() > 1
    }

    /// Sends one message after the other. Ends early where the receiver does not take the valid one, or does not answer.
    async fn steps(&self) -> Result<Vec<CheckStep>, TestError> {
        let mut steps: Vec<CheckStep> = Vec::new();
        for &message in CheckMessage::ALL {
            if message == CheckMessage::NewSecret && !self.is_rotating() {
                continue;
            }
            let step = self.step(message).await?;
            let over = step.attempt.response.is_none() || (steps.is_empty() && !step.accepted);
            steps.push(step);
            if over {
                break;
            }
        }
        Ok(steps)
    }

    async fn step(&self, message: CheckMessage) -> Result<CheckStep, TestError> {
        let base = &self.delivery.base;
        let now = base.now();
        let (signing, at) = match message {
            CheckMessage::Valid | CheckMessage::Repeated => (self.signing, now),
            CheckMessage::Forged => (&self.forger[..], now),
            CheckMessage::Stale => (self.signing, now - STALE),
            CheckMessage::NewSecret => (self.signing.get(..1).unwrap_or_default(), now),
        };
        let Example { id: event, payload } = match message {
            CheckMessage::Valid | CheckMessage::Repeated => self.valid.clone(),
            _ => Example::new(self.delivery, self.who, self.view.destination.id)?,
        };
        let trial = Trial { event, payload: &payload, view: self.view, signing, at };
        let mut attempt = trial.send(self.delivery).await.ok_or(TestError::Changed)?;
        if matches!(message, CheckMessage::Forged | CheckMessage::Stale) && attempt.response.is_some() {
            attempt.diagnosis = None;
        }
        Ok(CheckStep { message, accepted: attempt.outcome == AttemptOutcome::Succeeded, attempt })
    }
}
