"""Lessons of a file against the register: what to add, change, remove, and what stays.

Changes nothing itself; everything it finds is in the plan.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from pydantic import ValidationError

from edge.register.calendar import BellSchedule, Term, Week
from edge.register.contract import Row, Snapshot
from edge.register.entry import Entry
from edge.register.evidence import Attendance, SessionCorrection
from edge.register.imports.cells import Bells, code_of
from edge.register.imports.effective import since_of
from edge.register.imports.matching import DAYS, Planned, Sought
from edge.register.imports.options import Options as Options  # noqa: PLC0414 told on to those who plan with it
from edge.register.imports.options import names_of
from edge.register.imports.plan import Draft, Scope
from edge.register.imports.records import Reader
from edge.register.imports.settling import Settling, Wanted
from edge.register.imports.understanding import Lesson
from edge.register.imports.weeks import Weeks, held
from edge.register.lessons import (
    Cancellation,
    Group,
    OneOff,
    Partner,
    Program,
    Slot,
    Substitution,
    Teacher,
)
from edge.register.soundness import never_in_term

_KINDS: tuple[type[Entry], ...] = (Partner, Program, Group, Teacher, Slot, OneOff, Cancellation, Substitution)


class TimetableDraft:
    """The plan of one file, lesson by lesson."""

    def __init__(self, register: Snapshot, options: Options, reader: Reader) -> None:
        self._register = register
        self._options = options
        self._reader = reader
        self._names = names_of(register, options)
        rows: list[Row[Entry]] = [row for kind in _KINDS for row in register.rows(kind)]
        self._living = {(row.value.kind, row.id): row for row in rows}
        self._wanted: list[Wanted] = []
        self._since = since_of(register.rows(Term), options)
        self._told_of_terms = False
        self._first_named: dict[tuple[str, str], Lesson] = {}

    def take(self, lessons: Iterable[Lesson]) -> Draft:
        """Every change that the lessons ask for."""
        for lesson in lessons:
            self._plan(lesson)
        draft = Draft(self._living)
        self._put_named(draft)
        recorded = {row.value.session for row in self._register.rows(Attendance)}
        recorded |= {row.value.session for row in self._register.rows(SessionCorrection)}
        settling = Settling(self._living, self._since, draft=draft, reader=self._reader, recorded=frozenset(recorded))
        settling.put(self._once(), self._label)
        if self._options.scope is Scope.REPLACING:
            settling.remove_rest(frozenset(wanted.value.kind for wanted in self._wanted), self._label)
        return draft

    def _once(self) -> list[Wanted]:
        """Every lesson but those that stand twice."""
        first: dict[object, Wanted] = {}
        for wanted in self._wanted:
            key = (wanted.value.kind, wanted.sought.id) if wanted.sought.id else wanted.value
            if key in first:
                tell = self._reader.fault if first[key].value != wanted.value else self._reader.note
                tell(wanted.place, f"The lesson already stands in {first[key].place}.", fix="Leave one of them out.")
            else:
                first[key] = wanted
        return list(first.values())

    def _plan(self, lesson: Lesson) -> None:
        bound = self._bound(lesson)
        term = self._term(lesson)
        try:
            if lesson.day is not None:
                self._want(lesson, self._one_off(lesson, bound), lesson.cancelled)
            elif lesson.weeks is None:
                slot = self._slot(lesson, bound, lesson.week, (lesson.first_day, lesson.last_day))
                self._note_term(lesson, slot)
                self._want(lesson, slot, lesson.cancelled)
            elif term is not None:
                self._want_numbered(lesson, lesson.weeks, bound, term)
        except ValidationError as error:
            for line in error.errors():
                where = str(line["loc"][0]) if line["loc"] else "time"
                message = f"{where}: {line['msg'].removeprefix('Value error, ')}"
                self._reader.fault(lesson.record.place_of(where), message, fix="Mend the cell, or leave the row out.")

    def _want_numbered(self, lesson: Lesson, weeks: Weeks, bound: dict[str, object], term: Term) -> None:
        """A lesson of some weeks of the term; doubtful weeks are told, and what is never held is left out."""
        when = held(term, lesson.weekday, weeks, within=lesson.week)
        place = lesson.record.place_of("program")
        for doubt in when.doubts:
            tell = self._reader.fault if doubt.hinders else self._reader.note
            tell(place, doubt.message, fix=doubt.fix)
        if weeks.numbers <= {1, 2} and not weeks.but and when.days:
            days = ", ".join(map(str, when.days))
            message = f"By the numbers of its weeks it is held in the whole term on {days} only."
            self._reader.note(place, message, fix="Nothing, if so; write I or II where weeks alternate.")
        if when.days:
            first = max(filter(None, (term.first_day, lesson.first_day)))
            last = min(filter(None, (term.last_day, lesson.last_day)))
            cancelled = (day for day in when.cancelled if first <= day <= last)
            slot = self._slot(lesson, bound, when.week, (first, last))
            self._want(lesson, slot, (*cancelled, *lesson.cancelled), when.days)
        elif not any(doubt.hinders for doubt in when.doubts):
            message = "No lesson of it is ever held in the term, so that it is left out."
            self._reader.note(place, message, fix="Mend the weeks, or import with the term that is meant.")

    def _want(
        self, lesson: Lesson, value: Planned, cancelled: tuple[date, ...] = (), held_on: tuple[date, ...] = ()
    ) -> None:
        for kind in _ORDER:
            if (code := getattr(value, kind)) in self._names[kind].made:
                self._first_named.setdefault((kind, code), lesson)
        # Numbers of weeks tell the days of the slot too.
        told = lesson.record.told | ({"first_day", "last_day"} if held_on else frozenset())
        not_held = tuple(sorted(set(cancelled)))
        self._wanted.append(
            Wanted(Sought(lesson.id, value, told), lesson.place, not_held, tuple(sorted(set(held_on) - set(cancelled))))
        )

    def _bound(self, lesson: Lesson) -> dict[str, object]:
        named = {kind: getattr(lesson, kind) for kind in ("room", "group", "program", "teacher", "partner")}
        for kind, name in named.items():
            named[kind] = self._names[kind].code(name)
        equipment = tuple(self._names["equipment"].code(name) for name in lesson.equipment)
        for code in equipment:
            if code in self._names["equipment"].made:
                message = f"There is no equipment «{self._names['equipment'].made[code]}»."
                fix = "Write its id or name as it is in the configuration."
                self._reader.fault(lesson.record.place_of("equipment"), message, fix=fix)
        return {**named, "equipment": equipment, "form": lesson.form, "learners": lesson.learners}

    def _term(self, lesson: Lesson) -> Term | None:
        """The term that week numbers count in: the one that was chosen, else the last one."""
        if lesson.weeks is None:
            return None
        terms = self._register.rows(Term)
        chosen = [row.value for row in terms if row.id == self._options.term or not self._options.term]
        if not chosen:
            self._reader.fault(
                lesson.record.place_of("program"),
                "Numbers of weeks count from the beginning of a term, and the register has none.",
                fix="Enter the term first, or name it with the import.",
            )
            return None
        return max(chosen, key=lambda term: term.last_day)

    def _note_term(self, lesson: Lesson, slot: Slot) -> None:
        """Tell of a lesson that no term ever holds; where there is no term at all, once for the whole file."""
        if not self._since.terms and not self._told_of_terms:
            self._told_of_terms = True
            message = "There is no term yet, so that no slot is ever held."
            self._reader.note(lesson.place, message, fix="Enter the terms of the year.")
        elif self._since.terms and never_in_term(slot, self._since.terms):
            message = "It shares no day with any term, so that no lesson of it is ever held."
            fix = "Enter the term, or mend the first and last day of the slot."
            self._reader.note(lesson.place, message, fix=fix)

    def _slot(
        self, lesson: Lesson, bound: dict[str, object], week: Week, valid: tuple[date | None, date | None]
    ) -> Slot:
        bells = self._bells(lesson)
        times = {"lesson": bells.lesson} if bells.start is None else {"start": bells.start, "end": bells.end}
        days = {"first_day": valid[0], "last_day": valid[1]}
        return Slot.model_validate({"weekday": lesson.weekday, "week": week, **times, **days, **bound})

    def _one_off(self, lesson: Lesson, bound: dict[str, object]) -> OneOff:
        bells = lesson.bells
        if bells.start is None:
            bells = next(iter(self._rings(lesson)), bells)
        if bells.start is None:
            message = f"No bell schedule says when lesson {bells.lesson} of that day is."
            self._reader.fault(
                lesson.record.place_of("lesson"), message, fix="Write the times, or enter the bells first."
            )
        told = {"happening": lesson.happening, "name": lesson.name, "day": lesson.day}
        return OneOff.model_validate({**told, "start": bells.start or "00:00", "end": bells.end or "00:01", **bound})

    def _bells(self, lesson: Lesson) -> Bells:
        """The number alone where a bell schedule rings it just so, else the times."""
        rings = tuple(self._rings(lesson))
        if lesson.bells.start is None and not rings:
            message = f"No bell schedule has a lesson {lesson.bells.lesson} on that weekday yet."
            self._reader.note(lesson.record.place_of("lesson"), message, fix="Enter the bells, or write the times.")
        return Bells(lesson.bells.lesson) if lesson.bells in rings else lesson.bells

    def _rings(self, lesson: Lesson) -> Iterator[Bells]:
        for row in self._register.rows(BellSchedule):
            first, last = row.value.first_day or date.min, row.value.last_day or date.max
            if lesson.weekday in row.value.weekdays and (lesson.day is None or first <= lesson.day <= last):
                for bell in row.value.bells:
                    if bell.lesson == lesson.bells.lesson:
                        yield Bells(bell.lesson, bell.start, bell.end)

    def _put_named(self, draft: Draft) -> None:
        """Partners, programs, groups and teachers that the file names for the first time; a new room is noted."""
        for (kind, code), lesson in sorted(self._first_named.items(), key=lambda item: _ORDER.index(item[0][0])):
            name = self._names[kind].made[code]
            place = lesson.record.place_of(kind)
            if kind == "room":
                self._reader.note(place, f"No equipment stands in the room «{name}» ({code}).", fix="Nothing, if so.")
            else:
                self._put_one_named(draft, (kind, code), lesson)

    def _put_one_named(self, draft: Draft, named: tuple[str, str], lesson: Lesson) -> None:
        kind, code = named
        name, place = self._names[kind].made[code], lesson.record.place_of(kind)
        try:
            draft.put(code, _named(kind, name, lesson), label=name, place=place)
        except ValidationError as error:
            for line in error.errors():
                message = f"{kind}: {line['msg'].removeprefix('Value error, ')}"
                self._reader.fault(place, message, fix="Mend the cell, or leave the row out.")

    def _label(self, value: Planned) -> str:
        when = value.day.isoformat() if isinstance(value, OneOff) else f"{DAYS[value.weekday - 1]}"
        lesson = value.lesson if isinstance(value, Slot) else None
        time = f"{value.start}-{value.end}" if value.start else f"№ {lesson}"
        names = (self._name(kind, getattr(value, kind)) for kind in ("group", "program", "room"))
        return " ".join(filter(None, (when, time, *names)))

    def _name(self, kind: str, code: str) -> str:
        return self._names[kind].made.get(code) or self._names[kind].shown(code)


_ORDER = ("partner", "program", "group", "teacher", "room")


def _named(kind: str, name: str, lesson: Lesson) -> Entry:
    if kind == "group":
        return Group(name=name[:200], learners=lesson.learners)
    if kind == "program":
        return Program(name=name[:200], track=code_of(lesson.track), level=lesson.level)
    return Teacher(name=name[:120]) if kind == "teacher" else Partner(name=name[:200])
