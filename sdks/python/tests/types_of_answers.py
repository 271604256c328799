"""What a type checker must infer: judged by mypy, and never run."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, Optional, Union

from typing_extensions import assert_type

import sayless
from sayless import AsyncPaged, AsyncSayless, Page, Paged, Sayless
from sayless.events import TicketCreatedData, TicketUpdatedEvent
from sayless.models import (
    CreatedWebhook,
    Delivery,
    DeliveryDetail,
    Diagnosis,
    SigningSecret,
    Ticket,
    WebhookHealth,
)


def answers(client: Sayless) -> None:
    webhook = client.webhooks.create(url="https://x", event_types=["ticket.*"], filter={"all": []})
    assert_type(webhook, CreatedWebhook)
    assert_type(webhook.id, str)
    assert_type(webhook.signing_secret, Optional[str])
    assert_type(webhook.health, WebhookHealth)
    assert_type(webhook.secrets, list[SigningSecret])
    assert_type(webhook.created_at, datetime)
    assert_type(webhook["anything"], Any)
    assert_type(client.webhooks.delete(webhook.id), None)
    deliveries = client.deliveries.list(status="failed")
    assert_type(deliveries, Paged[Delivery])
    assert_type(deliveries.page(), Page[Delivery])
    for delivery in deliveries:
        assert_type(delivery.last_diagnosis, Optional[Diagnosis])
        assert_type(client.deliveries.get(delivery.id), DeliveryDetail)


def wrong_arguments(client: Sayless) -> None:
    client.webhooks.create(url="https://x")  # type: ignore[call-arg]
    client.webhooks.create(url=None, event_types=[])  # type: ignore[arg-type]
    client.webhooks.create(url="https://x", event_types=[], filter={"every": []})  # type: ignore[arg-type]
    client.tickets.update("tkt_1", status="done")  # type: ignore[arg-type]
    client.tickets.update("tkt_1", title=None)  # type: ignore[arg-type]
    client.tickets.update("tkt_1", assignee=None)
    _ = client.tickets.get("tkt_1").titel  # type: ignore[attr-defined]


async def coroutines(client: AsyncSayless) -> None:
    assert_type(await client.tickets.get("tkt_1"), Ticket)
    tickets = client.tickets.list()
    assert_type(tickets, AsyncPaged[Ticket])
    assert_type(await tickets.page(), Page[Ticket])
    async for ticket in tickets:
        assert_type(ticket, Ticket)


def events(event: sayless.WebhookEvent) -> None:
    if isinstance(event, sayless.events.TicketCreatedEvent):
        assert_type(event.data, TicketCreatedData)
        assert_type(event.type, Literal["ticket.created"])
        assert_type(event.data.title, Optional[str])
    elif isinstance(event, (TicketUpdatedEvent, sayless.UnknownEvent)):
        assert_type(event.id, str)
        assert_type(event.previous, Union[dict[str, Any], dict[str, Any], None])
