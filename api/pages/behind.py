"""What the page of one value's evidence shows: every row behind it, what each adds, and the sum of them anew.

A row's learners are counted and never told, not even by pseudonym.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import quote, urlencode

from api.pages.amounts import amount_text, magnitude, tenths
from api.pages.monitoring_words import day_text, part_name
from api.pages.shapes import ENTERED
from api.pages.texts import Texts
from edge.monitoring.contract import Evidence, EvidenceRow, Report
from telemetry.civil import LAST_DAY
from telemetry.indicators.definition import Aggregation, Dimension, Indicator, Unit
from telemetry.indicators.facts import Amount

PAGE = 200
"""Rows of a page; the API and the exports give all of them at once."""


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """One row: `adds` is what it adds to the value, `own` what it holds by itself where that is more."""

    kind: str
    name: str
    href: str
    days: str
    adds: str
    own: str
    how: str
    document: str
    labels: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class EvidencePage:
    """All of the page that comes from the evidence; `before` and `after` are numbers of other pages, 0 for none."""

    value: str
    resum: str
    equal: bool
    sum_text: str
    part: str
    lines: tuple[EvidenceLine, ...]
    documents: bool
    total: int
    page: int
    before: int
    after: int


def evidence_page(
    evidence: Evidence, indicator: Indicator, report: Report, *, page: int, back: str, texts: Texts
) -> EvidencePage:
    """One page of the rows behind a value."""
    first = (page - 1) * PAGE
    adds = _adds(evidence.rows, indicator.aggregation)
    rows = list(zip(evidence.rows, adds, strict=True))[first : first + PAGE]
    unit = indicator.unit
    return EvidencePage(
        value=amount_text(evidence.amount, unit, texts),
        resum=amount_text(evidence.resum, unit, texts),
        equal=evidence.amount == evidence.resum,
        sum_text=_sum_text(evidence, indicator, adds, texts),
        part=_part(evidence, report, texts),
        lines=tuple(_line(row, added, indicator, report.names, back=back, texts=texts) for row, added in rows),
        documents=any(row.document for row, _added in rows),
        total=len(evidence.rows),
        page=page,
        before=page - 1,
        after=page + 1 if len(evidence.rows) > first + PAGE else 0,
    )


def _adds(rows: Sequence[EvidenceRow], aggregation: Aggregation) -> list[int]:
    """What each row adds, in order; of a union, those who were in none of the rows before."""
    if aggregation is Aggregation.COUNT:
        return [1] * len(rows)
    if aggregation is Aggregation.LAST:
        latest = max((row.first for row in rows), default=0)
        return [row.amount if row.first == latest else 0 for row in rows]
    if aggregation is not Aggregation.UNIQUE:
        return [row.amount for row in rows]
    seen: set[int] = set()
    added = []
    for row in rows:
        added.append(len(set(row.members) - seen) + row.unlisted)
        seen.update(row.members)
    return added


def _sum_text(evidence: Evidence, indicator: Indicator, adds: Sequence[int], texts: Texts) -> str:
    """How the rows make the value, in numbers."""
    rows, unit = evidence.rows, indicator.unit
    if indicator.aggregation is Aggregation.UNIQUE:
        everybody = sum(len(row.members) + row.unlisted for row in rows)
        again = everybody - sum(adds)
        return texts("evidence.union", all=texts.number(everybody, 0), again=texts.number(again, 0))
    if indicator.aggregation is Aggregation.SHARE:
        return texts(
            "evidence.share", of=_plain(sum(adds), unit, texts, rows), all=_plain(_base(rows), unit, texts, rows)
        )
    return texts(f"adding.{indicator.aggregation.value}")


def _base(rows: Sequence[EvidenceRow]) -> int:
    return sum(row.base for row in rows)


def _plain(value: int, unit: Unit, texts: Texts, rows: Sequence[EvidenceRow]) -> str:
    """A numerator or denominator: hours where the rows are times of equipment."""
    if unit is Unit.SHARE and rows and rows[0].kind == "equipment_day":
        return texts("evidence.hours", value=amount_text(Amount(value), Unit.HOURS, texts))
    return texts.number(value, 0)


def _part(evidence: Evidence, report: Report, texts: Texts) -> str:
    if evidence.by is None:
        return ""
    name = part_name(evidence.by, evidence.key, report.names.get(evidence.by, {}).get(evidence.key, ""), texts)
    return f"{texts(f'dimension.{evidence.by.value}')}: {name}"


def _line(
    row: EvidenceRow,
    added: int,
    indicator: Indicator,
    names: Mapping[Dimension, Mapping[str, str]],
    *,
    back: str,
    texts: Texts,
) -> EvidenceLine:
    unit, how = indicator.unit, indicator.aggregation
    adds = texts.number(added, 0) if unit is not Unit.LEARNER_HOURS else amount_text(Amount(added), unit, texts)
    own = ""
    if how is Aggregation.SHARE:
        adds = texts("evidence.of", of=_plain(added, unit, texts, (row,)), all=_plain(row.base, unit, texts, (row,)))
    elif how is Aggregation.UNIQUE and added != len(row.members) + row.unlisted:
        own = texts("evidence.known", all=texts.number(len(row.members) + row.unlisted, 0))
    return EvidenceLine(
        kind=texts.word("fact", row.kind),
        name=_name(row, names, texts),
        href=href_of(row, back=back, texts=texts),
        days=days_text(row.first, row.last, texts),
        adds=adds,
        own=own,
        how=row.how.word,
        document=row.document,
        labels=tuple(
            (
                texts(f"dimension.{by.value}"),
                ", ".join(part_name(by, key, names.get(by, {}).get(key, ""), texts) for key in keys),
            )
            for by, keys in row.labels.items()
            if any(keys)
        ),
    )


def _name(row: EvidenceRow, names: Mapping[Dimension, Mapping[str, str]], texts: Texts) -> str:
    """What a row is called; a session by its group, else by its program, room or id."""
    if row.kind == "session":
        for by in (Dimension.GROUP, Dimension.PROGRAM, Dimension.ROOM):
            for key in row.labels.get(by, ()):
                return part_name(by, key, names.get(by, {}).get(key, ""), texts)
    return row.name or row.id


def days_text(first: int, last: int, texts: Texts) -> str:
    """The days of a fact; what has no end yet says since when."""
    if last >= LAST_DAY:
        return texts("evidence.since", day=day_text(first, texts))
    return texts.days(as_date(first), as_date(last))


def as_date(day: int) -> date:
    """A local day as a date."""
    return date(1970, 1, 1) + timedelta(days=day)


def href_of(row: EvidenceRow, *, back: str, texts: Texts) -> str:
    """Where a person looks a fact up; empty where there is nothing more to see."""
    if row.kind in ENTERED:
        return f"/register/{row.kind}/{quote(row.id)}?{urlencode({'back': back})}"
    if row.kind == "session":
        return f"/practical-sessions/{quote(row.id)}"
    if row.kind == "run":
        return f"/api/v1/runs/{quote(row.id)}"
    if row.kind in ("job", "equipment_day"):
        return f"/equipment/{quote(row.id.partition('/')[0])}?{_day_query(row.first, texts)}"
    return ""


def _day_query(day: int, texts: Texts) -> str:
    start = datetime.combine(as_date(day), datetime.min.time(), texts.zone)
    return urlencode({"start": start.isoformat(), "end": (start + timedelta(days=1)).isoformat()})


def differs(was: Amount | None, now: Amount | None, unit: Unit, texts: Texts) -> str:
    """By how much a value has changed, with its sign; empty where there is nothing to compare."""
    before, after = (None if one is None else magnitude(one, unit) for one in (was, now))
    if before is None or after is None or before == after:
        return ""
    text = ("+" if after > before else "") + tenths(after - before, texts)
    return texts("amount.points", value=text) if unit is Unit.SHARE else text
