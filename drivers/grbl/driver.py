"""One GRBL controller: its lines to states, positions and runs, and the questions that it is asked.

Sends nothing but `?`. `ok` and `error` are never waited for: a realtime byte has none.

Every line has an instant of its own, at least 1 ns behind the line before, so that two states in one chunk of bytes
stay in order; what a chunk brings is not spread over the time in which it arrived.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from drivers.contract import Setting, Step, Unit
from drivers.framing import Garbage, LineFramer
from drivers.grbl.pace import Pace
from drivers.grbl.positions import Positions
from drivers.grbl.protocol import ASK, Alarm, Banner, Message, Option, Report, alarm_words, parse
from drivers.grbl.runs import Runs
from drivers.grbl.settings import GrblSettings
from drivers.grbl.states import ALARMS, MESSAGES, RESET_ALARM, RESET_ALARM_WORDS, Told, state_of
from telemetry.model import NS_PER_MS, Instant, Record, State, StateSeen, rejected

REASON_LIMIT = 200
"""Characters of a reason: one line on the board, whatever a firmware writes into its messages."""


class GrblDriver:
    """The gateway's side of one GRBL controller of any dialect; see `drivers.contract.Driver`."""

    def __init__(self, setting: Setting, settings: GrblSettings) -> None:
        self._equipment = setting.equipment
        self._settings = settings
        self._framer = LineFramer()
        self._pace = Pace(settings)
        self._positions = Positions(setting.equipment, inches=settings.inches)
        self._runs = Runs(setting.equipment, settings.job_gap_ns)
        self._now = self._line_at = 0
        self._told: tuple[State, str, str] | None = None
        self._state = State.UNKNOWN
        self._alarm = self._announced = ""
        self._locked = self._silent = False
        self._hear: Mapping[type, Callable[[Any], list[Record]]] = {
            Banner: self._banner,
            Alarm: self._alarm_came,
            Message: self._message,
            Option: self._option,
        }

    def opened(self, at: Instant) -> Step:
        """Forget half lines and what was told; a controller that waits for its reset still does."""
        records = self._arrive(at)
        self._line_at = self._after_last_line(at)
        halves = (frame for frame in self._framer.reset() if isinstance(frame, Garbage))
        records += [half.rejected(self._equipment, self._line_at) for half in halves]
        self._pace.opened(at)
        self._positions.forget()
        self._runs.unseen()
        self._told, self._silent = None, False
        if self._locked:
            records += self._tell(State.FAULT, "Alarm", self._alarm)
        return self._finish(at, records)

    def received(self, unit: Unit, at: Instant) -> Step:
        """Lines, cut anywhere."""
        records = self._arrive(at)
        if not isinstance(unit, bytes):
            self._line_at = self._after_last_line(at)
            return self._finish(at, [*records, self._reject(unit.payload, "a message on a line")])
        for frame in self._framer.feed(unit):
            self._line_at = self._after_last_line(at)
            if isinstance(frame, Garbage):
                records.append(frame.rejected(self._equipment, self._line_at))
            else:
                records += self._read(frame.text, frame.raw)
        return self._finish(at, records)

    def woken(self, at: Instant) -> Step:
        """Time to ask, to end a run, or to call a silence a silence."""
        return self._finish(at, self._arrive(at))

    def _arrive(self, at: Instant) -> list[Record]:
        """Move with a clock that was set back, and end the run whose gap is over."""
        if at < self._now:
            self._pace.shift(at - self._now)
            self._runs.shift(at - self._now)
        self._now = at
        return [*self._runs.expired(at)]

    def _after_last_line(self, at: Instant) -> Instant:
        return self._line_at + 1 if 0 <= self._line_at - at < NS_PER_MS else at

    def _finish(self, at: Instant, records: list[Record]) -> Step:
        records += self._silence(at)
        send: tuple[Unit, ...] = ()
        if at >= self._pace.ask_at:
            self._pace.asked(at, idle=self._idle)
            send = (ASK,)
        silent_at = None if self._silent or self._locked else self._pace.silent_at
        wishes = (self._pace.ask_at, silent_at, self._runs.over_at)
        return Step(tuple(records), send, min(wish for wish in wishes if wish is not None))

    @property
    def _idle(self) -> bool:
        return self._state is not State.BUSY

    def _silence(self, at: Instant) -> list[Record]:
        silent_at = self._pace.silent_at
        if self._locked or self._silent or silent_at is None or at < silent_at:
            return []
        self._line_at = self._after_last_line(at)
        self._silent = True
        self._runs.unseen()
        return self._tell(State.UNKNOWN, "", f"no status report for {self._settings.silence_s:g} s")

    def _read(self, text: str, raw: bytes) -> list[Record]:
        said = parse(text)
        if said is None:
            return [self._reject(raw, "not a line of GRBL")]
        if isinstance(said, Report):
            return self._report(said, raw)
        hear = self._hear.get(type(said))
        return hear(said) if hear else []

    def _report(self, report: Report, raw: bytes) -> list[Record]:
        at, state = self._line_at, state_of(report.word)
        self._pace.reported(self._now, idle=state is not State.BUSY)
        self._silent = False
        if state is not State.FAULT:
            self._locked, self._alarm, self._announced = False, "", ""
        reason = self._alarm or _alarm_reason(report.sub) if state is State.FAULT else ""
        records = self._complaints(report, raw, new=self._told is None or self._told[1] != report.said)
        records += self._tell(state, report.said, reason)
        return [*records, *self._positions.seen(report, at)]

    def _complaints(self, report: Report, raw: bytes, *, new: bool) -> list[Record]:
        """A word that the table does not know, once while it lasts; fields that should be numbers, each time."""
        reasons = [f"{name} is not numbers" for name in report.broken]
        if new and state_of(report.word) is State.UNKNOWN:
            reasons.append(f"unknown state {report.word!r}")
        return [self._reject(raw, "; ".join(reasons))] if reasons else []

    def _reject(self, raw: bytes, reason: str) -> Record:
        return rejected(raw, reason, equipment=self._equipment, at=self._line_at)

    def _banner(self, _said: Banner) -> list[Record]:
        self._pace.greeted(self._now)
        self._positions.forget()
        self._locked, self._silent, self._alarm, self._announced = False, False, "", ""
        ended = self._runs.reset(self._line_at)
        return [*ended, *self._tell(State.UNKNOWN, "", "the controller was reset and has not reported yet")]

    def _alarm_came(self, said: Alarm) -> list[Record]:
        code = f"ALARM:{said.number}" if said.number is not None else "ALARM"
        words = said.text or self._announced or ALARMS.get(said.number or 0, "")
        self._announced = ""
        self._alarm = f"{code} {words}".strip()[:REASON_LIMIT]
        by_reset = said.number == RESET_ALARM or said.text.startswith(RESET_ALARM_WORDS)
        return self._tell(State.FAULT, "Alarm", self._alarm, by_reset=by_reset)

    def _message(self, said: Message) -> list[Record]:
        self._announced = alarm_words(said) or self._announced
        told = MESSAGES.get(said.text, Told.NOTHING)
        if told is Told.NOTHING:
            return []
        if told is Told.ASLEEP:
            return self._tell(State.OFFLINE, "Sleep", "")
        self._locked = told is Told.LOCKED_UNTIL_RESET
        self._alarm = self._alarm or said.text
        return self._tell(State.FAULT, "Alarm", self._alarm)

    def _option(self, said: Option) -> list[Record]:
        if said.name == "13":
            self._positions.inches = said.value == "1"
        return []

    def _tell(self, state: State, word: str, reason: str, *, by_reset: bool = False) -> list[Record]:
        """What is new in being in `state`: the change itself and what it does to a run."""
        at, told = self._line_at, (state, word, reason)
        self._state = state
        records: list[Record] = [*self._runs.seen(state, at, reason, by_reset=by_reset)]
        if told != self._told:
            self._told = told
            records.insert(0, StateSeen(self._equipment, at, at, state, word=word, reason=reason))
        return records


def _alarm_reason(sub: str) -> str:
    """The reason in `<Alarm:1|...>`."""
    return f"ALARM:{sub} {ALARMS.get(int(sub), '')}".strip() if sub.isdecimal() else sub
