"""The register's entries as the pure core's words, and the names behind their codes.

Computes no lesson and knows no zone: days and wall times stay what they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from types import MappingProxyType
from typing import TypeAlias

import numpy as np

from edge.register import calendar, evidence, lessons, upkeep
from edge.register.contract import Row, Snapshot
from edge.register.entry import DAY_S, instant_of, seconds_of
from telemetry import timetable as words
from telemetry.civil import FIRST_DAY, LAST_DAY
from telemetry.model import NS_PER_S, EquipmentId
from telemetry.rules import NS_PER_MIN, RuleSet
from telemetry.zones import NS_PER_DAY, Zone, earliest

_EPOCH_DAY = date(1970, 1, 1).toordinal()

_PARITY = {
    calendar.Week.A: words.Parity.A,
    calendar.Week.B: words.Parity.B,
    calendar.Week.BOTH: words.Parity.BOTH,
}
_RULE = {calendar.WeekRule.TERM: words.WeekRule.TERM, calendar.WeekRule.ISO: words.WeekRule.ISO}
_FORM = {
    lessons.Form.IN_PERSON: words.Form.IN_PERSON,
    lessons.Form.NETWORK: words.Form.NETWORK,
    lessons.Form.REMOTE: words.Form.REMOTE,
}
_HAPPENING = {
    lessons.Happening.LESSON: words.LessonKind.LESSON,
    lessons.Happening.EVENT: words.LessonKind.EVENT,
}


def timetable(register: Snapshot) -> words.Timetable:
    """All that was entered about lessons; equal snapshots give equal timetables."""
    known = _Known(
        slots={row.id: row.value for row in register.rows(lessons.Slot)},
        groups={row.id: row.value for row in register.rows(lessons.Group)},
        programs={row.id: row.value for row in register.rows(lessons.Program)},
    )
    return words.Timetable(
        bell_schedules=tuple(map(_bell_schedule, register.rows(calendar.BellSchedule))),
        terms=tuple(map(_term, register.rows(calendar.Term))),
        holidays=tuple(map(_holiday, register.rows(calendar.Holiday))),
        moved_days=tuple(map(_moved_day, register.rows(calendar.MovedDay))),
        slots=tuple(map(partial(_slot, known), register.rows(lessons.Slot))),
        substitutions=tuple(map(partial(_substitution, known), register.rows(lessons.Substitution))),
        cancellations=tuple(words.Cancellation(lesson=row.value.lesson) for row in register.rows(lessons.Cancellation)),
        one_offs=tuple(map(partial(_one_off, known), register.rows(lessons.OneOff))),
        opening_hours=tuple(map(_opening_hours, register.rows(calendar.OpeningHours))),
        maintenance=tuple(map(_maintenance, register.rows(upkeep.PlannedMaintenance))),
    )


def rules(register: Snapshot, zone: Zone) -> tuple[RuleSet, ...]:
    """The rule sets in the order in which they come into force, each at the local midnight of its day."""
    rows = sorted(register.rows(evidence.RuleSet), key=lambda row: (row.value.effective_from, row.id))
    return tuple(_rule_set(row, zone) for row in rows)


def labels(register: Snapshot) -> Mapping[str, Mapping[str, str]]:
    """The name of each code, by kind: `labels["group"]["pr-1"]`."""
    return MappingProxyType(
        {
            "group": _names(register.rows(lessons.Group)),
            "program": _names(register.rows(lessons.Program)),
            "teacher": _names(register.rows(lessons.Teacher)),
            "partner": _names(register.rows(lessons.Partner)),
        }
    )


_Named: TypeAlias = lessons.Group | lessons.Program | lessons.Teacher | lessons.Partner


def _names(named: Iterable[Row[_Named]]) -> Mapping[str, str]:
    return MappingProxyType({row.id: row.value.name for row in named})


def day_of(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - _EPOCH_DAY


def _first(day: date | None) -> int:
    return FIRST_DAY if day is None else day_of(day)


def _last(day: date | None) -> int:
    return LAST_DAY if day is None else day_of(day)


def _times(start: str, end: str) -> words.Times:
    start_s, end_s = seconds_of(start), seconds_of(end)
    return words.Times(start_s * NS_PER_S, (end_s if end_s > start_s else end_s + DAY_S) * NS_PER_S)


def _wall(at: datetime) -> int:
    return instant_of(at.replace(tzinfo=UTC))


def _weekdays(numbers: Iterable[int]) -> frozenset[int]:
    return frozenset(number - 1 for number in numbers)


def _equipment(codes: Iterable[str]) -> frozenset[EquipmentId]:
    return frozenset(map(EquipmentId, codes))


def _bell_schedule(row: Row[calendar.BellSchedule]) -> words.BellSchedule:
    value = row.value
    return words.BellSchedule(
        name=value.name,
        weekdays=_weekdays(value.weekdays),
        bells=tuple((bell.lesson, _times(bell.start, bell.end)) for bell in value.bells),
        first_day=_first(value.first_day),
        last_day=_last(value.last_day),
    )


def _term(row: Row[calendar.Term]) -> words.Term:
    value = row.value
    return words.Term(
        name=value.name,
        week_rule=_RULE[value.week_rule],
        first_week=_PARITY[value.first_week],
        first_day=day_of(value.first_day),
        last_day=day_of(value.last_day),
    )


def _holiday(row: Row[calendar.Holiday]) -> words.Holiday:
    value = row.value
    first, last = day_of(value.first_day), day_of(value.last_day)
    return words.Holiday(name=value.name, closed=value.closed, first_day=first, last_day=last)


def _moved_day(row: Row[calendar.MovedDay]) -> words.MovedDay:
    return words.MovedDay(day=day_of(row.value.day), weekday=row.value.weekday - 1)


def _opening_hours(row: Row[calendar.OpeningHours]) -> words.OpeningHours:
    value = row.value
    return words.OpeningHours(
        weekdays=_weekdays(value.weekdays),
        times=_times(value.start, value.end),
        first_day=_first(value.first_day),
        last_day=_last(value.last_day),
    )


def _maintenance(row: Row[upkeep.PlannedMaintenance]) -> words.PlannedMaintenance:
    value = row.value
    return words.PlannedMaintenance(
        start=_wall(value.start), end=_wall(value.end), equipment=_equipment(value.equipment), room=value.room
    )


def _when(lesson: int | None, start: str | None, end: str | None) -> words.When | None:
    if start is not None and end is not None:
        return _times(start, end)
    return None if lesson is None else words.LessonNumber(lesson)


@dataclass(frozen=True, slots=True)
class _Known:
    """What a lesson may name, by code; what it leaves open, its learners too, it has from its group, then its program.

    A form other than in person is always said, so a lesson that is in person takes its program's form.
    """

    slots: Mapping[str, lessons.Slot]
    groups: Mapping[str, lessons.Group]
    programs: Mapping[str, lessons.Program]

    def binding(self, value: lessons.Slot | lessons.OneOff) -> words.Binding:
        group = self.groups.get(value.group)
        named = value.program or (group.program if group else "")
        program = self.programs.get(named)
        partners = (value.partner, group.partner if group else "", program.partner if program else "")
        form = program.form if program and value.form is lessons.Form.IN_PERSON else value.form
        return words.Binding(
            room=value.room,
            equipment=_equipment(value.equipment),
            group=value.group,
            program=named,
            teacher=value.teacher,
            partner=next(filter(None, partners), ""),
            form=_FORM[form],
            learners=value.learners or (group.learners if group else 0),
        )


def _slot(known: _Known, row: Row[lessons.Slot]) -> words.Slot:
    value = row.value
    when = _when(value.lesson, value.start, value.end)
    return words.Slot(
        id=row.id,
        weekday=value.weekday - 1,
        when=when,  # type: ignore[arg-type]  # a slot has one of both
        binding=known.binding(value),
        parity=_PARITY[value.week],
        first_day=_first(value.first_day),
        last_day=_last(value.last_day),
    )


def _substitution(known: _Known, row: Row[lessons.Substitution]) -> words.Substitution:
    """The slot's own words where the substitution says nothing."""
    value = row.value
    slot = known.slots[value.slot]
    changed = {name: told for name in _SUBSTITUTED if (told := getattr(value, name)) is not None}
    when = _when(value.lesson, value.start, value.end) or _when(slot.lesson, slot.start, slot.end)
    return words.Substitution(
        slot=value.slot,
        day=day_of(value.day),
        when=when,  # type: ignore[arg-type]  # a slot has one of both
        binding=known.binding(slot.model_copy(update=changed)),
    )


_SUBSTITUTED = ("room", "equipment", "group", "program", "teacher", "partner", "form", "learners")


def _one_off(known: _Known, row: Row[lessons.OneOff]) -> words.OneOff:
    value = row.value
    return words.OneOff(
        id=row.id,
        day=day_of(value.day),
        times=_times(value.start, value.end),
        binding=known.binding(value),
        kind=_HAPPENING[value.happening],
    )


def _rule_set(row: Row[evidence.RuleSet], zone: Zone) -> RuleSet:
    value = row.value
    midnight = np.array([day_of(value.effective_from) * NS_PER_DAY], np.int64)
    return RuleSet(
        version=row.id,
        effective_from=int(earliest(zone, midnight)[0]),
        busy_min_ns=value.least_busy_minutes * NS_PER_MIN,
        busy_part=value.least_busy_share,
        before_ns=value.before_minutes * NS_PER_MIN,
        after_ns=value.after_minutes * NS_PER_MIN,
        coverage_min=value.least_coverage,
        detect_devices=value.detect_devices,
        detect_gap_ns=value.detect_gap_minutes * NS_PER_MIN,
        detect_min_ns=value.detect_least_minutes * NS_PER_MIN,
        detect_max_ns=value.detect_most_minutes * NS_PER_MIN,
    )
