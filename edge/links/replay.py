"""A link that plays a transcript, and one that writes what passes through another.

What is sent to a played device goes nowhere; the format is that of `edge.links.transcript`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

from drivers.contract import Unit
from edge.clock import Clock, wait
from edge.errors import Damaged, GiveUp, Retry
from edge.links import transcript
from edge.links.contract import Link
from edge.links.transcript import Entry, Event
from telemetry.model import NS_PER_S

READ_LIMIT = 64 * 1024
"""Bytes of one read, as the contract of links says."""


class Pace(Enum):
    """How fast a transcript is played."""

    RECORDED = "recorded"
    FAST = "fast"


class ReplayLink:
    """Plays what the device said; after the end it gives up, so that nobody takes a played device for a living one."""

    def __init__(self, path: Path, *, clock: Clock, pace: Pace = Pace.RECORDED) -> None:
        """Play `path` once, from the first `open` on."""
        self._path = path
        self._clock = clock
        self._pace = pace
        self._entries: Iterator[Entry] | None = None
        self._next: Entry | None = None
        self._rest = b""
        self._started = 0
        self._open = False
        self._change = threading.Condition()

    @property
    def name(self) -> str:
        """The file."""
        return f"replay:{self._path}"

    @property
    def finished(self) -> bool:
        """Whether the transcript has been played to its end."""
        return self._entries is not None and self._next is None and not self._rest

    def open(self) -> None:
        """Begin, or go on after a recorded loss of the link; raises `GiveUp` without a file or after its end."""
        if self._entries is None:
            self._started = self._clock.monotonic()
            self._entries = self._read()
            self._advance()
        if self.finished:
            raise self._ended()
        with self._change:
            self._open = True

    def read(self, timeout_s: float) -> bytes:
        """What the device said by now."""
        end = self._clock.monotonic() + round(timeout_s * NS_PER_S)
        with self._change:
            while self._open:
                if self._rest:
                    return self._take()
                if self._next is None:
                    raise self._ended()
                left = min(end, self._due(self._next)) - self._clock.monotonic()
                if left > 0:
                    wait(self._clock, self._change, left / NS_PER_S)
                elif self._clock.monotonic() < self._due(self._next):
                    return b""
                else:
                    self._play()
        raise Retry(f"{self.name} is closed")

    def write(self, data: bytes) -> None:
        """Nothing: the device of a transcript cannot hear."""

    def close(self) -> None:
        """Stop playing and wake a reader."""
        with self._change:
            self._open = False
            self._change.notify_all()

    def _read(self) -> Iterator[Entry]:
        try:
            yield from transcript.read(self._path)
        except (OSError, Damaged) as error:
            fix = getattr(error, "fix", "") or "name a transcript that `labedge record` wrote"
            raise GiveUp(f"{self.name} cannot be read: {error}", fix=fix) from error

    def _advance(self) -> None:
        self._next = next(self._entries or iter(()), None)

    def _due(self, entry: Entry) -> int:
        return 0 if self._pace is Pace.FAST else self._started + entry.at_ns

    def _play(self) -> None:
        entry = self._next
        self._advance()
        if entry is None:
            return
        if entry.event is Event.RECEIVED and isinstance(entry.unit, bytes):
            self._rest = entry.unit
        elif entry.event is Event.LINK and entry.text == "down":
            self._open = False
            raise Retry(f"{self.name}: {entry.reason or 'the recorded link went down'}")

    def _take(self) -> bytes:
        data, self._rest = self._rest[:READ_LIMIT], self._rest[READ_LIMIT:]
        return data

    def _ended(self) -> GiveUp:
        return GiveUp(f"{self.name} has been played to its end", fix="nothing to do, or name a longer transcript")


class RecordingLink:
    """Passes everything on to another link and writes down what moved."""

    def __init__(self, link: Link, writer: transcript.Writer, *, clock: Clock) -> None:
        """Times count from now."""
        self._link = link
        self._writer = writer
        self._clock = clock
        self._started = clock.monotonic()

    @property
    def name(self) -> str:
        """The other link's name."""
        return self._link.name

    def open(self) -> None:
        """Open the other link."""
        self._link.open()
        self._note(Event.LINK, text="up")

    def read(self, timeout_s: float) -> bytes:
        """Read the other link."""
        try:
            data = self._link.read(timeout_s)
        except Retry as error:
            self._note(Event.LINK, text="down", reason=str(error))
            raise
        if data:
            self._note(Event.RECEIVED, data)
        return data

    def write(self, data: bytes) -> None:
        """Write to the other link."""
        self._link.write(data)
        self._note(Event.SENT, data)

    def close(self) -> None:
        """Close the other link."""
        self._link.close()

    def _note(self, event: Event, unit: Unit = b"", *, text: str = "", reason: str = "") -> None:
        self._writer.write(Entry(self._clock.monotonic() - self._started, event, unit, text, reason))
