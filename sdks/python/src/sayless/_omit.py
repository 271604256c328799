"""The default of an argument that is left out: `None` is another value, which is sent as `null`."""

from __future__ import annotations

from typing import TypeVar, Union

T = TypeVar("T")


class Omit:
    """The type of `OMIT`."""

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "OMIT"


OMIT = Omit()
"""Stands for an argument that is left out."""

OrOmit = Union[T, Omit]
