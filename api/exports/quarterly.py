"""Books of a period: the monitoring report with its evidence, the evidence of one value, facts for programs.

A closed edition is told from its own bytes; what is told as of now is of one moment.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache

from api.exports.book import Book
from api.exports.evidence import Behind, evidence_table
from api.exports.monitoring import Told, report_tables
from api.exports.privacy import Curtain
from api.exports.question import Question, Sources
from api.exports.report import printed
from api.exports.veil import Behind as Evidences
from api.instants import format_instant
from api.pages.texts import Texts
from edge.errors import GiveUp, Retry
from edge.monitoring.contract import Edition, Evidence, Monitoring, Report
from edge.register.contract import Fault, Refused
from edge.register.exports.table import Table
from edge.settings import Settings
from telemetry.indicators.definition import Dimension, Indicator, IndicatorSet

_CHANGING, _LATER = "What the report is made of keeps changing.", "Ask again in a minute."

TRIES = 3
"""A report and its evidence are asked for anew where something was committed between the two."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A report as of now or as closed, and who answers about it."""

    report: Report
    edition: Edition | None
    told: Told
    behind: Evidences


def asked_of(question: Question, sources: Sources) -> Asked:
    """The report that a question means; raises `Refused` for an edition that was never closed."""
    monitoring = answering(sources)
    threshold = 0 if question.inside else sources.settings.monitoring.small_group
    if not question.edition:
        return _told(question, monitoring.report(question.period), None, threshold, sources)
    edition = monitoring.edition(question.period, question.edition)
    if edition is None:
        place = f"edition {question.period.label}/{question.edition}"
        raise Refused([Fault(place, "there is no such edition", "Close the period first, or leave the edition out.")])
    return _told(question, monitoring.closed_report(edition), edition, threshold, sources)


def _told(question: Question, report: Report, edition: Edition | None, threshold: int, sources: Sources) -> Asked:
    """The report behind a curtain that looks at its evidence; raises `Retry` where that is of another moment."""
    monitoring = answering(sources)

    @cache
    def behind(number: str, by: Dimension | None, key: str) -> Evidence:
        if edition is not None:
            return monitoring.closed_evidence(edition, number, by=by, key=key)
        found = monitoring.evidence(report.period, number, by=by, key=key)
        if not _same(found, report):
            raise Retry(_CHANGING, fix=_LATER)
        return found

    return Asked(report, edition, Told(report, Curtain(threshold, report, behind), question.texts), behind)


def answering(sources: Sources) -> Monitoring:
    """Who answers about the monitoring."""
    if sources.monitoring is None:
        raise GiveUp("This gateway was started without the monitoring.", fix="Start it by labedge run.")
    return sources.monitoring


def monitoring_book(question: Question, sources: Sources) -> Book:
    """The whole report: plan against fact, components, evidence, dynamics, directions; and as a page."""
    asked, found = _with_evidence(question, sources)
    indicators, components, series, directions = report_tables(asked.told)
    evidence = evidence_table(asked.told, found, codes=False)
    tables = (indicators, components, evidence, series, directions)
    book = _book(tables, asked, sources)
    return replace(book, code="monitoring", printed=lambda: printed(asked.told, sources.settings, book.about))


def evidence_book(question: Question, sources: Sources) -> Book:
    """What is behind one value, or behind every value of the report."""
    asked, found = _with_evidence(question, sources)
    return _book((evidence_table(asked.told, found, codes=False),), asked, sources)


def facts_book(question: Question, sources: Sources) -> Book:
    """The facts behind every value with the keys of their breakdowns as codes."""
    asked, found = _with_evidence(question, sources)
    return _book((evidence_table(asked.told, found, codes=True),), asked, sources)


def _book(tables: tuple[Table, ...], asked: Asked, sources: Sources) -> Book:
    code, texts = tables[0].code, asked.told.texts
    edition = f"-{asked.edition.number}" if asked.edition else ""
    return Book(
        code=code,
        title=f"{texts(f'table.{code}')}, {period_told(asked.report, texts)}",
        tables=tables,
        timezone=sources.settings.centre.timezone,
        about=about_of(asked, sources.settings),
        about_title=texts("about.title"),
        file=f"{asked.report.period.label}{edition}",
    )


def _with_evidence(question: Question, sources: Sources) -> tuple[Asked, list[Behind]]:
    """The report and what is behind its values, of one moment; raises `Retry` where there is no quiet moment."""
    for _ in range(TRIES - 1):
        with suppress(Retry):
            return _at_once(question, sources)
    return _at_once(question, sources)


def _at_once(question: Question, sources: Sources) -> tuple[Asked, list[Behind]]:
    asked = asked_of(question, sources)
    found = [_behind(question, asked, one) for one in _meant(question, asked.report)]
    asked.told.curtain.decide()
    return asked, found


def _same(evidence: Evidence, report: Report) -> bool:
    seen, meant = evidence.computed_from, report.computed_from
    return (seen.instance, seen.offset, seen.register_version) == (meant.instance, meant.offset, meant.register_version)


def _meant(question: Question, report: Report) -> list[Indicator]:
    """The indicators whose evidence is asked for; one that does not exist is told by who answers."""
    listed = [item.indicator for item in report.items]
    meant = [one for one in listed if question.number in ("", one.number)]
    if question.by_dimension is not None and not question.number:
        meant = [one for one in meant if question.by_dimension in one.breakdowns]
    if not meant and question.by_dimension is not None and not question.number:
        known = ", ".join(sorted({by for one in listed for by in one.breakdowns}))
        said = f"no indicator is broken down by {question.by_dimension.value}"
        raise Refused([Fault(f"breakdown {question.by_dimension.value}", said, f"Take one of {known}.")])
    if not meant:
        known = ", ".join(one.number for one in listed)
        fault = Fault(f"indicator {question.number}", "the report has no such indicator", f"Take one of {known}.")
        raise Refused([fault])
    return meant


def _behind(question: Question, asked: Asked, indicator: Indicator) -> Behind:
    return Behind(indicator, asked.behind(indicator.number, question.by_dimension, question.key))


def period_told(report: Report, texts: Texts) -> str:
    """`3 квартал 2026 года`."""
    return texts("period", quarter=report.period.quarter, year=report.period.year)


def about_of(asked: Asked, settings: Settings) -> dict[str, str]:
    """The sheet «Метаданные»: period, edition, versions, hashes, and what is withheld."""
    texts, report = asked.told.texts, asked.report
    threshold = asked.told.curtain.threshold
    found = report.computed_from
    rows = {
        "centre": f"{settings.centre.name} ({settings.centre.id})",
        "period": period_told(report, texts),
        "edition": texts("about.not_closed") if asked.edition is None else str(asked.edition.number),
        **_edition_told(asked.edition),
        "set": _set_told(report.official, texts),
        "analytics_set": _set_told(report.analytics, texts),
        "source": report.official.source,
        "instance": found.instance,
        "offset": str(found.offset),
        "register_version": str(found.register_version),
        "rules": ", ".join(found.rules),
        "now": format_instant(found.now),
        "timezone": settings.centre.timezone,
        "withheld": texts("withheld.by", least=threshold) if threshold else texts("withheld.nothing"),
        "program": "labedge",
    }
    return {texts(f"about.{name}"): value for name, value in rows.items()}


def _edition_told(edition: Edition | None) -> dict[str, str]:
    if edition is None:
        return {}
    return {
        "closed_at": format_instant(edition.stamp.at),
        "closed_by": edition.stamp.author,
        "closed_because": edition.stamp.reason,
        "sha256": edition.sha256,
        "previous": edition.previous,
        "chain": edition.chain,
    }


def _set_told(one: IndicatorSet, texts: Texts) -> str:
    name = one.name_ru if texts.language == "ru" else one.name_en
    return f"{name} ({one.id} {one.version}), {texts('about.verified' if one.verified else 'about.not_verified')}"
