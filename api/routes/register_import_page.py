"""The page of imports of the register's entries: a file of one kind is looked at first, then entered.

The file itself is kept nowhere: the browser sends it again to be entered. No learner is on it.
"""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from api import entering, uploads
from api.deps import Parts, PartsIn
from api.frame import framed
from api.import_views import PlanView
from api.importing import answered
from api.pages.language import language_of
from api.pages.plan_words import EntryWords
from api.pages.plans import shown_plan
from api.pages.shapes import GROUPS
from api.posted import known_author, remembered
from api.problem import Problem
from api.routes.import_page import SUBJECTS, Asked, asked_of, faults_of
from api.routes.register_page import KindIn
from edge.errors import GiveUp
from edge.register.contract import Conflict, Refused
from edge.register.entry import Entry
from edge.register.imports.columns import COLUMNS
from edge.register.imports.options import options_for
from edge.register.mappings import Subject

router = APIRouter(include_in_schema=False)

SUBJECT = "register"
TABLED = {
    group: found for group, kinds in GROUPS.items() if (found := tuple(kind for kind in kinds if kind in COLUMNS))
}
"""The kinds of the forms that a table can hold, by group."""


def tabled_kind(kind: KindIn) -> type[Entry]:
    """The kind that a path names; 404 where no table holds it."""
    if kind.kind not in COLUMNS:
        raise Problem(HTTPStatus.NOT_FOUND, f"no table holds {kind.kind!r}", fix=f"Enter it at /register/{kind.kind}.")
    return kind


TabledIn = Annotated[type[Entry], Depends(tabled_kind)]


@router.get("/import/register")
def get_first() -> Response:
    """The first of the kinds."""
    first = next(kind for kinds in TABLED.values() for kind in kinds)
    return RedirectResponse(f"/import/register/{first}", HTTPStatus.SEE_OTHER)


@router.get("/import/register/{kind}")
def get_page(request: Request, parts: PartsIn, kind: TabledIn) -> Response:
    """Where a file of entries of a kind is chosen."""
    return framed(
        request,
        parts,
        "import.html",
        subject=SUBJECT,
        subjects=SUBJECTS,
        kind=kind.kind,
        groups=TABLED,
        terms=(),
        author=known_author(request),
        can_write=True,
    )


@router.post("/import/register/{kind}")
async def post_file(
    request: Request, parts: PartsIn, kind: TabledIn, asked: Annotated[Asked, Depends(asked_of)]
) -> Response:
    """What the file in the body would change, as a part of the page; with `seen` it is done, all of it or nothing."""
    texts = parts.pages.texts(language_of(request, parts.pages.default))
    try:
        data = await uploads.content(request)
        plan = await run_in_threadpool(_planned, parts, kind, data, asked)
    except (Problem, Conflict, Refused, GiveUp) as error:
        return framed(request, parts, "plan.html", plan=None, faults=faults_of(error, texts))
    words = EntryWords(kind, entering.lists_of(parts, kind, texts), texts)
    response = framed(
        request,
        parts,
        "plan.html",
        plan=shown_plan(plan, texts, words),
        faults=(),
        tag=f'"{plan.register_version}"',
        file="",
        subject=SUBJECT,
        kind=kind.kind,
        can_write=True,
        author=asked.author or known_author(request),
        reason=asked.reason or texts("import.reason", name=asked.name),
    )
    return remembered(response, asked.author) if asked.seen else response


def _planned(parts: Parts, kind: type[Entry], data: bytes, asked: Asked) -> PlanView:
    who = uploads.named(asked.author, asked.reason) if asked.seen else None
    options = options_for(parts.settings.centre, parts.numbers.desk.equipment())
    options = replace(options, answers=answered(asked.answers, Subject(kind.kind)))
    return uploads.entries(parts, data, kind, options, who=who, if_match=asked.seen or None)
