"""Sets of indicators as data files: read, checked, and the ones in force on a day chosen.

A new letter of the ministry is a new file; nothing here computes a value or knows a wording.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from edge import toml_lines
from edge.faults import Fault, Faults, near, sentence
from edge.register.quarters import Number
from edge.register.timetable import day_of
from edge.settings import CentreKind, Id
from telemetry.civil import LAST_DAY, Day
from telemetry.indicators.definition import Aggregation, Dimension, How, Indicator, IndicatorSet, Part, Unit
from telemetry.indicators.table import INDICATORS

SHIPPED = Path(__file__).parent / "sets"
"""The sets that come with labedge."""

OWN = "indicators.d"
"""The folder of a centre's own sets, beside its configuration."""

EVERY_KIND = "any"
"""The centre kind of a set for every centre."""

FILE_LIMIT = 1_048_576
"""Bytes of one file: a thousand indicators fit."""

INDICATORS_LIMIT = 200
"""Of one set: eight times the letters' own."""

T = TypeVar("T")

_Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
_How = Literal["telemetry", "timetable", "register", "manual"]
_Amount = Annotated[int, Field(ge=0, le=10**9)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class IndicatorFile(_Strict):
    """One `[[indicator]]` table; `minimum` and `target` are of the calendar year, whole units, percent for shares."""

    number: Number
    name_ru: _Name
    name_en: _Name
    part: Part
    unit: Unit
    facts: str
    aggregation: Aggregation
    breakdowns: Annotated[tuple[Dimension, ...], Field(max_length=len(Dimension))] = ()
    how: Annotated[tuple[_How, ...], Field(min_length=1, max_length=len(How))]
    minimum: _Amount | None = None
    target: _Amount | None = None
    verified: bool = False


class SetFile(_Strict):
    """A file of a set: what document it follows, for which centres and from when to when, and its indicators."""

    id: Id
    version: Annotated[str, StringConstraints(pattern=r"^\d{1,6}(\.\d{1,6}){0,3}$")]
    name_ru: _Name
    name_en: _Name
    centre_kind: CentreKind | Literal["any"]
    source: _Name
    effective_from: date
    effective_to: date | None = None
    official: bool = True
    indicator: Annotated[tuple[IndicatorFile, ...], Field(min_length=1, max_length=INDICATORS_LIMIT)]

    @model_validator(mode="after")
    def _rises(self) -> SetFile:
        if self.effective_to is not None and self.effective_to < self.effective_from:
            message = f"effective_to ({self.effective_to}) is before effective_from ({self.effective_from})"
            raise ValueError(message)
        return self


@dataclass(frozen=True, slots=True)
class Choice:
    """The sets of one centre and day; `official` has no indicators where there is none, and its `source` says why."""

    official: IndicatorSet
    analytics: IndicatorSet


@dataclass(slots=True)
class _Read:
    """What has been read so far and what was wrong with it."""

    faults: list[Fault] = field(default_factory=list)
    found: list[tuple[Path, IndicatorSet]] = field(default_factory=list)


def shipped() -> tuple[IndicatorSet, ...]:
    """The sets that come with labedge."""
    return load(SHIPPED)


def beside(config: Path | None) -> tuple[IndicatorSet, ...]:
    """The shipped sets and, behind them, those beside a configuration; raises `Faults` with all that is wrong."""
    return shipped() + (load(config.parent / OWN) if config is not None else ())


def checked(config: Path | None, settings: Callable[[], T]) -> T:
    """The settings that a configuration gives, once the sets beside it are sound too; raises `Faults` of both."""
    faults: list[Fault] = []
    try:
        made = settings()
    except Faults as error:
        faults += error.faults
    try:
        beside(config)
    except Faults as error:
        faults += error.faults
    if faults:
        raise Faults(faults)
    return made


def load(folder: Path) -> tuple[IndicatorSet, ...]:
    """The sets of a folder's `*.toml`, by file name, none where there is no folder; raises `Faults`."""
    read = _Read()
    for path in sorted(folder.glob("*.toml")):
        _file(path, read)
    _distinct(read)
    if read.faults:
        raise Faults(read.faults)
    return tuple(one for _path, one in read.found)


def chosen(sets: Sequence[IndicatorSet], kind: str, day: Day) -> Choice:
    """The sets in force on `day` for a kind of centre; of several the later in `sets`' last folder, then version."""
    held = [one for one in sets if one.effective_from <= day <= one.effective_to and one.centre_kind in (kind, "any")]
    official = [one for one in held if one.official]
    analytics = [one for one in held if not one.official]
    return Choice(max(official, key=_rank, default=_none(kind)), max(analytics, key=_rank, default=_no_analytics()))


def schema() -> dict[str, Any]:
    """The JSON Schema of a set file, with the words that `facts` may be."""
    made = SetFile.model_json_schema()
    made["$defs"]["IndicatorFile"]["properties"]["facts"]["enum"] = sorted(INDICATORS)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}


def schema_text() -> str:
    """The schema as it is published beside the sets."""
    return json.dumps(schema(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _rank(one: IndicatorSet) -> tuple[bool, tuple[int, ...], Day, str]:
    # What is made for this kind goes before what is for any; a shipped id is told from a centre's own by its version.
    return one.centre_kind != EVERY_KIND, tuple(map(int, one.version.split("."))), one.effective_from, one.id


def _none(kind: str) -> IndicatorSet:
    reason = f"no set of official indicators is in force for a centre of the kind {kind} at the period's end"
    return IndicatorSet("none", "0", "Официальных показателей нет", "No official indicators", kind, reason, 0, 0,
                        official=True, indicators=())  # fmt: skip


def _no_analytics() -> IndicatorSet:
    reason = "no set of analytics is in force at the period's end"
    return IndicatorSet("none", "0", "Аналитики нет", "No analytics", EVERY_KIND, reason, 0, 0,
                        official=False, indicators=())  # fmt: skip


def _file(path: Path, read: _Read) -> None:
    try:
        if path.stat().st_size > FILE_LIMIT:
            read.faults.append(Fault(str(path), 0, f"the file is larger than {FILE_LIMIT} bytes: is it the right one?"))
            return
        text = path.read_text("utf-8")
        tree = tomllib.loads(text)
    except OSError as error:
        read.faults.append(Fault(str(path), 0, f"cannot be read: {error.strerror or error}"))
    except UnicodeDecodeError as error:
        read.faults.append(Fault(str(path), 0, f"is not UTF-8 at byte {error.start}: save it as UTF-8"))
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        read.faults.append(Fault(str(path), int(line[1]) if line else 0, f"is not TOML: {error}"))
    else:
        _checked(path, tree, toml_lines.index(text), read)


def _checked(path: Path, tree: dict[str, Any], lines: dict[toml_lines.Path, int], read: _Read) -> None:
    faults = list(_unknown_facts(tree)) + list(_twice(tree))
    try:
        words = SetFile.model_validate(tree)
    except ValidationError as error:
        faults += [(tuple(detail["loc"]), sentence(detail, SetFile)) for detail in error.errors()]
    else:
        if not faults:
            read.found.append((path, _set(words)))
    told = sorted({Fault(str(path), toml_lines.nearest(lines, at), message) for at, message in faults},
                  key=lambda fault: (fault.line, fault.message))  # fmt: skip
    read.faults += told


def _tables(tree: dict[str, Any]) -> Iterable[tuple[int, dict[str, Any]]]:
    tables = tree.get("indicator", [])
    listed = tables if isinstance(tables, list) else []
    return ((number, table) for number, table in enumerate(listed) if isinstance(table, dict))


def _unknown_facts(tree: dict[str, Any]) -> Iterable[tuple[toml_lines.Path, str]]:
    for number, table in _tables(tree):
        facts = table.get("facts")
        if isinstance(facts, str) and facts not in INDICATORS:
            yield ("indicator", number, "facts"), f"no facts are called {facts!r}{near(facts, INDICATORS)}"


def _twice(tree: dict[str, Any]) -> Iterable[tuple[toml_lines.Path, str]]:
    seen: set[object] = set()
    for number, table in _tables(tree):
        named = table.get("number")
        if isinstance(named, str) and named in seen:
            yield ("indicator", number, "number"), f"the number {named!r} stands twice"
        seen.add(named if isinstance(named, str) else None)


def _distinct(read: _Read) -> None:
    places: dict[tuple[str, str], Path] = {}
    for path, one in read.found:
        first = places.setdefault((one.id, one.version), path)
        if first is not path:
            read.faults.append(Fault(str(path), 1, f"version {one.version} of the set {one.id!r} is in {first} too"))


def _set(words: SetFile) -> IndicatorSet:
    return IndicatorSet(
        id=words.id,
        version=words.version,
        name_ru=words.name_ru,
        name_en=words.name_en,
        centre_kind=str(words.centre_kind),
        source=words.source,
        effective_from=day_of(words.effective_from),
        effective_to=LAST_DAY if words.effective_to is None else day_of(words.effective_to),
        official=words.official,
        indicators=tuple(_indicator(one) for one in words.indicator),
    )


def _indicator(words: IndicatorFile) -> Indicator:
    return Indicator(
        number=words.number,
        name_ru=words.name_ru,
        name_en=words.name_en,
        part=words.part,
        unit=words.unit,
        facts=words.facts,
        aggregation=words.aggregation,
        breakdowns=words.breakdowns,
        how=tuple(How[one.upper()] for one in words.how),
        minimum=words.minimum,
        target=words.target,
        verified=words.verified,
    )
