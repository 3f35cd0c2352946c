"""A printer behind OctoPrint and its MQTT plugin: it heats, prints, pauses and fails as one does.

It is a device, not a mirror of the driver: it builds its payloads by itself, as the plugin does.
"""

from __future__ import annotations

import random
from collections.abc import Mapping

import orjson

from drivers.contract import Act, Publish, Setting, Step, Unit
from drivers.octoprint.settings import OctoprintSettings
from telemetry.model import NS_PER_S, Instant, State

TICK_NS = 2 * NS_PER_S
REPORT_EVERY = 5
"""Ticks between two progress reports, which also repeat the state and the link."""

ROOM_C = 22.0
PRINT_TICKS = 900
"""A print of half an hour."""

_ACTS: Mapping[tuple[Act, str], tuple[str, tuple[str, ...]]] = {
    (Act.START, "Operational"): ("Printing", ("PrintStarted",)),
    (Act.PAUSE, "Printing"): ("Paused", ("PrintPaused",)),
    (Act.RESUME, "Paused"): ("Printing", ("PrintResumed",)),
    (Act.FINISH, "Printing"): ("Operational", ("PrintDone",)),
    (Act.CANCEL, "Printing"): ("Operational", ("PrintCancelling", "PrintCancelled", "PrintFailed")),
    (Act.CANCEL, "Paused"): ("Operational", ("PrintCancelling", "PrintCancelled", "PrintFailed")),
    (Act.FAIL, "Operational"): ("Offline after error", ("Error", "Disconnected")),
    (Act.FAIL, "Printing"): ("Offline after error", ("Error", "PrintFailed", "Disconnected")),
    (Act.FAIL, "Paused"): ("Offline after error", ("Error", "PrintFailed", "Disconnected")),
}
"""What an act makes of a state, and the events that OctoPrint tells of it; `RESET` restarts it from any state."""

_TRUTH: Mapping[str, State] = {
    "Operational": State.IDLE,
    "Printing": State.BUSY,
    "Paused": State.PAUSED,
    "Offline after error": State.FAULT,
}
_REASONS: Mapping[str, str] = {
    "PrintCancelled": "cancelled",
    "Error": "Thermal Runaway, system stopped! Heater_ID: bed - Printer halted. kill() called!",
}
_IDS: Mapping[str, str] = {"Offline after error": "CLOSED_WITH_ERROR"}


class OctoprintSimulator:
    """One printer; the seed is its filament, its file and its thermometers' noise."""

    def __init__(self, setting: Setting, _options: OctoprintSettings, seed: int) -> None:
        self._base = setting.topic.removesuffix("/#") or f"octoPrint/{setting.equipment}"
        self._random = random.Random(seed)
        self._text = "Operational"
        self._file = ""
        self._reason = ""
        self._done = 0
        self._ticks = 0
        self._heat = {"tool0": ROOM_C, "bed": ROOM_C}
        self._hot = {"tool0": self._random.choice((205.0, 215.0, 240.0)), "bed": self._random.choice((60.0, 80.0))}
        self._next: Instant | None = None

    @property
    def state(self) -> State:
        """What the printer does now."""
        return _TRUTH[self._text]

    def opened(self, at: Instant) -> Step:
        """OctoPrint starts and connects to the broker and to its printer."""
        self._next = at + TICK_NS
        return Step(send=(*self._introduction(at), self._event("Connected", at)), wake_at=self._next)

    def received(self, unit: Unit, at: Instant) -> Step:  # noqa: ARG002 - nobody asks it anything
        """The plugin can be told things, but not by a reader of states."""
        return Step(wake_at=self._next)

    def woken(self, at: Instant) -> Step:
        """Two seconds of heating and printing."""
        if self._next is None or self._next - TICK_NS <= at < self._next:
            return Step(wake_at=self._next)
        self._next = at + TICK_NS
        self._ticks += 1
        ended: tuple[Publish, ...] = ()
        if self._text == "Printing":
            self._done += 1
            ended = self._acted(Act.FINISH, at, "") if self._done >= PRINT_TICKS else ()
        again = self._introduction(at) if self._ticks % REPORT_EVERY == 0 else ()
        return Step(send=(*ended, *self._temperatures(at), *again), wake_at=self._next)

    def act(self, act: Act, at: Instant, *, name: str = "") -> Step:
        """Somebody starts, pauses or ends a print; `RESET` restarts OctoPrint."""
        if act is Act.RESET:
            self._text = "Operational"
            gone = Publish(f"{self._base}/mqtt", b"disconnected", retained=True)
            return Step(send=(gone, *self._introduction(at), self._event("Connected", at)), wake_at=self._next)
        return Step(send=self._acted(act, at, name), wake_at=self._next)

    def _acted(self, act: Act, at: Instant, name: str) -> tuple[Publish, ...]:
        if (act, self._text) not in _ACTS:
            return ()
        if act is Act.START:
            self._file, self._done = name or f"деталь-{self._random.randrange(100)}.gcode", 0
        self._reason = {Act.CANCEL: "cancelled", Act.FAIL: "error"}.get(act, "")
        self._text, events = _ACTS[act, self._text]
        return (*(self._event(event, at) for event in events), self._changed(at))

    def _introduction(self, at: Instant) -> tuple[Publish, ...]:
        return Publish(f"{self._base}/mqtt", b"connected", retained=True), self._progress(at)

    def _event(self, event: str, at: Instant) -> Publish:
        message = {"_event": event, "_timestamp": at // NS_PER_S}
        if event.startswith("Print"):
            message |= {"name": self._file, "path": self._file, "origin": "local", "reason": self._reason}
        if event == "Error":
            message |= {"error": _REASONS["Error"], "reason": "firmware", "consequence": "emergency"}
        return Publish(f"{self._base}/event/{event}", orjson.dumps(message))

    def _changed(self, at: Instant) -> Publish:
        message = {
            "state_id": _IDS.get(self._text, self._text.upper()),
            "state_string": self._text,
            "_event": "PrinterStateChanged",
            "_timestamp": at // NS_PER_S,
        }
        return Publish(f"{self._base}/event/PrinterStateChanged", orjson.dumps(message))

    def _progress(self, at: Instant) -> Publish:
        share = self._done / PRINT_TICKS * 100 if self._file else None
        message = {
            "path": self._file,
            "progress": int(share or 0),
            "printer_data": {
                "state": {"text": self._text, "error": ""},
                "job": {"file": {"path": self._file or None}},
                "progress": {"completion": share, "printTime": self._done * TICK_NS // NS_PER_S},
            },
            "_timestamp": at // NS_PER_S,
        }
        return Publish(f"{self._base}/progress/printing", orjson.dumps(message))

    def _temperatures(self, at: Instant) -> tuple[Publish, ...]:
        works = self._text in {"Printing", "Paused"}
        units = []
        for heater, hot in self._hot.items():
            target = hot if works else 0.0
            self._heat[heater] += ((target if works else ROOM_C) - self._heat[heater]) * 0.06
            actual = round(self._heat[heater] + self._random.gauss(0, 0.15), 2)
            message = {"actual": actual, "target": target, "_timestamp": at // NS_PER_S}
            units.append(Publish(f"{self._base}/temperature/{heater}", orjson.dumps(message)))
        return tuple(units) if self._text != "Offline after error" else ()
