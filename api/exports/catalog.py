"""EXPORTS: every table and report that can be had as a file, by its name in addresses and commands.

One line an export. Nothing here computes or knows a format.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import partial

from api.exports.book import Book, book_of
from api.exports.formats import TABLES, Format
from api.exports.numbers import jobs_table, runs_table, sessions_table, span_told, utilisation_table
from api.exports.quarterly import evidence_book, facts_book, monitoring_book
from api.exports.question import Question, Sources
from api.session_views import session_views
from edge.numbers.figures import By
from edge.numbers.figures import Question as Cutting
from edge.register.exports.entries import entries_table
from edge.register.exports.equipment import equipment_table
from edge.register.exports.table import Cell, Lazily, Table
from edge.register.exports.timetable import timetable_table
from edge.register.imports.columns import COLUMNS
from edge.register.imports.options import Options, options_for
from edge.register.kinds import KINDS
from edge.settings import Settings

_OF_LEARNERS = frozenset({"learners", "learner_ns"})
"""Columns of lessons by which people are counted: hours of learners divided by hours of lessons are learners."""


class Asks(Enum):
    """What an export has to be told."""

    NOTHING = "nothing"
    WINDOW = "window"
    PERIOD = "period"


@dataclass(frozen=True, slots=True)
class Export:
    """What an export asks for, in which formats it is had, and how it is made."""

    asks: Asks
    make: Callable[[Question, Sources], Book]
    formats: tuple[Format, ...] = TABLES


def _book(table: Table, question: Question, sources: Sources) -> Book:
    return book_of(table, timezone=sources.settings.centre.timezone, about_title=question.texts("about.title"))


def _windowed(table: Table, question: Question, sources: Sources) -> Book:
    about = span_told(question.texts, question.start, question.end) | dict(table.about)
    told = Table(table.name, table.headers, table.rows, about, table.columns, table.code)
    return _book(told, question, sources)


def _utilisation(question: Question, sources: Sources) -> Book:
    asked = Cutting(question.start, question.end, question.by, question.cut)
    figures = sources.numbers.figures.utilisation(asked)
    names = names_of(sources.settings, figures.entered.names, question.by)
    table = utilisation_table(figures, names, question.texts)
    return _without_learners(_windowed(table, question, sources), question, sources)


def names_of(settings: Settings, entered: Mapping[str, Mapping[str, str]], by: By) -> dict[str, str]:
    """What people call the keys of a table of utilisation."""
    centre = settings.centre
    fixed = {
        By.EQUIPMENT: {one.id: one.name for one in settings.equipment},
        By.ROOM: centre.rooms,
        By.TRACK: centre.tracks,
        By.CENTRE: {centre.id: centre.name},
    }
    return dict(fixed.get(by) or entered.get(by.value, {}))


def _without_learners(book: Book, question: Question, sources: Sources) -> Book:
    """A book of one table in which nobody counts who was at a lesson, unless it is for the school itself."""
    (table,) = book.tables
    places = frozenset(at for at, column in enumerate(table.columns) if column.name in _OF_LEARNERS)
    outside = not question.inside and bool(sources.settings.monitoring.small_group)
    told = question.texts("withheld.learners" if outside else "withheld.nothing")
    about = {**book.about, question.texts("about.withheld"): told}
    if not outside:
        return replace(book, about=about)

    def rows() -> Iterator[Sequence[Cell]]:
        for row in table.rows:
            yield tuple(None if at in places else cell for at, cell in enumerate(row))

    return replace(book, about=about, tables=(replace(table, rows=Lazily(rows)),))


def _sessions(question: Question, sources: Sources) -> Book:
    meetings = sources.numbers.practice.meetings(question.start, question.end)
    views = session_views(meetings, meetings.rows.tolist())
    table = sessions_table(meetings, views, question.texts)
    return _without_learners(_windowed(table, question, sources), question, sources)


def _jobs(question: Question, sources: Sources) -> Book:
    offset = sources.store.offset()
    ids = sources.numbers.desk.entered().inventory.ids
    jobs = sources.store.jobs(ids, question.start, question.end)
    return _windowed(jobs_table(jobs, offset, question.texts), question, sources)


def _runs(question: Question, sources: Sources) -> Book:
    """As they were when the gateway last wrote that it lives, so that equal journals give equal tables."""
    store = sources.store
    offset, now = store.offset(), store.last_alive()
    runs = store.runs(None, question.start, question.end)
    table = runs_table(runs, question.end if now is None else now, offset, question.texts)
    return _windowed(table, question, sources)


def _equipment(question: Question, sources: Sources) -> Book:
    table = equipment_table(sources.settings.equipment, language=question.texts.language)
    return _called("equipment", table, question, sources)


def _timetable(question: Question, sources: Sources) -> Book:
    register = sources.numbers.register.snapshot()
    table = timetable_table(register, options_of(sources.settings), language=question.texts.language)
    return _inside(_called("timetable", table, question, sources), question)


def _entries(kind: str, question: Question, sources: Sources) -> Book:
    """The register's entries of a kind, in words that their import reads back; learners are counts."""
    register, options = sources.numbers.register.snapshot(), options_of(sources.settings)
    table = entries_table(KINDS[kind], register, options, language=question.texts.language)
    return _inside(_book(table, question, sources), question)


def _inside(book: Book, question: Question) -> Book:
    """A book that is for work inside the centre, which reads it back: it says so."""
    return replace(book, about={**book.about, question.texts("about.withheld"): question.texts("withheld.register")})


def _called(code: str, table: Table, question: Question, sources: Sources) -> Book:
    return _book(Table(table.name, table.headers, table.rows, table.about, table.columns, code), question, sources)


def options_of(settings: Settings) -> Options:
    """The names that the configuration knows."""
    return options_for(settings.centre, settings.equipment)


EXPORTS: Mapping[str, Export] = {
    "utilisation": Export(Asks.WINDOW, _utilisation),
    "practical-sessions": Export(Asks.WINDOW, _sessions),
    "jobs": Export(Asks.WINDOW, _jobs),
    "runs": Export(Asks.WINDOW, _runs),
    "equipment": Export(Asks.NOTHING, _equipment),
    "timetable": Export(Asks.NOTHING, _timetable),
    "monitoring": Export(Asks.PERIOD, monitoring_book, (*TABLES, Format.HTML)),
    "evidence": Export(Asks.PERIOD, evidence_book),
    "facts": Export(Asks.PERIOD, facts_book),
    **{kind: Export(Asks.NOTHING, partial(_entries, kind)) for kind in COLUMNS},
}
