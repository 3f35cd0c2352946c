"""The quarterly monitoring: indicators of a quarter, what is behind each of them, closed editions.

Nothing here computes; a quarter is answered from what was computed before until something that it read has changed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from api.answers import answer, dumped
from api.deps import MonitoringIn, Parts, PartsIn
from api.depth_views import MAX_FACTS, DepthView, depth_views
from api.edition_views import DifferenceList, EditionList, EditionView, differences_view, edition_view
from api.evidence_views import CellEvidence, evidence_json
from api.exports.asked import LanguageQuery, Sheet, SheetIn, tabled, texts_of
from api.exports.delivery import delivered
from api.exports.quarterly import evidence_book, monitoring_book
from api.exports.question import Question
from api.exports.rows import rows_of as cells_of
from api.exports.shapes import EDITIONS
from api.exports.words import table_of
from api.indicator_views import ReportView, SetList, report_view, set_view
from api.problem import Problem
from api.rendered import Body, respond
from api.routes.exports import sources_of
from api.views import ProblemView
from edge.monitoring.contract import Edition, Evidence, EvidenceRow, Measured, Monitoring, Period, Report
from edge.monitoring.set_file import schema
from edge.numbers.depth import Ground
from edge.register.entry import FIRST_YEAR, LAST_YEAR, Part, Person, Reason
from edge.register.quarters import Quarter, Year
from telemetry.indicators.definition import Dimension

router = APIRouter(tags=["monitoring"])

MAX_ROWS = 100_000
"""Rows of evidence of one answer: eleven years of the days of 25 equipment, 30 MB."""

_REFUSALS: dict[int | str, dict[str, Any]] = {code: {"model": ProblemView} for code in (404, 406, 422)}
_PERIOD = re.compile(r"(\d{4})-Q([1-4])")


def period_of(
    year: Annotated[int, Query(ge=FIRST_YEAR, le=LAST_YEAR, description="The calendar year")],
    quarter: Annotated[int, Query(ge=1, le=4, description="Its quarter; values run from 1 January to its end")],
) -> Period:
    """The period that a request asks for."""
    return Period(year, quarter)


PeriodIn = Annotated[Period, Depends(period_of)]
NumberIn = Annotated[int | None, Query(ge=1, le=2**31, description="As closed; default: as of now")]


@dataclass(frozen=True, slots=True)
class Asked:
    """A period as of now, or as closed in an edition."""

    period: Period
    report: Report
    edition: Edition | None


def asked_of(monitoring: MonitoringIn, period: PeriodIn, edition: NumberIn = None) -> Asked:
    """The report that a request is about; 404 where there is no such edition."""
    if edition is None:
        return Asked(period, monitoring.report(period), None)
    closed = _edition(monitoring, period, edition)
    return Asked(period, monitoring.closed_report(closed), closed)


AskedIn = Annotated[Asked, Depends(asked_of)]


@dataclass(frozen=True, slots=True)
class Filed:
    """The format of an answer; `inside` is for the school's own eyes: a table shows small groups of people."""

    sheet: Sheet
    inside: bool


def filed_of(
    sheet: SheetIn,
    inside: Annotated[bool, Query(description="Of a table, for the school itself: small groups are shown")] = False,  # noqa: FBT002 - FastAPI's way to write a flag
) -> Filed:
    """How a request wants its answer."""
    return Filed(sheet, inside)


FiledIn = Annotated[Filed, Depends(filed_of)]


@router.get("/indicators", response_model=ReportView, responses=_REFUSALS)
def get_indicators(request: Request, parts: PartsIn, asked: AskedIn, filed: FiledIn) -> Response:
    """The monitoring of a quarter: every indicator with target, how it came, components and dynamics."""
    if not filed.sheet.is_json:
        return delivered(request, monitoring_book(_question(asked, filed), sources_of(parts)), filed.sheet.form)
    texts = filed.sheet.texts
    question = ("indicators", *_key(asked), texts.language)
    body = parts.rendered.body(question, asked.report, lambda: dumped(report_view(asked.report, texts, asked.edition)))
    return respond(request, body)


@router.get("/indicators/sets", response_model=SetList)
def get_sets(monitoring: MonitoringIn) -> Response:
    """The sets of indicators that this gateway knows; those in force at a quarter's end are used for it."""
    return answer(SetList([set_view(one) for one in monitoring.sets()], None))


@router.get("/indicators/schema", response_model=dict[str, Any])
def get_schema() -> Response:
    """The JSON Schema of a file of indicators, `indicators.d/*.toml` beside the configuration."""
    return answer(schema())


@dataclass(frozen=True, slots=True)
class Cell:
    """One value: of an indicator, whole or under one key of a breakdown."""

    number: str
    by: Dimension | None
    key: str
    quarter_only: bool


def cell_of(
    number: Annotated[str, Path(max_length=64, description="The indicator's number, for example 1.2")],
    by: Annotated[Dimension | None, Query(description="A breakdown; without one, the whole value")] = None,
    key: Annotated[str, Query(max_length=200, description="Of the breakdown; empty: what has no key")] = "",
    quarter_only: Annotated[bool, Query(description="The quarter's own days instead of the year to date")] = False,  # noqa: FBT002 - FastAPI's way to write a flag
) -> Cell:
    """The value that a request asks about."""
    return Cell(number, by, key, quarter_only)


def page_of(
    after: Annotated[int, Query(ge=0, le=2**31, description="The `next` of the page before")] = 0,
    limit: Annotated[int, Query(ge=1, le=MAX_ROWS, description="Rows of this page")] = MAX_ROWS,
) -> tuple[int, int]:
    """The rows [first, last) that a request asks for."""
    return after, after + limit


@dataclass(frozen=True, slots=True)
class Rows:
    """How a request wants its rows: as what, which of them in JSON, and whether with what machines told behind them."""

    filed: Filed
    page: tuple[int, int]
    deep: bool


class Depth(StrEnum):
    """How far evidence goes."""

    FACTS = "facts"
    INTERVALS = "intervals"


def rows_of(
    filed: FiledIn,
    page: Annotated[tuple[int, int], Depends(page_of)],
    depth: Annotated[Depth, Query(description="facts; intervals: with intervals and readings too")] = Depth.FACTS,
) -> Rows:
    """The rows that a request asks for, and their format; with intervals, at most `MAX_FACTS` at once."""
    deep = depth is Depth.INTERVALS
    if deep and not filed.sheet.is_json:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "a table has the facts, without the intervals behind them",
            fix="Leave depth out, or ask for JSON; GET /api/v1/utilisation/evidence has intervals as a table.",
        )
    return Rows(filed, (page[0], min(page[1], page[0] + MAX_FACTS)) if deep else page, deep)


@router.get("/indicators/{number}/evidence", response_model=CellEvidence, responses=_REFUSALS)
def get_evidence(
    request: Request,
    parts: PartsIn,
    monitoring: MonitoringIn,
    asked: AskedIn,
    cell: Annotated[Cell, Depends(cell_of)],
    rows: Annotated[Rows, Depends(rows_of)],
) -> Response:
    """The facts behind one value; `resum`, added up from them alone, equals `value`; as a table, all of them."""
    if asked.edition is not None and cell.quarter_only:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "an edition keeps the evidence of the year to date",
            fix="Leave quarter_only out, or ask without an edition.",
        )

    filed, page = rows.filed, rows.page
    if not filed.sheet.is_json:
        if cell.quarter_only:
            raise Problem(
                HTTPStatus.UNPROCESSABLE_ENTITY,
                "a table has the evidence of the year to date",
                fix="Leave quarter_only out, or ask for JSON.",
            )
        question = replace(_question(asked, filed), number=cell.number, by_dimension=cell.by, key=cell.key)
        return delivered(request, evidence_book(question, sources_of(parts)), filed.sheet.form)

    def made() -> bytes:
        found, shown = _found(monitoring, asked, cell), _shown(asked.report, cell)
        closed = None if asked.edition is None else asked.edition.number
        behind = _behind(parts, asked, found.rows[slice(*page)], shown) if rows.deep else None
        return evidence_json(found, shown, slice(*page), closed, behind)

    if rows.deep:  # readings come without changing the report, so that their numbers are told anew
        return Response(made(), media_type="application/json")
    body = parts.rendered.body(("evidence", *_key(asked), cell, page), asked.report, made)
    return respond(request, body)


def _behind(parts: Parts, asked: Asked, rows: Sequence[EvidenceRow], shown: Measured) -> list[DepthView]:
    """What machines told behind some facts, of an edition as of its offset of the journal."""
    made_of, store = asked.report.computed_from, parts.store
    as_closed = asked.edition is not None and store.instance() == made_of.instance
    told = store.as_of(made_of.offset) if as_closed else store
    ground = Ground(store, told, parts.numbers.desk, parts.numbers.practice, made_of.now)
    return depth_views(ground, rows, shown.indicator.facts)


def _found(monitoring: Monitoring, asked: Asked, cell: Cell) -> Evidence:
    if asked.edition is not None:
        return monitoring.closed_evidence(asked.edition, cell.number, by=cell.by, key=cell.key)
    return monitoring.evidence(asked.period, cell.number, by=cell.by, key=cell.key, quarter_only=cell.quarter_only)


class CloseIn(Part):
    """Which period is closed, by whom and why; the author is given here until the gateway has users."""

    year: Year
    quarter: Quarter
    author: Person
    reason: Reason


@router.get("/editions", response_model=EditionList)
def get_editions(request: Request, parts: PartsIn, monitoring: MonitoringIn, sheet: SheetIn) -> Response:
    """Every closed period, in the order of closing."""
    views = [edition_view(one) for one in monitoring.editions()]
    if not sheet.is_json:
        table = table_of("editions", EDITIONS, cells_of(views, EDITIONS), sheet.texts)
        return tabled(request, parts, sheet, table)
    return answer(EditionList(views, None))


@router.post("/editions", response_model=EditionView, status_code=201, responses=_REFUSALS)
def post_edition(parts: PartsIn, monitoring: MonitoringIn, body: CloseIn) -> Response:
    """Close a quarter as its next edition; 422 where it has not ended, or where nothing has changed since the last."""
    period = Period(body.year, body.quarter)
    edition = monitoring.close_period(period, author=body.author, reason=body.reason, at=parts.clock.now())
    return answer(edition_view(edition), status=HTTPStatus.CREATED)


PeriodPath = Annotated[str, Path(max_length=16, description="The period, for example 2026-Q3")]
NumberPath = Annotated[int, Path(ge=1, le=2**31, description="The number of the edition")]


def edition_of(monitoring: MonitoringIn, period: PeriodPath, number: NumberPath) -> Edition:
    """The edition that a path names; 404 where there is none."""
    words = _PERIOD.fullmatch(period)
    if words is None:
        raise Problem(HTTPStatus.NOT_FOUND, f"{period!r} is no period", fix="Write it as 2026-Q3.")
    return _edition(monitoring, Period(int(words[1]), int(words[2])), number)


@router.get("/editions/{period}/{number}", response_model=dict[str, Any], responses=_REFUSALS)
def get_edition(request: Request, edition: Annotated[Edition, Depends(edition_of)]) -> Response:
    """The very bytes that were closed: their SHA-256 is that of the edition, for ever."""
    return respond(request, Body(edition.body, f'"{edition.sha256}"', "application/json", edition))


@router.get("/editions/{period}/{number}/differences", response_model=DifferenceList, responses=_REFUSALS)
def get_differences(
    parts: PartsIn,
    monitoring: MonitoringIn,
    edition: Annotated[Edition, Depends(edition_of)],
    language: LanguageQuery = None,
) -> Response:
    """What is no longer as it was closed, by how much and why; empty where nothing has changed."""
    reports = (monitoring.closed_report(edition), monitoring.report(edition.period))
    found = monitoring.differences(edition)
    return answer(differences_view(edition, found, reports, texts_of(parts, language)))


def _edition(monitoring: Monitoring, period: Period, number: int) -> Edition:
    edition = monitoring.edition(period, number)
    if edition is None:
        raise Problem(
            HTTPStatus.NOT_FOUND,
            f"{period.label} has no edition {number}",
            fix="GET /api/v1/editions lists what was closed.",
        )
    return edition


def _question(asked: Asked, filed: Filed) -> Question:
    """The question of the export that has the same table."""
    edition = 0 if asked.edition is None else asked.edition.number
    return Question(texts=filed.sheet.texts, period=asked.period, edition=edition, inside=filed.inside)


def _key(asked: Asked) -> tuple[object, ...]:
    return asked.period, None if asked.edition is None else asked.edition.number


def _shown(report: Report, cell: Cell) -> Measured:
    """The indicator of a cell; of the quarter's own days, which no component is told of, these stand for the year."""
    item = next(one for one in report.items if one.indicator.number == cell.number)
    return replace(item, year_to_date=item.quarter, components=()) if cell.quarter_only else item
