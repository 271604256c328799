"""The clients: `Sayless` and `AsyncSayless`."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import Optional

import httpx

from ._config import ApiKey, Config, Login, Timeout, read_config
from ._connection import AsyncConnection, Connection
from .resources import AsyncResources, Resources

_TWO_WAYS = "give either http_client= or transport="


class Sayless(Resources):
    """A client of the API. Threads may share it.

    Args:
        api_key: An API key; `SAYLESS_API_KEY` of the environment where nothing is given.
        client_id: The id of an OAuth app that acts as itself, in place of a key.
        client_secret: The app's secret.
        scopes: The scopes that the app asks for; all of its own where nothing is given.
        base_url: The address of the server; `SAYLESS_URL` of the environment where nothing is given.
        timeout: Seconds for each step of a request: connecting, sending, waiting for the next bytes.
        max_retries: How often a request is sent again after a failure that may pass.
        http_client: An `httpx.Client` of your own. It stays open when this client is closed.
        transport: An httpx transport, such as one for tests.
    """

    def __init__(
        self,
        *,
        api_key: Optional[str] = None,
        client_id: Optional[str] = None,
        client_secret: Optional[str] = None,
        scopes: Optional[Sequence[str]] = None,
        base_url: Optional[str] = None,
        timeout: Timeout = 30.0,
        max_retries: int = 3,
        http_client: Optional[httpx.Client] = None,
        transport: Optional[httpx.BaseTransport] = None,
    ) -> None:
        login = Login(api_key, client_id, client_secret, scopes)
        config = read_config(login, base_url, timeout, max_retries)
        if http_client is not None and transport is not None:
            raise ValueError(_TWO_WAYS)
        client = http_client or httpx.Client(transport=transport)
        self._connection = Connection(config, client, owns_client=http_client is None)
        super().__init__(self._connection)

    def close(self) -> None:
        """Closes the connections, unless the `http_client` is yours."""
        if self._connection.owns_client:
            self._connection.client.close()

    def __enter__(self) -> Sayless:
        return self

    def __exit__(
        self,
        kind: Optional[type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return _shown(self, self._connection.config)


class AsyncSayless(AsyncResources):
    """A client of the API for `asyncio`. It belongs to one event loop.

    Args:
        api_key: An API key; `SAYLESS_API_KEY` of the environment where nothing is given.
        client_id: The id of an OAuth app that acts as itself, in place of a key.
        client_secret: The app's secret.
        scopes: The scopes that the app asks for; all of its own where nothing is given.
        base_url: The address of the server; `SAYLESS_URL` of the environment where nothing is given.
        timeout: Seconds for each step of a request: connecting, sending, waiting for the next bytes.
        max_retries: How often a request is sent again after a failure that may pass.
        http_client: An `httpx.AsyncClient` of your own. It stays open when this client is closed.
        transport: An httpx transport, such as one for tests.
    """

    def __init__(
        self,
        *,
        api_key: Optional[str] = None,
        client_id: Optional[str] = None,
        client_secret: Optional[str] = None,
        scopes: Optional[Sequence[str]] = None,
        base_url: Optional[str] = None,
        timeout: Timeout = 30.0,
        max_retries: int = 3,
        http_client: Optional[httpx.AsyncClient] = None,
        transport: Optional[httpx.AsyncBaseTransport] = None,
    ) -> None:
        login = Login(api_key, client_id, client_secret, scopes)
        config = read_config(login, base_url, timeout, max_retries)
        if http_client is not None and transport is not None:
            raise ValueError(_TWO_WAYS)
        client = http_client or httpx.AsyncClient(transport=transport)
        self._connection = AsyncConnection(config, client, owns_client=http_client is None)
        super().__init__(self._connection)

    async def close(self) -> None:
        """Closes the connections, unless the `http_client` is yours."""
        if self._connection.owns_client:
            await self._connection.client.aclose()

    async def __aenter__(self) -> AsyncSayless:
        return self

    async def __aexit__(
        self,
        kind: Optional[type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return _shown(self, self._connection.config)


def _shown(client: object, config: Config) -> str:
    credential = "an API key" if isinstance(config.credentials, ApiKey) else "an OAuth app"
    return f"<{type(client).__name__} of {config.base_url} with {credential}>"
