"""The Python SDK of Sayless.

`Sayless` and `AsyncSayless` call the API. `verify_webhook` and `ReplayGuard` receive webhooks. What the API
answers with is in `sayless.models`, what webhooks bring in `sayless.events`, what a call takes in
`sayless.params`, and the words of all of them in `sayless.words`.
"""

from ._client import AsyncSayless, Sayless
from ._omit import OMIT, Omit
from ._page import Page
from ._paged import AsyncPaged, Paged
from ._replay import MemoryStore, ReplayGuard, ReplayStore
from ._verify import verify_webhook
from ._version import __version__
from .errors import (
    ApiError,
    AuthenticationError,
    ConflictError,
    ConnectionError,
    FieldError,
    NotFoundError,
    PermissionError,
    PreconditionFailedError,
    RateLimitError,
    SaylessError,
    ServerError,
    TimeoutError,
    ValidationError,
    WebhookVerificationError,
)
from .events import UnknownEvent, WebhookEvent, parse_event

__all__ = [
    "OMIT",
    "ApiError",
    "AsyncPaged",
    "AsyncSayless",
    "AuthenticationError",
    "ConflictError",
    "ConnectionError",
    "FieldError",
    "MemoryStore",
    "NotFoundError",
    "Omit",
    "Page",
    "Paged",
    "PermissionError",
    "PreconditionFailedError",
    "RateLimitError",
    "ReplayGuard",
    "ReplayStore",
    "Sayless",
    "SaylessError",
    "ServerError",
    "TimeoutError",
    "UnknownEvent",
    "ValidationError",
    "WebhookEvent",
    "WebhookVerificationError",
    "__version__",
    "parse_event",
    "verify_webhook",
]
