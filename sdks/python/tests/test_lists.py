"""Lists: page after page as one iterates."""

from __future__ import annotations

import asyncio
import os

from support import Flaky

from sayless import AsyncSayless, Sayless

TICKETS = int(os.environ["SAYLESS_TICKETS"])


def test_every_ticket_is_listed_once(client: Sayless) -> None:
    ids = [ticket.id for ticket in client.tickets.list(limit=200)]
    assert len(ids) == len(set(ids)) >= TICKETS


def test_every_ticket_is_listed_once_by_a_coroutine(url: str) -> None:
    async def ids() -> list[str]:
        async with AsyncSayless(base_url=url) as client:
            return [ticket.id async for ticket in client.tickets.list(limit=200)]

    found = asyncio.run(ids())
    assert len(found) == len(set(found)) >= TICKETS


def test_pages_are_fetched_when_they_are_asked_for(flaky: Flaky) -> None:
    with Sayless(base_url=flaky.url) as client:
        tickets = client.tickets.list(limit=2, status="open")
        assert flaky.seen() == []
        pages = tickets.pages()
        first = next(pages)
        assert (len(first), len(flaky.seen())) == (2, 1)
        second = next(pages)
        assert len(flaky.seen()) == 1
        assert first.data[1].id > second.data[0].id
        assert (
            client.tickets.list(limit=2, status="open", cursor=first.next_cursor).page().data == second.data
        )
        # A list may be iterated over again.
        assert next(iter(tickets)) == first.data[0]


def test_pages_of_a_coroutine_are_fetched_when_they_are_asked_for(flaky: Flaky) -> None:
    async def story() -> None:
        async with AsyncSayless(base_url=flaky.url) as client:
            count = 0
            async for page in client.tickets.list(limit=3).pages():
                assert len(page) == 3
                count += 1
                if count == 2:
                    break

    asyncio.run(story())
    assert len(flaky.seen()) == 2


def test_a_page_that_gets_lost_is_fetched_again(flaky: Flaky) -> None:
    flaky.plan("pass", "lost", "pass", "502")
    with Sayless(base_url=flaky.url) as client:
        titles = [ticket.title for ticket, _ in zip(client.tickets.list(limit=5), range(20))]
    assert len(titles) == 20


def test_a_short_list_ends(client: Sayless) -> None:
    types = {entry.type for entry in client.event_types.list()}
    assert {"ticket.created", "webhook.test"} <= types
    ticket = client.tickets.create(title="Commented")
    for number in range(3):
        client.tickets.create_comment(ticket.id, body=f"Comment {number}")
    comments = [comment.body for comment in client.tickets.list_comments(ticket.id, limit=2)]
    assert sorted(comments) == ["Comment 0", "Comment 1", "Comment 2"]
