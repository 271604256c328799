"""What the server refuses, as exceptions."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest
from support import Caller

import sayless
from sayless import Sayless


def test_a_wrong_field_is_named(call: Caller) -> None:
    with pytest.raises(sayless.ValidationError) as refused:
        call(
            lambda client: client.webhooks.create(
                url="https://example.com", event_types=["ticket.created", "x"]
            )
        )
    error = refused.value
    assert (error.status, error.code) == (422, "validation")
    [fault] = error.fields
    assert (fault.place, fault.pointer) == ("body", "/event_types/1")
    assert fault.code
    assert fault.detail in str(error)
    assert error.request_id == error.headers["x-request-id"]
    assert error.request_id in str(error)
    assert error.problem["type"].endswith("/problems/validation")


def test_a_wrong_parameter_is_named(call: Caller) -> None:
    with pytest.raises(sayless.ApiError) as refused:
        call(lambda client: client.tickets.list(limit=1000).page())
    assert (refused.value.status, refused.value.fields[0].pointer) == (400, "limit")


def test_a_missing_scope_is_named(call: Caller, admin: Sayless) -> None:
    key = admin.api_keys.create(name="Reads only", scopes=["tickets:read"]).key
    with pytest.raises(sayless.PermissionError) as refused:
        call(lambda client: client.tickets.create(title="No"), api_key=key)
    assert (refused.value.code, refused.value.scope) == ("insufficient-scope", "tickets:write")
    with pytest.raises(sayless.PermissionError) as refused:
        call(lambda client: client.api_keys.list().page(), api_key=key)
    assert refused.value.scope is None


def test_what_is_not_there_and_what_has_changed_are_told_apart(call: Caller, client: Sayless) -> None:
    with pytest.raises(sayless.NotFoundError) as missing:
        call(lambda client: client.tickets.get("tkt_01JDBN5X7W3Q9K2M4E6R8T0VYZ"))
    assert missing.value.code == "not-found"
    ticket = client.tickets.create(title="First")
    client.tickets.update(ticket.id, title="Second")
    with pytest.raises(sayless.PreconditionFailedError) as stale:
        call(lambda client: client.tickets.update(ticket.id, title="Third", if_match=ticket.etag))
    assert stale.value.status == 412
    assert client.tickets.get(ticket.id).title == "Second"


def test_a_state_that_does_not_allow_it_is_a_conflict(call: Caller, client: Sayless) -> None:
    broadcast = client.broadcasts.create(subject="Once", body="Now")
    client.broadcasts.send(broadcast.id)
    with pytest.raises(sayless.ConflictError) as refused:
        call(lambda client: client.broadcasts.send(broadcast.id))
    assert refused.value.code == "conflict"


def test_a_key_that_is_wrong_or_revoked_is_refused(call: Caller, admin: Sayless) -> None:
    with pytest.raises(sayless.AuthenticationError) as refused:
        call(lambda client: client.tickets.list().page(), api_key="slk_wrong")
    assert refused.value.code == "invalid-credential"
    key = admin.api_keys.create(name="Short-lived", scopes=["tickets:read"])
    assert len(call(lambda client: client.tickets.list(limit=1).page(), api_key=key.key)) == 1
    admin.api_keys.revoke(key.id, reason="The test is over")
    with pytest.raises(sayless.AuthenticationError) as refused:
        call(lambda client: client.tickets.list().page(), api_key=key.key)
    assert refused.value.code == "key-revoked"
    assert key.key not in str(refused.value)


@pytest.mark.parametrize("again", [copy.copy, lambda error: pickle.loads(pickle.dumps(error))])
def test_errors_may_be_sent_to_another_process(again: Any, client: Sayless) -> None:
    with pytest.raises(sayless.NotFoundError) as missing:
        client.tickets.get("tkt_01JDBN5X7W3Q9K2M4E6R8T0VYZ")
    other = again(missing.value)
    assert (str(other), other.code, other.request_id) == (
        str(missing.value),
        missing.value.code,
        missing.value.request_id,
    )


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"base_url": "localhost:8080"}, "base_url"),
        ({"base_url": "https://ada:secret@example.com"}, "user"),
        ({"api_key": "slk_with a space"}, "api_key= holds"),
        ({"api_key": "slk_x\n"}, None),
        ({"client_id": "app_1"}, "go together"),
        ({"api_key": "slk_x", "client_id": "app_1", "client_secret": "sls_x"}, "either"),
        ({"scopes": ["tickets:read"]}, "a key has its own scopes"),
        ({"max_retries": -1}, "max_retries"),
    ],
)
def test_wrong_options_are_explained(options: dict[str, Any], words: Any) -> None:
    options.setdefault("base_url", "https://sayless.example")
    if words is None:
        Sayless(**options).close()
        return
    with pytest.raises(ValueError, match=words):
        Sayless(**options)


def test_a_client_needs_a_server_and_a_credential(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SAYLESS_API_KEY")
    with pytest.raises(ValueError, match="SAYLESS_API_KEY"):
        Sayless()
    monkeypatch.delenv("SAYLESS_URL")
    with pytest.raises(ValueError, match="SAYLESS_URL"):
        Sayless()


@pytest.mark.parametrize("wrong", ["", ".", ".."])
def test_an_id_that_would_name_another_path_is_refused(wrong: str, client: Sayless) -> None:
    with pytest.raises(ValueError, match="an id is not empty"):
        client.webhooks.delete(wrong)
    with pytest.raises(sayless.ApiError):
        client.webhooks.get("a/b?c#d")
