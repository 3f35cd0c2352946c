"""Who hears which MQTT message: topics to drivers, drivers' records and wishes to be woken, and newcomers.

It owns no connection and no thread and keeps nothing itself; what a driver raises is recorded and ends there.
"""

from __future__ import annotations

import heapq
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from types import TracebackType
from typing import Final

from drivers.contract import Driver, Publish, Setting, Spec, Step
from drivers.labedge.protocol import equipment_of
from edge.clock import Clock
from edge.errors import GiveUp
from edge.links import ways
from edge.links.mqtt_frames import Incoming
from edge.links.mqtt_topics import Filters, includes, least
from edge.metrics import Metrics
from edge.noise import Noise
from edge.settings import Equipment
from edge.validity import Validity
from telemetry.model import (
    NS_PER_MS,
    NS_PER_S,
    EquipmentId,
    EquipmentSeen,
    Instant,
    LinkChanged,
    Record,
    Rejected,
    Source,
    State,
    StateSeen,
    rejected,
)

LAYOUT: Final = "labedge"
"""The family whose topics name centre, room and equipment, so that newcomers need no settings."""

NEWCOMERS: Final = 1000
"""Equipments that nobody configured: ten times a large centre; a device that invents ids must not fill the memory."""

ROUTES: Final = 20_000
"""Topics whose listeners are remembered: 600 equipments of 32 channels; beyond, all are forgotten and found anew."""

WAKE_FLOOR_NS: Final = NS_PER_MS
"""The least time between two wakings of one driver: one that always asks for "at once" must not eat a core."""

ORIGIN_LIMIT: Final = 512
"""Characters of a topic that a `Rejected` keeps."""

log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Outcome:
    """What came of some messages or wakings, in order."""

    records: list[Record] = field(default_factory=list)
    send: list[Publish] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Listener:
    """One equipment: its driver, when it wants to be woken and when the heap will think of it (monotonic ns)."""

    setting: Setting
    spec: Spec
    make: Callable[[], Driver]
    driver: Driver
    newcomer: bool
    noise: Noise = field(default_factory=Noise)
    validity: Validity | None = None
    due: int | None = None
    queued: int | None = None


class Switchboard:
    """Not safe from several threads at once: its owner holds a lock."""

    def __init__(
        self,
        *,
        centre: str,
        catalog: Mapping[str, Spec],
        clock: Clock,
        metrics: Metrics,
        seen: Iterable[EquipmentSeen] = (),
        says_state: Callable[[EquipmentId], bool] = lambda _equipment: False,
    ) -> None:
        """`seen` are the newcomers of earlier lives, `says_state` tells who has ever told its own state."""
        self._others: frozenset[str] = frozenset()
        self._centre, self._catalog, self._clock, self._says_state = centre, catalog, clock, says_state
        self._rooms = {one.equipment: one.room for one in seen if one.driver == LAYOUT}
        self._counter = metrics.rejected
        self._noise = Noise()
        self._listeners: dict[EquipmentId, Listener] = {}
        self._filters: Filters[Listener] = Filters()
        self._routes: dict[str, tuple[Listener, ...]] = {}
        self._alarms: list[tuple[int, int, Listener]] = []
        self._alarm = self._newcomers = 0
        self._wanted: frozenset[str] | None = None

    @property
    def layout(self) -> str:
        """The filter that newcomers are heard by."""
        return f"labedge/v1/{self._centre}/#"

    def want(self, filters: Iterable[str]) -> None:
        """Let `filters` be heard too, for others than equipment."""
        self._others = frozenset(filters)
        self._wanted = None

    def wanted(self) -> frozenset[str]:
        """The fewest filters that everyone is heard by."""
        if self._wanted is None:
            others = (
                one.setting.topic for one in self._listeners.values() if not includes(self.layout, one.setting.topic)
            )
            self._wanted = least([self.layout, *others, *self._others])
        return self._wanted

    def attach(self, equipment: Equipment, spec: Spec, out: Outcome, *, up: bool) -> None:
        """Serve `equipment`, at once if the broker is `up`; raises `GiveUp` where nothing tells its topic."""
        self.detach(equipment.id)
        setting = replace(ways.setting_of(equipment, centre=self._centre), validity_s=equipment.validity_s)
        if not setting.topic:
            setting = replace(setting, topic=self._usual_topic(equipment, spec))
        listener = self._listen(setting, spec, partial(ways.options_of, equipment, spec), newcomer=False)
        if equipment.validity_s:
            listener.validity = Validity(round(equipment.validity_s * NS_PER_S))
        if up:
            self._open(listener, out)

    def detach(self, equipment: str) -> None:
        """Serve `equipment` no more; unknown ones are fine."""
        listener = self._listeners.pop(EquipmentId(equipment), None)
        if listener is not None:
            self._filters.remove(listener.setting.topic, listener)
            self._newcomers -= listener.newcomer
            self._changed()
            listener.due = None

    def opened(self, out: Outcome) -> None:
        """The broker is there (again)."""
        for listener in list(self._listeners.values()):
            self._open(listener, out)

    def closed(self, reason: str, out: Outcome) -> None:
        """The connection is no more: nobody can be heard."""
        at = self._clock.now()
        for listener in self._listeners.values():
            out.records.append(LinkChanged(listener.setting.equipment, at, at, up=False, reason=reason))

    def lost(self, reason: str, out: Outcome) -> None:
        """As `closed`, but nobody meant it: a state that the broker does not keep for us is unknown now."""
        self.closed(reason, out)
        at = self._clock.now()
        for listener in self._listeners.values():
            if not listener.spec.holds_over_restart:
                state = StateSeen(listener.setting.equipment, at, at, State.UNKNOWN, Source.LINK, reason=reason)
                out.records.append(state)

    def received(self, message: Incoming, out: Outcome) -> None:
        """One message, to everyone who listens; to nobody's, a `Rejected`."""
        listeners = self._routes.get(message.topic)
        if message.size > len(message.payload):
            self._refuse(
                message, f"{message.size} bytes in one message are too many", next(iter(listeners or ()), None), out
            )
            return
        if listeners is None:
            listeners = self._find(message, out)
        unit = Publish(message.topic, message.payload, message.retained)
        at = self._clock.now()
        for listener in listeners:
            with _Border(self, listener, unit, out):
                self._take(listener, listener.driver.received(unit, at), at, out, heard=True)

    def wake(self, out: Outcome) -> None:
        """Wake whoever is due."""
        while self._alarms and self._alarms[0][0] <= self._clock.monotonic():
            due, _, listener = heapq.heappop(self._alarms)
            if listener.queued != due:
                continue
            listener.queued = None
            if listener.due is not None and listener.due > due:
                self._set_alarm(listener, listener.due)
            elif listener.due is not None:
                listener.due = None
                at = self._clock.now()
                with _Border(self, listener, None, out):
                    self._take(listener, listener.driver.woken(at), at, out)

    def next_due(self) -> int | None:
        """When `wake` has something to do, at the earliest (monotonic ns)."""
        return self._alarms[0][0] if self._alarms else None

    def failed(self, listener: Listener, unit: Publish | None, error: BaseException, out: Outcome) -> None:
        """A bug of ours in a driver: record what it failed on and begin anew with a fresh one."""
        log.error("%s: its driver failed and is restarted", listener.setting.equipment, exc_info=error)
        reason = f"the driver {listener.spec.family} failed on it: {type(error).__name__}: {error}"
        raw, origin = (unit.payload, unit.topic) if unit else (b"", listener.setting.topic)
        self._reject(self._rejected(raw, reason, listener.setting.equipment, origin), listener, out)
        listener.driver = listener.make()

    def _usual_topic(self, equipment: Equipment, spec: Spec) -> str:
        if spec.family == LAYOUT:
            return f"labedge/v1/{self._centre}/{equipment.room}/{equipment.id}/#"
        raise GiveUp(
            f"The driver {spec.family} of {equipment.id} needs to know its topic.",
            fix=f'Add to {equipment.id}, for example: link = {{ mqtt = "tele/{equipment.id}/#" }}',
        )

    def _listen(self, setting: Setting, spec: Spec, options: Callable[[], object], *, newcomer: bool) -> Listener:
        setting = replace(setting, says_state=self._says_state(setting.equipment))
        make = partial(spec.driver, setting, options())
        listener = Listener(setting, spec, make, make(), newcomer)
        self._listeners[setting.equipment] = listener
        self._filters.add(setting.topic, listener)
        self._newcomers += newcomer
        self._changed()
        return listener

    def _changed(self) -> None:
        self._routes.clear()
        self._wanted = None

    def _open(self, listener: Listener, out: Outcome) -> None:
        at = self._clock.now()
        out.records.append(LinkChanged(listener.setting.equipment, at, at, up=True))
        with _Border(self, listener, None, out):
            self._take(listener, listener.driver.opened(at), at, out)

    def _find(self, message: Incoming, out: Outcome) -> tuple[Listener, ...]:
        listeners = tuple(self._filters.match(message.topic))
        if not listeners:
            listener = self._by_layout(message, out)
            if listener is None:
                return ()
            listeners = (listener,)
        if len(self._routes) >= ROUTES:
            self._routes.clear()
        self._routes[message.topic] = listeners
        return listeners

    def _by_layout(self, message: Incoming, out: Outcome) -> Listener | None:
        """The equipment that the topic names by itself, made known if it is new."""
        place = equipment_of(message.topic)
        if place is None or place[0] != self._centre:
            if not message.topic.startswith(f"labedge/v1/{self._centre}/$gateway/"):  # that is our own announcement
                self._refuse(message, "nobody listens to this topic", None, out)
            return None
        _, room, equipment = place
        known = self._listeners.get(equipment)
        if known is not None and not known.newcomer:
            if known.spec.family == LAYOUT:
                return known
            self._refuse(message, f"{equipment} is configured with the driver {known.spec.family}", known, out)
        elif known is None and self._newcomers >= NEWCOMERS:
            self._refuse(message, f"{NEWCOMERS} unknown equipments are heard already", None, out)
        elif message.payload:  # an empty one clears a retained value, and is no sign of life
            return self._welcome(equipment, room, out)
        return None

    def _welcome(self, equipment: EquipmentId, room: str, out: Outcome) -> Listener:
        self.detach(equipment)
        spec = self._catalog[LAYOUT]
        if self._rooms.get(equipment) != room:
            at = self._clock.now()
            out.records.append(EquipmentSeen(equipment, at, at, room, LAYOUT))
            self._rooms[equipment] = room
        topic = f"labedge/v1/{self._centre}/{room}/{equipment}/#"
        listener = self._listen(Setting(equipment, topic, room, self._centre), spec, spec.settings, newcomer=True)
        self._open(listener, out)
        return listener

    def _take(self, listener: Listener, step: Step, at: Instant, out: Outcome, *, heard: bool = False) -> None:
        records = step.records
        if listener.validity is not None and heard:
            records = listener.validity.limited(records, at)
        for record in records:
            if isinstance(record, Rejected):
                self._reject(record, listener, out)
            else:
                out.records.append(record)
        for unit in step.send:
            if isinstance(unit, Publish) and listener.spec.allowed(unit):
                out.send.append(unit)
            else:
                raw, origin = (unit.payload, unit.topic) if isinstance(unit, Publish) else (unit, "")
                reason = f"the driver {listener.spec.family} may not send this"
                log.error("%s: %s: %r", listener.setting.equipment, reason, raw[:80])
                self._reject(self._rejected(raw, reason, listener.setting.equipment, origin), listener, out)
        if step.wake_at is None:
            listener.due = None
        else:
            listener.due = self._clock.monotonic() + max(step.wake_at - at, WAKE_FLOOR_NS)
            if listener.queued is None or listener.due < listener.queued:
                self._set_alarm(listener, listener.due)

    def _set_alarm(self, listener: Listener, due: int) -> None:
        listener.queued = due
        self._alarm += 1
        heapq.heappush(self._alarms, (due, self._alarm, listener))

    def _refuse(self, message: Incoming, reason: str, listener: Listener | None, out: Outcome) -> None:
        equipment = listener.setting.equipment if listener else EquipmentId("")
        record = self._rejected(message.payload, reason, equipment, message.topic)
        self._reject(replace(record, size=message.size), listener, out)

    def _reject(self, record: Rejected, listener: Listener | None, out: Outcome) -> None:
        """Count it, and keep it unless its sender has said too much nonsense lately."""
        self._counter.labels(record.equipment).inc()
        noise = listener.noise if listener else self._noise
        out.records.extend(noise.thinned((record,), self._clock.monotonic()))

    def _rejected(self, raw: bytes, reason: str, equipment: EquipmentId, origin: str) -> Rejected:
        return rejected(raw, reason, equipment=equipment, at=self._clock.now(), origin=origin[:ORIGIN_LIMIT])


class _Border:
    """Around one call of a driver: a bug in one must not silence all others on the connection."""

    __slots__ = ("_board", "_listener", "_out", "_unit")

    def __init__(self, board: Switchboard, listener: Listener, unit: Publish | None, out: Outcome) -> None:
        self._board, self._listener, self._unit, self._out = board, listener, unit, out

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        """Hand an `Exception` to the board and end it here."""
        if error is None or not isinstance(error, Exception):
            return False
        self._board.failed(self._listener, self._unit, error, self._out)
        return True
