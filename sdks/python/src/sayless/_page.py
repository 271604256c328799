"""One page of a list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Generic, Optional, TypeVar

from ._model import Model

M = TypeVar("M", bound=Model)


class Page(Generic[M]):
    """One page of a list: iterate over it, or take `data`."""

    def __init__(self, item: type[M], answer: Mapping[str, Any], headers: Mapping[str, str]) -> None:
        self.data = [item(entry) for entry in answer["data"]]
        """The items of the page."""
        self.next_cursor: Optional[str] = answer.get("next_cursor")
        """Where the next page begins; `None` on the last one."""
        self.response_headers = headers
        """The headers of the answer, such as `x-request-id`."""

    def __iter__(self) -> Iterator[M]:
        return iter(self.data)

    def __len__(self) -> int:
        return len(self.data)

    def __repr__(self) -> str:
        return f"Page({len(self.data)} items, {'more' if self.next_cursor else 'the last'})"
