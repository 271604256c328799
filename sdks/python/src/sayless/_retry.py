"""Whether a request is sent again, and when: decided here, done elsewhere."""

from __future__ import annotations

import json
import random
from typing import Optional, Union

import httpx

from ._request import Request
from .errors import read_retry_after

Outcome = Union[httpx.Response, httpx.RequestError]
"""What came of a request."""

LONGEST_WAIT = 60.0
"""A longer `Retry-After` is the caller's to obey: the error names it."""

_FIRST_WAIT = 0.5
_LONGEST_BACKOFF = 8.0
_NOTHING_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_NEVER = (httpx.LocalProtocolError, httpx.UnsupportedProtocol, httpx.DecodingError)


def wait_before_retry(request: Request, outcome: Outcome, retries: int) -> Optional[float]:
    """Seconds to wait before the request is sent again; `None` where it is not."""
    if isinstance(outcome, httpx.RequestError):
        if isinstance(outcome, _NEVER):
            return None
        again = isinstance(outcome, _NOTHING_SENT) or _may_repeat(request)
        return _backoff(retries) if again else None
    if not _is_passing(request, outcome):
        return None
    asked = read_retry_after(outcome.headers)
    if asked is None:
        return _backoff(retries)
    return asked if asked <= LONGEST_WAIT else None


def _may_repeat(request: Request) -> bool:
    """True if twice does no more than once: reads, deletes, a POST with its key, a PATCH of one version."""
    if request.method in ("GET", "HEAD", "DELETE"):
        return True
    return "idempotency-key" in request.headers or "if-match" in request.headers


def _is_passing(request: Request, response: httpx.Response) -> bool:
    """True if the same request may well succeed later."""
    status = response.status_code
    if status == 429 or (status == 409 and _is_still_running(response)):
        return True
    return (status == 408 or status >= 500) and status != 501 and _may_repeat(request)


def _is_still_running(response: httpx.Response) -> bool:
    """True if the first request with the same `Idempotency-Key` has not ended yet."""
    try:
        problem = json.loads(response.content)
    except ValueError:
        return False
    return isinstance(problem, dict) and problem.get("code") == "idempotency-in-progress"


def _backoff(retries: int) -> float:
    """Doubling, with full jitter: clients that failed together do not come back together."""
    ceiling = min(_LONGEST_BACKOFF, _FIRST_WAIT * 2.0 ** min(retries, 16))
    return random.uniform(0, ceiling)
