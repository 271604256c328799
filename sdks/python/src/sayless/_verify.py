"""Webhooks in: whether a message is from Sayless, and what it says."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, Union

from .errors import WebhookVerificationError
from .events import WebhookEvent, parse_event

Text = Union[str, bytes]
Headers = Union[Mapping[str, str], Iterable[tuple[Text, Text]]]
"""Headers as any framework has them: a mapping, or pairs. Case does not count."""

_SIGNATURE = re.compile(r"(?:^|[\s,])(v1a?),([A-Za-z0-9+/=]+)")


def verify_webhook(
    headers: Headers,
    body: Text,
    secrets: Union[str, Iterable[str]],
    tolerance: float = 300.0,
) -> WebhookEvent:
    """Verifies a message and returns its event.

    Args:
        headers: The headers of the request.
        body: The body exactly as it came. JSON that was parsed and written anew has other bytes.
        secrets: The signing secret (`whsec_…`) or the public key (`whpk_…`); several during a rotation.
        tolerance: How many seconds the message's time may be from this clock.

    Raises:
        WebhookVerificationError: The message is not known to be from Sayless. Answer 401.
        ValueError: A secret is not of its form.
    """
    raw = _bytes(body)
    keys = _read_keys(secrets)
    found = _find(headers)
    signed = f"{_need(found, 'webhook-id')}.{_check_time(found, tolerance)}.".encode() + raw
    signatures = _SIGNATURE.findall(_need(found, "webhook-signature"))
    if not any(key.fits(signed, scheme, text) for scheme, text in signatures for key in keys):
        raise WebhookVerificationError("no_match", "no signature fits the body under these secrets")
    return _read_event(raw)


def _bytes(body: Text) -> bytes:
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, (bytes, bytearray, memoryview)):
        return bytes(body)
    raise TypeError("body= is the request's body as bytes, before anything parses it")


def _find(headers: Headers) -> dict[str, str]:
    """The headers of the scheme. One that came in several lines is joined to one."""
    pairs = headers.items() if hasattr(headers, "items") else headers
    found: dict[str, str] = {}
    for name, value in pairs:
        wanted = _text(name).lower()
        if wanted.startswith("webhook-"):
            found[wanted] = f"{found[wanted]} {_text(value)}" if wanted in found else _text(value)
    return found


def _text(value: Text) -> str:
    return value if isinstance(value, str) else value.decode("latin-1")


def _need(headers: Mapping[str, str], name: str) -> str:
    value = headers.get(name, "").strip()
    if not value:
        raise WebhookVerificationError("missing_header", f"the header {name} is missing")
    return value


def _check_time(headers: Mapping[str, str], tolerance: float) -> str:
    timestamp = _need(headers, "webhook-timestamp")
    if not re.fullmatch("[0-9]{1,12}", timestamp):
        raise WebhookVerificationError("bad_timestamp", "webhook-timestamp is no unix time in seconds")
    age = time.time() - int(timestamp)
    if age > tolerance:
        raise WebhookVerificationError("too_old", f"the message is {age:.0f} s old")
    if age < -tolerance:
        raise WebhookVerificationError("too_new", f"the message is {-age:.0f} s ahead of this clock")
    return timestamp


def _read_event(body: bytes) -> WebhookEvent:
    try:
        event = json.loads(body)
    except ValueError:
        event = None
    if not isinstance(event, dict) or not isinstance(event.get("type"), str):
        raise WebhookVerificationError("bad_body", "the body is signed, but is no event")
    return parse_event(event)


class _Key(Protocol):
    def fits(self, signed: bytes, scheme: str, signature: str) -> bool: ...


@dataclass(frozen=True, repr=False)
class _SharedSecret:
    """`whsec_…`, for HMAC-SHA256."""

    key: bytes

    def fits(self, signed: bytes, scheme: str, signature: str) -> bool:
        right = base64.b64encode(hmac.digest(self.key, signed, "sha256"))
        return scheme == "v1" and hmac.compare_digest(right, signature.encode())


@dataclass(frozen=True, repr=False)
class _PublicKey:
    """`whpk_…`, for Ed25519."""

    key: bytes

    def fits(self, signed: bytes, scheme: str, signature: str) -> bool:
        if scheme != "v1a":
            return False
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        try:
            Ed25519PublicKey.from_public_bytes(self.key).verify(base64.b64decode(signature), signed)
        except (InvalidSignature, ValueError):
            return False
        return True


def _read_keys(secrets: Union[str, Iterable[str]]) -> list[_Key]:
    texts = [secrets] if isinstance(secrets, str) else list(secrets)
    if not texts:
        raise ValueError("secrets= is empty: nothing could be verified")
    return [_read_key(text.strip()) for text in texts]


def _read_key(text: str) -> _Key:
    kind, _, encoded = text.partition("_")
    try:
        key = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if kind == "whsec" and key:
        return _SharedSecret(key)
    if kind == "whpk" and len(key) == 32:
        _need_cryptography()
        return _PublicKey(key)
    raise ValueError("a secret is whsec_… or whpk_… with base64 after it; one of these is neither")


def _need_cryptography() -> None:
    try:
        import cryptography  # noqa: F401
    except ImportError as error:
        raise ImportError(
            "whpk_… keys (v1a) need the package cryptography: pip install cryptography"
        ) from error
