"""The gateway's side of a Marlin-family printer: its lines in, records and the few allowed questions out.

It decides nothing by itself: `protocol` tells what a line says, `conversation` what to ask, `printer` what is known,
`states` what that means. It never sends anything that `protocol.allowed` would refuse.
"""

from __future__ import annotations

from drivers.contract import Setting, Step, Unit
from drivers.framing import Line, LineFramer
from drivers.marlin.conversation import Conversation
from drivers.marlin.heaters import Heaters
from drivers.marlin.jobs import Job
from drivers.marlin.messages import Message, Ok, Report, Target, Tool, Unknown
from drivers.marlin.printer import Printer
from drivers.marlin.protocol import bounded, parse
from drivers.marlin.settings import MarlinSettings
from drivers.marlin.states import UNANSWERED, state_of, word_of
from drivers.marlin.temperatures import sensible
from telemetry.model import NS_PER_S, Instant, Record, State, StateSeen, rejected


class MarlinDriver:
    """See `drivers.contract.Driver`."""

    def __init__(self, setting: Setting, settings: MarlinSettings) -> None:
        """Know nothing of the device."""
        self._equipment = setting.equipment
        self._settle_ns = round(settings.settle_s * NS_PER_S)
        self._silence_ns = round(settings.silence_s * NS_PER_S)
        self._framer = LineFramer()
        self._talk = Conversation(settings)
        self._heaters = Heaters(setting.equipment)
        self._printer = Printer(settings, self._heaters, Job(setting.equipment))
        self._records: list[Record] = []
        self._said = (State.UNKNOWN, UNANSWERED)
        self._at: Instant = 0
        self._now = 0
        self._heard_at = 0

    def opened(self, at: Instant) -> Step:
        """The link has just opened: ask nothing yet, and believe in nothing but a halt until the device has spoken."""
        self._tick(at)
        self._records += [half.rejected(self._equipment, at) for half in self._framer.reset()]
        self._talk.opened(self._now, quiet_ns=self._settle_ns)
        self._printer.opened(self._now)
        self._heard_at = self._now
        self._said = (State.OFFLINE, "")  # whatever was said of it before, somebody may have said so since
        return self._step()

    def received(self, unit: Unit, at: Instant) -> Step:
        """Bytes came, or by mistake a message."""
        self._tick(at)
        if not isinstance(unit, bytes):
            self._reject(unit.payload, "a message on a line")
            return self._step()
        for frame in self._framer.feed(unit):
            if isinstance(frame, Line):
                self._line(frame)
            else:
                self._records.append(frame.rejected(self._equipment, at))
        return self._step()

    def woken(self, at: Instant) -> Step:
        """Ask what is due, and see what has run out."""
        self._tick(at)
        return self._step()

    def _line(self, line: Line) -> None:
        self._heard_at = self._now
        message = parse(line.text)
        was_halted = self._talk.halted
        self._talk.told(message, self._now)
        self._printer.told(message, self._at, self._now)
        if was_halted and not self._talk.halted:
            self._printer.revived()
        self._values(message, line.raw)
        self._see()

    def _values(self, message: Message, raw: bytes) -> None:
        match message:
            case Ok(report) | Report(report) if report:
                self._report(report, raw)
            case Target(heater, celsius) if sensible(celsius):
                self._records.append(self._heaters.target(heater, celsius, self._at))
            case Tool(number):
                self._heaters.tool = number
            case Target() | Unknown():
                self._reject(raw, "no line that a printer says")
            case _:
                pass

    def _report(self, text: str, raw: bytes) -> None:
        records, waiting = self._heaters.report(text, raw, self._at)
        self._records += records
        self._talk.warmth(self._now, waiting=waiting)

    def _see(self) -> None:
        """Say the state where it has changed, after all that follows from the last line or the passing of time."""
        known = self._talk.known
        self._printer.settle(self._at, self._now, known=known)
        silent = "" if self._now < self._silent_at() else f"nothing heard for {self._silence_ns / NS_PER_S:g} s"
        word, reason = word_of(self._printer.facts(self._now, silent=silent, known=known))
        state = state_of(word)
        self._printer.hold(state, self._at, reason=reason)
        self._records += self._printer.take()
        if self._said != (state, word or reason):
            self._said = (state, word or reason)
            seen = StateSeen(self._equipment, self._at, self._at, state, word=bounded(word), reason=bounded(reason))
            self._records.append(seen)

    def _step(self) -> Step:
        self._see()
        line = self._talk.next(self._now)
        records, self._records = tuple(self._records), []
        return Step(records, (line,) if line else (), self._wake_at())

    def _wake_at(self) -> Instant:
        turns = [turn for turn in (self._silent_at(), *self._printer.turns_at()) if turn > self._now]
        return self._at + max(0, min([self._talk.due_at(), *turns]) - self._now)

    def _silent_at(self) -> int:
        return self._heard_at + self._silence_ns

    def _tick(self, at: Instant) -> None:
        """Move the own clock on; it stands still while the gateway's is set back."""
        self._now += max(0, at - self._at)
        self._at = at

    def _reject(self, raw: bytes, reason: str) -> None:
        self._records.append(rejected(raw, reason, equipment=self._equipment, at=self._at))
