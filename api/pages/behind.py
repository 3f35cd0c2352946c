"""What the page of one value's evidence shows: every row behind it, what each adds, and the sum of them anew.

A row's learners are counted and never told, not even by pseudonym.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import quote, urlencode

from api.pages.amounts import amount_text, known_and_asked, magnitude, tenths
from api.pages.monitoring_words import day_text, part_name
from api.pages.shapes import ENTERED
from api.pages.texts import Texts
from edge.monitoring.contract import SESSION_CALLED_BY, Evidence, EvidenceRow, Measured, Report, Starts
from telemetry.civil import LAST_DAY
from telemetry.indicators.definition import Aggregation, Dimension, Indicator, Unit
from telemetry.indicators.facts import Amount

PAGE = 20
"""Rows of a page: as many as are looked through on a phone; the API and the exports give all of them at once."""

LONG_PAGE = 200
"""Rows of a page where more are asked for."""


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
    """All of the page that comes from the evidence; `before` and `after` are numbers of other pages, 0 for none.

    `range_text` says which of all rows are shown, `longer` what asks for more of them at once; empty where all are.
    `sparse` says that too little is known to tell the value in a report.
    """

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
    range_text: str
    longer: str
    sparse: str


@dataclass(frozen=True, slots=True)
class Pages:
    """Which page of rows is asked for, counted from 1, and whether long ones are."""

    number: int = 1
    long: bool = False

    @property
    def size(self) -> int:
        """Rows of each page."""
        return LONG_PAGE if self.long else PAGE


@dataclass(frozen=True, slots=True)
class Told:
    """What is told beside evidence: the value as the report has it (`told_of`), and when sessions begin."""

    amount: Amount
    starts: Starts


def evidence_page(
    evidence: Evidence, item: Measured, report: Report, *, told: Told, pages: Pages, back: str, texts: Texts
) -> EvidencePage:
    """One page of the rows behind a value."""
    indicator = item.indicator
    first, total = (pages.number - 1) * pages.size, len(evidence.rows)
    adds = _adds(evidence.rows, indicator.aggregation)
    rows = list(zip(evidence.rows, adds, strict=True))[first : first + pages.size]
    unit = indicator.unit
    return EvidencePage(
        value=amount_text(evidence.amount, unit, texts),
        resum=amount_text(evidence.resum, unit, texts),
        equal=evidence.amount == evidence.resum,
        sum_text=_sum_text(evidence, indicator, adds, texts),
        part=_part(evidence, report, texts),
        lines=tuple(
            _line(row, added, indicator, report.names, starts=told.starts, back=back, texts=texts)
            for row, added in rows
        ),
        documents=any(row.document for row, _added in rows),
        total=total,
        page=pages.number,
        before=pages.number - 1,
        after=pages.number + 1 if total > first + pages.size else 0,
        range_text=_range(first, first + len(rows), total, texts) if total > len(rows) else "",
        longer=_longer(total, texts) if total > PAGE and not pages.long else "",
        sparse=_sparse(told.amount, texts),
    )


def told_of(item: Measured, evidence: Evidence, *, quarter_only: bool) -> Amount:
    """What a report tells of the value that is asked about, with what is known of it."""
    if evidence.by is None:
        return item.quarter if quarter_only else item.year_to_date
    parts = (one.amount for one in item.components if (one.by, one.key) == (evidence.by, evidence.key))
    return next(parts, evidence.amount)


def _sparse(told: Amount, texts: Texts) -> str:
    if told.coverage is None or told.is_sufficient:
        return ""
    known, asked = known_and_asked(told.coverage, texts)
    return texts("evidence.sparse", known=known, asked=asked)


def _range(first: int, last: int, total: int, texts: Texts) -> str:
    start, end, every = (texts.number(number, 0) for number in (first + 1, last, total))
    return texts("evidence.range", first=start, last=end, total=every)


def _longer(total: int, texts: Texts) -> str:
    return texts("evidence.every_row", total) if total <= LONG_PAGE else texts("evidence.long_pages", size=LONG_PAGE)


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
    starts: Starts,
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
        days=_when(row, starts, texts),
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
        for by in SESSION_CALLED_BY:
            for key in row.labels.get(by, ()):
                return part_name(by, key, names.get(by, {}).get(key, ""), texts)
    return row.name or row.id


def _when(row: EvidenceRow, starts: Starts, texts: Texts) -> str:
    """The days of a row; of a session its time too, for a group may have several on one day."""
    begins = starts(row.id) if row.kind == "session" else ""
    return ", ".join(filter(None, (days_text(row.first, row.last, texts), begins)))


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
