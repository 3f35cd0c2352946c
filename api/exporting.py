"""Tables of the numbers as files at the command line: `labedge export`.

The same journal and register give the same bytes; nothing here asks a running gateway.
"""

from __future__ import annotations

import tempfile
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO

import numpy as np

from api.exports.book import Book
from api.exports.catalog import EXPORTS, Asks
from api.exports.formats import FORMATS, Format
from api.exports.forms.listing import Listed, forms, template_bytes
from api.exports.forms.mapping import read
from api.exports.forms.office import filled_form
from api.exports.forms.template import faults
from api.exports.question import Question, Sources
from api.exports.words import words_of
from api.pages.texts import LANGUAGES, Language
from edge.clock import Clock
from edge.errors import GiveUp
from edge.main import JOURNAL, REGISTER
from edge.monitoring.contract import Period
from edge.monitoring.office import monitoring_of
from edge.monitoring.sets import beside
from edge.numbers.figures import By, Cut
from edge.numbers.office import numbers_of
from edge.register.contract import Fault
from edge.register.sqlite import SqliteRegister
from edge.register.timetable import day_of
from edge.settings import Settings
from edge.store.local import LocalStore
from edge.zones import zone_of
from telemetry.indicators.definition import Dimension
from telemetry.model import Instant
from telemetry.zones import NS_PER_DAY, earliest

ALIASES = {"sessions": "practical-sessions"}
"""What exports were called before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a person asks of an export, as said; nothing is checked yet."""

    name: str = field(kw_only=False)
    first: datetime | None = None
    last: datetime | None = None
    by: str = ""
    bucket: str = Cut.DAY
    language: str = ""
    year: int = 0
    quarter: int = 0
    edition: int = 0
    number: str = ""
    key: str = ""
    inside: bool = False


def window(first: date, last: date, timezone: str) -> tuple[Instant, Instant]:
    """From the first instant of `first` to the last one of `last`, on the centre's calendar."""
    if last < first:
        raise GiveUp(f"{last} is before {first}.", fix="Give the first day as --from and the last one as --to.")
    days = np.array([day_of(first), day_of(last) + 1], np.int64)
    start, end = earliest(zone_of(timezone), days * NS_PER_DAY).tolist()
    return int(start), int(end)


def format_of(path: Path, named: str = "") -> Format:
    """The format named, or that of a file's suffix; raises `GiveUp` with those that there are."""
    by_suffix = {kind.suffix: form for form, kind in reversed(list(FORMATS.items()))}
    if named:
        _one_of("--format", named, tuple(Format))
        return Format(named)
    if path.suffix not in by_suffix:
        raise GiveUp(
            f"A file of {path.suffix or 'no suffix'} is not written.",
            fix=f"Name it {', '.join(by_suffix)}, or give --format.",
        )
    return by_suffix[path.suffix]


@dataclass(frozen=True, slots=True)
class FormAsked:
    """A form by its mapping; `path` None only checks it."""

    mapping: str
    template: Path | None
    path: Path | None


@dataclass(frozen=True, slots=True)
class FormDone:
    """How many bytes were written, and each place that stays blank."""

    size: int
    blanks: list[str]


@dataclass(frozen=True, slots=True)
class Lab:
    """Where a command looks: the settings, their file, the folder of the journal, the time."""

    settings: Settings
    folder: Path
    clock: Clock
    config: Path | None = None


@contextmanager
def opened(lab: Lab) -> Iterator[Sources]:
    """Who answers from the journal and the register of a lab; raises `GiveUp` where there is no journal.

    Sets of indicators beside the configuration take part, as they do in the gateway.
    """
    with ExitStack() as closing:
        store = LocalStore(lab.folder / JOURNAL)
        closing.callback(store.close)
        register = SqliteRegister(lab.folder / REGISTER)
        closing.callback(register.close)
        joined = (store, register, lambda: lab.settings.equipment)
        numbers = numbers_of(*joined, centre=lab.settings.centre, clock=lab.clock)
        monitoring = monitoring_of(*joined, centre=lab.settings.centre, clock=lab.clock, sets=beside(lab.config))
        yield Sources(lab.settings, store, numbers, monitoring)


def export(words: Words, form: Format, path: Path, lab: Lab) -> int:
    """Write an export to a file, whole or not at all; how many bytes it has. Raises `GiveUp` for words not known."""
    name = ALIASES.get(words.name, words.name)
    _one_of("name", name, tuple(EXPORTS))
    made = EXPORTS[name]
    _one_of(f"the format of {name}", form, made.formats)
    question = _question(words, made.asks, lab.settings)
    with opened(lab) as sources:
        return save(made.make(question, sources), form, path)


def told(words: Words, lab: Lab) -> str:
    """An export as JSON, to be printed; raises `GiveUp` as `export` does."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "export.json")
        export(words, Format.JSON, path, lab)
        return path.read_text("utf-8")


def form(words: Words, asked: FormAsked, lab: Lab) -> FormDone:
    """Fill a form, or with no `path` only check it; raises `Refused` with everything that does not fit.

    A mapping is a file or the name of a form in `forms.d` or of an example; a template is beside it, or `template`.
    """
    listed = forms(lab.config).get(asked.mapping) or Listed(asked.mapping, Path(asked.mapping))
    mapping = read(listed.path)
    template = asked.template or listed.path.parent / mapping.template
    if asked.path is not None and asked.path.suffix.lower() != template.suffix.lower():
        raise GiveUp(
            f"{asked.path}: the form {asked.mapping} is filled as its template is, {template.suffix}.",
            fix=f"Name it {asked.path.with_suffix(template.suffix).name}.",
        )
    question = _question(words, Asks.PERIOD, lab.settings)
    with opened(lab) as sources:
        filling = filled_form(question, sources, mapping, (template.suffix, template_bytes(template)))
    size = 0
    if asked.path is not None:
        size = replaced(asked.path, lambda file: filling.write(file, question.texts))
    return FormDone(size, [str_of(fault) for fault in faults(filling.blanks, question.texts)])


def str_of(fault: Fault) -> str:
    """A fault as one line."""
    return f"{fault.place}: {fault.message}. {fault.fix}"


def _question(words: Words, asks: Asks, settings: Settings) -> Question:
    centre = settings.centre
    _one_of("--lang", words.language or "ru", LANGUAGES)
    language: Language = "en" if (words.language or centre.language) == "en" else "ru"
    question = Question(texts=words_of(language, centre.timezone), number=words.number, key=words.key)
    return _QUESTIONS[asks](words, question, settings)


def _of_window(words: Words, question: Question, settings: Settings) -> Question:
    by = words.by or By.EQUIPMENT
    _one_of("--by", by, tuple(By))
    _one_of("--bucket", words.bucket, tuple(Cut))
    if words.first is None or words.last is None:
        raise GiveUp(f"{words.name} is a table of some days.", fix="Give --from and --to, both days included.")
    start, end = window(words.first.date(), words.last.date(), settings.centre.timezone)
    return replace(question, start=start, end=end, by=By(by), cut=Cut(words.bucket), inside=words.inside)


def _of_period(words: Words, question: Question, _settings: Settings) -> Question:
    if not 1 <= words.quarter <= 4 or not 1970 <= words.year <= 2100:
        raise GiveUp(f"{words.name} is of a quarter.", fix="Give --year and --quarter, 1 to 4.")
    _one_of("--by", words.by, ("", *Dimension))
    return replace(
        question,
        period=Period(words.year, words.quarter),
        edition=words.edition,
        inside=words.inside,
        by_dimension=Dimension(words.by) if words.by else None,
    )


_QUESTIONS: Mapping[Asks, Callable[[Words, Question, Settings], Question]] = {
    Asks.WINDOW: _of_window,
    Asks.PERIOD: _of_period,
    Asks.NOTHING: lambda _words, question, _settings: question,
}


def _one_of(what: str, word: str, allowed: Sequence[str]) -> None:
    if word not in allowed:
        raise GiveUp(f"{what}: there is no {word!r}.", fix=f"Take one of {', '.join(allowed)}.")


def save(book: Book, form: Format, path: Path) -> int:
    """Write a book to a file, whole or not at all; how many bytes it has."""
    return replaced(path, lambda file: FORMATS[form].write(book, file))


def replaced(path: Path, make: Callable[[BinaryIO], None]) -> int:
    """Put what `make` writes in place of a file in one go; raises `GiveUp` where the disk does not take it."""
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("w+b") as file:
            make(file)
        size = part.stat().st_size
        part.replace(path)
    except OSError as error:
        raise GiveUp(f"{path} cannot be written: {error.strerror}.", fix="Mend that, and export again.") from error
    finally:
        part.unlink(missing_ok=True)
    return size


def demo_roster() -> Settings:
    """The centre and the equipment of the demo lab."""
    from edge.demo.lab import ROSTER  # noqa: PLC0415 - a real lab never loads the simulators

    return Settings.model_validate(tomllib.loads(ROSTER.read_text("utf-8").replace("{tcp}", "1")))
