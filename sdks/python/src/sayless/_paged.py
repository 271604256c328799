"""Lists that fetch their pages as one iterates over them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Generic, Optional, TypeVar

from ._connection import AsyncConnection, Connection
from ._model import Model
from ._page import Page
from ._request import Call

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Listing(Generic[M]):
    """A list: the call that gets its first page, and the way to the next."""

    item: type[M]
    call: Call
    cursor: Optional[str] = "cursor"
    """The parameter that takes `next_cursor`; `None` where there is one page only."""
    is_log: bool = False
    """True for the log of events: it has a `next_cursor` after the newest event, too."""

    def next(self, call: Call, page: Page[M]) -> Optional[Call]:
        """The call that gets the page after this one."""
        if page.next_cursor is None or self.cursor is None:
            return None
        if self.is_log and len(page) == 0 and call.query.get("wait") is None:
            return None
        return call.after(self.cursor, page.next_cursor)


class Paged(Generic[M]):
    """A list. `for item in …` fetches page after page; `page()` gets the first one alone."""

    def __init__(self, connection: Connection, listing: Listing[M]) -> None:
        self._connection = connection
        self._listing = listing

    def page(self) -> Page[M]:
        """The first page. Go on with `cursor=page.next_cursor`."""
        return self._connection.page(self._listing.item, self._listing.call)

    def pages(self) -> Iterator[Page[M]]:
        """Every page, each fetched when it is asked for."""
        call: Optional[Call] = self._listing.call
        while call is not None:
            page = self._connection.page(self._listing.item, call)
            yield page
            call = self._listing.next(call, page)

    def __iter__(self) -> Iterator[M]:
        for page in self.pages():
            yield from page


class AsyncPaged(Generic[M]):
    """A list. `async for item in …` fetches page after page; `await ….page()` gets the first one alone."""

    def __init__(self, connection: AsyncConnection, listing: Listing[M]) -> None:
        self._connection = connection
        self._listing = listing

    async def page(self) -> Page[M]:
        """The first page. Go on with `cursor=page.next_cursor`."""
        return await self._connection.page(self._listing.item, self._listing.call)

    async def pages(self) -> AsyncIterator[Page[M]]:
        """Every page, each fetched when it is asked for."""
        call: Optional[Call] = self._listing.call
        while call is not None:
            page = await self._connection.page(self._listing.item, call)
            yield page
            call = self._listing.next(call, page)

    async def __aiter__(self) -> AsyncIterator[M]:
        async for page in self.pages():
            for item in page:
                yield item
