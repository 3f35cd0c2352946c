"""The JSON shapes of what people enter: entries with who, when and why.

No learner is in any of them, not even by pseudonym.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from api.instants import format_instant
from api.views import ComputedFrom
from edge.register.contract import Past, RegisterVersion, Row, Snapshot
from edge.register.entry import Entry
from edge.register.people import Linked
from edge.register.soundness import timetable_warnings


@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry: `version` counts its own versions, and the author, time and reason are those of the last."""

    kind: str
    id: str
    version: int
    value: dict[str, Any]
    author: str
    at: str
    reason: str


@dataclass(frozen=True, slots=True)
class EntryList:
    """A page of entries by id; `next` is what to give as `after`, null on the last page."""

    items: list[EntryView]
    next: str | None
    register_version: RegisterVersion
    computed_from: ComputedFrom


@dataclass(frozen=True, slots=True)
class PastView:
    """One version of an entry; `value` is null where that version removed it."""

    version: int
    value: dict[str, Any] | None
    register_version: RegisterVersion
    author: str
    at: str
    reason: str


@dataclass(frozen=True, slots=True)
class History:
    """Every version that an entry had, the first one first."""

    kind: str
    id: str
    items: list[PastView]
    next: str | None
    register_version: RegisterVersion
    computed_from: ComputedFrom


@dataclass(frozen=True, slots=True)
class WarningView:
    """What was entered and never comes to be, and what would mend it; it hinders nothing."""

    place: str
    message: str
    fix: str


@dataclass(frozen=True, slots=True)
class TimetableView:
    """All that was entered about lessons, `entries[kind][id]`, and what of it is never held."""

    register_version: RegisterVersion
    entries: dict[str, dict[str, dict[str, Any]]]
    warnings: list[WarningView]
    computed_from: ComputedFrom


def entered_in(version: RegisterVersion) -> ComputedFrom:
    """What an answer of the register alone was computed from: of the journal nothing, offset 0, and by no rules."""
    return ComputedFrom(0, version, None)


def value_view(value: Entry) -> dict[str, Any]:
    """An entry's own words."""
    words: dict[str, Any] = value.model_dump(mode="json")
    if isinstance(value, Linked):
        del words["learners"]
    return words


def entry_view(row: Row[Entry]) -> EntryView:
    """One living entry."""
    stamp = row.stamp
    return EntryView(
        row.value.kind, row.id, row.version, value_view(row.value), stamp.author, format_instant(stamp.at), stamp.reason
    )


def past_views(past: Sequence[Past[Entry]]) -> list[PastView]:
    """Versions of one entry."""
    return [
        PastView(
            one.version,
            None if one.value is None else value_view(one.value),
            one.stamp.register_version,
            one.stamp.author,
            format_instant(one.stamp.at),
            one.stamp.reason,
        )
        for one in past
    ]


def timetable_view(register: Snapshot, kinds: Iterable[type[Entry]]) -> TimetableView:
    """The entries of some kinds."""
    return TimetableView(
        register.register_version,
        {kind.kind: {row.id: value_view(row.value) for row in register.rows(kind)} for kind in kinds},
        [WarningView(one.place, one.message, one.fix) for one in timetable_warnings(register)],
        entered_in(register.register_version),
    )
