"""A printer of this family from its own side: it boots, heats, prints, pauses, fails, and answers as firmware does.

It keeps no clock and opens nothing; one seed lives one life.
"""

from __future__ import annotations

import random
import re
from enum import Enum

from drivers.contract import Act, Setting, Step, Unit
from drivers.framing import Line, LineFramer
from drivers.marlin.questions import checksum
from drivers.marlin.settings import MarlinSettings
from drivers.marlin.simulated_heaters import SimulatedHeaters
from drivers.marlin.voices import VOICES
from telemetry.model import NS_PER_S, Instant, State

FILE_BYTES = 1_843_200
QUEUE_LIMIT = 8
"""Commands that a blocked firmware holds; what comes beyond is lost, as on the real one's 128-byte buffer."""

BUSY_NS = 2 * NS_PER_S
NEVER = 1 << 62

_NUMBERED = re.compile(r"N(\d+) (.*)\*(\d+)$", re.ASCII)


class _Phase(Enum):
    IDLE = State.IDLE
    HEATING = State.SETUP
    PRINTING = State.BUSY
    PAUSED = State.PAUSED
    DEAD = State.FAULT


class MarlinSimulator:
    """See `drivers.contract.Simulator`."""

    def __init__(self, setting: Setting, settings: MarlinSettings, seed: int) -> None:
        """Switched off; it boots when the link is opened."""
        self._name = f"{setting.equipment}.gcode"
        self._own = settings.simulator
        self._voice = VOICES[self._own.dialect]
        self._random = random.Random(seed)
        self._framer = LineFramer()
        self._heaters = SimulatedHeaters(self._own)
        self._said: list[str] = []
        self._on = False
        self._phase = _Phase.IDLE
        self._timers = {"warm": NEVER, "done": NEVER, "busy": NEVER, "report": NEVER, "card": NEVER, "wait": NEVER}
        self._every = {"busy": BUSY_NS, "report": NEVER, "card": NEVER, "wait": NS_PER_S}
        self._left_ns = 0
        self._at_user = False
        self._queue: list[str] = []
        self._number = 0

    @property
    def state(self) -> State:
        """What a perfect reader would say."""
        return self._phase.value

    # the link

    def opened(self, at: Instant) -> Step:
        """The first opening switches it on; a later one finds it as it is."""
        self._framer.reset()
        if not self._on:
            self._boot(at)
        return self._step(at)

    def received(self, unit: Unit, at: Instant) -> Step:
        """Commands came; a blocked firmware reads them later, a dead one never."""
        frames = self._framer.feed(unit) if isinstance(unit, bytes) else []
        for line in (frame.text for frame in frames if isinstance(frame, Line)):
            if self._phase is _Phase.DEAD:
                self._said += [self._voice.halted, "ok"] if self._voice.halted else []
            elif self._blocked:
                self._queue += [line] if len(self._queue) < QUEUE_LIMIT else []
            else:
                self._command(line, at)
        return self._step(at)

    def woken(self, at: Instant) -> Step:
        """Time has passed: heat, print, report."""
        due = [timer for timer, when in self._timers.items() if when <= at]
        for timer in due:
            self._ring(timer, at)
        return self._step(at)

    # the person

    def act(self, act: Act, at: Instant, *, name: str = "") -> Step:
        """A person did `act` at the printer; what makes no sense now does nothing."""
        match act, self._phase:
            case Act.START, _Phase.IDLE:
                self._name = name or self._name
                self._warm_up(at)
            case Act.PAUSE, _Phase.PRINTING:
                self._pause(at)
            case Act.RESUME, _Phase.PAUSED:
                self._said += self._voice.resumed
                self._print(self._left_ns, at)
            case Act.FINISH, _Phase.PRINTING | _Phase.PAUSED:
                self._end(self._voice.finished, at)
            case Act.CANCEL, _Phase.HEATING | _Phase.PRINTING | _Phase.PAUSED:
                self._end(self._voice.cancelled, at)
            case Act.FAIL, _Phase.IDLE | _Phase.HEATING | _Phase.PRINTING | _Phase.PAUSED:
                self._queue = []
                self._end(self._voice.failed, at)
                self._enter(_Phase.DEAD)
                self._timers = dict.fromkeys(self._timers, NEVER)
            case Act.RESET, _:
                self._boot(at)
            case _:
                pass
        return self._step(at)

    # its life

    @property
    def _blocked(self) -> bool:
        return self._phase is _Phase.HEATING or self._at_user

    def _boot(self, at: Instant) -> None:
        self._on, self._number, self._queue = True, 0, []
        self._timers = dict.fromkeys(self._timers, NEVER)
        self._heaters.switch(at, on=False)
        self._said += self._voice.banner
        self._enter(_Phase.IDLE)
        self._timers["wait"] = at + NS_PER_S if self._voice.waits else NEVER

    def _enter(self, phase: _Phase) -> None:
        self._phase, self._at_user = phase, False
        self._timers |= {"warm": NEVER, "done": NEVER, "busy": NEVER}

    def _warm_up(self, at: Instant) -> None:
        self._heaters.switch(at, on=True)
        self._enter(_Phase.HEATING)
        self._timers |= {"warm": at + round(self._own.heat_s * NS_PER_S), "busy": at + NS_PER_S}

    def _print(self, left_ns: int, at: Instant) -> None:
        self._enter(_Phase.PRINTING)
        self._timers["done"] = at + left_ns
        self._drain(at)

    def _pause(self, at: Instant) -> None:
        self._left_ns = max(0, self._timers["done"] - at)
        self._enter(_Phase.PAUSED)
        self._said += self._voice.paused
        self._at_user = bool(self._voice.busy_user) and self._random.random() < 0.5
        self._timers["busy"] = at if self._at_user else NEVER

    def _end(self, lines: tuple[str, ...], at: Instant) -> None:
        self._say(lines)
        self._heaters.switch(at, on=False)
        self._enter(_Phase.IDLE)
        self._drain(at)

    def _drain(self, at: Instant) -> None:
        """The commands that came while it was blocked: their answers come in a burst."""
        queue, self._queue = self._queue, []
        for line in queue:
            self._command(line, at)

    def _ring(self, timer: str, at: Instant) -> None:
        self._timers[timer] = at + self._every[timer] if timer in self._every else NEVER
        match timer:
            case "warm":
                self._say(self._voice.opened)
                self._print(round(self._own.job_s * NS_PER_S), at)
            case "done":
                self._end(self._voice.finished, at)
            case "busy":
                self._said += (
                    [self._voice.busy_user] if self._at_user else [self._voice.busy, self._warmth(at) + " W:?"]
                )
            case "report":
                self._said.append(" " + self._warmth(at))
            case "card":
                self._said.append(self._card(at))
            case _:
                self._said += [] if self._blocked else ["wait"]

    # its answers

    def _command(self, line: str, at: Instant) -> None:
        whole = _NUMBERED.match(line)
        if whole is None and self._own.force_checksum:
            self._said.append("Error:Missing checksum")
        elif whole is None:
            self._answer(line, at)
        elif checksum(line.rpartition("*")[0]) != int(whole[3]):
            self._again("checksum mismatch")
        elif whole[2] == "M110 N0":
            self._number = int(whole[1])
            self._said.append(self._voice.ok)
        elif int(whole[1]) != self._number + 1:
            self._again("Line Number is not Last Line Number+1")
        else:
            self._number += 1
            self._answer(whole[2], at)

    def _again(self, why: str) -> None:
        self._said += [f"Error:{why}, Last Line: {self._number}", f"Resend: {self._number + 1}", self._voice.ok]

    def _answer(self, command: str, at: Instant) -> None:
        word, _, rest = command.partition(" S")
        match word:
            case "M105" if self._voice.ok_first:
                self._said += [self._voice.ok, self._warmth(at)]
            case "M105":
                self._said.append(f"ok {self._warmth(at)}")
            case "M115":
                self._reply(*self._voice.firmware)
            case "M27" | "M155" if rest.isdecimal() and self._voice.autoreports:
                self._report_every("card" if word == "M27" else "report", int(rest), at)
                self._reply()
            case "M27":
                self._reply(self._card(at))
            case _:
                self._reply(f'echo:Unknown command: "{command}"')

    def _report_every(self, timer: str, seconds: int, at: Instant) -> None:
        self._every[timer] = seconds * NS_PER_S or NEVER
        self._timers[timer] = at + self._every[timer]

    def _reply(self, *lines: str) -> None:
        self._said += [self._voice.ok, *lines] if self._voice.ok_first else [*lines, self._voice.ok]

    def _card(self, at: Instant) -> str:
        if self._phase not in {_Phase.PRINTING, _Phase.PAUSED}:
            return self._voice.idle_card
        left = self._left_ns if self._phase is _Phase.PAUSED else max(0, self._timers["done"] - at)
        share = 1 - left / (self._own.job_s * NS_PER_S)
        return f"SD printing byte {max(1, round(share * FILE_BYTES))}/{FILE_BYTES}"

    def _warmth(self, at: Instant) -> str:
        return self._heaters.told(at, self._voice.heat, self._random)

    def _say(self, lines: tuple[str, ...]) -> None:
        self._said += [line.format(name=self._name, size=FILE_BYTES) for line in lines]

    def _step(self, at: Instant) -> Step:
        lines, self._said = self._said, []
        send = "".join(f"{line}{self._voice.end}" for line in lines if line).encode()
        wake = min(self._timers.values())
        return Step((), (send,) if send else (), None if wake >= NEVER else max(wake, at))
