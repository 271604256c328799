"""Messages that come again: an event may arrive twice, and somebody may send a kept message once more."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Optional, Protocol, Union

from .events import WebhookEvent


class ReplayStore(Protocol):
    """Where a `ReplayGuard` keeps ids: a table or a cache that all processes of a receiver share."""

    def add(self, event_id: str, seconds: float) -> bool:
        """Keeps an id for so long, and says whether it is new. Must be atomic, as Redis' `SET … NX EX` is."""
        ...

    def remove(self, event_id: str) -> None:
        """Forgets an id."""
        ...


class MemoryStore:
    """Ids in the memory of this process. Threads may share it."""

    def __init__(self) -> None:
        self._ends: OrderedDict[str, float] = OrderedDict()
        self._lock = threading.Lock()

    def add(self, event_id: str, seconds: float) -> bool:
        now = time.monotonic()
        with self._lock:
            while self._ends and next(iter(self._ends.values())) <= now:
                self._ends.popitem(last=False)
            if self._ends.get(event_id, 0.0) > now:
                return False
            self._ends[event_id] = now + seconds
            self._ends.move_to_end(event_id)
            return True

    def remove(self, event_id: str) -> None:
        with self._lock:
            self._ends.pop(event_id, None)


class ReplayGuard:
    """Says which events have come before.

    An id is kept for twice the tolerance: for so long the same signature may be accepted. An event that is
    sent again later, by hand or by a recovery, counts as new; where that matters, give a store that keeps ids
    for longer.
    """

    def __init__(self, tolerance: float = 300.0, store: Optional[ReplayStore] = None) -> None:
        self._seconds = 2 * tolerance
        self._store: ReplayStore = MemoryStore() if store is None else store

    @contextmanager
    def once(self, event: Union[WebhookEvent, str]) -> Iterator[bool]:
        """`with guard.once(event) as is_new`: true for the first time an event, or its id, comes.

        An exception inside forgets the event, so that its next attempt counts as the first.
        """
        event_id = event if isinstance(event, str) else event.id
        is_new = self._store.add(event_id, self._seconds)
        try:
            yield is_new
        except BaseException:
            if is_new:
                self._store.remove(event_id)
            raise
