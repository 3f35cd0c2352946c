"""What a person says of a file beside the file, and the names by which it may call what the register knows.

Reads no file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from edge.register.contract import Snapshot
from edge.register.imports.matching import Planned
from edge.register.imports.naming import Names
from edge.register.imports.plan import Scope
from edge.register.lessons import Group, OneOff, Partner, Program, Slot, Teacher

_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a person says of a file: the fields of unknown headers, whether it is all, the term of its week numbers.

    `rooms` and `equipment` are the names of the codes that the configuration knows, `timezone` is the centre's.
    """

    answers: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    scope: Scope = Scope.ADDING
    term: str = ""
    rooms: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    equipment: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    timezone: str = "Europe/Moscow"


def names_of(register: Snapshot, options: Options) -> Mapping[str, Names]:
    """The names of everything that a timetable names."""
    placed: list[Planned] = [row.value for row in register.rows(Slot)]
    placed += [row.value for row in register.rows(OneOff)]
    known: dict[str, Mapping[str, str]] = {
        "room": {value.room: "" for value in placed if value.room} | dict(options.rooms),
        "equipment": {code: "" for value in placed for code in value.equipment} | dict(options.equipment),
        "group": {row.id: row.value.name for row in register.rows(Group)},
        "program": {row.id: row.value.name for row in register.rows(Program)},
        "teacher": {row.id: row.value.name for row in register.rows(Teacher)},
        "partner": {row.id: row.value.name for row in register.rows(Partner)},
    }
    return {kind: Names(codes, word=kind) for kind, codes in known.items()}
