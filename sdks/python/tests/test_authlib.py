"""PyPI's Authlib, unchanged, at the OAuth server: code with PKCE, refresh, introspection, revocation."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from authlib.common.security import generate_token
from authlib.integrations.httpx_client import OAuth2Client, OAuthError

from sayless import Sayless

CALLBACK = "https://acme.example/callback"


@pytest.fixture(autouse=True)
def plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server of the tests is on this machine, and the library must be told that http is fine there."""
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")


@pytest.fixture
def browser(url: str) -> Iterator[httpx.Client]:
    """A browser in which somebody is signed in."""
    with httpx.Client(base_url=url) as browser:
        sign_in = {
            "email": os.environ["SAYLESS_ADMIN_EMAIL"],
            "password": os.environ["SAYLESS_ADMIN_PASSWORD"],
        }
        browser.post("/v1/session", json=sign_in).raise_for_status()
        yield browser


def consent(browser: httpx.Client, address: str) -> str:
    """Goes where an app sends members, and allows what it asks; the address of the way back."""
    location = browser.get(address).headers["location"]
    question = location.split("/oauth/consent/")[-1]
    answer = browser.post(f"/v1/authorization-requests/{question}/approve").raise_for_status()
    return str(answer.json()["redirect_to"])


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post", "none"])
def test_authlib_goes_all_the_way(admin: Sayless, browser: httpx.Client, url: str, method: str) -> None:
    app = admin.oauth_apps.create(
        name=f"Authlib {method}",
        kind="public" if method == "none" else "confidential",
        redirect_uris=[CALLBACK],
        scopes=["tickets:read", "tickets:write"],
    )
    metadata: dict[str, Any] = httpx.get(url + "/.well-known/oauth-authorization-server").json()
    client = OAuth2Client(
        app.id,
        app.client_secret,
        token_endpoint_auth_method=method,
        revocation_endpoint_auth_method=method,
        # As clients do that ask for all there is.
        scope=" ".join([*metadata["scopes_supported"], "openid", "offline_access"]),
        redirect_uri=CALLBACK,
        code_challenge_method="S256",
        **metadata,
    )
    with client:
        verifier = generate_token(48)
        address, state = client.create_authorization_url(
            metadata["authorization_endpoint"], code_verifier=verifier
        )
        back = consent(browser, address)
        token = client.fetch_token(authorization_response=back, state=state, code_verifier=verifier)
        assert token["scope"] == "tickets:read tickets:write"
        assert client.get(url + "/v1/tickets").status_code == 200

        old = token["refresh_token"]
        token = client.refresh_token()
        assert (token["scope"], token["refresh_token"] == old) == ("tickets:read tickets:write", False)
        assert client.get(url + "/v1/tickets").status_code == 200

        if method != "none":
            told = client.introspect_token(
                metadata["introspection_endpoint"], token["access_token"], "access_token"
            )
            assert (told.json()["active"], told.json()["client_id"]) == (True, app.id)

        revoked = client.revoke_token(
            metadata["revocation_endpoint"], token["refresh_token"], "refresh_token"
        )
        assert revoked.status_code == 200
        assert client.get(url + "/v1/tickets").status_code == 401
        with pytest.raises(OAuthError) as refused:
            client.refresh_token(refresh_token=token["refresh_token"])
        assert refused.value.error == "invalid_grant"
