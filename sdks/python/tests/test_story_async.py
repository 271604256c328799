"""The same story in short, by coroutines, and what only they have: cancellation."""

from __future__ import annotations

import asyncio
import os

import pytest
from receiver import Receiver
from support import Flaky, wait_for_async

from sayless import AsyncSayless
from sayless.events import TicketCreatedEvent
from sayless.models import Delivery


def test_from_a_webhook_to_a_retry(url: str, receiver: Receiver) -> None:
    async def story() -> None:
        async with AsyncSayless(base_url=url) as client:
            webhook = await client.webhooks.create(url=receiver.url, event_types=["ticket.created"])
            assert webhook.signing_secret is not None
            receiver.secrets = [webhook.signing_secret]
            ticket = await client.tickets.create(title="By a coroutine")
            event = await asyncio.to_thread(receiver.next)
            assert isinstance(event, TicketCreatedEvent)
            assert event.data.id == ticket.id

            receiver.status = 503
            await client.tickets.create(title="Not now")
            deliveries = client.deliveries.list(webhook_id=webhook.id, status=["retrying", "failed"])

            async def failing() -> list[Delivery]:
                return [delivery async for delivery in deliveries]

            [delivery] = await wait_for_async(failing)
            receiver.status = 204
            await client.deliveries.retry(delivery.id)
            assert (await asyncio.to_thread(receiver.next)).id == delivery.event_id
            await client.webhooks.delete(webhook.id)

    asyncio.run(story())


def test_a_canceled_call_leaves_the_client_usable(flaky: Flaky) -> None:
    async def story() -> None:
        async with AsyncSayless(base_url=flaky.url) as client:
            flaky.plan("hang")
            task = asyncio.create_task(client.tickets.create(title="Never mind"))
            seen = await wait_for_async(lambda: asyncio.to_thread(flaky.seen))
            assert seen[0]["method"] == "POST"
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert (await client.tickets.create(title="After all")).title == "After all"

    asyncio.run(story())


def test_a_canceled_request_for_a_token_does_not_block_the_next(flaky: Flaky) -> None:
    async def story() -> None:
        async with AsyncSayless(
            client_id=os.environ["SAYLESS_APP_ID"],
            client_secret=os.environ["SAYLESS_APP_SECRET"],
            base_url=flaky.url,
        ) as client:
            flaky.plan("hang")
            first = asyncio.create_task(client.tickets.list(limit=1).page())
            await wait_for_async(lambda: asyncio.to_thread(flaky.seen))
            second = asyncio.create_task(client.tickets.list(limit=1).page())
            await asyncio.sleep(0)
            first.cancel()
            with pytest.raises(asyncio.CancelledError):
                await first
            assert len(await second) == 1

    asyncio.run(story())


def test_many_calls_at_once_share_a_client(url: str) -> None:
    async def story() -> list[str]:
        async with AsyncSayless(base_url=url) as client:
            calls = [client.tickets.create(title=f"Of many {number}") for number in range(20)]
            return [ticket.title for ticket in await asyncio.gather(*calls)]

    assert asyncio.run(story()) == [f"Of many {number}" for number in range(20)]
