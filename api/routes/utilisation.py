"""How the equipment was used, in rows, and the intervals behind any of them.

It answers from what was computed before until something that it read has changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Annotated

import numpy as np
from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from api.answers import dumped
from api.deps import Parts, PartsIn, WindowIn
from api.exports import catalog
from api.exports.asked import SheetIn, kept, tabled
from api.exports.numbers import utilisation_table
from api.exports.rows import rows_of
from api.exports.shapes import USE
from api.exports.words import table_of
from api.history import MAX_INTERVALS
from api.instants import format_instant
from api.problem import Problem
from api.rendered import respond
from api.utilisation_evidence import (
    EvidenceItem,
    EvidenceView,
    cell_of,
    evidence_items,
    resum,
    taught_items,
)
from api.utilisation_views import UtilisationList, computed_from, row_views
from edge.numbers.evidence import Behind, behind, behind_lessons
from edge.numbers.figures import LESSON_KEYS, By, Cut, Figures, Question
from telemetry.timetable import OneOff, Slot, Substitution

router = APIRouter(tags=["utilisation"])

MAX_ROWS = 100_000
"""Rows of one answer: 25 equipment by hour for five months; about 80 MB of JSON."""

ByIn = Annotated[By, Query(description="What the rows are for")]
CutIn = Annotated[Cut, Query(alias="bucket", description="How the window is cut, in the centre's own time zone")]


def question_of(window: WindowIn, by: ByIn = By.EQUIPMENT, bucket: CutIn = Cut.NONE) -> Question:
    """The question that a request asks."""
    return Question(window.start, window.end, by, bucket)


@router.get("/utilisation", response_model=UtilisationList)
def get_utilisation(
    request: Request,
    parts: PartsIn,
    question: Annotated[Question, Depends(question_of)],
    sheet: SheetIn,
    after: Annotated[int, Query(ge=0, le=2**31, description="The `next` of the page before")] = 0,
    limit: Annotated[int, Query(ge=1, le=MAX_ROWS, description="Rows of this page")] = 10_000,
) -> Response:
    """Time in each state, what it is measured against, and the ratios, by key and bucket; a table has all pages."""
    figures = figures_of(parts, question)
    if not sheet.is_json:
        return kept(
            *(request, parts, sheet),
            code="utilisation",
            question=question,
            made_of=figures,
            table=lambda: utilisation_table(figures, names_of(parts, figures, question.by), sheet.texts),
        )
    body = parts.rendered.body(
        (question, after, limit), figures, lambda: dumped(_list(parts, question, figures, slice(after, after + limit)))
    )
    return respond(request, body)


def figures_of(parts: Parts, question: Question) -> Figures:
    """The figures; raises `Problem` where there are too many rows or a sum is too great."""
    try:
        figures = parts.numbers.figures.utilisation(question)
    except (ValueError, OverflowError) as error:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY, str(error), fix="Ask for a shorter window or for longer buckets."
        ) from error
    if len(figures.table) > MAX_ROWS:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            f"the answer would have {len(figures.table)} rows; it has at most {MAX_ROWS}",
            fix="Ask for a shorter window or for longer buckets.",
        )
    return figures


def names_of(parts: Parts, figures: Figures, by: By) -> dict[str, str]:
    """What people call the keys."""
    return catalog.names_of(parts.settings, figures.entered.names, by)


def _list(parts: Parts, question: Question, figures: Figures, page: slice) -> UtilisationList:
    rows = row_views(figures, names_of(parts, figures, question.by))
    return UtilisationList(
        start=format_instant(question.start),
        end=format_instant(question.end),
        by=question.by.value,
        bucket=question.cut.value,
        timezone=figures.entered.zone.name,
        coverage_min=figures.rules.coverage_min,
        items=rows[page],
        next=str(page.stop) if page.stop < len(rows) else None,
        computed_from=computed_from(figures),
    )


@router.get("/utilisation/evidence", response_model=EvidenceView)
def get_evidence(
    request: Request,
    parts: PartsIn,
    window: WindowIn,
    sheet: SheetIn,
    by: ByIn = By.EQUIPMENT,
    key: Annotated[str | None, Query(max_length=200, description="The row's key; without one, all of them")] = None,
    equipment: Annotated[str | None, Query(max_length=64, description="Short for by=equipment and its key")] = None,
) -> Response:
    """The intervals behind one cell, whose bucket is the window; `resum` is added up from them and equals `value`.

    A table has the intervals.
    """
    if equipment is not None:
        by, key = By.EQUIPMENT, equipment
    if by in LESSON_KEYS and key is None:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            f"rows of a {by.value} may share their lessons' time, so that they are shown one by one",
            fix="Give the `key` of one of them.",
        )
    question = Question(window.start, window.end, by, Cut.NONE)
    figures = figures_of(parts, question)
    rows = [row for row, code in enumerate(figures.table.key.tolist()) if key in (None, figures.table.keys[code])]
    if key is not None and not rows and key not in _without_equipment(figures, by):
        raise Problem(
            HTTPStatus.NOT_FOUND, f"no {by.value} is called {key!r}", fix="Take a `key` of GET /api/v1/utilisation."
        )
    found = _behind(parts, question, key)
    if len(found.intervals) > MAX_INTERVALS:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            f"there are {len(found.intervals)} intervals; an answer has at most {MAX_INTERVALS}",
            fix="Ask for a shorter window or for one equipment.",
        )
    if not sheet.is_json:
        table = table_of("utilisation-evidence", USE, rows_of(_items(figures, found), USE), sheet.texts)
        return tabled(request, parts, sheet, table)
    body = parts.rendered.body(
        ("utilisation-evidence", question, key),
        figures,
        lambda: dumped(_evidence_view(parts, _Cell(question, key, figures, rows), found)),
    )
    return respond(request, body)


@dataclass(frozen=True, slots=True)
class _Cell:
    """One key of a question, or all of them together, and the rows of the figures that it has."""

    question: Question
    key: str | None
    figures: Figures
    rows: list[int]


def _without_equipment(figures: Figures, by: By) -> set[str]:
    """Rooms and tracks of lessons; one without equipment has a row only where somebody was taught in the window."""
    timetable = figures.entered.timetable
    if by is By.ROOM:
        listed: tuple[Sequence[Slot | Substitution | OneOff], ...]
        listed = timetable.slots, timetable.substitutions, timetable.one_offs
        return {one.binding.room for each in listed for one in each}
    return {track for track, _level in figures.entered.programs.values()} if by is By.TRACK else set()


def _behind(parts: Parts, question: Question, key: str | None) -> Behind:
    if question.by in LESSON_KEYS and key is not None:
        return behind_lessons(parts.numbers.figures, question, key)
    return behind(parts.numbers.figures, question, key)


def _items(figures: Figures, found: Behind) -> list[EvidenceItem]:
    inventory = figures.entered.inventory
    return evidence_items(found.intervals, found.timetabled_ns, found.scheduled_ns, stations=inventory.stations)


def _learner_ns(parts: Parts, cell: _Cell) -> int:
    """Of one row; of all of them together those of the centre, for a session may count in several."""
    if cell.key is None:
        whole = parts.numbers.figures.utilisation(replace(cell.question, by=By.CENTRE))
        return int(whole.learner_ns.sum())
    return int(cell.figures.learner_ns[cell.rows].sum())


def _evidence_view(parts: Parts, cell: _Cell, found: Behind) -> EvidenceView:
    question, figures = cell.question, cell.figures
    items = _items(figures, found)
    sessions = taught_items(*parts.numbers.figures.taught(question), cell.key, (question.start, question.end))
    least = figures.rules.coverage_min
    return EvidenceView(
        start=format_instant(question.start),
        end=format_instant(question.end),
        equipment=[found.intervals.ids[code] for code in np.unique(found.intervals.equipment).tolist()],
        value=cell_of(figures, cell.rows, _learner_ns(parts, cell)),
        resum=resum(items, sessions, calendar=question.by not in LESSON_KEYS, coverage_min=least),
        items=items,
        sessions=sessions,
        coverage_min=least,
        computed_from=computed_from(figures),
    )
