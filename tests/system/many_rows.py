"""A table of evidence of any length, for a child process that measures how it is written."""

from __future__ import annotations

from types import MappingProxyType

from api.exports.book import Book, book_of
from api.exports.evidence import Behind, evidence_table
from api.exports.monitoring import Told
from api.exports.privacy import Curtain
from api.exports.words import words_of
from edge.monitoring.contract import ComputedFrom, Evidence, EvidenceRow, Period, Report
from edge.monitoring.sets import shipped
from telemetry.indicators.definition import Dimension, How
from telemetry.indicators.facts import Amount


def book_of_evidence(count: int) -> Book:
    """Enrolments of groups, each with its keys."""
    texts = words_of("ru", "Europe/Moscow")
    (official, analytics), period = shipped()[:2], Period(2026, 3)
    found = ComputedFrom("journal", 1, 1, ("1",), (), 0)
    report = Report(period, official, analytics, (), (), found, MappingProxyType({}))
    indicator = next(one for one in (*official.indicators, *analytics.indicators) if one.facts == "learners")
    rows = tuple(_row(number) for number in range(count))
    evidence = Evidence(indicator.number, period, None, "", Amount(count), Amount(count), rows, found)
    curtain = Curtain(0, report, lambda _number, _by, _key: evidence)  # for the school itself: every cell is filled
    table = evidence_table(Told(report, curtain, texts), [Behind(indicator, evidence)], codes=False)
    return book_of(table)


def _row(number: int) -> EvidenceRow:
    labels = {
        Dimension.TRACK: ("hightech",),
        Dimension.CATEGORY: ("learner_basic",),
        Dimension.GROUP: (f"g-{number % 40}",),
        Dimension.EQUIPMENT: ("mill-1", "laser-1"),
        Dimension.FORM: ("in_person",),
    }
    return EvidenceRow(
        kind="enrolment",
        id=f"e-{number}",
        name=f"Группа {number % 40}",
        first=20_600 + number % 90,
        last=20_700,
        amount=12,
        base=12,
        members=(number, number + 1),
        unlisted=number % 12,
        how=How.REGISTER,
        document=f"Приказ {number}",
        labels=labels,
    )
