"""The driver of equipment that speaks the project's own MQTT layout: messages in, records out.

It sends nothing and never raises on a message; a message that is wrong is one `Rejected`, and what is good beside what
is wrong in it is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drivers.contract import Publish, Setting, Step, Unit
from drivers.labedge import readings, states
from drivers.labedge.condition import Condition
from drivers.labedge.protocol import REASON_LIMIT, TOPIC_LIMIT, Address, Kind, MalformedError, address_of, load
from drivers.labedge.readings import Faults
from drivers.labedge.settings import LabedgeSettings
from telemetry.model import NS_PER_S, Instant, Reading, Record, Rejected, rejected

_NOTHING = Step()


class LabedgeDriver:
    """One equipment; which topics are its own is the router's business."""

    __slots__ = ("_condition", "_setting", "_valid_ns")

    def __init__(self, setting: Setting, options: LabedgeSettings) -> None:
        self._setting = setting
        self._valid_ns = round(setting.validity_s * NS_PER_S)
        self._condition = Condition(setting, options)

    def opened(self, at: Instant) -> Step:
        """Nothing to ask, since the broker repeats what is retained; a run may have ended meanwhile."""
        return self.woken(at)

    def received(self, unit: Unit, at: Instant) -> Step:
        """One message."""
        if isinstance(unit, bytes):
            return Step((self._refused(unit, "no MQTT message", at, ""),), wake_at=self._condition.wake_at)
        faults: Faults = []
        try:
            records = self._taken(address_of(unit.topic), unit, at, faults)
        except MalformedError as error:
            records = ()
            faults.append(str(error))
        if faults:
            reason = "; ".join(faults[:8])[:REASON_LIMIT]
            records = (*records, self._refused(unit.payload, reason, at, unit.topic))
        wake_at = self._condition.wake_at
        return Step(records, wake_at=wake_at) if records or wake_at is not None else _NOTHING

    def woken(self, at: Instant) -> Step:
        """Readings have stopped, or it was nothing."""
        return Step(self._condition.woken(at), wake_at=self._condition.wake_at)

    def _refused(self, raw: bytes, reason: str, at: Instant, origin: str) -> Rejected:
        return rejected(raw, reason, equipment=self._setting.equipment, at=at, origin=origin[:TOPIC_LIMIT])

    def _taken(self, address: Address | None, unit: Publish, at: Instant, faults: Faults) -> tuple[Record, ...]:
        if address is None:
            raise MalformedError("not a topic of this layout")
        match address.kind:
            case Kind.READINGS | Kind.BATCH:
                return self._readings(address, unit, at, faults)
            case Kind.STATE:
                return self._state(unit, at, faults) if unit.payload else ()
            case Kind.LINK:
                return self._link(unit, at) if unit.payload else ()
            case _:
                raise MalformedError("the channel is neither [A-Za-z0-9_.-]{1,64} nor $batch, $state, $link")

    def _readings(self, address: Address, unit: Publish, at: Instant, faults: Faults) -> tuple[Record, ...]:
        message = load(unit.payload)
        if type(message) is not dict:
            raise MalformedError("no object")
        if unit.retained and _is_untimed(message):
            return ()
        equipment = self._setting.equipment
        if address.kind is Kind.BATCH:
            found = readings.of_batch(message, equipment=equipment, at=at, faults=faults)
        else:
            found = readings.of_channel(message, address.channel, equipment=equipment, at=at, faults=faults)
        if not found:
            return ()
        # Channels of one batch share their times, so the first speaks for all.
        said = self._condition.read(found[0].at if isinstance(found[0], Reading) else found[0].t, at)
        return (*said, *found) if said else found

    def _state(self, unit: Publish, at: Instant, faults: Faults) -> tuple[Record, ...]:
        message = states.message_of(unit.payload)
        seen = states.of_state(
            message, equipment=self._setting.equipment, at=at, valid_ns=self._valid_ns, faults=faults
        )
        return self._condition.stated(seen, timed=not _is_untimed(message), retained=unit.retained)

    def _link(self, unit: Publish, at: Instant) -> tuple[Record, ...]:
        return self._condition.linked(at, up=states.link_of(states.message_of(unit.payload)))


def _is_untimed(message: Mapping[str, Any]) -> bool:
    """Whether a message tells no time: a retained value without one was measured nobody knows when."""
    return "t" not in message and "t0" not in message
