"""What people entered and configured, as the pure core takes it: inventory, timetable, rules, corrections.

It reads no journal, and an `Entered` never changes: another version of the register makes another one.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from edge.register import evidence
from edge.register.contract import Register, RegisterVersion, Row, Snapshot
from edge.register.entry import instant_of
from edge.register.lessons import Program
from edge.register.timetable import labels, rules, timetable
from edge.register.upkeep import Service
from edge.settings import Equipment
from edge.zones import zone_of
from telemetry.civil import FIRST_DAY, LAST_DAY, Day, day_of
from telemetry.columns import Attendance, Corrections, Int64s, Inventory
from telemetry.model import EquipmentId, Instant
from telemetry.rules import RuleSet, SessionStatus, in_force, ordered
from telemetry.sessions import Told
from telemetry.timetable import Timetable
from telemetry.zones import NS_PER_DAY, Zone, earliest

Roster = Callable[[], tuple[Equipment, ...]]

_STATUS = {
    evidence.Verdict.CONFIRMED: SessionStatus.CONFIRMED_MANUALLY,
    evidence.Verdict.UNCONFIRMED: SessionStatus.UNCONFIRMED,
    evidence.Verdict.CANCELLED: SessionStatus.CANCELLED,
}


@dataclass(frozen=True, slots=True, eq=False)
class Entered:
    """One version of all that was entered.

    `names` holds the name of each code by kind, `services` the last of each, `programs` the track and level of each,
    `configuration` is a fingerprint of the inventory: another one, other numbers.
    """

    register_version: RegisterVersion
    zone: Zone
    inventory: Inventory
    timetable: Timetable
    rules: tuple[RuleSet, ...]
    told: Told
    services: Mapping[EquipmentId, Instant]
    configuration: str
    names: Mapping[str, Mapping[str, str]]
    programs: Mapping[str, tuple[str, str]]

    def tracks_of_rooms(self) -> dict[str, str]:
        """The track of the first equipment in each room."""
        return dict(zip(reversed(self.inventory.room), reversed(self.inventory.track), strict=True))

    def rule_at(self, at: Instant) -> RuleSet:
        """The rules in force at an instant."""
        return self.rules[int(in_force(self.rules, np.array([at], np.int64))[0])]


class Desk:
    """Where what was entered is read, once for each version."""

    def __init__(self, register: Register, roster: Roster, timezone: str) -> None:
        self._register = register
        self._roster = roster
        self._zone = zone_of(timezone)
        self._lock = threading.Lock()
        self._last: tuple[tuple[Equipment, ...], Entered] | None = None

    def equipment(self) -> tuple[Equipment, ...]:
        """The equipment that is configured now."""
        return self._roster()

    def entered(self) -> Entered:
        """What holds now; the same object for as long as neither the register nor the equipment changes."""
        equipment = self._roster()
        with self._lock:
            version = self._register.version()
            if self._last is None or self._last[0] != equipment or self._last[1].register_version != version:
                self._last = equipment, entered_of(self._register.snapshot(), equipment, self._zone)
            return self._last[1]


def entered_of(snapshot: Snapshot, equipment: Iterable[Equipment], zone: Zone) -> Entered:
    """One snapshot of the register, and the configured equipment."""
    inventory = inventory_of(equipment, zone)
    return Entered(
        register_version=snapshot.register_version,
        zone=zone,
        inventory=inventory,
        timetable=timetable(snapshot),
        rules=ordered(rules(snapshot, zone)),
        told=Told(
            _corrections(snapshot.rows(evidence.SessionCorrection)), _attendance(snapshot.rows(evidence.Attendance))
        ),
        services=_services(snapshot.rows(Service)),
        names=labels(snapshot),
        programs={row.id: (row.value.track, row.value.level.value) for row in snapshot.rows(Program)},
        configuration=_fingerprint(inventory),
    )


def inventory_of(equipment: Iterable[Equipment], zone: Zone) -> Inventory:
    """The configured equipment by id, each in service from midnight to midnight of the zone."""
    listed = sorted(equipment, key=lambda one: one.id)
    return Inventory(
        ids=tuple(EquipmentId(one.id) for one in listed),
        room=tuple(one.room for one in listed),
        track=tuple(one.track for one in listed),
        kind=tuple(one.kind.value for one in listed),
        stations=np.array([one.stations for one in listed], np.int32),
        since=_midnights(zone, [one.since for one in listed], FIRST_DAY),
        until=_midnights(zone, [one.until and one.until + timedelta(days=1) for one in listed], LAST_DAY),
    )


def _fingerprint(inventory: Inventory) -> str:
    """Twelve hexadecimal digits that tell one inventory from another."""
    times = [None if at is None else at.tolist() for at in (inventory.since, inventory.until)]
    words = (inventory.ids, inventory.room, inventory.track, inventory.kind, inventory.stations.tolist(), *times)
    return hashlib.sha256(repr(words).encode()).hexdigest()[:12]


def _midnights(zone: Zone, days: Sequence[date | None], never: Day) -> Int64s | None:
    """The first instant of each day, int64[n]; None where no day is told at all, `never` where one is not."""
    if not any(days):
        return None
    told = [never if day is None else day_of(day.isoformat()) for day in days]
    return earliest(zone, np.array(told, np.int64) * NS_PER_DAY)


def _corrections(rows: tuple[Row[evidence.SessionCorrection], ...]) -> Corrections:
    values = [row.value for row in rows]
    return Corrections(
        session=tuple(one.session for one in values),
        at=np.array([instant_of(one.at) for one in values], np.int64),
        status=np.array([_STATUS[one.status] for one in values], np.int8),
        author=tuple(one.author for one in values),
        reason=tuple(one.reason for one in values),
        accepted=frozenset(one.session for one in values if one.accepted_from),
    )


def _attendance(rows: tuple[Row[evidence.Attendance], ...]) -> Attendance:
    count = np.array([row.value.count for row in rows], np.int32)
    return Attendance(tuple(row.value.session for row in rows), count)


def _services(rows: tuple[Row[Service], ...]) -> Mapping[EquipmentId, Instant]:
    last: dict[EquipmentId, Instant] = {}
    for row in rows:
        one, at = EquipmentId(row.value.equipment), instant_of(row.value.at)
        last[one] = max(at, last.get(one, at))
    return last
