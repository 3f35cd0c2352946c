r"""Text lines out of a stream of bytes, cut anywhere, with a ceiling: what the line-speaking families share.

Never raises, never holds more than one line's ceiling, never gives other lines because the bytes came cut otherwise.

A frame is everything up to a line feed; carriage returns and NULs at its two ends are line ends and boot noise:

    "ok\n"  "ok\r\n"  "ok\r\r\n"  "\0\0ok\n"   -> Line("ok")
    "o\0k\n"  "\xff\xfe\n"                     -> Garbage, the bytes as they came
    ceiling + n bytes, then a line feed          -> one Garbage: the first bytes, the full size
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from telemetry.model import RAW_LIMIT, EquipmentId, Instant, Rejected

LINE_LIMIT_BYTES = 4096
"""A line longer than this is noise: the longest real ones (capability and help lists) stay under 1 KiB."""


@dataclass(frozen=True, slots=True)
class Line:
    """One whole line: `text` without its end and its noise, `raw` as it came but for the line feed."""

    text: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Garbage:
    """Bytes that are no line: the first `RAW_LIMIT` of them, how many there were, and why they are none."""

    raw: bytes
    size: int
    reason: str

    def rejected(self, equipment: EquipmentId, at: Instant, *, origin: str = "") -> Rejected:
        """The same as a record."""
        return Rejected(equipment, at, at, self.reason, self.raw, self.size, origin)


Frame: TypeAlias = Line | Garbage


class LineFramer:
    """Gathers bytes into lines of at most `limit_bytes`; the rest of a longer one is counted and thrown away."""

    def __init__(self, limit_bytes: int = LINE_LIMIT_BYTES) -> None:
        """Start at the beginning of a line."""
        self._limit = limit_bytes
        self._kept = bytearray()
        self._size = 0

    @property
    def pending(self) -> int:
        """Bytes of the line that has begun and not ended."""
        return self._size

    def feed(self, data: bytes) -> list[Frame]:
        """The lines that `data` ends, in order; empty ones too."""
        *whole, rest = data.split(b"\n")
        frames = []
        for part in whole:
            self._keep(part)
            frames.append(self._end())
        self._keep(rest)
        return frames

    def reset(self) -> list[Garbage]:
        """Forget the line that has begun; it comes back as one `Garbage`, so that no byte is lost unseen."""
        if not self._size:
            return []
        raw, size = self._take()
        return [Garbage(raw[:RAW_LIMIT], size, "half a line when the link was opened again")]

    def _keep(self, part: bytes) -> None:
        self._kept += part[: self._limit - len(self._kept)]
        self._size += len(part)

    def _take(self) -> tuple[bytes, int]:
        taken = bytes(self._kept), self._size
        self._kept.clear()
        self._size = 0
        return taken

    def _end(self) -> Frame:
        raw, size = self._take()
        if size > self._limit:
            return Garbage(raw[:RAW_LIMIT], size, f"line longer than {self._limit} bytes")
        return _line(raw)


def _line(raw: bytes) -> Frame:
    body = raw.strip(b"\r\0")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return Garbage(raw[:RAW_LIMIT], len(raw), "not UTF-8")
    if "\0" in text:
        return Garbage(raw[:RAW_LIMIT], len(raw), "NUL inside a line")
    return Line(text, raw)
