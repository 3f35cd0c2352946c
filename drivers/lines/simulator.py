"""A microcontroller with a sensor that prints lines: the device's side of the contract.

Hears nothing: like the sketches of a lab, it only prints.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random

from drivers.contract import Act, Setting, Step, Unit
from drivers.lines.settings import Format, LinesSettings
from drivers.lines.signals import EXPERIMENTS, Values
from telemetry.model import NS_PER_MS, NS_PER_S, Instant, State

MOST_ROWS = 1000
"""Rows printed in one waking: what a serial buffer would hold; older ones are lost."""


class LinesSimulator:
    """One board; START and RESUME let it stream, FINISH, PAUSE and CANCEL stop it, RESET restarts it in mid line."""

    def __init__(self, _setting: Setting, settings: LinesSettings, seed: int) -> None:
        self._random = Random(seed)
        self._settings = settings.simulated
        self._period_ns = round(NS_PER_S / settings.simulated.rate_hz)
        self._separator = settings.separator if len(settings.separator) == 1 else ","
        self._decimal = settings.decimal
        self._experiment = EXPERIMENTS[settings.simulated.signal](self._random)
        self._booted_at: Instant | None = None
        self._began_at: Instant = 0
        self._next_at: Instant | None = None

    @property
    def state(self) -> State:
        """Busy while it streams."""
        return State.IDLE if self._next_at is None else State.BUSY

    def opened(self, at: Instant) -> Step:
        """Its start, the first time; else it prints on."""
        if self._booted_at is not None:
            return self._step(self._printed(at))
        return self._step(self._boot(at))

    def received(self, unit: Unit, at: Instant) -> Step:
        """Nothing is heard."""
        del unit
        return self._step(self._printed(at))

    def woken(self, at: Instant) -> Step:
        """The rows that are due."""
        return self._step(self._printed(at))

    def act(self, act: Act, at: Instant, *, name: str = "") -> Step:
        """What a person does; `name` is ignored."""
        del name
        said = self._printed(at)
        does = self._acts().get(act)
        return self._step(said + (does(at) if does else ""))

    def _acts(self) -> dict[Act, Callable[[Instant], str]]:
        """What each act does; FAIL does nothing: a board that fails is silent."""
        return {
            Act.START: self._start,
            Act.RESUME: self._go_on,
            Act.PAUSE: self._stop,
            Act.FINISH: self._stop,
            Act.CANCEL: self._stop,
            Act.RESET: self._reset,
        }

    def _step(self, said: str) -> Step:
        return Step(send=(said.encode(),) if said else (), wake_at=self._next_at)

    def _start(self, at: Instant) -> str:
        """A new experiment; the heading tells its columns."""
        self._experiment = EXPERIMENTS[self._settings.signal](self._random)
        self._began_at = self._next_at = at
        return self._heading()

    def _go_on(self, at: Instant) -> str:
        self._next_at = self._next_at or at
        return ""

    def _stop(self, _at: Instant) -> str:
        self._next_at = None
        return ""

    def _reset(self, at: Instant) -> str:
        """The button: the line that was being printed breaks off."""
        streaming = self._next_at is not None
        row = self._row(at)
        broken = row[: len(row) // 3] + "\r\n" if streaming else ""
        self._next_at = at if streaming else None
        return broken + self._boot(at)

    def _boot(self, at: Instant) -> str:
        self._booted_at = at
        return "# boot v1.2\r\n" + self._heading()

    def _heading(self) -> str:
        if self._settings.format is not Format.CSV:
            return ""
        names = EXPERIMENTS[self._settings.signal](Random(0))(0)
        return self._separator.join(["time_ms", *names]) + "\r\n"

    def _printed(self, at: Instant) -> str:
        rows: list[str] = []
        while self._next_at is not None and self._next_at <= at and len(rows) < MOST_ROWS:
            rows.append(self._row(self._next_at))
            self._next_at += self._period_ns
        if self._next_at is not None and self._next_at <= at:
            self._next_at = at + self._period_ns
        return "".join(rows)

    def _row(self, at: Instant) -> str:
        booted_at = at if self._booted_at is None else self._booted_at
        values: Values = {"time_ms": max(0, at - booted_at) // NS_PER_MS}
        values |= self._experiment(max(0, at - self._began_at) / NS_PER_S)
        if self._settings.format is Format.JSON:
            return json.dumps(values) + "\r\n"
        texts = {name: f"{value:g}" if name != "time_ms" else str(value) for name, value in values.items()}
        if self._decimal == ",":
            texts = {name: text.replace(".", ",") for name, text in texts.items()}
        if self._settings.format is Format.CSV:
            return self._separator.join(texts.values()) + "\r\n"
        return " ".join(f"{name}:{text}" for name, text in texts.items()) + "\r\n"
