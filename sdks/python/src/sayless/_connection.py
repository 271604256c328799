"""The two connections: each runs the steps of a flow, one by one or as a coroutine."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any, Generic, Optional, TypeVar, Union

import httpx

from ._config import ApiKey, Config, Secret
from ._flow import Authorize, Flow, Send, TokenCache, Wait, call_flow, read_json, token_flow
from ._model import Model
from ._page import Page
from ._request import Call, Request

M = TypeVar("M", bound=Model)
C = TypeVar("C", bound=Union[httpx.Client, httpx.AsyncClient])


class _Base(Generic[C]):
    """What both connections are made of."""

    def __init__(self, config: Config, client: C, owns_client: bool) -> None:
        self.config = config
        self.client = client
        self.owns_client = owns_client
        self.tokens = TokenCache()

    def _http(self, request: Request) -> httpx.Request:
        built = self.client.build_request(
            request.method,
            request.url,
            headers=request.headers,
            content=request.content,
            timeout=request.timeout,
        )
        if request.credential is not None:
            built.headers["authorization"] = f"Bearer {request.credential.reveal()}"
        return built


class Connection(_Base[httpx.Client]):
    """Runs calls with `httpx.Client`. Threads may share it."""

    def __init__(self, config: Config, client: httpx.Client, owns_client: bool) -> None:
        super().__init__(config, client, owns_client)
        self._lock = threading.Lock()

    def get(self, model: type[M], call: Call) -> M:
        response = self.run(call_flow(call, self.config))
        return model(read_json(response), response.headers)

    def page(self, item: type[M], call: Call) -> Page[M]:
        response = self.run(call_flow(call, self.config))
        return Page(item, read_json(response), response.headers)

    def do(self, call: Call) -> None:
        self.run(call_flow(call, self.config))

    def run(self, flow: Flow) -> httpx.Response:
        outcome: Any = None
        while True:
            try:
                step = flow.send(outcome)
            except StopIteration as end:
                response: httpx.Response = end.value
                return response
            if isinstance(step, Send):
                outcome = self._send(step)
            elif isinstance(step, Wait):
                time.sleep(step.seconds)
            else:
                outcome = self._authorize(step)

    def _send(self, step: Send) -> Union[httpx.Response, httpx.RequestError]:
        try:
            # No redirect is followed: it would take the credential along.
            return self.client.send(self._http(step.request), auth=None, follow_redirects=False)
        except httpx.RequestError as error:
            return error

    def _authorize(self, step: Authorize) -> Secret:
        credentials = self.config.credentials
        if isinstance(credentials, ApiKey):
            return credentials.key
        with self._lock:
            token = self.tokens.usable(step.refused)
            return token or self.tokens.take(self.run(token_flow(credentials, self.config)))


class AsyncConnection(_Base[httpx.AsyncClient]):
    """Runs calls with `httpx.AsyncClient`, in one event loop."""

    def __init__(self, config: Config, client: httpx.AsyncClient, owns_client: bool) -> None:
        super().__init__(config, client, owns_client)
        self._lock: Optional[asyncio.Lock] = None

    async def get(self, model: type[M], call: Call) -> M:
        response = await self.run(call_flow(call, self.config))
        return model(read_json(response), response.headers)

    async def page(self, item: type[M], call: Call) -> Page[M]:
        response = await self.run(call_flow(call, self.config))
        return Page(item, read_json(response), response.headers)

    async def do(self, call: Call) -> None:
        await self.run(call_flow(call, self.config))

    async def run(self, flow: Flow) -> httpx.Response:
        outcome: Any = None
        while True:
            try:
                step = flow.send(outcome)
            except StopIteration as end:
                response: httpx.Response = end.value
                return response
            if isinstance(step, Send):
                outcome = await self._send(step)
            elif isinstance(step, Wait):
                await asyncio.sleep(step.seconds)
            else:
                outcome = await self._authorize(step)

    async def _send(self, step: Send) -> Union[httpx.Response, httpx.RequestError]:
        try:
            request = self._http(step.request)
            return await self.client.send(request, auth=None, follow_redirects=False)
        except httpx.RequestError as error:
            return error

    async def _authorize(self, step: Authorize) -> Secret:
        credentials = self.config.credentials
        if isinstance(credentials, ApiKey):
            return credentials.key
        if self._lock is None:
            # Not in __init__: before Python 3.10 a lock takes the loop that runs when it is made.
            self._lock = asyncio.Lock()
        async with self._lock:
            token = self.tokens.usable(step.refused)
            return token or self.tokens.take(await self.run(token_flow(credentials, self.config)))
