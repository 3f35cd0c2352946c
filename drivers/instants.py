"""Times as text, RFC 3339 with an offset, as instants; shared by the families whose messages carry them.

Nothing here guesses a zone, and none reads a clock: whether a time may be believed is asked of `telemetry.quality`.
"""

from __future__ import annotations

import re

import numpy as np

from telemetry.model import NS_PER_S, Instant

_RFC_3339 = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:[.,](\d{1,18}))?(?:[Zz]|([+-])(\d\d):([0-5]\d))", re.ASCII
)


class MalformedTimeError(Exception):
    """A text is no time with an offset; its own text says what it is instead."""


def from_rfc_3339(text: str) -> Instant:
    """The instant that `text` writes, to the nanosecond; raises `MalformedTimeError` where it writes none."""
    parts = _RFC_3339.fullmatch(text)
    if parts is None:
        raise MalformedTimeError("not RFC 3339 with an offset")
    date, time, fraction, sign, hours, minutes = parts.groups()
    try:
        seconds = int(np.datetime64(f"{date}T{time}", "s").astype(np.int64))
    except ValueError as error:
        raise MalformedTimeError("no date and time") from error
    offset_s = int(hours) * 3600 + int(minutes) * 60 if sign else 0
    utc_s = seconds + (offset_s if sign == "-" else -offset_s)
    return utc_s * NS_PER_S + int((fraction or "")[:9].ljust(9, "0"))
