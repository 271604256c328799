"""Answers: tolerant of what a later server adds, typed, and silent about secrets."""

from __future__ import annotations

import copy
import json
import logging
import pickle
import traceback
from datetime import datetime, timedelta, timezone
from typing import Any

import httpx
import pytest

import sayless
from sayless import Sayless
from sayless._config import Secret
from sayless.models import CreatedApiKey, CreatedWebhook, DeliveryDetail, FieldError, FilterCondition, Ticket

KEY = "slk_0123456789abcdefghijklmnopqrstuv012345"
TICKET = {
    "id": "tkt_1",
    "title": "Later",
    "body": "",
    "status": "hibernating",
    "created_at": "2030-01-02T03:04:05.123456789Z",
    "updated_at": "2030-01-02T03:04:05Z",
    "mood": {"is": "new"},
}


def answering(*answers: httpx.Response) -> tuple[Sayless, list[httpx.Request]]:
    """A client whose server gives these answers in turn, and the requests that came."""
    requests: list[httpx.Request] = []
    rest = iter(answers)

    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return next(rest)

    transport = httpx.MockTransport(answer)
    return Sayless(api_key=KEY, base_url="https://sayless.example/api/", transport=transport), requests


def test_fields_and_words_that_are_new_are_kept() -> None:
    client, [*_] = answering(httpx.Response(200, json=TICKET, headers={"etag": '"1"'}))
    ticket = client.tickets.get("tkt_1")
    assert ticket.status == "hibernating"
    assert ticket["mood"] == {"is": "new"}
    assert "mood" in ticket
    assert "weather" not in ticket
    assert ticket.to_dict() == TICKET
    assert ticket.etag == '"1"'
    assert ticket.created_at == datetime(2030, 1, 2, 3, 4, 5, 123456, timezone.utc)
    # A field that may be absent is None, one that must be there is missed by name.
    assert ticket.assignee is None
    with pytest.raises(AttributeError, match="Ticket has no 'body'"):
        _ = Ticket({"id": "tkt_1"}).body
    with pytest.raises(AttributeError, match="read only"):
        ticket.title = "Changed"


def test_parts_are_models_of_their_own() -> None:
    attempt = {"id": "att_1", "timings": {"total_ms": 1.5}, "request": None}
    detail = DeliveryDetail({"id": "dlv_1", "webhook": {"url": "https://x"}, "attempt_history": [attempt]})
    assert detail.webhook.url == "https://x"
    assert detail.attempt_history[0].timings.total_ms == 1.5
    assert detail.attempt_history[0].request is None
    assert detail.attempt_history[0].timings.connect_ms is None
    assert FieldError({"in": "body"}).in_ == "body"
    assert FilterCondition({"op": "exists", "path": "data.x"}).value is None
    assert {"webhook", "attempt_history", "etag"} <= set(dir(detail))


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_models_are_compared_copied_and_sent_to_other_processes(again: Any) -> None:
    ticket = Ticket(TICKET)
    assert again(ticket) == ticket
    assert again(ticket).title == "Later"
    assert Ticket({**TICKET, "title": "Other"}) != ticket
    assert ticket != TICKET
    with pytest.raises(TypeError, match="unhashable"):
        hash(ticket)


def test_the_request_is_what_was_asked_for() -> None:
    client, requests = answering(*[httpx.Response(200, json={"data": [], "next_cursor": None})] * 2)
    since = datetime(2030, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=1)))
    list(client.deliveries.list(status=["failed", "retrying"], event_type="ticket.created", since=since))
    assert requests[0].url == (
        "https://sayless.example/api/v1/deliveries"
        "?status=failed&status=retrying&event_type=ticket.created&since=2030-01-02T02%3A04%3A05Z"
    )
    assert requests[0].headers["authorization"] == f"Bearer {KEY}"
    list(client.webhooks.list(made_for_members=True))
    assert requests[1].url.query == b"made_for_members=true"
    with pytest.raises(ValueError, match="time zone"):
        list(client.deliveries.list(since=datetime(2030, 1, 2)))


def test_what_is_omitted_is_not_sent_and_null_is() -> None:
    client, requests = answering(*[httpx.Response(200, json=TICKET)] * 2)
    client.tickets.update("tkt_1", assignee=None, body=sayless.OMIT)
    assert json.loads(requests[0].content) == {"assignee": None}
    assert "idempotency-key" not in requests[0].headers
    webhook_filter = CreatedWebhook({"filter": {"all": [{"path": "data.x", "op": "exists"}]}}).filter
    assert webhook_filter is not None
    client.webhooks.update("whk_1", filter={"any": [{"path": "data.status", "op": "eq", "value": "open"}]})
    sent = json.loads(requests[1].content)
    assert sent == {"filter": {"any": [{"path": "data.status", "op": "eq", "value": "open"}]}}


def test_a_wait_is_added_to_the_timeout() -> None:
    client, requests = answering(httpx.Response(200, json={"data": [], "next_cursor": "x"}))
    client.events.list(wait=20).page()
    assert requests[0].extensions["timeout"] == {"connect": 30, "read": 50, "write": 30, "pool": 30}


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (httpx.Response(200, text="<html>"), "no JSON object"),
        (httpx.Response(302, headers={"location": "https://elsewhere.example"}), "302 http-302: Found"),
        (httpx.Response(418, text="<html>"), "418 http-418"),
        (httpx.Response(599, json=["odd"]), "599 http-599: No reason given"),
        (httpx.Response(422, json={"errors": "odd", "detail": "Odd"}), "422 http-422: Odd"),
    ],
)
def test_odd_answers_are_errors(answer: httpx.Response, message: str) -> None:
    transport = httpx.MockTransport(lambda _: answer)
    client = Sayless(api_key=KEY, base_url="https://x", transport=transport, max_retries=0)
    with pytest.raises(sayless.SaylessError, match=message):
        client.tickets.get("tkt_1")


def test_a_retry_after_that_is_long_is_left_to_the_caller() -> None:
    client, requests = answering(httpx.Response(429, headers={"retry-after": "3600"}, json={}))
    with pytest.raises(sayless.RateLimitError) as limited:
        client.tickets.create(title="Later")
    assert (limited.value.retry_after, len(requests)) == (3600, 1)


def test_a_retry_after_may_be_a_date() -> None:
    past = {"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}
    client, requests = answering(httpx.Response(503, headers=past), httpx.Response(200, json=TICKET))
    assert client.tickets.get("tkt_1").id == "tkt_1"
    assert len(requests) == 2


def test_a_request_that_still_runs_is_waited_for() -> None:
    running = httpx.Response(409, headers={"retry-after": "0"}, json={"code": "idempotency-in-progress"})
    client, requests = answering(running, httpx.Response(201, json=TICKET))
    assert client.tickets.create(title="Later").id == "tkt_1"
    assert requests[0].headers["idempotency-key"] == requests[1].headers["idempotency-key"]


def test_a_client_of_ones_own_stays_open() -> None:
    with httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200, json=TICKET))) as own:
        for _ in range(2):
            with Sayless(api_key=KEY, base_url="https://x", http_client=own) as client:
                assert client.tickets.get("tkt_1").title == "Later"
        with pytest.raises(ValueError, match="either"):
            Sayless(api_key=KEY, base_url="https://x", http_client=own, transport=httpx.HTTPTransport())


def test_no_secret_is_shown(caplog: pytest.LogCaptureFixture, url: str) -> None:
    caplog.set_level(logging.DEBUG)
    problem = {"code": "invalid-credential", "detail": "The credential is not one of ours."}
    client, _ = answering(httpx.Response(401, json=problem))
    with pytest.raises(sayless.AuthenticationError) as refused:
        client.tickets.get("tkt_1")
    frames = traceback.TracebackException.from_exception(refused.value, capture_locals=True).stack
    ours = "".join(str(frame.locals) for frame in frames if "sayless" in frame.filename)
    assert "Secret(…)" in ours
    app = Sayless(client_id="app_1", client_secret="sls_hidden", base_url=url, max_retries=0)
    with pytest.raises(sayless.AuthenticationError) as unknown:
        app.tickets.get("tkt_1")
    shown = "".join(map(repr, [client, app, client._connection.config, app._connection.config]))
    shown += ours + repr(refused.value) + "".join(traceback.format_exception(None, unknown.value, None))
    shown += caplog.text + repr(Secret("sls_hidden"))
    assert KEY not in shown
    assert "sls_hidden" not in shown
    created = CreatedApiKey({"id": "key_1", "key": KEY, "name": "Shown once"})
    assert repr(created) == "CreatedApiKey(id='key_1', name='Shown once', key=…)"
    assert created.key == KEY
    webhook = CreatedWebhook({"id": "whk_1", "signing_secret": "whsec_hidden", "public_key": "whpk_open"})
    assert repr(webhook) == "CreatedWebhook(id='whk_1', public_key='whpk_open', signing_secret=…)"
    part = DeliveryDetail({"id": "dlv_1", "event": {"id": "evt_1", "created_at": "now"}})
    assert repr(part) == "DeliveryDetail(id='dlv_1', event=Event(created_at='now', id='evt_1'))"
