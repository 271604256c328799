"""The whole story: a key, a webhook, an event, its verified arrival, a failure, a retry, a recovery."""

from __future__ import annotations

import pytest
from receiver import Receiver
from support import wait_for

import sayless
from sayless import Sayless
from sayless.events import TicketClosedEvent, TicketCreatedEvent, TicketUpdatedEvent
from sayless.models import CreatedWebhook, Delivery


def make_webhook(client: Sayless, receiver: Receiver, *event_types: str) -> CreatedWebhook:
    webhook = client.webhooks.create(url=receiver.url, event_types=event_types)
    assert webhook.signing_secret is not None
    receiver.secrets = [webhook.signing_secret]
    return webhook


def only_delivery(client: Sayless, webhook_id: str, status: str) -> Delivery:
    def found() -> list[Delivery]:
        page = client.deliveries.list(webhook_id=webhook_id).page()
        return [delivery for delivery in page if delivery.status == status]

    [delivery] = wait_for(found)
    assert isinstance(delivery, Delivery)
    return delivery


def test_a_new_key_makes_a_webhook_and_its_events_arrive_verified(
    admin: Sayless, url: str, receiver: Receiver
) -> None:
    key = admin.api_keys.create(
        name="Story", scopes=["tickets:read", "tickets:write", "webhooks:read", "webhooks:write"]
    )
    with Sayless(api_key=key.key, base_url=url) as client:
        webhook = make_webhook(client, receiver, "ticket.*")
        ticket = client.tickets.create(title="A printer burns", body="Third floor", assignee="Ada")
        event = receiver.next()
        assert isinstance(event, TicketCreatedEvent)
        assert (event.data.id, event.data.title) == (ticket.id, "A printer burns")
        assert event.data.created_at == ticket.created_at
        assert (event.actor.type, event.actor.id) == ("api_key", key.id)

        # An argument that is left out stays, and None clears.
        client.tickets.update(ticket.id, title="A printer smokes")
        event = receiver.next()
        assert isinstance(event, TicketUpdatedEvent)
        assert event.previous["title"] == "A printer burns"
        changed = client.tickets.update(ticket.id, assignee=None)
        assert (changed.title, changed.body, changed.assignee) == ("A printer smokes", "Third floor", None)
        assert isinstance(receiver.next(), TicketUpdatedEvent)
        client.tickets.update(ticket.id, status="closed")
        assert isinstance(receiver.next(), TicketClosedEvent)
        client.webhooks.delete(webhook.id)
        with pytest.raises(sayless.NotFoundError):
            client.webhooks.get(webhook.id)


def test_a_rotation_is_survived_with_the_old_secret_and_with_the_new_one(
    client: Sayless, receiver: Receiver
) -> None:
    webhook = make_webhook(client, receiver, "ticket.created")
    old = receiver.secrets
    new = client.webhooks.rotate_secret(webhook.id, overlap="24h")
    assert new.signing_secret is not None
    for secrets in [old, [new.signing_secret], [*old, new.signing_secret]]:
        receiver.secrets = secrets
        client.tickets.create(title="Rotated")
        assert isinstance(receiver.next(), TicketCreatedEvent)
    old_secret = next(secret for secret in client.webhooks.list_secrets(webhook.id) if secret.id != new.id)
    client.webhooks.delete_secret(webhook.id, old_secret.id)
    receiver.secrets = [new.signing_secret]
    client.tickets.create(title="The old one is dropped")
    assert isinstance(receiver.next(), TicketCreatedEvent)
    client.webhooks.delete(webhook.id)


def test_v1a_is_verified_with_the_public_key(client: Sayless, receiver: Receiver) -> None:
    webhook = client.webhooks.create(url=receiver.url, event_types=["ticket.created"], signature="v1a")
    assert webhook.signing_secret is None
    assert webhook.public_key is not None
    receiver.secrets = [webhook.public_key]
    client.tickets.create(title="Signed with Ed25519")
    assert isinstance(receiver.next(), TicketCreatedEvent)
    new = client.webhooks.rotate_secret(webhook.id, overlap="1h")
    assert new.public_key is not None
    receiver.secrets = [new.public_key]
    client.tickets.create(title="Signed with both")
    assert isinstance(receiver.next(), TicketCreatedEvent)
    client.webhooks.delete(webhook.id)


def test_a_failing_receiver_is_seen_retried_by_hand_and_served(client: Sayless, receiver: Receiver) -> None:
    webhook = make_webhook(client, receiver, "ticket.created")
    receiver.status = 500
    client.tickets.create(title="Nobody listens")
    failing = only_delivery(client, webhook.id, "retrying")
    assert failing.last_response_status == 500
    assert failing.last_diagnosis is not None
    assert failing.last_diagnosis.advice != ""
    [attempt] = client.deliveries.list_attempts(failing.id)
    assert (attempt.outcome, attempt.trigger) == ("failed", "automatic")
    assert failing.next_attempt_at is not None
    assert failing.next_attempt_at > attempt.started_at

    receiver.status = 204
    accepted = client.deliveries.retry(failing.id)
    assert accepted.delivery_id == failing.id
    event = receiver.next()
    assert event.id == failing.event_id
    delivery = client.deliveries.get(only_delivery(client, webhook.id, "succeeded").id)
    assert [attempt.outcome for attempt in delivery.attempt_history].count("failed") == 1
    assert sayless.parse_event(delivery.event.payload or {}) == event
    client.webhooks.delete(webhook.id)


def test_a_recovery_brings_what_was_canceled(client: Sayless, receiver: Receiver) -> None:
    webhook = make_webhook(client, receiver, "ticket.created")
    client.webhooks.disable(webhook.id)
    titles = {f"Missed {number}" for number in range(3)}
    for title in titles:
        client.tickets.create(title=title)
    client.webhooks.enable(webhook.id)
    counted = client.recoveries.create(webhook_id=webhook.id, include=["canceled"], dry_run=True)
    assert counted.total == 3
    recovery = client.recoveries.create(webhook_id=webhook.id, include=["canceled"])
    arrived = [receiver.next() for _ in titles]
    assert {event.data.title for event in arrived if isinstance(event, TicketCreatedEvent)} == titles
    recovery_id = recovery.id
    assert recovery_id is not None

    def done() -> bool:
        return client.recoveries.get(recovery_id).status == "done"

    wait_for(done)
    client.webhooks.delete(webhook.id)


def test_the_log_of_events_is_followed_without_gaps(client: Sayless) -> None:
    place = client.events.list(after="latest").page().next_cursor
    ids = [client.tickets.create(title=f"Logged {number}").id for number in range(3)]
    logged = client.events.list(after=place, type="ticket.created", limit=2)
    assert [event.object_id for event in logged] == ids
    followed = iter(client.events.list(after=place, type=["ticket.created"], wait=5, limit=2))
    assert [next(followed).object_id for _ in ids] == ids


def test_an_event_that_is_published_by_hand_arrives(client: Sayless, receiver: Receiver) -> None:
    webhook = make_webhook(client, receiver, "note.created")
    accepted = client.events.publish(
        type="note.created",
        data={"id": "nte_1", "ticket_id": "tkt_1", "body": "from elsewhere", "further": [1, {"x": None}]},
    )
    event = receiver.next()
    assert event.id == accepted.id
    assert isinstance(event, sayless.events.NoteCreatedEvent)
    assert event.data.body == "from elsewhere"
    assert event.data["further"] == [1, {"x": None}]
    client.webhooks.delete(webhook.id)
