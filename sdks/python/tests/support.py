"""Helpers of the tests: the flaky proxy, calls with both kinds of client, and waiting."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Optional

import httpx

from sayless import AsyncSayless, Sayless


class Flaky:
    """The proxy before the server, which fails on demand."""

    def __init__(self, url: str) -> None:
        self.url = url

    def plan(self, *faults: str) -> None:
        """Says what happens to the next requests, in turn. What was seen before is forgotten."""
        httpx.post(self.url + "/__faults", json=list(faults)).raise_for_status()
        self.seen()

    def seen(self) -> list[dict[str, Any]]:
        """The requests that came since the last time this was asked."""
        requests: list[dict[str, Any]] = httpx.get(self.url + "/__seen").raise_for_status().json()
        return requests


@dataclass
class Caller:
    """Makes a call with a client of one kind, so that one test covers both."""

    kind: str
    url: str

    def __call__(self, call: Callable[[Any], Any], **options: Any) -> Any:
        options.setdefault("base_url", self.url)
        if self.kind == "sync":
            with Sayless(**options) as client:
                return call(client)
        return asyncio.run(self._call(call, options))

    async def _call(self, call: Callable[[Any], Any], options: dict[str, Any]) -> Any:
        async with AsyncSayless(**options) as client:
            outcome = call(client)
            return await outcome if inspect.isawaitable(outcome) else outcome


def wait_for(what: Callable[[], Optional[Any]]) -> Any:
    """Asks until there is an answer that is true, a hundred times at most."""
    for _ in range(100):
        found = what()
        if found:
            return found
        asyncio.run(asyncio.sleep(0.2))
    raise AssertionError("it never came to be")


async def wait_for_async(what: Callable[[], Awaitable[Optional[Any]]]) -> Any:
    """`wait_for`, for coroutines."""
    for _ in range(100):
        found = await what()
        if found:
            return found
        await asyncio.sleep(0.2)
    raise AssertionError("it never came to be")
