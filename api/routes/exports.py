"""Tables and reports as files: which there are, and each of them.

A file is whole before its first byte is sent; the same question gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from api.answers import answer
from api.deps import Parts, PartsIn, checked_window
from api.exports.asked import FormatQuery, LanguageQuery, SheetIn, tabled, texts_of
from api.exports.catalog import EXPORTS, Asks
from api.exports.delivery import delivered
from api.exports.document import schema
from api.exports.formats import Format
from api.exports.question import Question, Sources
from api.exports.rows import rows_of
from api.exports.shapes import EXPORT_LIST
from api.exports.words import table_of
from api.instants import InstantIn
from api.pages.texts import Texts
from api.problem import Problem
from api.views import ProblemView
from edge.monitoring.contract import Period
from edge.numbers.figures import By, Cut
from edge.register.entry import LAST_YEAR
from edge.register.exports.entries import TITLES, title_of
from telemetry.indicators.definition import Dimension

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
def list_exports(request: Request, parts: PartsIn, sheet: SheetIn) -> Response:
    """What can be had as a file, and in which formats."""
    texts = sheet.texts
    views = [
        ExportView(name, _title(name, texts), export.asks.value, list(export.formats))
        for name, export in EXPORTS.items()
    ]
    if not sheet.is_json:
        return tabled(request, parts, sheet, table_of("exports", EXPORT_LIST, rows_of(views, EXPORT_LIST), texts))
    return answer(ExportList(views, None))


def _title(name: str, texts: Texts) -> str:
    """What a table or a report is called."""
    return title_of(name, texts.language) if name in TITLES else str(texts.table.get(f"table.{name}", name))


@router.get("/exports/schema.json", response_class=Response)
def get_schema() -> Response:
    """The JSON Schema of every export as JSON."""
    return Response(schema(), media_type="application/schema+json")


def known_export(name: Annotated[str, Path(max_length=64, description="One of GET /api/v1/exports")]) -> str:
    """The export that a path names; 404 where there is none."""
    if name not in EXPORTS:
        raise Problem(HTTPStatus.NOT_FOUND, f"there is no export {name!r}", fix=f"Take one of {', '.join(EXPORTS)}.")
    return name


@dataclass(frozen=True, slots=True)
class Cutting:
    """How a table is cut, or which value is meant: `by` and `bucket` of utilisation, `by` and `key` of evidence."""

    by: str
    bucket: Cut
    number: str
    key: str


def cutting(
    by: Annotated[str, Query(max_length=32, description="Of utilisation: rows; of evidence: a dimension")] = "",
    bucket: Annotated[Cut, Query(description="Of utilisation: how the window is cut")] = Cut.NONE,
    number: Annotated[str, Query(max_length=64, description="Of evidence: one indicator; default: all")] = "",
    key: Annotated[str, Query(max_length=200, description="Of evidence: one key of the dimension `by`")] = "",
) -> Cutting:
    """What a request says about the rows."""
    return Cutting(by, bucket, number, key)


@dataclass(frozen=True, slots=True)
class Quarter:
    """A period and which of its reports is meant."""

    year: int
    quarter: int
    edition: int
    inside: bool


def quarter_of(
    year: Annotated[int, Query(ge=0, le=LAST_YEAR, description="Of a period: the calendar year")] = 0,
    quarter: Annotated[int, Query(ge=0, le=4, description="Of a period: 1 to 4")] = 0,
    edition: Annotated[int | None, Query(ge=1, le=10_000, description="As closed; default: as of now")] = None,
    inside: Annotated[bool, Query(description="For the school itself: small groups are shown")] = False,  # noqa: FBT002 - FastAPI's way
) -> Quarter:
    """The period that a request names, zeros where it names none."""
    return Quarter(year, quarter, edition or 0, inside)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A window; zeros where a request names none."""

    start: int
    end: int


def stretch_of(
    start: Annotated[InstantIn | None, Query(description="Of a window: its first instant")] = None,
    end: Annotated[InstantIn | None, Query(description="Of a window: the first instant after it")] = None,
) -> Stretch:
    """The window that a request names."""
    if start is None or end is None:
        return Stretch(0, 0)
    window = checked_window(start, end)
    return Stretch(window.start, window.end)


def question_of(
    parts: PartsIn,
    name: Annotated[str, Depends(known_export)],
    stretch: Annotated[Stretch, Depends(stretch_of)],
    quarter: Annotated[Quarter, Depends(quarter_of)],
    cut: Annotated[Cutting, Depends(cutting)],
    language: LanguageQuery = None,
) -> Question:
    """What a request asks of an export; raises `Problem` where a word that the export needs is missing or unknown."""
    question = Question(texts=texts_of(parts, language), cut=cut.bucket, number=cut.number, key=cut.key)
    asks = EXPORTS[name].asks
    if asks is Asks.PERIOD:
        if not (quarter.year and quarter.quarter):
            raise _missing(name, "a period", "Give year and quarter.")
        period = Period(quarter.year, quarter.quarter)
        dimension = Dimension(_known(cut.by, tuple(Dimension))) if cut.by else None
        return replace(question, period=period, edition=quarter.edition, inside=quarter.inside, by_dimension=dimension)
    if asks is Asks.WINDOW and stretch.end == 0:
        raise _missing(name, "a window", "Give start and end, RFC 3339 with offset.")
    by = By(_known(cut.by or By.EQUIPMENT, tuple(By)))
    return replace(question, start=stretch.start, end=stretch.end, by=by, inside=quarter.inside)


def _missing(name: str, what: str, fix: str) -> Problem:
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, f"{name} is a table of {what}", fix=fix)


def _known(word: str, words: Sequence[str]) -> str:
    if word not in words:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY, f"by: there is no {word!r}", fix=f"Take one of {', '.join(words)}."
        )
    return word


@router.get("/exports/{name}", response_class=Response, responses=_REFUSALS)
def get_export(
    request: Request,
    parts: PartsIn,
    name: Annotated[str, Depends(known_export)],
    question: Annotated[Question, Depends(question_of)],
    form: FormatQuery = Format.JSON,
) -> Response:
    """One export as a file; which of the words it has to be told is in the list."""
    export = EXPORTS[name]
    if form not in export.formats:
        raise Problem(
            HTTPStatus.NOT_ACCEPTABLE,
            f"{name} is not had as {form.value}",
            fix=f"Ask for ?format={', '.join(export.formats)}.",
        )
    inline = form in (Format.HTML, Format.JSON)
    return delivered(request, export.make(question, sources_of(parts)), form, inline=inline)


def sources_of(parts: Parts) -> Sources:
    """Who answers, as this gateway has them."""
    return Sources(parts.settings, parts.store, parts.numbers, parts.monitoring)
