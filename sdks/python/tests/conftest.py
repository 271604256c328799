"""What the tests share: the server of the environment, its clients, the flaky proxy and a receiver.

The tests run in the environment that `load sandbox` makes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import httpx
import pytest
from receiver import Receiver
from support import Caller, Flaky

from sayless import Sayless


@pytest.fixture(scope="session")
def url() -> str:
    return os.environ["SAYLESS_URL"]


@pytest.fixture
def flaky() -> Flaky:
    proxy = Flaky(os.environ["SAYLESS_FLAKY_URL"])
    proxy.plan()
    return proxy


@pytest.fixture
def client(url: str) -> Iterator[Sayless]:
    """A client with a key that has every scope."""
    with Sayless(base_url=url) as client:
        yield client


@pytest.fixture(scope="session")
def admin(url: str) -> Iterator[Sayless]:
    """A client that acts in an admin's session instead of by a key."""

    def without_key(request: httpx.Request) -> None:
        request.headers.pop("authorization", None)

    with httpx.Client(event_hooks={"request": [without_key]}) as http_client:
        sign_in = {
            "email": os.environ["SAYLESS_ADMIN_EMAIL"],
            "password": os.environ["SAYLESS_ADMIN_PASSWORD"],
        }
        http_client.post(url + "/v1/session", json=sign_in).raise_for_status()
        yield Sayless(base_url=url, http_client=http_client)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.fixture(params=["sync", "async"])
def call(request: pytest.FixtureRequest, flaky: Flaky) -> Caller:
    """Calls through the flaky proxy, once with each kind of client."""
    return Caller(request.param, flaky.url)
