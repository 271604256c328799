"""Webhooks in: what is verified, what is refused and why, and what comes twice."""

from __future__ import annotations

import base64
import hmac
import json
import sys
import time
from typing import Any, Optional

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sayless import MemoryStore, ReplayGuard, UnknownEvent, WebhookVerificationError, verify_webhook
from sayless.events import TicketCreatedEvent

RAW = b"0123456789abcdef0123456789abcdef"
SECRET = "whsec_" + base64.b64encode(RAW).decode()
OTHER = "whsec_" + base64.b64encode(RAW[::-1]).decode()
PRIVATE = Ed25519PrivateKey.from_private_bytes(RAW)
PUBLIC = "whpk_" + base64.b64encode(PRIVATE.public_key().public_bytes_raw()).decode()
EVENT = {
    "id": "evt_1",
    "type": "ticket.created",
    "timestamp": "2030-01-02T03:04:05.123Z",
    "workspace_id": "wsp_1",
    "actor": {"type": "member", "id": "usr_1"},
    "data": {"id": "tkt_1", "title": "Grüße", "number": 12345678901234567890123},
}


def message(
    event: Any = EVENT, at: Optional[float] = None, scheme: str = "v1"
) -> tuple[dict[str, str], bytes]:
    body = json.dumps(event).encode()
    timestamp = str(int(time.time() if at is None else at))
    signed = f"evt_1.{timestamp}.".encode() + body
    signature = hmac.digest(RAW, signed, "sha256") if scheme == "v1" else PRIVATE.sign(signed)
    headers = {
        "Webhook-Id": "evt_1",
        "webhook-timestamp": timestamp,
        "WEBHOOK-SIGNATURE": f"{scheme},{base64.b64encode(signature).decode()}",
    }
    return headers, body


def reason(headers: Any, body: bytes, secrets: Any = SECRET, tolerance: float = 300) -> str:
    with pytest.raises(WebhookVerificationError) as refused:
        verify_webhook(headers, body, secrets, tolerance)
    assert "whsec_" not in str(refused.value)
    return refused.value.reason


@pytest.mark.parametrize(("scheme", "key"), [("v1", SECRET), ("v1a", PUBLIC)])
def test_a_good_message_is_verified(scheme: str, key: str) -> None:
    headers, body = message(scheme=scheme)
    event = verify_webhook(headers, body, key)
    assert isinstance(event, TicketCreatedEvent)
    assert event.data.title == "Grüße"
    assert event.data["number"] == 12345678901234567890123
    assert event.actor.id == "usr_1"
    assert verify_webhook(headers, body.decode(), [OTHER, key]) == event
    assert verify_webhook(list(headers.items()), body, key) == event
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    assert verify_webhook(raw, body, key) == event
    assert verify_webhook(httpx.Headers(headers), body, key) == event


def test_several_signatures_in_one_header_or_in_several() -> None:
    headers, body = message()
    right = headers.pop("WEBHOOK-SIGNATURE")
    wrong = "v1," + base64.b64encode(bytes(32)).decode()
    for value in [f"{wrong} {right}", f"{wrong},{right}", f"{right}  v2,xyz"]:
        assert verify_webhook({**headers, "webhook-signature": value}, body, SECRET).id == "evt_1"
    pairs = [*headers.items(), ("webhook-signature", wrong), ("Webhook-Signature", right)]
    assert verify_webhook(pairs, body, SECRET).id == "evt_1"


def test_what_is_not_right_is_refused_with_the_reason() -> None:
    headers, body = message()
    assert reason(headers, body, OTHER) == "no_match"
    assert reason(headers, body, PUBLIC) == "no_match"
    assert reason(headers, body + b" ") == "no_match"
    assert reason({**headers, "Webhook-Id": "evt_2"}, body) == "no_match"
    assert reason({**headers, "webhook-timestamp": str(int(time.time()) - 1)}, body) == "no_match"
    assert reason({**headers, "WEBHOOK-SIGNATURE": "v1,!"}, body) == "no_match"
    assert reason({**headers, "WEBHOOK-SIGNATURE": "v1a,AAAA"}, body, PUBLIC) == "no_match"
    for missing in headers:
        assert (
            reason({name: value for name, value in headers.items() if name != missing}, body)
            == "missing_header"
        )
    assert reason({}, body) == "missing_header"
    for odd in ["soon", "-5", "1e9", "\uff19", "1" * 20]:
        assert reason({**headers, "webhook-timestamp": odd}, body) == "bad_timestamp"
    assert reason(*message(at=time.time() - 310)) == "too_old"
    assert reason(*message(at=time.time() + 310)) == "too_new"
    assert verify_webhook(*message(at=time.time() - 310), SECRET, tolerance=600).id == "evt_1"
    assert reason(*message(at=time.time() - 310), tolerance=10) == "too_old"
    assert reason(*message(event=["no event"])) == "bad_body"
    assert reason(*message(event={"type": 5})) == "bad_body"


def test_an_event_of_a_type_that_is_new_is_given_as_it_is() -> None:
    event = verify_webhook(*message({**EVENT, "type": "ticket.reopened", "previous": {"x": 1}}), SECRET)
    assert isinstance(event, UnknownEvent)
    assert (event.type, event.data["id"], event.previous) == ("ticket.reopened", "tkt_1", {"x": 1})
    assert event.timestamp.year == 2030


@pytest.mark.parametrize(
    "secret", [[], "", "whsec_", "whsec_???", "whpk_AAAA", "slk_abc", ["whsec_QUJD", "x"]]
)
def test_a_secret_of_another_form_is_refused_without_being_shown(secret: Any) -> None:
    with pytest.raises(ValueError, match="secret") as refused:
        verify_webhook(*message(), secret)
    assert "QUJD" not in str(refused.value)


def test_a_body_that_was_parsed_already_is_refused() -> None:
    body: Any = EVENT
    with pytest.raises(TypeError, match="before anything parses it"):
        verify_webhook(message()[0], body, SECRET)


def test_without_the_package_a_public_key_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cryptography", None)
    with pytest.raises(ImportError, match="pip install cryptography"):
        verify_webhook(*message(scheme="v1a"), PUBLIC)
    assert verify_webhook(*message(), SECRET).id == "evt_1"


def test_an_event_that_comes_again_is_seen() -> None:
    guard = ReplayGuard()
    event = verify_webhook(*message(), SECRET)
    seen = []
    for _ in range(2):
        with guard.once(event) as is_new:
            seen.append(is_new)
    with guard.once("evt_2") as is_new:
        seen.append(is_new)
    assert seen == [True, False, True]


def test_an_event_whose_work_failed_may_come_again() -> None:
    guard = ReplayGuard()
    with pytest.raises(OSError, match="disk full"), guard.once("evt_1"):
        raise OSError("disk full")
    with guard.once("evt_1") as is_new:
        assert is_new
    with pytest.raises(OSError, match="of another cause"), guard.once("evt_1"):
        raise OSError("of another cause")
    with guard.once("evt_1") as is_new:
        assert not is_new


def test_ids_are_kept_for_their_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("sayless._replay.time.monotonic", lambda: now)
    store = MemoryStore()
    guard = ReplayGuard(tolerance=300, store=store)
    for later, expected in [(0, True), (599, False), (600, True)]:
        now = 1000.0 + later
        with guard.once("evt_1") as is_new:
            assert is_new is expected
    now += 601
    with guard.once("evt_2"):
        assert len(store._ends) == 1
