"""Times as RFC 3339 text and back, to the nanosecond.

It knows no clock and no time zone but those that a text carries; pages show the centre's time, see `api.texts`.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

import numpy as np
from pydantic import BeforeValidator, WithJsonSchema

from telemetry.columns import Int64s
from telemetry.model import NS_PER_S, Instant

_RFC3339 = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(?:([Zz])|([+\- ])(\d{2}):(\d{2}))", re.ASCII
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_GRAINS: tuple[tuple[Literal["s", "ms", "us"], int], ...] = (("s", NS_PER_S), ("ms", 1_000_000), ("us", 1_000))
FIRST = 0
LAST = 4_102_444_800 * NS_PER_S
"""2100-01-01: no lab has data before 1970 or after, and every sum of two instants still fits 64 bits."""


def parse_instant(text: object) -> Instant:
    """`2026-09-01T08:30:00+03:00` as ns UTC; raises `ValueError` with a sentence.

    A space counts as the `+` that a careless query string loses.
    """
    found = _RFC3339.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise ValueError("a time is written as RFC 3339 with its offset, for example 2026-09-01T08:30:00+03:00")
    day, clock, fraction, _, sign, hours, minutes = found.groups()
    try:
        naive = datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=UTC)
    except ValueError as error:
        raise ValueError(f"{text!r} is no time that exists") from error
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    if offset >= timedelta(days=1):
        raise ValueError(f"{text!r} has an offset of more than a day")
    whole = (naive - _EPOCH) + (offset if sign == "-" else -offset)
    instant = (whole.days * 86_400 + whole.seconds) * NS_PER_S + int((fraction or "0").ljust(9, "0"))
    if not FIRST <= instant <= LAST:
        raise ValueError(f"{text!r} is not between 1970 and 2100")
    return instant


def format_instant(instant: Instant) -> str:
    """`2026-09-01T05:30:00Z`, with three, six or nine decimals where it has them."""
    seconds, ns = divmod(instant, NS_PER_S)
    text = (_EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}{_decimals(ns)}Z"


def _decimals(ns: int) -> str:
    if ns == 0:
        return ""
    digits = f"{ns:09d}"
    for length in (3, 6):
        if not int(digits[length:]):
            return f".{digits[:length]}"
    return f".{digits}"


def format_instants(t: Int64s) -> list[str]:
    """A column of instants; one precision for all, the coarsest that loses nothing."""
    unit = next((name for name, ns in _GRAINS if not (t % ns).any()), "ns")
    times = t.astype("M8[ns]")  # the stubs of numpy take no array of this type, the function does
    texts: list[str] = np.datetime_as_string(times, unit=unit, timezone="UTC").tolist()  # type: ignore[call-overload]
    return texts


InstantIn = Annotated[
    int,
    BeforeValidator(parse_instant),
    WithJsonSchema({"type": "string", "format": "date-time", "description": "RFC 3339 with its offset"}),
]
"""A time in a query, read into ns UTC."""
