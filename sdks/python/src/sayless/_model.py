"""The base of everything that the API answers with: a view of the JSON object, read when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, NoReturn, Optional, Union, get_args, get_origin, get_type_hints

from ._times import parse_time

_SECRETS = ("key", "password")
_SECRET_ENDS = ("secret", "token", "_key")
_NO_HEADERS: Mapping[str, str] = {}


class Model:
    """A JSON object of the API.

    The fields that this version knows are attributes: `webhook.url`. A field that a later server adds is
    kept, and is read as `webhook["url"]`. A field that may be absent is `None` where it is. A model is never
    changed.
    """

    def __init__(self, data: Mapping[str, Any], headers: Mapping[str, str] = _NO_HEADERS) -> None:
        self.__dict__["_data"] = data
        self.__dict__["_headers"] = headers

    @property
    def etag(self) -> Optional[str]:
        """The version of the object, for `if_match`. `None` where the object is a part of another one."""
        return self.response_headers.get("etag")

    @property
    def response_headers(self) -> Mapping[str, str]:
        """The headers of the answer, such as `x-request-id`. A part of another object has none."""
        headers: Mapping[str, str] = self.__dict__["_headers"]
        return headers

    def to_dict(self) -> dict[str, Any]:
        """The whole JSON object as it came, with secrets and with fields that this version does not know."""
        return dict(self.__dict__["_data"])

    def __getitem__(self, name: str) -> Any:
        """A field as it came, by its name in JSON."""
        return self.__dict__["_data"][name]

    def __contains__(self, name: str) -> bool:
        return name in self.__dict__["_data"]

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        same: bool = other.__dict__["_data"] == self.__dict__["_data"]
        return same

    __hash__ = None  # type: ignore[assignment]

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *_fields(type(self))]

    def __repr__(self) -> str:
        data = self.__dict__["_data"]
        shown = []
        for name in _fields(type(self)):
            value = data.get(_wire(name))
            if value is None:
                continue
            if isinstance(value, (dict, list)):
                # Its parts leave out their secrets, too.
                value = getattr(self, name)
            shown.append(f"{name}={'…' if _is_secret(name) else repr(value)}")
        return f"{type(self).__name__}({', '.join(shown)})"


def _getattr(self: Model, name: str) -> Any:
    if name.startswith("_"):
        raise AttributeError(name)
    data = self.__dict__["_data"]
    hint = _fields(type(self)).get(name)
    wire = _wire(name)
    if wire in data:
        value = data[wire] if hint is None else _convert(hint, data[wire])
    elif hint is Any or type(None) in get_args(hint):
        value = None
    else:
        raise AttributeError(f"{type(self).__name__} has no {name!r}, and the answer has none either")
    self.__dict__[name] = value
    return value


def _setattr(self: Model, name: str, value: object) -> NoReturn:
    raise AttributeError(f"{type(self).__name__} is read only; it has the method to_dict()")


# Out of the type checker's sight, which would take any name for an attribute.
setattr(Model, "__getattr__", _getattr)  # noqa: B010
setattr(Model, "__setattr__", _setattr)  # noqa: B010


def _wire(name: str) -> str:
    """The name in JSON: a word of Python's own has `_` after it."""
    return name[:-1] if name.endswith("_") else name


def _is_secret(name: str) -> bool:
    """True if a field holds a credential, by its name."""
    return name in _SECRETS or (name.endswith(_SECRET_ENDS) and name != "public_key")


_hints: dict[type, dict[str, Any]] = {}


def _fields(model: type) -> dict[str, Any]:
    """The fields of a model with their types."""
    if model not in _hints:
        _hints[model] = get_type_hints(model)
    return _hints[model]


def _convert(hint: Any, value: Any) -> Any:
    origin = get_origin(hint)
    if value is None or origin is Literal:
        return value
    if origin is Union:
        return _convert(next(part for part in get_args(hint) if part is not type(None)), value)
    if origin is list and isinstance(value, list):
        item = get_args(hint)[0]
        return [_convert(item, part) for part in value]
    if hint is datetime and isinstance(value, str):
        return parse_time(value)
    if isinstance(hint, type) and issubclass(hint, Model) and isinstance(value, Mapping):
        return hint(value)
    return value
