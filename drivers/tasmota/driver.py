"""The driver of a Tasmota metering plug: readings of what it measures, and the state of the machine behind it.

It sends nothing. The state comes from the power, so it carries `POWER_INFERRED`; it is dated by the gateway's clock,
since a plug's own is in whole seconds and often unset, and a sample is never late: Tasmota does not store.
"""

from __future__ import annotations

from drivers.contract import Publish, Setting, Step, Unit
from drivers.instants import MalformedTimeError, from_rfc_3339
from drivers.tasmota.protocol import MalformedError, Report, Word, report_of, word_of
from drivers.tasmota.settings import TasmotaSettings
from drivers.tasmota.states import LINKS, RELAYS, STATES
from telemetry.inference import PowerInference
from telemetry.model import NS_PER_S, Instant, LinkChanged, Reading, Record, Source, State, StateSeen, rejected
from telemetry.quality import plausible_instant

ORIGIN_LIMIT = 280
"""Characters of a topic that a `Rejected` record keeps."""


class TasmotaDriver:
    """One plug, and the machine behind it."""

    def __init__(self, setting: Setting, options: TasmotaSettings) -> None:
        self._equipment = setting.equipment
        self._thresholds = options.thresholds
        self._valid_ns = round((setting.validity_s or options.validity_s) * NS_PER_S)
        self._power = PowerInference(self._thresholds)
        self._relays: dict[str, bool] = {}
        self._state: State | None = None
        self._heard_at: Instant | None = None
        self._up: bool | None = None

    def opened(self, at: Instant) -> Step:
        """Nothing to ask: the plug reports by itself."""
        return self.woken(at)

    def received(self, unit: Unit, at: Instant) -> Step:
        """One message."""
        payload, topic = (unit.payload, unit.topic) if isinstance(unit, Publish) else (unit, "")
        faults: list[str] = []
        try:
            records = self._taken(unit, at, faults)
        except MalformedError as error:
            records = ()
            faults.append(str(error))
        if faults:
            reason = "; ".join(faults[:8])[:500]
            refused = rejected(payload, reason, equipment=self._equipment, at=at, origin=topic[:ORIGIN_LIMIT])
            records = (*records, refused)
        return Step(records, wake_at=self._wake_at)

    def woken(self, at: Instant) -> Step:
        """No sample for too long: nobody knows any more."""
        if self._heard_at is None:
            return Step()
        self._heard_at = min(self._heard_at, at)  # where the clock was set back, wait the whole validity from now
        ends = self._heard_at + self._valid_ns
        if at < ends:
            return Step(wake_at=ends)
        self._forget()
        self._state = State.UNKNOWN
        return Step((StateSeen(self._equipment, ends, at, State.UNKNOWN, Source.POWER_INFERRED),))

    @property
    def _wake_at(self) -> Instant | None:
        return None if self._heard_at is None else self._heard_at + self._valid_ns

    def _forget(self) -> None:
        self._power = PowerInference(self._thresholds)
        self._heard_at = None

    def _taken(self, unit: Unit, at: Instant, faults: list[str]) -> tuple[Record, ...]:
        if not isinstance(unit, Publish):
            raise MalformedError("no MQTT message")
        word, last = word_of(unit.topic)
        match word:
            case Word.LINK:
                return self._link(unit.payload, at)
            case Word.RELAY:
                return self._relay({last: _text(unit.payload)}, at, faults)
            case Word.SENSOR if not unit.retained:
                report = report_of(unit.payload)
                faults.extend(report.faults)
                return (
                    *self._readings(report, at),
                    *self._relay(report.relays, at, faults),
                    *self._sampled(report, at),
                )
            case _:
                return ()

    def _readings(self, report: Report, at: Instant) -> tuple[Reading, ...]:
        t = _time(report.time, at)
        return tuple(Reading(self._equipment, one.channel, t, at, one.value, one.unit) for one in report.values)

    def _sampled(self, report: Report, at: Instant) -> tuple[StateSeen, ...]:
        power_w = report.power_w
        if power_w is None or self._is_off():
            return ()
        return self._inferred(power_w, at, word=f"{power_w:g} W")

    def _inferred(self, power_w: float, at: Instant, *, word: str) -> tuple[StateSeen, ...]:
        self._heard_at = at
        said = []
        for one in self._power.seen(power_w, at):
            if one.state is not self._state:
                self._state = one.state
                said.append(StateSeen(self._equipment, one.at, at, one.state, Source.POWER_INFERRED, word=word))
        return tuple(said)

    def _relay(self, relays: dict[str, str], at: Instant, faults: list[str]) -> tuple[StateSeen, ...]:
        """Where every known relay is open, the machine has no power, whatever was measured last."""
        for relay, word in relays.items():
            if word in RELAYS:
                self._relays[relay] = RELAYS[word]
            else:
                faults.append(f"{relay} is neither ON nor OFF")
        if not relays or not self._is_off():
            return ()
        self._forget()
        return self._inferred(0.0, at, word="OFF")

    def _is_off(self) -> bool:
        return bool(self._relays) and not any(self._relays.values())

    def _link(self, payload: bytes, at: Instant) -> tuple[Record, ...]:
        word = _text(payload)
        if not word:
            return ()
        if word not in LINKS:
            raise MalformedError("neither Online nor Offline")
        up, was = LINKS[word], self._up
        if up == was:
            return ()
        self._up = up
        changed = LinkChanged(self._equipment, at, at, up, word)
        if up and was is None:
            return (changed,)
        self._forget()
        self._relays.clear()
        self._state = STATES[word]
        return changed, StateSeen(self._equipment, at, at, self._state, Source.LINK, word=word)


def _text(payload: bytes) -> str:
    return payload[:64].decode("ascii", "replace").strip()


def _time(text: str, at: Instant) -> Instant:
    """The plug's own time where it has a zone, else the gateway's: a time without one may be of any zone."""
    if len(text) in {0, 19}:
        return at
    try:
        t = from_rfc_3339(text)
    except MalformedTimeError as error:
        raise MalformedError(f"Time: {error}") from error
    if not plausible_instant(t, at):
        raise MalformedError("Time is implausible: before 2020 or more than a day ahead")
    return t
