"""What people call the facts of a report and the keys of its breakdowns, and the documents that prove them.

No learner is named here or anywhere: a title is that of an entry, a group or an equipment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from edge.monitoring.contract import SESSION_CALLED_BY, Starts
from edge.monitoring.evidence import Title, Titles
from edge.monitoring.inputs import Inputs
from edge.numbers.entered import Entered
from edge.register.contract import Snapshot
from edge.register.entry import Entry
from edge.register.kinds import KINDS
from telemetry.civil import Day, text_of
from telemetry.indicators.definition import Dimension

Names = Mapping[Dimension, Mapping[str, str]]


def names_of(entered: Entered, inputs: Inputs) -> Names:
    """The names of keys that are somebody's own words; all other keys are words of labedge."""
    return {
        Dimension.EQUIPMENT: {one.id: one.name for one in inputs.equipment},
        Dimension.ROOM: dict(inputs.rooms),
        Dimension.TRACK: dict(inputs.tracks),
        Dimension.PROGRAM: dict(entered.names["program"]),
        Dimension.GROUP: dict(entered.names["group"]),
        Dimension.PARTNER: dict(entered.names["partner"]),
    }


def titles_of(register: Snapshot, names: Names) -> Titles:
    """From kind and id of a fact to its title; each kind is read when it is first asked for."""
    known: dict[str, Mapping[str, Title]] = {}

    def title(kind: str, name: str) -> Title:
        if kind in _DERIVED:
            return _DERIVED[kind](name, names), ""
        if kind not in known:
            known[kind] = _entries(KINDS[kind], register)
        return known[kind].get(name, (name, ""))

    return title


def _entries(kind: type[Entry], register: Snapshot) -> Mapping[str, Title]:
    name = _NAMES.get(kind.kind, _own_name)
    return {row.id: (name(row.value, register), getattr(row.value, "document", "")) for row in register.rows(kind)}


def _own_name(value: Any, register: Snapshot) -> str:
    del register
    return str(getattr(value, "name", "") or getattr(value, "title", ""))


def _named(kind: str, name: str, register: Snapshot) -> str:
    return next((str(getattr(row.value, "name", name)) for row in register.rows(KINDS[kind]) if row.id == name), name)


_NAMES: Mapping[str, Callable[[Any, Snapshot], str]] = {
    "enrolment": lambda value, register: _named("group", value.group, register),
    "participation": lambda value, register: _named("event", value.event, register),
    "survey": lambda value, register: _named("program", value.program, register),
    "network_agreement": lambda value, register: f"{value.number}, {_named('partner', value.partner, register)}",
    "mentoring_pair": lambda value, register: value.name or _named("mentoring_model", value.model, register),
}
"""Of kinds that have no name of their own."""


def _of_equipment(name: str, names: Names) -> str:
    equipment, _, rest = name.partition("/")
    return f"{names[Dimension.EQUIPMENT].get(equipment, equipment)}, {rest}"


_DERIVED: Mapping[str, Callable[[str, Names], str]] = {
    "equipment_day": lambda name, names: names[Dimension.EQUIPMENT].get(name.partition("/")[0], name),
    "job": _of_equipment,
    "session": lambda name, _names: name,
    "run": lambda name, _names: name,
}
"""Of facts that nobody entered."""


@dataclass(frozen=True, slots=True, eq=False)
class Called:
    """What a sentence calls a fact: by its title, a practical session by its group, or else program or room, and time.

    Of an equipment its day is told too. No body of an edition has these words: they are made where they are read.
    """

    titles: Titles
    names: Names
    starts: Starts

    def __call__(self, fact: tuple[str, str], day: Day, labels: Mapping[Dimension, tuple[str, ...]]) -> str:
        """A fact that begins on a local day and has these keys."""
        kind, name = fact
        if kind == "session":
            whose = self._whose(labels) or name.rpartition(":")[0] or name
            return ", ".join(filter(None, (whose, text_of(day), self.starts(name))))
        title = self.titles(kind, name)[0] or name
        return f"{title}, {text_of(day)}" if kind == "equipment_day" else title

    def _whose(self, labels: Mapping[Dimension, tuple[str, ...]]) -> str:
        told = ((by, key) for by in SESSION_CALLED_BY for key in labels.get(by, ()) if key)
        by, key = next(told, (Dimension.ROOM, ""))
        return self.names.get(by, {}).get(key, key)
