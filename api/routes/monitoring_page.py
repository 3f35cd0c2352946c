"""The pages of the quarterly monitoring: a quarter, what is behind each number, closing it, and its editions.

They are complete without JavaScript; a script only draws the charts. Nothing here computes a value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import RedirectResponse, Response

from api.deps import MonitoringIn, PartsIn
from api.downloads import downloads_of
from api.entering import period_now
from api.pages.behind import Pages, Told, evidence_page, told_of
from api.pages.editions import edition_line
from api.pages.indicator_line import indicator_line
from api.pages.monitoring_words import quarter_name
from api.pages.quarter import QuarterPage, quarter_page, source_line
from api.pages.shapes import ENTERED
from api.pages.texts import Texts
from api.problem import Problem
from api.routes.register_page import shown, texts_of
from edge.monitoring.contract import Difference, Edition, Measured, Monitoring, Period, Report
from edge.register.quarters import ManualValue, QuarterText, Target
from telemetry.indicators.definition import Dimension

router = APIRouter(include_in_schema=False)

FIRST_YEAR, LAST_YEAR = 2000, 2098

YearIn = Annotated[int | None, Query(ge=FIRST_YEAR, le=LAST_YEAR)]
QuarterIn = Annotated[int | None, Query(ge=1, le=4)]
EditionIn = Annotated[int | None, Query(ge=1, le=10_000)]
NumberPath = Annotated[str, Path(max_length=64)]


@dataclass(frozen=True, slots=True)
class Asked:
    """The period that a page is of, as of now or as an edition closed it."""

    period: Period
    edition: Edition | None
    report: Report
    query: str


def asked(
    request: Request,
    parts: PartsIn,
    monitoring: MonitoringIn,
    year: YearIn = None,
    quarter: QuarterIn = None,
    edition: EditionIn = None,
) -> Asked:
    """What a page is asked for; today's quarter where nothing is said."""
    today = period_now(parts, texts_of(request, parts))
    period = Period(year or today.year, quarter or (today.quarter if year in (None, today.year) else 4))
    query = {"year": period.year, "quarter": period.quarter}
    if edition is None:
        return Asked(period, None, monitoring.report(period), urlencode(query))
    closed = edition_called(monitoring, period, edition)
    return Asked(period, closed, monitoring.closed_report(closed), urlencode(query | {"edition": edition}))


@dataclass(frozen=True, slots=True)
class Cell:
    """Which value of an indicator is meant: the whole, or a part; `span` is `quarter` for the quarter's own days.

    `pages` are those of its rows.
    """

    by: Dimension | None
    key: str
    span: str
    pages: Pages

    @property
    def query(self) -> str:
        """What an address says of it, but for the page."""
        part = {"by": self.by.value, "key": self.key} if self.by else {}
        return urlencode(part | ({"span": self.span} if self.span else {}))


def cell_of(
    by: Annotated[Dimension | None, Query()] = None,
    key: Annotated[str, Query(max_length=200)] = "",
    span: Annotated[str, Query(pattern="^(quarter)?$")] = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    rows: Annotated[str, Query(pattern="^(long)?$", description="Long pages of rows")] = "",
) -> Cell:
    """The value that a page's address means."""
    return Cell(by, key, span, Pages(page, long=bool(rows)))


CellIn = Annotated[Cell, Depends(cell_of)]
AskedIn = Annotated[Asked, Depends(asked)]


def edition_called(monitoring: Monitoring, period: Period, number: int) -> Edition:
    """An edition; 404 where there is none."""
    found = monitoring.edition(period, number)
    if found is None:
        raise Problem(
            HTTPStatus.NOT_FOUND, f"{period.label} has no edition {number}", fix="Look at /monitoring/editions."
        )
    return found


@router.get("/monitoring")
def get_quarter(request: Request, parts: PartsIn, monitoring: MonitoringIn, wanted: AskedIn) -> Response:
    """Every indicator of a quarter."""
    texts, now = texts_of(request, parts), parts.clock.now()
    last = monitoring.edition(wanted.period)
    found: Sequence[Difference] = monitoring.differences(last) if last is not None and wanted.edition is None else ()
    changed = frozenset(one.number for one in found)
    model: QuarterPage = quarter_page(wanted.report, changed=changed, texts=texts, now=now)
    today = period_now(parts, texts)
    return shown(
        request,
        parts,
        "monitoring.html",
        texts,
        model=model,
        heading=quarter_name(wanted.period, texts),
        period=wanted.period,
        query=wanted.query,
        path=f"/monitoring?{wanted.query}",
        today=today,
        ended=wanted.period < today,
        last=edition_line(last, texts, now) if last else None,
        shown_edition=edition_line(wanted.edition, texts, now) if wanted.edition else None,
        changed=len(found),
        differences=sum(item.indicator.number in changed for item in wanted.report.items),
        downloads=downloads_of(parts, wanted.query, texts),
        chart_words=_chart_words(texts),
    )


def _chart_words(texts: Texts) -> dict[str, str]:
    return {name: texts(f"chart.{name}") for name in ("quarter", "year", "target")}


def item_called(report: Report, number: str) -> Measured:
    """An indicator of a report; 404 where it has none of that number."""
    found = next((one for one in report.items if one.indicator.number == number), None)
    if found is None:
        raise Problem(HTTPStatus.NOT_FOUND, f"no indicator has the number {number!r}", fix="Look at /monitoring.")
    return found


@router.get("/monitoring/indicators/{number}")
def get_evidence(
    request: Request, parts: PartsIn, monitoring: MonitoringIn, wanted: AskedIn, number: NumberPath, cell: CellIn
) -> Response:
    """Everything behind one number: of the year to date, or of the quarter's own days."""
    texts, now = texts_of(request, parts), parts.clock.now()
    item = item_called(wanted.report, number)
    if wanted.edition is None:
        evidence = monitoring.evidence(
            wanted.period, number, by=cell.by, key=cell.key, quarter_only=cell.span == "quarter"
        )
    else:
        evidence = monitoring.closed_evidence(wanted.edition, number, by=cell.by, key=cell.key)
    query = f"{wanted.query}&{cell.query}".rstrip("&")
    paged = query + ("&rows=long" if cell.pages.long else "")
    back = f"/monitoring/indicators/{number}?{paged}" + (f"&page={cell.pages.number}" if cell.pages.number > 1 else "")
    return shown(
        request,
        parts,
        "evidence.html",
        texts,
        model=evidence_page(
            evidence,
            item,
            wanted.report,
            told=Told(
                told_of(item, evidence, quarter_only=bool(cell.span)), monitoring.starts(wanted.period, wanted.edition)
            ),
            pages=cell.pages,
            back=back,
            texts=texts,
        ),
        item=indicator_line(item, wanted.report, changed=frozenset(), texts=texts, now=now),
        heading=quarter_name(wanted.period, texts),
        period=wanted.period,
        period_query=wanted.query,
        query=query,
        paged=paged,
        cell=cell,
        shown_edition=edition_line(wanted.edition, texts, now) if wanted.edition else None,
        source=source_line(evidence.computed_from, texts),
    )


@router.get("/monitoring/enter/{kind}")
def get_form(
    parts: PartsIn,
    wanted: AskedIn,
    kind: Annotated[str, Path(pattern=r"^(manual_value|quarter_text|target)$")],
    subject: Annotated[str, Query(max_length=64)],
    back: Annotated[str, Query(max_length=500)] = "",
) -> Response:
    """The form of a manual value, a text or a target of this quarter: the entry that is there, or a new one."""
    period = wanted.period
    fields: dict[str, str | int] = {"year": period.year}
    if kind == ManualValue.kind:
        fields |= {"set": wanted.report.official.id, "number": subject, "quarter": period.quarter}
    elif kind == QuarterText.kind:
        fields |= {"subject": subject, "quarter": period.quarter}
    elif kind == Target.kind:
        fields |= {"number": subject}
    rows = parts.numbers.register.rows(ENTERED[kind]).value
    ident = next((row.id for row in rows if all(getattr(row.value, name) == one for name, one in fields.items())), "")
    query = {"back": back} if ident else {**fields, "back": back}
    return RedirectResponse(f"/register/{kind}/{ident or '+new'}?{urlencode(query)}", HTTPStatus.SEE_OTHER)
