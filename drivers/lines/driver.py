"""A device that sends text lines: its lines to readings, whether it streams to a state. Sends nothing, ever.

Times are those of receipt, 1 ns apart for lines of one chunk: bytes tell no more, and no spacing is invented. Where
the settings name a time column, they are the device's own, mapped by `boot_clock`.
"""

from __future__ import annotations

from drivers.contract import Setting, Step, Unit
from drivers.framing import Frame, Garbage, LineFramer
from drivers.lines.boot_clock import BootClock
from drivers.lines.channels import Channels, Gathered
from drivers.lines.protocol import Row
from drivers.lines.recognition import Recognition
from drivers.lines.settings import LinesSettings
from drivers.lines.streaming import Streaming
from telemetry.model import NS_PER_MS, NS_PER_S, Instant, Record, rejected

REASON_LIMIT = 400
"""Characters of what is wrong with one line: the line itself is kept beside it."""

LOST = "no line can be read: check the speed of the port, and `format`"


class LinesDriver:
    """The gateway's side of one streaming device; see `drivers.contract.Driver`."""

    def __init__(self, setting: Setting, settings: LinesSettings) -> None:
        self._equipment = setting.equipment
        self._time_column = settings.time_column
        self._framer = LineFramer()
        self._recognition = Recognition(settings)
        self._channels = Channels(settings)
        self._clock = BootClock(settings.time_unit.ns)
        self._streaming = Streaming(setting.equipment, settings.period_ns)
        self._now = self._line_at = 0
        self._lost = False

    def opened(self, at: Instant) -> Step:
        """The next line may be cut, and the device may have started anew; its format is kept."""
        records = self._arrive(at)
        for frame in self._framer.reset():
            self._read(frame, records)
        self._recognition.opened()
        self._clock.forget()
        self._lost = False
        return self._step([*records, *self._streaming.opened(at)])

    def received(self, unit: Unit, at: Instant) -> Step:
        """Lines, cut anywhere; many at once become one batch a channel."""
        records = self._arrive(at)
        if not isinstance(unit, bytes):
            self._reject(unit.payload, ["a message on a line"], records)
            return self._step(records)
        chunk = Gathered()
        for frame in self._framer.feed(unit):
            row = self._read(frame, records)
            if row is not None:
                self._reject(frame.raw, self._gather(row, chunk), records)
            records += self._states(row, chunk)
        return self._step([*records, *chunk.records(self._equipment, self._times(chunk, at), at)])

    def woken(self, at: Instant) -> Step:
        """Silence may have become a state."""
        return self._step([*self._arrive(at), *self._streaming.woken(at)])

    def _arrive(self, at: Instant) -> list[Record]:
        """Start a new count where the clock was set back by more than its own grain."""
        was, self._now = self._now, at
        return [*self._streaming.set_back(at)] if was - at > NS_PER_S else []

    def _step(self, records: list[Record]) -> Step:
        return Step(tuple(records), (), self._streaming.wake_at)

    def _states(self, row: Row | None, chunk: Gathered) -> list[Record]:
        """What a line changes: the first sample of a chunk is a sign of life, too many lines without one are none."""
        if row is not None and row.cells and (self._lost or not chunk.alive):
            self._lost, chunk.alive = False, True
            return [*self._streaming.sampled(self._line_at)]
        if self._lost or not self._recognition.lost:
            return []
        self._lost = True
        return [*self._streaming.unreadable(self._line_at, LOST)]

    def _read(self, frame: Frame, records: list[Record]) -> Row | None:
        """The row that a line is; what it is else goes to `records` or is understood."""
        self._line_at = self._line_at + 1 if 0 <= self._line_at - self._now < NS_PER_MS else self._now
        if isinstance(frame, Garbage):
            self._recognition.garbage()
            records.append(frame.rejected(self._equipment, self._line_at))
            return None
        text = frame.text.strip()
        if not text:
            self._recognition.empty()
            return None
        said = self._recognition.read(text)
        if said is None:
            self._reject(frame.raw, ["no row of numbers: a comment, a cut line or another format"], records)
        return said if isinstance(said, Row) else None

    def _gather(self, row: Row, chunk: Gathered) -> list[str]:
        """Add a row to its chunk; returns what is wrong with it."""
        ticks = next((number for name, number, _ in row.cells if name == self._time_column), None)
        wrong = ticks is not None and not self._clock.plausible(ticks)
        chunk.begin(self._line_at, None if wrong else ticks)
        faults = self._channels.take((cell for cell in row.cells if cell[0] != self._time_column), chunk)
        return [*row.faults, *([f"{ticks:g} is no time since the start"] if wrong else []), *faults]

    def _times(self, chunk: Gathered, at: Instant) -> list[Instant]:
        """The device's own times, if every row has one, else those of receipt."""
        ticks = [tick for tick in chunk.ticks if tick is not None]
        return self._clock.instants(ticks, at) if len(ticks) == len(chunk.ticks) else chunk.heard

    def _reject(self, raw: bytes, reasons: list[str], records: list[Record]) -> None:
        if reasons:
            records.append(
                rejected(raw, "; ".join(reasons)[:REASON_LIMIT], equipment=self._equipment, at=self._line_at)
            )
