"""The pages of the timetable: a week of it, and the forms of its lessons.

They work without a script; every change is entered with who and why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from api import lesson_entry
from api.deps import Parts, PartsIn
from api.frame import framed
from api.lesson_entry import Answer, Meant, Who
from api.pages.language import language_of
from api.pages.lesson_forms import DIFFERENT, FORMS, ONE_OFF, SLOT, Known, form_of, values_of, whole_faults
from api.pages.lessons import LessonPage, NewPage, conflict_told, lesson_page, shown_times
from api.pages.texts import Texts
from api.pages.week import iso_of, week_of
from api.posted import Posted, PostedIn, known_author, remembered
from api.problem import Problem
from api.weeks import held_of
from edge.register.contract import Conflict, Refused
from edge.register.entry import FIRST_YEAR, LAST_YEAR
from edge.register.imports.typed import FieldFault
from edge.register.lessons import Slot

router = APIRouter(include_in_schema=False)

Fields = Mapping[str, str]


def shown_week(
    parts: PartsIn,
    request: Request,
    week: Annotated[str, Query(max_length=10, description="2026-W39; default: this one")] = "",
) -> date:
    """The Monday of the week that is asked for."""
    texts = texts_of(request, parts)
    today = texts.local(parts.clock.now()).date()
    year, _, number = week.partition("-W")
    try:
        monday = date.fromisocalendar(int(year), int(number), 1) if week else today - timedelta(days=today.weekday())
    except ValueError as error:
        raise Problem(HTTPStatus.NOT_FOUND, f"{week!r} is no week", fix="Write it as 2026-W39.") from error
    if not FIRST_YEAR <= monday.year <= LAST_YEAR:
        raise Problem(HTTPStatus.NOT_FOUND, f"{week!r} is out of the calendar", fix="Take a year from 1990 to 2099.")
    return monday


def texts_of(request: Request, parts: Parts) -> Texts:
    """The words of the reader's language."""
    return parts.pages.texts(language_of(request, parts.pages.default))


@router.get("/timetable")
def get_week(request: Request, parts: PartsIn, monday: Annotated[date, Depends(shown_week)]) -> Response:
    """A week of the timetable."""
    texts = texts_of(request, parts)
    today = texts.local(parts.clock.now()).date()
    held = held_of(parts, monday, texts)
    week = week_of(monday, held, centre=parts.settings.centre, texts=texts, today=today)
    return framed(request, parts, "timetable.html", week=week, this=iso_of(today))


@router.get("/timetable/new")
def get_new(
    request: Request,
    parts: PartsIn,
    kind: Annotated[str, Query(pattern="^(slot|one_off)$")] = SLOT,
    day: Annotated[date | None, Query()] = None,
    room: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    """The form of a new lesson."""
    on = day or texts_of(request, parts).local(parts.clock.now()).date()
    values = {"day": on.isoformat() if kind == ONE_OFF else str(on.isoweekday()), "room": f"[{room}]" if room else ""}
    return _new(request, parts, kind, values, on=on)


@router.post("/timetable/new")
async def post_new(request: Request, parts: PartsIn, posted: PostedIn) -> Response:
    """A new lesson; the form again, with what is wrong, where it cannot be entered."""
    kind = ONE_OFF if posted.one("kind") == ONE_OFF else SLOT
    fields, texts = _fields(kind, posted), texts_of(request, parts)
    found = await run_in_threadpool(_tried, lambda: lesson_entry.add(parts, fields, _who(posted)), posted, texts)
    on = _day(posted.one("on")) or texts.local(parts.clock.now()).date()
    if found.faults:
        return _new(request, parts, kind, fields, on=on, posted=posted, faults=found.faults)
    if kind == ONE_OFF:
        return _gone(f"/timetable?week={iso_of(date.fromisoformat(fields['day']))}#l-{found.lesson}", posted)
    return _gone(f"/timetable?week={iso_of(on)}", posted)


LessonPath = Annotated[str, Path(max_length=200, description="`<slot>:<day>`, or a one-off")]


def meant_by(lesson: LessonPath, parts: PartsIn) -> Meant:
    """The lesson that a path names; 404 where there is none such."""
    meant = lesson_entry.lesson_meant(parts, lesson)
    if meant is None:
        raise Problem(HTTPStatus.NOT_FOUND, f"there is no lesson {lesson!r}", fix="Look for it at /timetable.")
    return meant


@router.get("/timetable/lessons/{lesson}")
def get_lesson(request: Request, parts: PartsIn, meant: Annotated[Meant, Depends(meant_by)]) -> Response:
    """One lesson: what it is, and what may be done with it."""
    return _lesson(request, parts, meant)


@router.post("/timetable/lessons/{lesson}")
async def post_lesson(
    request: Request, parts: PartsIn, meant: Annotated[Meant, Depends(meant_by)], posted: PostedIn
) -> Response:
    """What a form of a lesson's page asks for; the page again, with what is wrong, where it cannot be."""
    action, texts = posted.one("action"), texts_of(request, parts)
    found = await run_in_threadpool(_tried, lambda: _done(request, parts, meant, action, posted), posted, texts)
    if found.faults:
        return _lesson(request, parts, meant, action=action, posted=posted, faults=found.faults)
    address = f"/timetable?week={iso_of(meant.day)}"
    return _gone(f"{address}#l-{found.lesson}" if found.lesson else address, posted)


def _done(request: Request, parts: Parts, meant: Meant, action: str, posted: Posted) -> Answer:
    who = _who(posted)
    lesson_entry.looked_at(meant, posted.one("version"))
    if action == "substitute" and isinstance(meant.entry.value, Slot):
        shown = shown_times(meant, texts_of(request, parts))
        return lesson_entry.substitute(parts, meant, _fields(DIFFERENT, posted), shown, who)
    if action == "change":
        fields = _fields(_form_of(meant), posted)
        return lesson_entry.change(parts, meant, fields, who, whole=posted.one("since") == "all")
    simple: Mapping[str, Callable[[Parts, Meant, Who], None]] = {
        "cancel": lesson_entry.cancel,
        "restore": lesson_entry.restore,
        "as_before": lesson_entry.as_before,
        "end": lesson_entry.end,
    }
    if action not in simple:
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, f"{action!r} is no action", fix="Use the forms of the page.")
    simple[action](parts, meant, who)
    return Answer("" if action == "end" else meant.id)


def _tried(enter: Callable[[], Answer], posted: Posted, texts: Texts) -> Answer:
    """What came of it; what the register refuses is told like what the form has wrong."""
    missing = [name for name in ("author", "reason") if not posted.one(name)]
    if missing:
        return Answer(faults=tuple(FieldFault("", texts(f"session.no_{name}"), "") for name in missing))
    try:
        return enter()
    except Refused as error:
        return Answer(faults=tuple(FieldFault("", fault.message, fault.fix) for fault in error.faults))
    except Conflict as error:
        return Answer(faults=(FieldFault("", conflict_told(error, texts), ""),))


def _known(parts: Parts, texts: Texts) -> Known:
    return Known(*lesson_entry.names_for(parts, parts.numbers.register.snapshot()), texts)


def _new(
    request: Request,
    parts: Parts,
    kind: str,
    values: Fields,
    *,
    on: date,
    posted: Posted | None = None,
    faults: tuple[FieldFault, ...] = (),
) -> Response:
    known = _known(parts, texts_of(request, parts))
    shown = NewPage(
        kind=kind,
        on=on.isoformat(),
        week=iso_of(on),
        fields=form_of(kind, values, known, faults),
        faults=whole_faults(kind, faults, known.texts),
        author=posted.one("author") if posted else known_author(request),
        reason=posted.one("reason") if posted else known.texts("lesson.reason_new"),
    )
    status = HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK
    return framed(request, parts, "lesson_new.html", status=status, form=shown)


def _lesson(
    request: Request,
    parts: Parts,
    meant: Meant,
    *,
    action: str = "",
    posted: Posted | None = None,
    faults: tuple[FieldFault, ...] = (),
) -> Response:
    texts = texts_of(request, parts)
    known, form = _known(parts, texts), _form_of(meant)
    held = held_of(parts, meant.day - timedelta(days=meant.day.weekday()), texts)
    changed = _fields(form, posted) if posted and action == "change" else values_of(meant.entry.value, known)
    differs = _fields(DIFFERENT, posted) if posted and action == "substitute" else None
    shown: LessonPage = lesson_page(
        meant,
        held,
        known,
        action=action,
        changed=form_of(form, changed, known, faults if action == "change" else ()),
        differs=differs,
        faults=faults,
        author=posted.one("author") if posted else known_author(request),
        reason=posted.one("reason") if posted else "",
        now=parts.clock.now(),
        history=lesson_entry.history(parts, meant),
        centre=parts.settings.centre,
    )
    status = HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK
    return framed(request, parts, "lesson.html", status=status, shown=shown)


def _form_of(meant: Meant) -> str:
    return SLOT if isinstance(meant.entry.value, Slot) else ONE_OFF


def _fields(form: str, posted: Posted) -> dict[str, str]:
    return {name: posted.one(name) for name in FORMS[form]}


def _who(posted: Posted) -> Who:
    return Who(posted.one("author")[:120], posted.one("reason")[:500])


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _gone(address: str, posted: Posted) -> Response:
    return remembered(RedirectResponse(address, HTTPStatus.SEE_OTHER), posted.one("author"))
