"""The bases of the generated resources."""

from __future__ import annotations

from ._connection import AsyncConnection, Connection


class Resource:
    """A group of operations."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection


class AsyncResource:
    """A group of operations, as coroutines."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
