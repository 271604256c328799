"""Client credentials: one token for many calls, and a new one in time."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from types import SimpleNamespace
from typing import Any

import pytest
from support import Caller, Flaky

import sayless
from sayless import AsyncSayless, Sayless

APP: dict[str, Any] = {
    "client_id": os.environ["SAYLESS_APP_ID"],
    "client_secret": os.environ["SAYLESS_APP_SECRET"],
}


def tokens(flaky: Flaky) -> int:
    return sum(request["path"] == "/oauth/token" for request in flaky.seen())


def test_one_token_serves_many_threads(flaky: Flaky) -> None:
    with Sayless(**APP, base_url=flaky.url) as client:
        threads = [threading.Thread(target=lambda: client.tickets.list(limit=1).page()) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert tokens(flaky) == 1


def test_one_token_serves_many_tasks(flaky: Flaky) -> None:
    async def story() -> None:
        async with AsyncSayless(**APP, base_url=flaky.url) as client:
            await asyncio.gather(*(client.tickets.list(limit=1).page() for _ in range(8)))

    asyncio.run(story())
    assert tokens(flaky) == 1


def test_a_token_is_renewed_before_it_ends(flaky: Flaky, monkeypatch: pytest.MonkeyPatch) -> None:
    later = 0.0
    clock = SimpleNamespace(monotonic=lambda: time.monotonic() + later)
    monkeypatch.setattr("sayless._flow.time", clock)
    with Sayless(**APP, base_url=flaky.url) as client:
        client.tickets.list(limit=1).page()
        client.tickets.list(limit=1).page()
        assert tokens(flaky) == 1
        later = 30 * 86_400.0
        client.tickets.list(limit=1).page()
        assert tokens(flaky) == 1


def test_a_token_that_is_refused_is_replaced_once(call: Caller, flaky: Flaky, admin: Sayless) -> None:
    app = admin.oauth_apps.create(
        name=f"Forgetful {call.kind}",
        kind="confidential",
        grants=["client_credentials"],
        redirect_uris=[],
        scopes=["tickets:read"],
    )
    end_tokens = _Rotation(admin, app.id)

    def story(client: Any) -> Any:
        return _async_story(client) if call.kind == "async" else _sync_story(client)

    def _sync_story(client: Sayless) -> str:
        client.tickets.list(limit=1).page()
        end_tokens()
        with pytest.raises(sayless.AuthenticationError) as refused:
            client.tickets.list(limit=1).page()
        return refused.value.code

    async def _async_story(client: AsyncSayless) -> str:
        await client.tickets.list(limit=1).page()
        end_tokens()
        with pytest.raises(sayless.AuthenticationError) as refused:
            await client.tickets.list(limit=1).page()
        return refused.value.code

    # The token ended, and the secret that would give another one as well.
    options = {"client_id": app.id, "client_secret": app.client_secret}
    assert call(story, **options) == "invalid_client"
    assert tokens(flaky) == 2
    # With the new secret all is well again.
    options["client_secret"] = end_tokens.new_secret
    assert len(call(lambda client: client.tickets.list(limit=1).page(), **options)) == 1


class _Rotation:
    """Rotates an app's secret, and ends what was given for the old one."""

    def __init__(self, admin: Sayless, app_id: str) -> None:
        self.admin = admin
        self.app_id = app_id
        self.new_secret = ""

    def __call__(self) -> None:
        new = self.admin.oauth_apps.rotate_secret(self.app_id, overlap="24h")
        self.new_secret = new.client_secret
        for secret in self.admin.oauth_apps.list_secrets(self.app_id):
            if secret.id != new.id:
                self.admin.oauth_apps.delete_secret(self.app_id, secret.id, end_tokens=True)


@pytest.mark.parametrize("fault", ["503", "lost"])
def test_a_request_for_a_token_is_repeated(call: Caller, flaky: Flaky, fault: str) -> None:
    flaky.plan(fault)
    assert len(call(lambda client: client.tickets.list(limit=1).page(), **APP)) == 1
    assert tokens(flaky) == 2


def test_a_wrong_secret_and_a_wrong_scope_are_told(call: Caller) -> None:
    wrong = {**APP, "client_secret": "sls_wrong"}
    with pytest.raises(sayless.AuthenticationError) as refused:
        call(lambda client: client.tickets.list().page(), **wrong)
    assert refused.value.code == "invalid_client"
    assert "sls_wrong" not in str(refused.value)
    narrow = {**APP, "scopes": ["tickets:read"]}
    with pytest.raises(sayless.PermissionError) as lacking:
        call(lambda client: client.tickets.create(title="No"), **narrow)
    assert lacking.value.scope == "tickets:write"
