"""The driver of a printer behind OctoPrint's MQTT plugin: its states, its prints, its temperatures.

It sends nothing. Everything is dated by the gateway's clock: the plugin's `_timestamp` is in whole seconds, which
cannot order the events of one second, and a Raspberry Pi without a network has no clock to speak of.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drivers.contract import Publish, Setting, Step, Unit
from drivers.octoprint.jobs import Jobs
from drivers.octoprint.protocol import (
    TEXT_LIMIT,
    Kind,
    MalformedError,
    heater_of,
    message_of,
    number,
    progress_of,
    text,
    topic_of,
)
from drivers.octoprint.settings import OctoprintSettings
from drivers.octoprint.states import EVENTS, LINKS, OUTCOMES, state_of
from telemetry.model import (
    NS_PER_S,
    Channel,
    Instant,
    JobOutcome,
    LinkChanged,
    Reading,
    Record,
    Source,
    State,
    StateSeen,
    rejected,
)

SETTLED_NS = 2 * NS_PER_S
"""A progress report corrects the state only this long after an event: the plugin sends reports a little late."""

_RUNS = frozenset({State.SETUP, State.BUSY, State.PAUSED})
_MISSED = {
    State.IDLE: JobOutcome.UNKNOWN,
    State.OFFLINE: JobOutcome.UNKNOWN,
    State.FAULT: JobOutcome.FAILED,
}
"""How a print ended whose end was missed, by the state after it."""


class OctoprintDriver:
    """One printer."""

    def __init__(self, setting: Setting, options: OctoprintSettings) -> None:
        self._equipment = setting.equipment
        self._targets = options.targets
        self._valid_ns = round(setting.validity_s * NS_PER_S)
        self._jobs = Jobs(setting.equipment)
        self._state: State | None = None
        self._event_at: Instant = 0
        self._up: bool | None = None

    def opened(self, at: Instant) -> Step:  # noqa: ARG002 - nothing is asked and nothing is awaited
        """Nothing to ask: the plugin reports by itself."""
        return Step()

    def received(self, unit: Unit, at: Instant) -> Step:
        """One message."""
        payload, topic = (unit.payload, unit.topic) if isinstance(unit, Publish) else (unit, "")
        try:
            return Step(self._taken(unit, at))
        except MalformedError as error:
            refused = rejected(payload, str(error), equipment=self._equipment, at=at, origin=topic[:TEXT_LIMIT])
            return Step((refused,))

    def woken(self, at: Instant) -> Step:  # noqa: ARG002 - nothing is asked and nothing is awaited
        """Never asked for."""
        return Step()

    def _taken(self, unit: Unit, at: Instant) -> tuple[Record, ...]:
        if not isinstance(unit, Publish):
            raise MalformedError("no MQTT message")
        kind, last = topic_of(unit.topic)
        if kind is Kind.LINK:
            return self._link(unit.payload, at)
        message = message_of(unit.payload)
        if unit.retained:
            return ()  # what once was true; the plugin says the present by itself
        match kind:
            case Kind.EVENT:
                return self._event(last, message, at)
            case Kind.PROGRESS:
                return self._progress(message, at) if last == "printing" else ()
            case _:
                return self._temperatures(heater_of(last), message, at)

    def _link(self, payload: bytes, at: Instant) -> tuple[Record, ...]:
        word = payload[:64].decode("ascii", "replace").strip()
        if word not in LINKS:
            raise MalformedError("neither connected nor disconnected")
        up, was = LINKS[word], self._up
        if up == was:
            return ()
        self._up = up
        changed = LinkChanged(self._equipment, at, at, up, word)
        if up and was is None:
            return (changed,)
        self._state = State.UNKNOWN if up else State.OFFLINE
        return changed, StateSeen(self._equipment, at, at, self._state, Source.LINK, word=word)

    def _event(self, event: str, message: Mapping[str, Any], at: Instant) -> tuple[Record, ...]:
        reason = text(message, "error") or text(message, "reason")
        jobs = self._job_event(event, message, reason, at)
        if event == "PrinterStateChanged":
            word = text(message, "state_id") or text(message, "state_string")
            return (*jobs, *self._seen(state_of(word), at, word=word))
        if event in EVENTS:
            return (*jobs, *self._seen(EVENTS[event], at, word=event, reason=reason))
        if event == "PrintFailed" and jobs and jobs[-1].outcome is JobOutcome.FAILED:
            return (*jobs, *self._seen(State.FAULT, at, word=event, reason=reason))
        return jobs

    def _job_event(self, event: str, message: Mapping[str, Any], reason: str, at: Instant) -> tuple[Any, ...]:
        if event == "PrintStarted":
            return self._jobs.started(text(message, "path"), text(message, "name"), at)
        if event in {"PrintPaused", "PrintResumed"}:
            return self._jobs.paused(at, paused=event == "PrintPaused")
        if event in OUTCOMES:
            outcome = JobOutcome.CANCELLED if reason == "cancelled" else OUTCOMES[event]
            return self._jobs.ended(outcome, at, reason=reason)
        return ()

    def _progress(self, message: Mapping[str, Any], at: Instant) -> tuple[Record, ...]:
        """How far the print is, and the state where events were missed."""
        progress = progress_of(message)
        state = state_of(progress.state)
        settled = not 0 <= at - self._event_at < SETTLED_NS
        said = self._seen(state, at, word=progress.state) if progress.state and settled else ()
        if state in _RUNS:
            return (*said, *self._jobs.progressed(progress, at))
        if not settled or state not in _MISSED:
            return said
        outcome = JobOutcome.COMPLETED if state is State.IDLE and progress.share == 1.0 else _MISSED[state]
        return (*said, *self._jobs.ended(outcome, at))

    def _seen(self, state: State, at: Instant, *, word: str, reason: str = "") -> tuple[StateSeen, ...]:
        self._event_at = at
        if self._state is State.FAULT and state is State.OFFLINE:
            return ()  # OctoPrint closes the port after an error: the printer is out of order, not switched off
        if state is self._state and not self._valid_ns:
            return ()
        self._state = state
        return (StateSeen(self._equipment, at, at, state, valid_ns=self._valid_ns, word=word, reason=reason),)

    def _temperatures(self, heater: str, message: Mapping[str, Any], at: Instant) -> tuple[Reading, ...]:
        named = (("temperature", "actual"), ("target", "target")) if self._targets else (("temperature", "actual"),)
        values = ((name, number(message.get(key))) for name, key in named)
        return tuple(
            Reading(self._equipment, Channel(f"{heater}_{name}"), at, at, value, "°C")
            for name, value in values
            if value is not None
        )
