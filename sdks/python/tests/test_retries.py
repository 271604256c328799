"""What happens to a call when the server fails or answers get lost, with both kinds of client."""

from __future__ import annotations

import pytest
from support import Caller, Flaky

import sayless
from sayless import Sayless


@pytest.mark.parametrize("fault", ["500", "502", "503", "429", "reset", "lost"])
def test_a_post_is_repeated_with_the_same_key_and_makes_one_object(
    call: Caller, flaky: Flaky, client: Sayless, fault: str
) -> None:
    title = f"Once only, {fault}, {call.kind}"
    flaky.plan(fault)
    ticket = call(lambda client: client.tickets.create(title=title))
    first, second = flaky.seen()
    assert first["idempotency_key"] == second["idempotency_key"] != ""
    assert first["user_agent"].startswith("sayless-python/0.1.0 (")
    made = [found.id for found in client.tickets.list(limit=50).page() if found.title == title]
    assert made == [ticket.id]


def test_a_key_of_ones_own_gives_the_first_answer_again(call: Caller, flaky: Flaky) -> None:
    key = f"order-4711-{call.kind}"
    first = call(lambda client: client.tickets.create(title="By my key", idempotency_key=key))
    again = call(lambda client: client.tickets.create(title="By my key", idempotency_key=key))
    assert again.id == first.id
    assert again.response_headers["idempotent-replayed"] == "true"
    assert {request["idempotency_key"] for request in flaky.seen()} == {key}


def test_reads_and_deletes_are_repeated(call: Caller, flaky: Flaky, client: Sayless) -> None:
    webhook = client.webhooks.create(url="http://127.0.0.1:9/", event_types=["ticket.created"])
    flaky.plan("lost", "reset")
    assert call(lambda client: client.webhooks.get(webhook.id)).id == webhook.id
    flaky.plan("503")
    assert call(lambda client: client.webhooks.delete(webhook.id)) is None
    assert [request["method"] for request in flaky.seen()] == ["DELETE", "DELETE"]


def test_a_change_is_repeated_only_where_that_is_safe(call: Caller, flaky: Flaky, client: Sayless) -> None:
    ticket = client.tickets.create(title="Before")
    flaky.plan("lost")
    with pytest.raises(sayless.ConnectionError):
        call(lambda client: client.tickets.update(ticket.id, title="After"))
    assert len(flaky.seen()) == 1
    flaky.plan("429")
    call(lambda client: client.tickets.update(ticket.id, title="After a while"))
    etag = client.tickets.get(ticket.id).etag
    flaky.plan("reset")
    changed = call(lambda client: client.tickets.update(ticket.id, title="Of this version", if_match=etag))
    assert changed.title == "Of this version"


def test_the_last_failure_is_raised_when_the_retries_are_used_up(call: Caller, flaky: Flaky) -> None:
    flaky.plan("500", "503")
    with pytest.raises(sayless.ServerError) as failed:
        call(lambda client: client.tickets.list().page(), max_retries=1)
    assert failed.value.status == 503
    flaky.plan("429")
    with pytest.raises(sayless.RateLimitError) as limited:
        call(lambda client: client.tickets.list().page(), max_retries=0)
    assert limited.value.retry_after == 1
    flaky.plan("reset")
    with pytest.raises(sayless.ConnectionError):
        call(lambda client: client.tickets.list().page(), max_retries=0)


def test_an_answer_that_does_not_come_times_out(call: Caller, flaky: Flaky) -> None:
    flaky.plan("hang")
    with pytest.raises(sayless.TimeoutError):
        call(lambda client: client.tickets.list().page(), max_retries=0, timeout=0.3)
    flaky.plan("hang")
    with pytest.raises(TimeoutError):
        call(lambda client: client.tickets.get("tkt_1", timeout=0.3), max_retries=0)
    flaky.plan("hang")
    ticket = call(lambda client: client.tickets.create(title="In time", timeout=1))
    assert ticket.title == "In time"
    first, second = flaky.seen()
    assert first["idempotency_key"] == second["idempotency_key"]


def test_a_server_that_is_not_there_is_a_connection_error(call: Caller) -> None:
    with pytest.raises(sayless.ConnectionError, match=r"GET http://127\.0\.0\.1:9/v1/tickets"):
        call(lambda client: client.tickets.list().page(), base_url="http://127.0.0.1:9", max_retries=1)
