"""What goes wrong, as exceptions. All of them are a `SaylessError`."""

from __future__ import annotations

import builtins
import contextlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from time import time
from typing import Any, Literal, Optional

__all__ = [
    "ApiError",
    "AuthenticationError",
    "ConflictError",
    "ConnectionError",
    "FieldError",
    "NotFoundError",
    "PermissionError",
    "PreconditionFailedError",
    "RateLimitError",
    "SaylessError",
    "ServerError",
    "TimeoutError",
    "ValidationError",
    "WebhookVerificationError",
]


class SaylessError(Exception):
    """The base of this package's exceptions. A wrong argument is a `TypeError` or `ValueError`."""


class ConnectionError(SaylessError, builtins.ConnectionError):
    """No answer came: the server was not reached, or the connection broke."""


class TimeoutError(SaylessError, builtins.TimeoutError):
    """No answer came in time."""


@dataclass(frozen=True)
class FieldError:
    """One field at fault."""

    place: str
    """The part of the request: `body`, `query`, `header` or `path`."""
    pointer: str
    """In a body the JSON Pointer, such as `/event_types/2`; elsewhere the name of the parameter."""
    code: str
    """What is wrong, for programs."""
    detail: str
    """What is wrong and what would be right, as a sentence."""


class ApiError(SaylessError):
    """The server refused the request, or failed. The class tells the status; `code` tells more."""

    def __init__(self, status: int, problem: Mapping[str, Any], headers: Mapping[str, str]) -> None:
        self.status = status
        """The HTTP status."""
        self.problem = problem
        """The whole problem document; empty where the answer was none."""
        self.headers = headers
        """The headers of the answer."""
        self.code: str = problem.get("code") or problem.get("error") or f"http-{status}"
        """The stable name of the error: each is explained at the server's `/problems/{code}`."""
        self.title: str = problem.get("title") or _reason(status)
        """A short title, the same for every occurrence."""
        self.detail: str = problem.get("detail") or problem.get("error_description") or self.title
        """What happened and what to do, as a sentence for a person."""
        self.request_id: Optional[str] = headers.get("x-request-id") or problem.get("request_id")
        """The id by which the operator finds the request in the log."""
        self.fields = _fields(problem)
        """The fields at fault, where there are any."""
        where = f" (request {self.request_id})" if self.request_id else ""
        super().__init__(f"{status} {self.code}: {self.detail}{where}")

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.status, self.problem, self.headers)

    @property
    def retry_after(self) -> Optional[float]:
        """Seconds after which the server asks to come back, where it does."""
        return read_retry_after(self.headers)


class AuthenticationError(ApiError):
    """401: the API key, the token or the app's secret is not valid, or no longer."""


class PermissionError(ApiError):
    """403: the credential is valid but may not do this."""

    @property
    def scope(self) -> Optional[str]:
        """The scope that the credential lacks; `None` where another thing is missing, such as a session."""
        found = re.search(r'scope="([^"]+)"', self.headers.get("www-authenticate", ""))
        return found[1] if found else None


class NotFoundError(ApiError):
    """404: there is no such object, or it is not the credential's to see."""


class ConflictError(ApiError):
    """409: the state of the object does not allow this; `detail` says why."""


class PreconditionFailedError(ApiError):
    """412: the object has changed since the version that `if_match` names."""


class ValidationError(ApiError):
    """422: one or more fields are wrong; `fields` names them."""


class RateLimitError(ApiError):
    """429: too many requests; `retry_after` says when to come back."""


class ServerError(ApiError):
    """5xx: the server failed, or cannot answer now."""


Reason = Literal["missing_header", "bad_timestamp", "too_old", "too_new", "no_match", "bad_body"]


class WebhookVerificationError(SaylessError):
    """A message is not known to be from Sayless: answer 401, and do nothing of what it says."""

    def __init__(self, reason: Reason, detail: str) -> None:
        self.reason: Reason = reason
        """The kind of fault, for programs."""
        self.detail = detail
        super().__init__(f"{reason}: {detail}")

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.reason, self.detail)


_CLASSES = {
    401: AuthenticationError,
    403: PermissionError,
    404: NotFoundError,
    409: ConflictError,
    412: PreconditionFailedError,
    422: ValidationError,
    429: RateLimitError,
}


def error_from(status: int, headers: Mapping[str, str], content: bytes) -> ApiError:
    """The exception for an answer that is not a success."""
    problem: Any = {}
    with contextlib.suppress(ValueError):
        problem = json.loads(content)
    if not isinstance(problem, dict):
        problem = {}
    kind = _CLASSES.get(status, ServerError if status >= 500 else ApiError)
    if status == 400 and problem.get("error"):
        # The OAuth endpoints answer in OAuth's words: `invalid_client`, `invalid_scope`.
        kind = AuthenticationError
    return kind(status, problem, headers)


def read_retry_after(headers: Mapping[str, str]) -> Optional[float]:
    """`Retry-After` in seconds: it is a number or a date."""
    text = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", text):
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time())
    except (TypeError, ValueError, IndexError):
        return None


def _fields(problem: Mapping[str, Any]) -> list[FieldError]:
    faults = problem.get("errors")
    if not isinstance(faults, list):
        return []
    return [
        FieldError(
            place=str(fault.get("in", "")),
            pointer=str(fault.get("field", "")),
            code=str(fault.get("code", "")),
            detail=str(fault.get("detail", "")),
        )
        for fault in faults
        if isinstance(fault, dict)
    ]


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "No reason given"
