"""The course of a call without its I/O: generators that yield the next step and are sent its outcome.

Both clients run these same generators. One sleeps and sends with `httpx.Client`, the other with
`httpx.AsyncClient`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import Any, Optional, Union
from urllib.parse import urlencode

import httpx

from . import errors
from ._config import USER_AGENT, ClientCredentials, Config, Secret
from ._request import Call, Request, build
from ._retry import Outcome, wait_before_retry

_MARGIN = 30.0
"""A token is renewed so many seconds before its end, so that none ends on the way."""


@dataclass(frozen=True)
class Send:
    """Send a request; the outcome is the response, or the `httpx.RequestError`."""

    request: Request


@dataclass(frozen=True)
class Wait:
    """Wait; there is no outcome."""

    seconds: float


@dataclass(frozen=True)
class Authorize:
    """Get a credential; the outcome is the `Secret`, and never the one that was `refused`."""

    refused: Optional[Secret]


Step = Union[Send, Wait, Authorize]
Flow = Generator[Step, Any, httpx.Response]


def call_flow(call: Call, config: Config) -> Flow:
    """The course of a call: its credential, its retries, and a new token where the old one is refused."""
    request = build(call, config)
    credential: Secret = yield Authorize(None)
    response = yield from _attempts(replace(request, credential=credential), config)
    if response.status_code == 401 and isinstance(config.credentials, ClientCredentials):
        credential = yield Authorize(credential)
        response = yield from _attempts(replace(request, credential=credential), config)
    if not response.is_success:
        raise errors.error_from(response.status_code, response.headers, response.content)
    return response


def token_flow(credentials: ClientCredentials, config: Config) -> Flow:
    """The course of a request for a token. A token that is lost on the way does no harm."""
    form = {
        "grant_type": "client_credentials",
        "client_id": credentials.client_id,
        "client_secret": credentials.client_secret.reveal(),
    }
    if credentials.scopes:
        form["scope"] = " ".join(credentials.scopes)
    headers = {
        "accept": "application/json",
        "user-agent": USER_AGENT,
        "content-type": "application/x-www-form-urlencoded",
    }
    url = config.base_url + "/oauth/token"
    request = Request("POST", url, headers, urlencode(form).encode(), config.timeout)
    response = yield from _attempts(request, config, repeatable=True)
    if not response.is_success:
        raise errors.error_from(response.status_code, response.headers, response.content)
    return response


def _attempts(request: Request, config: Config, repeatable: bool = False) -> Flow:
    """Sends a request until it gets an answer that is worth having, or has had its retries."""
    judged = replace(request, method="GET") if repeatable else request
    for retries in range(config.max_retries + 1):
        outcome: Outcome = yield Send(request)
        wait = wait_before_retry(judged, outcome, retries)
        if wait is None or retries == config.max_retries:
            break
        yield Wait(wait)
    if isinstance(outcome, httpx.TimeoutException):
        raise errors.TimeoutError(f"{request.method} {request.url} got no answer in time") from outcome
    if isinstance(outcome, httpx.RequestError):
        what = str(outcome) or type(outcome).__name__
        raise errors.ConnectionError(f"{request.method} {request.url}: {what}") from outcome
    return outcome


class TokenCache:
    """The access token of an app, while it is good."""

    def __init__(self) -> None:
        self._token: Optional[Secret] = None
        self._renew_at = 0.0

    def usable(self, refused: Optional[Secret]) -> Optional[Secret]:
        """The token, unless it ends soon or is the one that was refused."""
        if self._token is refused or time.monotonic() >= self._renew_at:
            return None
        return self._token

    def take(self, response: httpx.Response) -> Secret:
        """Keeps the token of an answer."""
        answer = read_json(response)
        token = answer.get("access_token")
        lifetime = answer.get("expires_in")
        if not isinstance(token, str) or not isinstance(lifetime, (int, float)):
            raise errors.SaylessError("the answer to the request for a token holds none")
        self._token = Secret(token)
        self._renew_at = time.monotonic() + max(lifetime - _MARGIN, lifetime / 2)
        return self._token


def read_json(response: httpx.Response) -> dict[str, Any]:
    """The JSON object of a success."""
    try:
        answer = json.loads(response.content)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        kind = response.headers.get("content-type", "nothing")
        raise errors.SaylessError(f"the answer is {kind}, no JSON object: is base_url= that of Sayless?")
    return answer
