"""Which entry of the register a lesson of a file is: by its id, alike in all, alike in group and time, or a new one.

Takes every entry once at most, and gives the same ids for the same file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from edge.register.calendar import Week
from edge.register.imports.cells import code_of
from edge.register.lessons import OneOff, Slot

Planned: TypeAlias = Slot | OneOff

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Sought:
    """A lesson of a file: its own id, if it has one, what it has to be, and the fields that the file tells of it."""

    id: str
    value: Planned
    told: frozenset[str] = frozenset()


def ids_for(
    wanted: Sequence[Sought],
    living: Iterable[tuple[str, Planned]],
    running: Callable[[Planned], bool] = lambda _value: True,
) -> list[str]:
    """An id for each wanted lesson, in order; its own where it has one.

    What is not `running` any more is only taken where it is alike in all.
    """
    settled = _Settled(wanted)
    free = [(entry, value) for entry, value in living if (value.kind, entry) not in settled.taken]
    current = [(entry, value) for entry, value in free if running(value)]
    _take(settled, wanted, free, lambda _told: _whole)
    _take(settled, wanted, current, _alike)
    _take(settled, wanted, current, lambda _told: _when)
    used = {(value.kind, entry) for entry, value in free} | settled.taken
    for number in settled.open():
        settled.take(number, _new_id(wanted[number].value, used))
        used |= settled.taken
    return settled.ids


_Key: TypeAlias = "Callable[[Planned], tuple[object, ...]]"


def _take(
    settled: _Settled,
    wanted: Sequence[Sought],
    free: Sequence[tuple[str, Planned]],
    way: Callable[[frozenset[str]], _Key],
) -> None:
    """Give each open lesson the first entry that is the same in the way that its fields allow."""
    for told in dict.fromkeys(wanted[number].told for number in settled.open()):
        key = way(told)
        index: dict[tuple[object, ...], list[str]] = {}
        for entry, value in free:
            if (value.kind, entry) not in settled.taken:
                index.setdefault(key(value), []).append(entry)
        for number in settled.open():
            entries = index.get(key(wanted[number].value), []) if wanted[number].told == told else []
            if entries:
                settled.take(number, entries.pop(0))


class _Settled:
    def __init__(self, wanted: Sequence[Sought]) -> None:
        self.ids = [one.id for one in wanted]
        self._kinds = [one.value.kind for one in wanted]
        self.taken = {(one.value.kind, one.id) for one in wanted if one.id}

    def open(self) -> list[int]:
        return [number for number, entry in enumerate(self.ids) if not entry]

    def take(self, number: int, entry: str) -> None:
        self.ids[number] = entry
        self.taken.add((self._kinds[number], entry))


def _whole(value: Planned) -> tuple[object, ...]:
    return (value.kind, value)


def _alike(told: frozenset[str]) -> _Key:
    """The same in when it is and in every field that the file tells but its days."""

    def key(value: Planned) -> tuple[object, ...]:
        names = sorted((told & type(value).model_fields.keys()) - {"first_day", "last_day"})
        return (*_when(value), *((name, getattr(value, name)) for name in names))

    return key


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
