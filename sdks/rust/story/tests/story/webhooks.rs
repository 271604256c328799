//! Webhooks: messages arrive, are verified, fail, and are recovered.

use crate::receiver::Receiver;
use crate::world::{eventually, sayless, unique};
use sayless::Sayless;
use sayless::models::{
    CreatedWebhook, DeliveryStatus, DiagnosisCode, EventFilter, EventType, FilterCondition, FilterOp,
    NewEvent, NewRecovery, NewTicket, NewWebhook, Overlap, RotateSecret, SignatureScheme, WebhookChanges,
    WebhookId,
};
use sayless::webhook::{Event, ReplayGuard, VerifyError};
use serde_json::json;

/// A webhook for the new tickets of one person: other tests create tickets, too.
async fn webhook(sayless: &Sayless, receiver: &Receiver, assignee: &str) -> CreatedWebhook {
    let theirs = FilterCondition::new("data.assignee", FilterOp::Eq).value(assignee);
    let new = NewWebhook::new(&receiver.url, ["ticket.created"]);
    sayless.webhooks().create(&new.filter(EventFilter::new().all([theirs]))).await.unwrap()
}

/// The one delivery of a webhook, once it has this status.
async fn delivery(sayless: &Sayless, id: &WebhookId, status: DeliveryStatus) -> sayless::models::Delivery {
    eventually(&format!("a delivery that is {status}"), || async {
        let list = sayless.deliveries().list().webhook_id(id).status([status.clone()]);
        list.page().await.unwrap().data.pop()
    })
    .await
}

#[tokio::test]
async fn a_message_arrives_and_is_verified_while_its_secret_is_rotated() {
    let (sayless, mut receiver) = (sayless(), Receiver::start().await);
    let sam = unique("sam");
    let made = webhook(&sayless, &receiver, &sam).await;
    let old = made.signing_secret.as_ref().unwrap().expose();
    let title = unique("Printer on fire");
    let ticket = sayless.tickets().create(&NewTicket::new(&title).assignee(&sam)).await.unwrap();
    let arrival = receiver.next().await;
    let Event::TicketCreated(message) = arrival.verify(&[old]).unwrap() else { panic!("another event") };
    assert_eq!((message.data.id.as_str(), message.data.title), (ticket.id.as_str(), Some(title)));
    assert_eq!(arrival.headers["webhook-id"], message.id.as_str());
    let delivered = delivery(&sayless, &made.id, DeliveryStatus::Succeeded).await;
    assert_eq!(delivered.event_id, message.id);

    let rotate = RotateSecret::new(Overlap::Hours1);
    let rotated = sayless.webhooks().rotate_secret(&made.id, &rotate).await.unwrap();
    let new = rotated.signing_secret.as_ref().unwrap().expose();
    sayless.tickets().create(&NewTicket::new("Again").assignee(&sam)).await.unwrap();
    let arrival = receiver.next().await;
    for secrets in [&[old][..], &[new], &[new, old]] {
        assert!(arrival.verify(secrets).is_ok());
    }
    let other = sayless.webhooks().create(&NewWebhook::new(&receiver.url, ["broadcast.*"])).await.unwrap();
    let of_other = other.signing_secret.as_ref().unwrap().expose();
    assert_eq!(arrival.verify(&[of_other]), Err(VerifyError::NoMatch));
    sayless.webhooks().delete(&made.id).await.unwrap();
    sayless.webhooks().delete(&other.id).await.unwrap();
}

#[tokio::test]
async fn a_public_key_verifies_a_published_event() {
    let (sayless, mut receiver) = (sayless(), Receiver::start().await);
    let new = NewWebhook::new(&receiver.url, ["broadcast.sent"]).signature(SignatureScheme::V1a);
    let made = sayless.webhooks().create(&new).await.unwrap();
    assert!(made.signing_secret.is_none());
    let data = json!({ "id": "b-17", "subject": "Maintenance", "campaign": { "budget": 12 } });
    let accepted = sayless.events().publish(&NewEvent::new(EventType::BroadcastSent, data)).await.unwrap();
    let arrival = receiver.next().await;
    let event = arrival.verify(&[made.public_key.as_ref().unwrap()]).unwrap();
    assert_eq!(event.id(), &accepted.id);
    let Event::BroadcastSent(message) = event else { panic!("{event:?}") };
    assert_eq!(message.data.extra["campaign"]["budget"], 12);
    sayless.webhooks().delete(&made.id).await.unwrap();
}

#[tokio::test]
async fn a_failure_is_diagnosed_retried_and_recovered() {
    let (sayless, mut receiver) = (sayless(), Receiver::start().await);
    let kim = unique("kim");
    let made = webhook(&sayless, &receiver, &kim).await;
    let secret = made.signing_secret.as_ref().unwrap().expose();
    let guard = ReplayGuard::new();
    receiver.answer(500);
    sayless.tickets().create(&NewTicket::new("Lost mail").assignee(&kim)).await.unwrap();
    let first = receiver.next().await.verify(&[secret]).unwrap();
    assert!(guard.is_new(first.id()));
    let failing = delivery(&sayless, &made.id, DeliveryStatus::Retrying).await;
    assert_eq!(failing.last_diagnosis.unwrap().code, DiagnosisCode::ServerError);
    let detail = sayless.deliveries().get(&failing.id).await.unwrap();
    assert_eq!(detail.attempt_history[0].response.as_ref().unwrap().status, 500);
    assert!(detail.retry.possible && detail.webhook.id == made.id);

    receiver.answer(204);
    let accepted = sayless.deliveries().retry(&failing.id).await.unwrap();
    assert_eq!(accepted.delivery_id, failing.id);
    let again = receiver.next().await.verify(&[secret]).unwrap();
    assert_eq!(again.id(), first.id());
    assert!(!guard.is_new(again.id()));
    delivery(&sayless, &made.id, DeliveryStatus::Succeeded).await;

    // Events that come while the webhook is disabled are canceled, and a recovery brings it.
    sayless.webhooks().disable(&made.id).await.unwrap();
    let missed = sayless.tickets().create(&NewTicket::new("Missed").assignee(&kim)).await.unwrap();
    sayless.webhooks().enable(&made.id).await.unwrap();
    let recovery = NewRecovery::new().webhook_id(&made.id);
    let counted = sayless.recoveries().create(&recovery.clone().dry_run(true)).await.unwrap();
    assert_eq!((counted.total, counted.id), (1, None));
    let started = sayless.recoveries().create(&recovery).await.unwrap();
    let event = receiver.next().await.verify(&[secret]).unwrap();
    assert!(matches!(event, Event::TicketCreated(message) if message.data.id == missed.id.as_str()));
    let id = started.id.unwrap();
    eventually("the end of the recovery", || async {
        sayless.recoveries().get(&id).await.unwrap().finished_at
    })
    .await;
    sayless.webhooks().delete(&made.id).await.unwrap();
}

#[tokio::test]
async fn a_change_sets_clears_and_leaves_fields() {
    let (sayless, receiver) = (sayless(), Receiver::start().await);
    let new = NewWebhook::new(&receiver.url, ["ticket.*"]).description("Mirror").rate_limit(5);
    let made = sayless.webhooks().create(&new).await.unwrap();
    let changes = WebhookChanges::new().clear_rate_limit().ordered(true);
    let now = sayless.webhooks().update(&made.id, &changes).await.unwrap();
    assert_eq!((now.rate_limit, now.ordered, now.description.as_str()), (None, true, "Mirror"));
    assert_eq!(made.rate_limit, Some(5));
    sayless.webhooks().delete(&made.id).await.unwrap();
}
