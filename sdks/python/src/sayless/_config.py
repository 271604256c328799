"""The options of a client, checked."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Optional, Union

import httpx

from ._version import __version__

USER_AGENT = f"sayless-python/{__version__} ({platform.python_implementation()} {platform.python_version()})"

Timeout = Union[float, httpx.Timeout, None]
"""Seconds for each step of a request: connecting, sending, waiting for the next bytes. `None` is for ever."""


class Secret:
    """A text that no `repr`, log or traceback shows."""

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return "Secret(…)"


@dataclass(frozen=True)
class ApiKey:
    """An API key."""

    key: Secret


@dataclass(frozen=True)
class ClientCredentials:
    """An OAuth app that acts as itself."""

    client_id: str
    client_secret: Secret
    scopes: tuple[str, ...]


@dataclass(frozen=True)
class Config:
    """What both clients need to know."""

    base_url: str
    credentials: Union[ApiKey, ClientCredentials]
    timeout: Timeout
    max_retries: int


@dataclass(frozen=True)
class Login:
    """The credentials as a client's arguments give them."""

    api_key: Optional[str]
    client_id: Optional[str]
    client_secret: Optional[str]
    scopes: Optional[Sequence[str]]

    def __repr__(self) -> str:
        return "Login(…)"

    def read(self) -> Union[ApiKey, ClientCredentials]:
        if self.client_id is None and self.client_secret is None:
            if self.scopes is not None:
                raise ValueError("scopes= goes with client_id= and client_secret=; a key has its own scopes")
            key = self.api_key or os.environ.get("SAYLESS_API_KEY")
            if not key:
                raise ValueError(
                    "no credential: give api_key=, or set SAYLESS_API_KEY, "
                    "or give client_id= and client_secret="
                )
            return ApiKey(Secret(_header("api_key", key)))
        if self.api_key is not None:
            raise ValueError("give either api_key=, or client_id= and client_secret=")
        if not self.client_id or not self.client_secret:
            raise ValueError("client_id= and client_secret= go together")
        if isinstance(self.scopes, str):
            raise TypeError("scopes= is a list: ['tickets:read']")
        return ClientCredentials(self.client_id, Secret(self.client_secret), tuple(self.scopes or ()))


def read_config(login: Login, base_url: Optional[str], timeout: Timeout, max_retries: int) -> Config:
    """Checks the options and fills in what the environment says."""
    if max_retries < 0:
        raise ValueError("max_retries= is 0 or more")
    url = base_url or os.environ.get("SAYLESS_URL")
    if not url:
        raise ValueError("no server: give base_url=, or set SAYLESS_URL")
    return Config(_base(url), login.read(), timeout, max_retries)


def _base(text: str) -> str:
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL as error:
        raise ValueError("base_url= is not a URL") from error
    if url.scheme not in ("http", "https") or not url.host:
        raise ValueError("base_url= begins with https:// or http:// and names a host")
    if url.userinfo or url.query or url.fragment:
        raise ValueError("base_url= has no user, query or fragment")
    return str(url).rstrip("/")


def _header(name: str, text: str) -> str:
    """Refuses what cannot stand in a header, without repeating it: httpx would name it in its error."""
    text = text.strip()
    if not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError(f"{name}= holds a character that no credential has")
    return text
