"""Lessons as a person changes them on a page: what is there, and the changes that an answer to a form asks for.

All of a form is entered or nothing, from the version that was looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from pydantic import ValidationError

from api.deps import Parts
from api.routes.timetable import options_of
from edge.register.contract import Change, Conflict, Past, Put, Remove, Row, Snapshot
from edge.register.entry import Entry
from edge.register.evidence import Attendance
from edge.register.imports.naming import Names
from edge.register.imports.options import Options, known_names, names_of
from edge.register.imports.typed import FieldFault, entry_of, field_faults, plan_lesson
from edge.register.lessons import Cancellation, OneOff, Slot, Substitution
from edge.register.succession import carried, is_counted
from edge.register.timetable import day_of
from telemetry.columns import Lessons
from telemetry.lessons import lessons
from telemetry.zones import NS_PER_DAY, earliest

_SAME = FieldFault("", "Nothing differs from the lesson as it is.", "Change a field, or leave the page.")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a form: the lesson's id, or what is wrong."""

    lesson: str = ""
    faults: tuple[FieldFault, ...] = ()


@dataclass(frozen=True, slots=True)
class Who:
    """Who answers a form, and why."""

    author: str
    reason: str


@dataclass(frozen=True, slots=True)
class Meant:
    """One lesson: its entry, its day, and what is entered for that day; `row` is its row of the day's lessons.

    `row` is None where the entry is not held on that day as things are.
    """

    id: str
    entry: Row[Slot] | Row[OneOff]
    day: date
    lessons: Lessons
    row: int | None
    substitution: Row[Substitution] | None
    cancellations: tuple[Row[Cancellation], ...]


def options_for(parts: Parts) -> Options:
    """The names that a form may use: those of the configuration, and every room in which equipment stands."""
    rooms = {one.room: "" for one in parts.numbers.desk.equipment() if one.room}
    return replace(options_of(parts), rooms=rooms | dict(parts.settings.centre.rooms))


def names_for(parts: Parts, register: Snapshot) -> tuple[Mapping[str, Mapping[str, str]], Mapping[str, Names]]:
    """The name of each code by kind, and the way from what is typed to codes."""
    options = options_for(parts)
    return known_names(register, options), names_of(register, options)


def lessons_between(parts: Parts, first: date, last: date) -> Lessons:
    """Every lesson that meets the days from `first` to `last`, both included, of the centre's own calendar."""
    entered = parts.numbers.desk.entered()
    edges = earliest(entered.zone, np.array([day_of(first), day_of(last) + 1], np.int64) * NS_PER_DAY)
    return lessons(entered.timetable, entered.inventory, entered.zone, (int(edges[0]), int(edges[1])))


def lesson_meant(parts: Parts, lesson: str) -> Meant | None:
    """The lesson that an id names; None where there is none such."""
    register = parts.numbers.register.snapshot()
    found = _entry(register, lesson)
    if found is None:
        return None
    entry, day = found
    held = lessons_between(parts, day, day)
    return Meant(
        id=lesson,
        entry=entry,
        day=day,
        lessons=held,
        row=held.id.index(lesson) if lesson in held.id else None,
        substitution=next((one for one in register.rows(Substitution) if _is_of(one.value, lesson)), None),
        cancellations=tuple(one for one in register.rows(Cancellation) if one.value.lesson == lesson),
    )


def add(parts: Parts, fields: Mapping[str, str], who: Who) -> Answer:
    """Enter a new lesson, with the group, program, teacher or partner that it names for the first time."""
    return _planned(parts, fields, who, ())


def change(parts: Parts, meant: Meant, fields: Mapping[str, str], who: Who, *, whole: bool) -> Answer:
    """Change a one-off, or the weekly lessons of a slot: from this lesson on or, if `whole`, all that ever were.

    What was said of single lessons from this one on (cancelled, different, attended, corrected) goes along.
    """
    entry = meant.entry
    value = entry.value
    if isinstance(value, OneOff) or whole or not _began(value, meant.day):
        return _planned(parts, {**fields, "id": entry.id}, who, ())
    after = f"{entry.id[:50]}-{meant.day:%Y%m%d}"
    fields = {**fields, "id": after, "first_day": meant.day.isoformat()}
    besides = (_ended(entry.id, value, entry.version, meant.day), *_carried(parts, meant, after, who))
    return _planned(parts, fields, who, besides)


def end(parts: Parts, meant: Meant, who: Who) -> None:
    """Hold the lessons of a slot no more, from this one on; a slot without earlier ones, and a one-off, go for good."""
    entry = meant.entry
    if isinstance(entry.value, Slot) and _began(entry.value, meant.day):
        _apply(parts, (_ended(entry.id, entry.value, entry.version, meant.day),), who)
        return
    register = parts.numbers.register.snapshot()
    gone: list[Change] = [Remove(entry.value.kind, entry.id, entry.version)]
    gone += [
        Remove("substitution", one.id, one.version) for one in register.rows(Substitution) if one.value.slot == entry.id
    ]
    gone += [
        Remove("cancellation", one.id, one.version)
        for one in register.rows(Cancellation)
        if one.value.lesson.partition(":")[0] == entry.id
    ]
    _apply(parts, gone, who)


def cancel(parts: Parts, meant: Meant, who: Who) -> None:
    """Say that the lesson is not held that day; it stays visible."""
    if not meant.cancellations:
        _apply(parts, (Put(meant.id, Cancellation(lesson=meant.id, reason=who.reason)),), who)


def restore(parts: Parts, meant: Meant, who: Who) -> None:
    """Hold a cancelled lesson after all."""
    _apply(parts, [Remove("cancellation", one.id, one.version) for one in meant.cancellations], who)


def substitute(parts: Parts, meant: Meant, fields: Mapping[str, str], shown: Mapping[str, str], who: Who) -> Answer:
    """Make a slot's lesson different on its day; `shown` are the fields as the form had them."""
    slot = meant.entry.value
    _listed, names = names_for(parts, parts.numbers.register.snapshot())
    known = meant.substitution.value.model_dump() if meant.substitution else {"slot": meant.entry.id, "day": meant.day}
    differs: dict[str, object] = {}
    for name in ("room", "group", "program", "teacher", "partner"):
        code = names[name].code(fields.get(name, ""))
        differs[name] = code if code != getattr(slot, name) else None
    count = fields.get("learners") or "0"
    differs["learners"] = count if count != str(slot.learners) else None
    if any(fields.get(name, "") != shown.get(name, "") for name in ("start", "end")):
        differs |= {"lesson": None, "start": fields.get("start"), "end": fields.get("end")}
    words = known | differs | {"reason": who.reason}
    if all(words.get(name) is None for name in (*differs, "lesson", "start", "end", "equipment", "form")):
        return Answer(faults=(_SAME,))
    try:
        value = Substitution.model_validate(words)
    except ValidationError as error:
        return Answer(faults=_model_faults(error))
    version = meant.substitution.version if meant.substitution else 0
    _apply(parts, (Put(meant.substitution.id if meant.substitution else meant.id, value, version),), who)
    return Answer(meant.id)


def as_before(parts: Parts, meant: Meant, who: Who) -> None:
    """Hold a slot's lesson as the slot has it, after all."""
    if meant.substitution is not None:
        _apply(parts, (Remove("substitution", meant.substitution.id, meant.substitution.version),), who)


def history(parts: Parts, meant: Meant) -> tuple[Past[Entry], ...]:
    """Every version of what is entered of a lesson, the newest first."""
    register, kind = parts.numbers.register, type(meant.entry.value)
    found: list[Past[Entry]] = [*register.history(kind, meant.entry.id).value]
    if meant.entry.id != meant.id:
        found += register.history(Substitution, meant.substitution.id if meant.substitution else meant.id).value
    for entry in {meant.id, *(one.id for one in meant.cancellations)}:
        found += register.history(Cancellation, entry).value
    return tuple(sorted(found, key=lambda past: past.stamp.register_version, reverse=True))


def looked_at(meant: Meant, seen: str) -> None:
    """Raise `Conflict` where the entry is not at the version that the form was made from."""
    entry = meant.entry
    if seen != str(entry.version):
        version = int(seen) if seen.isdecimal() and len(seen) < 10 else 0
        raise Conflict(entry.value.kind, entry.id, seen=version, current=entry.version, stamp=entry.stamp)


def _planned(parts: Parts, fields: Mapping[str, str], who: Who, besides: Sequence[Change]) -> Answer:
    plan = plan_lesson(fields, parts.numbers.register.snapshot(), options_for(parts))
    if not plan.ready:
        return Answer(faults=field_faults(plan))
    if not plan.changes:
        return Answer(faults=(_SAME,))
    _apply(parts, (*plan.changes, *besides), who)
    return Answer(entry_of(plan))


def _apply(parts: Parts, changes: Sequence[Change], who: Who) -> None:
    parts.numbers.register.apply(changes, author=who.author, reason=who.reason, at=parts.clock.now())


def _entry(register: Snapshot, lesson: str) -> tuple[Row[Slot] | Row[OneOff], date] | None:
    for one_off in register.rows(OneOff):
        if one_off.id == lesson:
            return one_off, one_off.value.day
    slot, _, text = lesson.rpartition(":")
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return next(((row, day) for row in register.rows(Slot) if row.id == slot), None)


def _is_of(substitution: Substitution, lesson: str) -> bool:
    return f"{substitution.slot}:{substitution.day.isoformat()}" == lesson


def _began(slot: Slot, day: date) -> bool:
    """Whether a slot may have had lessons before a day."""
    return slot.first_day is None or slot.first_day < day


def _ended(entry: str, slot: Slot, version: int, day: date) -> Put:
    """The slot with nothing from `day` on."""
    last = day - timedelta(days=1)
    return Put(entry, slot.model_copy(update={"last_day": min(slot.last_day or last, last)}), version)


def _carried(parts: Parts, meant: Meant, after: str, who: Who) -> tuple[Change, ...]:
    register = parts.numbers.register
    snapshot, before, day = register.snapshot(), meant.entry.id, meant.day
    counted: tuple[Row[Attendance], ...] = ()
    if is_counted(snapshot, before, day):
        counted = register.learners(Attendance, reader=who.author, reason=who.reason, at=parts.clock.now()).value
    return tuple(carried(snapshot, counted, before=before, after=after, day=day))


def _model_faults(error: ValidationError) -> tuple[FieldFault, ...]:
    return tuple(
        FieldFault(str(one["loc"][0]) if one["loc"] else "", one["msg"].removeprefix("Value error, "), "")
        for one in error.errors()
    )
