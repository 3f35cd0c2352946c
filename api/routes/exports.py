"""Tables and reports as files: which there are, and each of them.

A file is whole before its first byte is sent; the same question gives the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from api.answers import answer
from api.deps import Parts, PartsIn, checked_window
from api.exports.asked import FormatQuery, LanguageQuery, texts_of
from api.exports.catalog import EXPORTS, Asks, Export, Question, Sources
from api.exports.delivery import delivered
from api.exports.document import schema
from api.exports.formats import Format
from api.instants import InstantIn
from api.problem import Problem
from api.views import ProblemView
from edge.numbers.figures import By, Cut

router = APIRouter(tags=["exports"])

_REFUSALS: dict[int | str, dict[str, Any]] = {code: {"model": ProblemView} for code in (404, 406, 422)}


@dataclass(frozen=True, slots=True)
class ExportView:
    """One export: what it has to be told (`nothing`, `window`: start and end, `period`: year and quarter)."""

    name: str
    title: str
    asks: str
    formats: list[Format]


@dataclass(frozen=True, slots=True)
class ExportList:
    """Every export."""

    items: list[ExportView]
    next: str | None


@router.get("/exports", response_model=ExportList)
def list_exports(parts: PartsIn, language: LanguageQuery = None) -> Response:
    """What can be had as a file, and in which formats."""
    texts = texts_of(parts, language)
    views = [
        ExportView(name, str(texts.table.get(f"table.{name}", name)), export.asks.value, list(export.formats))
        for name, export in EXPORTS.items()
    ]
    return answer(ExportList(views, None))


@router.get("/exports/schema.json", response_class=Response)
def get_schema() -> Response:
    """The JSON Schema of every export as JSON."""
    return Response(schema(), media_type="application/schema+json")


def known_export(name: Annotated[str, Path(max_length=64, description="One of GET /api/v1/exports")]) -> str:
    """The export that a path names; 404 where there is none."""
    if name not in EXPORTS:
        raise Problem(HTTPStatus.NOT_FOUND, f"there is no export {name!r}", fix=f"Take one of {', '.join(EXPORTS)}.")
    return name


def windowed(
    parts: PartsIn,
    start: Annotated[InstantIn | None, Query(description="First instant of the window")] = None,
    end: Annotated[InstantIn | None, Query(description="First instant after the window")] = None,
    by: Annotated[By, Query(description="Of utilisation: what the rows are for")] = By.EQUIPMENT,
    bucket: Annotated[Cut, Query(description="Of utilisation: how the window is cut")] = Cut.NONE,
    language: LanguageQuery = None,
) -> Question:
    """The window that a request asks for, where it does."""
    question = Question(texts=texts_of(parts, language), by=by, cut=bucket)
    if start is None or end is None:
        return question
    window = checked_window(start, end)
    return replace(question, start=window.start, end=window.end)


@router.get("/exports/{name}", response_class=Response, responses=_REFUSALS)
def get_export(
    request: Request,
    parts: PartsIn,
    name: Annotated[str, Depends(known_export)],
    question: Annotated[Question, Depends(windowed)],
    form: FormatQuery = Format.JSON,
) -> Response:
    """One export as a file; which of the words it has to be told is in the list."""
    export = EXPORTS[name]
    _check(name, export, question, form)
    return delivered(request, export.make(question, sources_of(parts)), form)


def _check(name: str, export: Export, question: Question, form: Format) -> None:
    if form not in export.formats:
        raise Problem(
            HTTPStatus.NOT_ACCEPTABLE,
            f"{name} is not had as {form.value}",
            fix=f"Ask for ?format={', '.join(export.formats)}.",
        )
    if export.asks is Asks.WINDOW and question.end == 0:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            f"{name} is a table of a window",
            fix="Give start and end, RFC 3339 with offset.",
        )


def sources_of(parts: Parts) -> Sources:
    """Who answers, as this gateway has them."""
    return Sources(parts.settings, parts.store, parts.numbers, parts.monitoring)
