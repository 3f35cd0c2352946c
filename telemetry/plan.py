"""What a timetable may hold, put into columns once: slots, substitutions and single lessons with all that they bind.

Nothing here knows a day or a window; `telemetry.lessons` tells when each is held.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from telemetry import civil
from telemetry.columns import Int8s, Int32s, Int64s, Inventory
from telemetry.timetable import (
    Binding,
    LessonKind,
    LessonNumber,
    OneOff,
    PlannedMaintenance,
    Slot,
    Substitution,
    Timetable,
    When,
)

_T = TypeVar("_T", Slot, Substitution, OneOff)


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """Who and what each entry takes, in columns as `telemetry.columns.Lessons` has them.

    The equipment of entry i is `equipment[first_equipment[i]:first_equipment[i] + n_equipment[i]]`.
    """

    rooms: tuple[str, ...]
    groups: tuple[str, ...]
    programs: tuple[str, ...]
    teachers: tuple[str, ...]
    partners: tuple[str, ...]
    room: Int32s
    group: Int32s
    program: Int32s
    teacher: Int32s
    partner: Int32s
    form: Int8s
    learners: Int32s
    n_equipment: Int64s
    first_equipment: Int64s
    equipment: Int32s


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """All that can be held of a timetable: n slots, then substitutions, then one-offs, each by its id.

    `name` is its own id, of a substitution that of its slot; the one-offs begin at `first_one_off`, and are on the days
    `one_off`. `weekly`, int64[k, 4], are weekday, parity, first and last day of each slot; `instead`, int64[m, 3]
    rising, the slot, the day and the entry that is put in its place. `when`, int64[n, 4], are the number of the bell
    (0 for none), else start and end in ns after midnight, and 1 where the bell tells them.
    """

    timetable: Timetable
    inventory: Inventory
    cancelled: frozenset[str]
    name: tuple[str, ...]
    first_one_off: int
    one_off: Int64s
    weekly: Int64s
    instead: Int64s
    when: Int64s
    kind: Int8s
    bound: Bound


def planned(timetable: Timetable, inventory: Inventory) -> Plan:
    """The plan of a timetable; raises `ValueError` where two entries of one id differ.

    Equipment that the inventory does not know is left out.
    """
    slots = _once(timetable.slots, [slot.id for slot in timetable.slots])
    changes = _once(timetable.substitutions, [lesson_id(entry.slot, entry.day) for entry in timetable.substitutions])
    one_offs = _once(timetable.one_offs, [one_off.id for one_off in timetable.one_offs])
    entries: tuple[Slot | Substitution | OneOff, ...] = (*slots, *changes, *one_offs)
    kinds = [LessonKind.LESSON] * (len(slots) + len(changes)) + [one_off.kind for one_off in one_offs]
    return Plan(
        timetable=timetable,
        inventory=inventory,
        cancelled=frozenset(cancellation.lesson for cancellation in timetable.cancellations),
        name=(*(s.id for s in slots), *(s.slot for s in changes), *(o.id for o in one_offs)),
        first_one_off=len(slots) + len(changes),
        one_off=np.array([o.day for o in one_offs], np.int64),
        weekly=np.array([(s.weekday, s.parity, s.first_day, s.last_day) for s in slots], np.int64).reshape(-1, 4),
        instead=_instead(slots, changes),
        when=_whens([*(s.when for s in slots), *(s.when for s in changes), *(o.times for o in one_offs)]),
        kind=np.array(kinds, np.int8),
        bound=_bound([entry.binding for entry in entries], inventory),
    )


def _bound(bindings: Sequence[Binding], inventory: Inventory) -> Bound:
    rooms, room = _coded([binding.room for binding in bindings])
    groups, group = _coded([binding.group for binding in bindings])
    programs, program = _coded([binding.program for binding in bindings])
    teachers, teacher = _coded([binding.teacher for binding in bindings])
    partners, partner = _coded([binding.partner for binding in bindings])
    equipment = list(map(equipment_by(inventory), bindings))
    n_equipment = np.array([len(codes) for codes in equipment], np.int64)
    return Bound(
        rooms=rooms,
        groups=groups,
        programs=programs,
        teachers=teachers,
        partners=partners,
        room=room,
        group=group,
        program=program,
        teacher=teacher,
        partner=partner,
        form=np.array([binding.form for binding in bindings], np.int8),
        learners=np.array([binding.learners for binding in bindings], np.int32),
        n_equipment=n_equipment,
        first_equipment=np.cumsum(n_equipment) - n_equipment,
        equipment=np.array([code for codes in equipment for code in codes], np.int32),
    )


def lesson_id(slot: str, day: civil.Day) -> str:
    """The stable id of the lesson of a slot on a day: `mon-1:2026-11-23`."""
    return f"{slot}:{civil.text_of(day)}"


def equipment_by(inventory: Inventory) -> Callable[[Binding | PlannedMaintenance], list[int]]:
    """The rows of the inventory that an entry binds, rising: those it names, else all of its room."""
    in_room: dict[str, list[int]] = {}
    for code, room in enumerate(inventory.room):
        in_room.setdefault(room, []).append(code)
    in_room[""] = []

    def equipped(entry: Binding | PlannedMaintenance) -> list[int]:
        if entry.equipment:
            return [code for code, name in enumerate(inventory.ids) if name in entry.equipment]
        return in_room.get(entry.room, [])

    return equipped


def _once(entries: Sequence[_T], keys: Sequence[str]) -> tuple[_T, ...]:
    """Each entry once, by key; raises `ValueError` where two of one key differ."""
    by_key = dict(zip(keys, entries, strict=True))
    differing = sorted({key for key, entry in zip(keys, entries, strict=True) if by_key[key] != entry})
    if differing:
        message = f"entries of one id differ: {', '.join(differing[:5])}"
        raise ValueError(message)
    return tuple(by_key[key] for key in sorted(by_key))


def _instead(slots: Sequence[Slot], changes: Sequence[Substitution]) -> Int64s:
    number = {slot.id: code for code, slot in enumerate(slots)}
    known = [(number[s.slot], s.day, code) for code, s in enumerate(changes, len(slots)) if s.slot in number]
    return np.array(sorted(known), np.int64).reshape(-1, 3)


def _whens(whens: Sequence[When]) -> Int64s:
    told = [
        (when.number, 0, 0, 1) if isinstance(when, LessonNumber) else (0, when.start_ns, when.end_ns, 0)
        for when in whens
    ]
    return np.array(told, np.int64).reshape(-1, 4)


def _coded(words: Sequence[str]) -> tuple[tuple[str, ...], Int32s]:
    """The words in order, and the place of each among them; -1 for an empty one."""
    names = sorted(set(words) - {""})
    place = {name: code for code, name in enumerate(names)} | {"": -1}
    return tuple(names), np.array([place[word] for word in words], np.int32)
