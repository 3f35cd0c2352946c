"""The page of imports: a file is looked at first, and entered when a person has seen what it would change.

The file itself is kept nowhere: the browser sends it again to be entered.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from api import uploads
from api.deps import Parts, PartsIn
from api.frame import framed
from api.import_views import PlanView
from api.importing import answered
from api.pages.language import language_of
from api.pages.plan_words import LessonWords
from api.pages.plans import Told, shown_plan
from api.pages.texts import Texts
from api.posted import known_author, remembered
from api.problem import Problem
from api.routes.timetable import options_of
from edge.errors import GiveUp
from edge.register.calendar import Term
from edge.register.contract import Conflict, Refused
from edge.register.imports.cells import day_of
from edge.register.imports.plan import Scope
from edge.register.mappings import Subject

router = APIRouter(include_in_schema=False)

SUBJECTS = ("timetable", "equipment", "register")
"""What may be imported; entries of the register have a page of their own for each kind."""

SubjectPath = Literal["timetable", "equipment"]


@router.get("/import")
def get_first() -> Response:
    """The first of the imports."""
    return RedirectResponse("/import/timetable", HTTPStatus.SEE_OTHER)


@router.get("/import/{subject}")
def get_page(request: Request, parts: PartsIn, subject: SubjectPath) -> Response:
    """Where a file is chosen."""
    terms = sorted(parts.numbers.register.rows(Term).value, key=lambda row: row.value.first_day, reverse=True)
    return framed(
        request,
        parts,
        "import.html",
        subject=subject,
        subjects=SUBJECTS,
        kind="",
        terms=[(row.id, row.value.name) for row in terms],
        author=known_author(request),
        can_write=parts.config is not None,
    )


@dataclass(frozen=True, slots=True)
class Holding:
    """What a person says of a timetable: whether it is all, its term, and its first day, empty for none."""

    scope: Scope
    term: str
    since: str


def holding_of(
    scope: Annotated[Scope, Query()] = Scope.ADDING,
    term: Annotated[str, Query(max_length=200)] = "",
    since: Annotated[str, Query(alias="from", max_length=10)] = "",
) -> Holding:
    """What the page's script asks of a timetable."""
    return Holding(scope, term, since)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asks of a file; `seen` is the tag of the plan that was looked at, empty where it is only looked."""

    holding: Holding
    name: str
    answers: tuple[str, ...]
    author: str
    reason: str
    seen: str


def asked_of(
    holding: Annotated[Holding, Depends(holding_of)],
    name: Annotated[str, Query(max_length=200)] = "",
    answer: Annotated[list[str] | None, Query(max_length=100)] = None,
    author: Annotated[str, Query(max_length=120)] = "",
    reason: Annotated[str, Query(max_length=500)] = "",
    seen: Annotated[str, Query(max_length=80)] = "",
) -> Asked:
    """What the page's script asks."""
    return Asked(holding, name, tuple(answer or ()), author, reason, seen)


@router.post("/import/{subject}")
async def post_file(
    request: Request, parts: PartsIn, subject: SubjectPath, asked: Annotated[Asked, Depends(asked_of)]
) -> Response:
    """What the file in the body would change, as a part of the page; with `seen` it is done, all of it or nothing."""
    texts = parts.pages.texts(language_of(request, parts.pages.default))
    try:
        data = await uploads.content(request)
        plan, tag, file = await run_in_threadpool(_planned, parts, Subject(subject), data, asked)
    except (Problem, Conflict, Refused, GiveUp) as error:
        return framed(request, parts, "plan.html", plan=None, faults=faults_of(error, texts))
    response = framed(
        request,
        parts,
        "plan.html",
        plan=shown_plan(plan, texts, LessonWords(texts)),
        faults=(),
        tag=tag,
        file=file,
        subject=subject,
        kind="",
        can_write=subject == SUBJECTS[0] or parts.config is not None,
        author=asked.author or known_author(request),
        reason=asked.reason or texts("import.reason", name=asked.name),
    )
    return remembered(response, asked.author) if asked.seen else response


def _planned(parts: Parts, subject: Subject, data: bytes, asked: Asked) -> tuple[PlanView, str, str]:
    """The plan, its tag, and the drop-in file that it makes, if any."""
    who = uploads.named(asked.author, asked.reason) if asked.seen else None
    answers = answered(asked.answers, subject)
    if subject is Subject.EQUIPMENT:
        made, view = uploads.equipment(
            parts, data, stem=asked.name.rpartition(".")[0], answers=answers, who=who, if_match=asked.seen or None
        )
        return view, uploads.tag_of(made), made.target.name if made.target else ""
    told = asked.holding
    options = replace(options_of(parts), answers=answers, scope=told.scope, term=told.term, since=_day(told.since))
    view = uploads.timetable(parts, data, options, who=who, if_match=asked.seen or None)
    return view, f'"{view.register_version}"', ""


def _day(text: str) -> date | None:
    """The day of a field that may be empty; raises `GiveUp`."""
    try:
        return day_of(text) if text else None
    except ValueError as error:
        raise GiveUp(str(error), fix="Write a date such as 01.09.2026.") from error


def faults_of(error: Problem | Conflict | Refused | GiveUp, texts: Texts) -> tuple[Told, ...]:
    """What hinders a file, in the reader's words."""
    if isinstance(error, Refused):
        return tuple(Told(one.place, texts.said(one.message), texts.said(one.fix)) for one in error.faults)
    message = error.detail if isinstance(error, Problem) else str(error)
    return (Told("", texts.said(message), texts.said(error.fix)),)
