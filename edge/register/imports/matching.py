"""Which entry of the register a lesson of a file is: by its id, alike in all, alike in group and time, or a new one.

Takes every entry once at most, and gives the same ids for the same file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from edge.register.calendar import Week
from edge.register.imports.cells import code_of
from edge.register.lessons import OneOff, Slot

Planned: TypeAlias = Slot | OneOff

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def ids_for(wanted: Sequence[tuple[str, Planned]], living: Iterable[tuple[str, Planned]]) -> list[str]:
    """An id for each wanted lesson, in order; its own where it has one."""
    settled = _Settled(wanted)
    free = [(entry, value) for entry, value in living if (value.kind, entry) not in settled.taken]
    for way in (_whole, _when):
        index: dict[tuple[object, ...], list[str]] = {}
        for entry, value in free:
            if (value.kind, entry) not in settled.taken:
                index.setdefault(way(value), []).append(entry)
        for number in settled.open():
            entries = index.get(way(wanted[number][1]), [])
            if entries:
                settled.take(number, entries.pop(0))
    used = {(value.kind, entry) for entry, value in free} | settled.taken
    for number in settled.open():
        settled.take(number, _new_id(wanted[number][1], used))
        used |= settled.taken
    return settled.ids


class _Settled:
    def __init__(self, wanted: Sequence[tuple[str, Planned]]) -> None:
        self.ids = [entry for entry, _value in wanted]
        self._kinds = [value.kind for _entry, value in wanted]
        self.taken = {(value.kind, entry) for entry, value in wanted if entry}

    def open(self) -> list[int]:
        return [number for number, entry in enumerate(self.ids) if not entry]

    def take(self, number: int, entry: str) -> None:
        self.ids[number] = entry
        self.taken.add((self._kinds[number], entry))


def _whole(value: Planned) -> tuple[object, ...]:
    return (value.kind, value)


def _when(value: Planned) -> tuple[object, ...]:
    if isinstance(value, Slot):
        return (value.kind, value.weekday, value.week, value.lesson, value.start, value.group)
    return (value.kind, value.day, value.start, value.group, value.name)


def _new_id(value: Planned, used: set[tuple[str, str]]) -> str:
    who = value.group or value.room or value.program or "lesson"
    if isinstance(value, Slot):
        when = f"{DAYS[value.weekday - 1]}-{value.lesson if value.start is None else value.start}"
        when += "" if value.week is Week.BOTH else f"-{value.week}"
    else:
        when = f"{value.day.isoformat()}-{value.start}"
    wanted = code_of(f"{who[:30]}-{when}")
    entry, number = wanted, 1
    while (value.kind, entry) in used:
        number += 1
        entry = f"{wanted}-{number}"
    return entry
