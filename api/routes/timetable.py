"""The whole timetable at once: as JSON, as a table, as a calendar; and put back as a whole.

Entry by entry it is edited in the register.
"""

from __future__ import annotations

from enum import StrEnum
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from api.answers import dumped
from api.deps import Parts, PartsIn, Window, checked_window
from api.exports import catalog
from api.exports.book import book_of
from api.exports.formats import FORMATS, Format, bytes_of
from api.instants import InstantIn
from api.problem import Problem
from api.register_views import TimetableView, timetable_view
from api.routes.register import IfMatch, changed_problem, checked, version_named
from api.views import ProblemView
from edge.register.calendar import BellSchedule, Holiday, MovedDay, OpeningHours, Term
from edge.register.contract import Change, Put, Remove, Snapshot
from edge.register.entry import Entry, Part, Person, Reason
from edge.register.exports.timetable import timetable_ics, timetable_table
from edge.register.imports.options import Options
from edge.register.lessons import Cancellation, Group, OneOff, Partner, Program, Slot, Substitution, Teacher
from edge.register.upkeep import PlannedMaintenance
from telemetry.lessons import lessons
from telemetry.zones import NS_PER_DAY

router = APIRouter(tags=["timetable"])

_KINDS: dict[str, type[Entry]] = {
    kind.kind: kind
    for kind in (
        *(BellSchedule, Term, Holiday, MovedDay, OpeningHours, Partner, Program, Group, Teacher),
        *(Slot, Substitution, Cancellation, OneOff, PlannedMaintenance),
    )
}
_HALF_YEAR_NS = 183 * NS_PER_DAY


class Shape(StrEnum):
    """What a timetable can be answered as."""

    JSON = "json"
    CSV = "csv"
    CSV_EXCEL = "csv-excel"
    XLSX = "xlsx"
    PARQUET = "parquet"
    ICS = "ics"


class TimetableIn(Part):
    """A timetable as it has to be: `entries[kind][id]`; kinds that are left out stay as they are."""

    entries: dict[str, dict[str, dict[str, Any]]]
    author: Person
    reason: Reason


def calendar_window(
    parts: PartsIn,
    start: Annotated[InstantIn | None, Query(description="First instant of a calendar's lessons")] = None,
    end: Annotated[InstantIn | None, Query(description="First instant after them; default: a year around now")] = None,
) -> Window:
    """The window of an iCalendar's lessons."""
    now = parts.clock.now()
    return checked_window(now - _HALF_YEAR_NS if start is None else start, now + _HALF_YEAR_NS if end is None else end)


@router.get("/timetable", response_model=TimetableView)
def get_timetable(
    parts: PartsIn,
    window: Annotated[Window, Depends(calendar_window)],
    form: Annotated[Shape, Query(alias="format", description="json, a table, or ics: a calendar")] = Shape.JSON,
) -> Response:
    """All that was entered about lessons; the `ETag` of JSON is what a change has to name in `If-Match`."""
    register = parts.numbers.register.snapshot()
    if form is Shape.JSON:
        headers = {"ETag": f'"{register.register_version}"'}
        view = timetable_view(register, _KINDS.values())
        return Response(dumped(view), headers=headers, media_type="application/json")
    if form is not Shape.ICS:
        return _table(parts, register, Format(form.value))
    headers = {"Content-Disposition": 'attachment; filename="timetable.ics"'}
    content = _calendar(parts, register, window)
    return Response(content, headers=headers, media_type="text/calendar; charset=utf-8")


def _table(parts: Parts, register: Snapshot, form: Format) -> Response:
    centre, kind = parts.settings.centre, FORMATS[form]
    table = timetable_table(register, options_of(parts), language=centre.language)
    content = bytes_of(book_of(table, timezone=centre.timezone), form)
    headers = {"Content-Disposition": f'attachment; filename="timetable{kind.suffix}"'}
    return Response(content, headers=headers, media_type=kind.media_type)


def options_of(parts: Parts) -> Options:
    """The names that the configuration knows."""
    return catalog.options_of(parts.settings)


def _calendar(parts: Parts, register: Snapshot, window: Window) -> bytes:
    entered = parts.numbers.desk.entered()
    held = lessons(entered.timetable, entered.inventory, entered.zone, (window.start, window.end))
    return timetable_ics(register, options_of(parts), held, name=parts.settings.centre.name)


@router.put(
    "/timetable",
    response_model=TimetableView,
    responses={code: {"model": ProblemView} for code in (409, 412, 422, 428)},
)
def put_timetable(parts: PartsIn, body: TimetableIn, if_match: IfMatch = None) -> Response:
    """Make the timetable this one, all of it or nothing; 412 with who and when where it has changed since."""
    register = parts.numbers.register
    seen = version_named(if_match, "the timetable")
    before = register.snapshot()
    if seen != before.register_version:
        since = register.changed_since(seen).value
        raise changed_problem("the register", since[-1].stamp if since else None)
    register.apply(_changes(before, body), author=body.author, reason=body.reason, at=parts.clock.now())
    after = register.snapshot()
    view = timetable_view(after, _KINDS.values())
    return Response(dumped(view), headers={"ETag": f'"{after.register_version}"'}, media_type="application/json")


def _changes(before: Snapshot, body: TimetableIn) -> list[Change]:
    unknown = sorted(set(body.entries) - set(_KINDS))
    if unknown:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            f"a timetable has no {', '.join(unknown)}",
            fix=f"It has {', '.join(_KINDS)}.",
        )
    changes: list[Change] = []
    for name, wanted in body.entries.items():
        there = {row.id: row.version for row in before.rows(_KINDS[name])}
        changes += [Remove(name, entry, version) for entry, version in there.items() if entry not in wanted]
        for entry, value in wanted.items():
            place = ("body", "entries", name, entry)
            changes.append(Put(entry, checked(_KINDS[name], value, place), there.get(entry, 0)))
    return changes
