"""Times as the API writes them (RFC 3339), from and to `datetime`."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import Union

Time = Union[datetime, str]
"""A time that is sent: a `datetime` with a time zone, or RFC 3339 text."""

_FRACTION = re.compile(r"\.(\d+)")


def parse_time(text: str) -> datetime:
    """Reads RFC 3339. Python before 3.11 takes neither `Z` nor a fraction that is not of 3 or 6 digits."""
    text = _FRACTION.sub(lambda match: "." + match[1][:6].ljust(6, "0"), text)
    return datetime.fromisoformat(re.sub("[Zz]$", "+00:00", text))


def format_time(time: datetime) -> str:
    """Writes RFC 3339 in UTC."""
    if time.tzinfo is None:
        raise ValueError("a time needs a time zone, such as datetime.now(timezone.utc)")
    return time.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")
