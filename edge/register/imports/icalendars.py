"""iCalendar events as records: weekly ones as slots, single ones as one-offs, and our own as they were.

Reads nothing from the net, and expands no rule: what is no weekly rule is a fault with its fix.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from edge.errors import GiveUp
from edge.register.calendar import Term
from edge.register.contract import Snapshot
from edge.register.imports.cells import shown
from edge.register.imports.headers import TIMETABLE
from edge.register.imports.records import Reader, Record
from edge.register.imports.sheets import CELL_LIMIT, Place, bounded
from edge.register.imports.unseen import tell_texts
from edge.register.imports.weeks import week_on

T = TypeVar("T")

OWN_ROW = "X-LABEDGE-ROW"
"""The row of our own export that a component stands for, JSON."""

_OF = "RECURRENCE-ID"
"""The occurrence of a series that an event replaces, or calls off."""

COUNT_LIMIT = 1_000
"""Lessons of a rule that counts them: more than any school year has."""

_DAYS = {"MO": 1, "TU": 2, "WE": 3, "TH": 4, "FR": 5, "SA": 6, "SU": 7}
_TOLD = re.compile(r"^(группа|педагог|учитель|преподаватель|group|teacher)\s*:\s*(.+)$", re.IGNORECASE | re.MULTILINE)
_ALWAYS = frozenset({"program", "room", "cancelled"})
"""What every event has a property for, be it empty."""

_TOLD_FIELDS = {"группа": "group", "group": "group"}


def records(data: bytes, register: Snapshot, reader: Reader, *, timezone: str) -> Iterator[Record]:
    """Every event as a record, its place the number of its component; raises `GiveUp` where it is no iCalendar."""
    import icalendar  # noqa: PLC0415 - a gateway at rest does without

    try:
        calendar = icalendar.Calendar.from_ical(data)
        parts = [part for part in calendar.walk() if part.name in {"VEVENT", "VJOURNAL"}]
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise GiveUp(f"The file is no iCalendar: {error}.", fix="Export the calendar anew as .ics.") from error
    bounded(len(parts), 1)
    own = any(OWN_ROW in part for part in parts)
    terms = tuple(row.value for row in register.rows(Term))
    series = _series(parts)
    for number, part in enumerate(parts, 1):
        place = Place("iCalendar", number)
        if OWN_ROW in part:
            yield from _own(str(part[OWN_ROW]), place, reader)
        elif not own and part.name == "VEVENT":
            event = _Event(part, place, reader, ZoneInfo(timezone))
            tell_texts(event.words().values(), place, reader)
            yield from event.exception(series) if _OF in part else event.records(terms, series[_uid(part)])


def _series(parts: Sequence[Any]) -> Mapping[str, Sequence[Any]]:
    """The events of each UID that speak of single occurrences of a series; a UID without a series is not there."""
    series: dict[str, list[Any]] = {_uid(part): [] for part in parts if _OF not in part}
    for part in parts:
        if _OF in part and _uid(part) in series:
            series[_uid(part)].append(part)
    return series


def _uid(part: Any) -> str:
    return str(part.get("UID", ""))


def _own(row: str, place: Place, reader: Reader) -> Iterator[Record]:
    try:
        texts = json.loads(row)
    except ValueError:
        texts = None
    if not isinstance(texts, dict):
        reader.fault(place, f"Its {OWN_ROW} is no row.", fix="Export the calendar anew.")
        return
    told = {field: str(texts[field])[:CELL_LIMIT] for field in TIMETABLE if texts.get(field)}
    tell_texts(told.values(), place, reader)
    yield Record(place, told, {})


class _Event:
    """One event of somebody else's calendar."""

    def __init__(self, part: Any, place: Place, reader: Reader, zone: ZoneInfo) -> None:
        self._part = part
        self._place = place
        self._reader = reader
        self._zone = zone

    def records(self, terms: tuple[Term, ...], exceptions: Sequence[Any]) -> Iterator[Record]:
        """A one-off, or a slot for each weekday of a weekly rule without the occurrences that `exceptions` replace."""
        when = self._when()
        if when is None:
            return
        rule = self._part.get("RRULE")
        called_off = self._is_called_off()
        if rule is None:
            yield self._one_off(*when, called_off=called_off)
        elif called_off:
            fix = "Nothing, if it was never entered; else end its slots."
            self._reader.note(self._place, "The whole series is called off, so that it is left out.", fix=fix)
        elif (left_out := self._understood(lambda: self._left_out(exceptions))) is not None:
            for_rule = {str(key): list(value) for key, value in rule.items()}
            yield from self._weekly(when, for_rule, terms, left_out)

    def exception(self, series: Mapping[str, Sequence[Any]]) -> Iterator[Record]:
        """What is held in place of one occurrence of a series, as a one-off; nothing where it is called off."""
        replaced = self._understood(lambda: self._local(self._part[_OF].dt))
        ranged = str(self._part[_OF].params.get("RANGE", "")).upper() if replaced else ""
        if ranged == "THISANDFUTURE":
            fix = "Give the later occurrences a series of their own in the calendar."
            self._fault("It changes an occurrence and all later ones.", fix=fix)
            return
        if _uid(self._part) not in series:
            message = "It replaces one lesson of a series that the file has not."
            self._reader.note(self._place, message, fix="Export the whole calendar, or cancel that lesson by hand.")
        when = None if self._is_called_off() else self._when()
        if when is not None and replaced is not None:
            yield self._one_off(*when, called_off=False)

    def _when(self) -> tuple[datetime, datetime] | None:
        """Its start and end on the centre's own clock; None where it is told why it has none."""
        told = self._understood(lambda: (self._wall("DTSTART"), self._end()))
        if told is None:
            return None
        start, end = told
        if start is None or end is None:
            self._reader.note(self._place, "It takes whole days, so it is no lesson.", fix="Enter it as a holiday.")
            return None
        return start, end

    def _understood(self, read: Callable[[], T]) -> T | None:
        """What is read of the event's times, or None where they are damaged and that is told."""
        try:
            return read()
        except (ValueError, TypeError, AttributeError, LookupError) as error:
            self._fault(f"Its time cannot be read: {error}.", fix="Mend the event, or delete it.")
            return None

    def _one_off(self, start: datetime, end: datetime, *, called_off: bool) -> Record:
        day = start.date().isoformat()
        texts = self._texts(start, end) | {"day": day} | ({"cancelled": day} if called_off else {})
        return Record(self._place, texts, {}, _ALWAYS)

    def _is_called_off(self) -> bool:
        return str(self._part.get("STATUS", "")).upper() == "CANCELLED"

    def _weekly(
        self,
        when: tuple[datetime, datetime],
        rule: Mapping[str, list[Any]],
        terms: tuple[Term, ...],
        left_out: Sequence[date],
    ) -> Iterator[Record]:
        start = when[0]
        interval = int(rule.get("INTERVAL", [1])[0])
        days = [str(day) for day in rule.get("BYDAY", [])]
        numbers = [_DAYS.get(day, 1) for day in days] or [start.isoweekday()]
        known = {"FREQ", "INTERVAL", "BYDAY", "UNTIL", "COUNT", "WKST"}
        wrong = not set(days) <= set(_DAYS) or interval not in {1, 2} or not set(rule) <= known
        if str(rule["FREQ"][0]) != "WEEKLY" or wrong:
            self._fault("It does not repeat every week or every other one.", fix="Make weekly events of it.")
            return
        week = self._week(start.date(), terms) if interval == 2 else "both"
        if not week:
            return
        last = self._last_day(rule, start, 7 * interval, len(numbers))
        for number in numbers:
            cancelled = [day.isoformat() for day in left_out if day.isoweekday() == number]
            told = {"day": str(number), "week": week, "first_day": start.date().isoformat(), "last_day": last}
            texts = {**self._texts(*when), **told, "cancelled": ", ".join(cancelled)}
            yield Record(self._place, texts, {}, _ALWAYS)

    def _last_day(self, rule: Mapping[str, list[Any]], start: datetime, step_days: int, days_a_week: int) -> str:
        if "UNTIL" in rule:
            until = self._local(rule["UNTIL"][0])
            whole_day = not isinstance(rule["UNTIL"][0], datetime) or until.time() >= start.time()
            return (until.date() - timedelta(days=0 if whole_day else 1)).isoformat()
        if "COUNT" in rule:
            weeks = (min(int(rule["COUNT"][0]), COUNT_LIMIT) - 1) // days_a_week
            return (start.date() + timedelta(days=step_days * weeks)).isoformat()
        return ""

    def _week(self, day: date, terms: tuple[Term, ...]) -> str:
        term = next((term for term in terms if term.first_day <= day <= term.last_day), None)
        if term is None:
            self._fault("It repeats every other week, and no term says which weeks are A.", fix="Enter the term first.")
            return ""
        return week_on(term, day).value

    def _left_out(self, exceptions: Sequence[Any]) -> list[date]:
        """The days that the series leaves out, and those whose lesson another event replaces or calls off."""
        told = self._part.get("EXDATE", [])
        lists = told if isinstance(told, list) else [told]
        days = {self._local(one.dt).date() for many in lists for one in many.dts}
        return sorted(days | {self._local(one[_OF].dt).date() for one in exceptions})

    def _wall(self, name: str) -> datetime | None:
        told = self._part[name].dt
        return self._local(told) if isinstance(told, datetime) else None

    def _end(self) -> datetime | None:
        if "DTEND" in self._part:
            return self._wall("DTEND")
        start = self._wall("DTSTART")
        return start + self._part["DURATION"].dt if start and "DURATION" in self._part else None

    def _local(self, at: date) -> datetime:
        """The time on the centre's own clock; one without a zone is already that."""
        if not isinstance(at, datetime):
            return datetime(at.year, at.month, at.day)  # noqa: DTZ001 - a day of the centre's own clock
        return at.astimezone(self._zone).replace(tzinfo=None) if at.tzinfo else at

    def words(self) -> dict[str, str]:
        """What it is about, where it is and for whom, as the file has it."""
        about = str(self._part.get("DESCRIPTION", ""))
        who = {_TOLD_FIELDS.get(key.lower(), "teacher"): value for key, value in _TOLD.findall(about)}
        texts = {"program": self._part.get("SUMMARY", ""), "room": self._part.get("LOCATION", ""), **who}
        return {field: str(text)[:CELL_LIMIT] for field, text in texts.items() if str(text).strip()}

    def _texts(self, start: datetime, end: datetime) -> dict[str, str]:
        told = {field: shown(text) for field, text in self.words().items()}
        return told | {"start": f"{start:%H:%M}", "end": f"{end:%H:%M}"}

    def _fault(self, message: str, *, fix: str) -> None:
        summary = shown(str(self._part.get("SUMMARY", "")))
        self._reader.fault(self._place, f"«{summary}»: {message}", fix=fix)
