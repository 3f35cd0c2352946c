"""What a person says of a file beside the file, and the names by which it may call what the register knows.

Reads no file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from edge.register.contract import Snapshot
from edge.register.imports.matching import Planned
from edge.register.imports.naming import Names
from edge.register.imports.plan import Scope
from edge.register.lessons import Group, OneOff, Partner, Program, Slot, Teacher
from edge.settings import Centre, Equipment

_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a person says of a file: the fields of unknown headers, whether it is all, the term of its lessons.

    `since` is the first day that it holds for; without it that is `today` for slots that have been held, and all days
    for others, as for all of them where `today` is None.
    `rooms`, `equipment` and `tracks` are the names of the codes that the configuration knows, empty where a code has
    none; `timezone` is the centre's.
    """

    answers: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    scope: Scope = Scope.ADDING
    term: str = ""
    since: date | None = None
    today: date | None = None
    rooms: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    equipment: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    tracks: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    timezone: str = "Europe/Moscow"


def options_for(centre: Centre, equipment: Iterable[Equipment]) -> Options:
    """The names that a configuration knows; a room or track of an equipment that the centre does not name has none."""
    listed = tuple(equipment)
    return Options(
        rooms={one.room: "" for one in listed if one.room} | centre.rooms,
        equipment={one.id: one.name for one in listed},
        tracks={one.track: "" for one in listed if one.track} | centre.tracks,
        timezone=centre.timezone,
    )


def names_of(register: Snapshot, options: Options) -> Mapping[str, Names]:
    """The names of everything that a timetable names."""
    return {kind: Names(codes, word=kind) for kind, codes in known_names(register, options).items()}


def known_names(register: Snapshot, options: Options) -> Mapping[str, Mapping[str, str]]:
    """The name of each code that a timetable may name, by kind; empty where it has none."""
    placed: list[Planned] = [row.value for row in register.rows(Slot)]
    placed += [row.value for row in register.rows(OneOff)]
    return {
        "room": {value.room: "" for value in placed if value.room} | dict(options.rooms),
        "equipment": {code: "" for value in placed for code in value.equipment} | dict(options.equipment),
        "group": {row.id: row.value.name for row in register.rows(Group)},
        "program": {row.id: row.value.name for row in register.rows(Program)},
        "teacher": {row.id: row.value.name for row in register.rows(Teacher)},
        "partner": {row.id: row.value.name for row in register.rows(Partner)},
    }
