"""One call of an operation, and the HTTP request that it becomes."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Optional, Union
from urllib.parse import quote, urlencode

import httpx

from ._config import USER_AGENT, Config, Secret, Timeout
from ._model import Model
from ._omit import OMIT, Omit
from ._times import format_time


@dataclass(frozen=True)
class Call:
    """One call of an operation. What is `OMIT` in the body or `None` in the query is left out."""

    method: str
    path: str
    query: Mapping[str, object] = field(default_factory=dict)
    body: Optional[Mapping[str, object]] = None
    idempotency_key: Optional[str] = None
    if_match: Optional[str] = None
    timeout: Union[Timeout, Omit] = OMIT

    def after(self, parameter: str, cursor: str) -> Call:
        """The call that gets the next page."""
        return replace(self, query={**self.query, parameter: cursor})


@dataclass(frozen=True)
class Request:
    """An HTTP request. A traceback may show it: the credential joins its headers at the last moment."""

    method: str
    url: str
    headers: Mapping[str, str]
    content: Optional[bytes] = field(repr=False)
    timeout: Timeout
    credential: Optional[Secret] = None


def new_key() -> str:
    """A fresh `Idempotency-Key`."""
    return str(uuid.uuid4())


def segment(value: str) -> str:
    """An id as a part of a path. An empty one would name another operation."""
    if not isinstance(value, str):
        raise TypeError(f"an id is a str, not {type(value).__name__}")
    if value.strip(".") == "":
        raise ValueError("an id is not empty")
    return quote(value, safe="")


def build(call: Call, config: Config) -> Request:
    """The request of a call."""
    headers = {"accept": "application/json", "user-agent": USER_AGENT}
    if call.idempotency_key is not None:
        headers["idempotency-key"] = call.idempotency_key
    if call.if_match is not None:
        headers["if-match"] = call.if_match
    content = None
    if call.body is not None:
        given = {name: value for name, value in call.body.items() if not isinstance(value, Omit)}
        content = to_json(given)
        headers["content-type"] = "application/json"
    query = urlencode(_pairs(call.query))
    url = config.base_url + call.path + ("?" + query if query else "")
    return Request(call.method, url, headers, content, _timeout(call, config))


def to_json(value: object) -> bytes:
    """JSON, with times as RFC 3339."""
    return json.dumps(value, default=_default, separators=(",", ":"), allow_nan=False).encode()


def _default(value: object) -> object:
    if isinstance(value, datetime):
        return format_time(value)
    if isinstance(value, Model):
        return value.to_dict()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray, memoryview)):
        return list(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def _pairs(query: Mapping[str, object]) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for name, value in query.items():
        if value is None:
            continue
        several = isinstance(value, Sequence) and not isinstance(value, str)
        values: Any = value if several else [value]
        pairs.extend((name, _text(part)) for part in values)
    return pairs


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return format_time(value) if isinstance(value, datetime) else str(value)


def _timeout(call: Call, config: Config) -> Timeout:
    timeout = config.timeout if isinstance(call.timeout, Omit) else call.timeout
    wait = call.query.get("wait")
    if not isinstance(wait, (int, float)) or timeout is None:
        return timeout
    # The server holds the answer back for so long, on purpose.
    limits = timeout if isinstance(timeout, httpx.Timeout) else httpx.Timeout(timeout)
    read = None if limits.read is None else limits.read + wait
    return httpx.Timeout(connect=limits.connect, read=read, write=limits.write, pool=limits.pool)
