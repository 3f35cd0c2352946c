"""One file of a set of indicators: its shape, its published JSON Schema, and every fault of it with its line.

Nothing here knows which other sets there are.
"""

from __future__ import annotations

import dataclasses
import json
import re
import tomllib
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from edge import toml_lines
from edge.faults import Fault, Faults, near, sentence
from edge.monitoring.machines import joined_days, joined_meetings
from edge.register.quarters import Number
from edge.register.timetable import day_of
from edge.settings import CentreKind, Id
from telemetry.civil import LAST_DAY
from telemetry.indicators.definition import Aggregation, Dimension, How, Indicator, IndicatorSet, Part, Unit
from telemetry.indicators.table import INDICATORS
from telemetry.indicators.world import World

FILE_LIMIT = 1_048_576
"""Bytes of one file: a thousand indicators fit."""

INDICATORS_LIMIT = 200
"""Of one set: eight times the letters' own."""

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


def schema() -> dict[str, Any]:
    """The JSON Schema of a set file, with the words that `facts` may be."""
    made = SetFile.model_json_schema()
    made["$defs"]["IndicatorFile"]["properties"]["facts"]["enum"] = sorted(INDICATORS)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}


def schema_text() -> str:
    """The schema as it is published beside the sets."""
    return json.dumps(schema(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def read(path: Path) -> IndicatorSet:
    """The set of a file; raises `Faults` with all that is wrong with it."""
    text = _text(path)
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        raise Faults([Fault(str(path), int(line[1]) if line else 0, f"is not TOML: {error}")]) from error
    faults = [*_unknown_facts(tree), *_idle_breakdowns(tree), *_twice(tree)]
    try:
        words = SetFile.model_validate(tree)
    except ValidationError as error:
        # A faulty indicator is no item for pydantic, so that it also calls the list too short.
        details = [one for one in error.errors() if one["type"] != "too_short" or not tree.get("indicator")]
        faults += [(tuple(one["loc"]), sentence(one, SetFile)) for one in details]
        raise _faults(path, text, faults) from error
    if faults:
        raise _faults(path, text, faults)
    return _set(words)


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > FILE_LIMIT:
            message = f"the file is larger than {FILE_LIMIT} bytes: is it the right one?"
            raise Faults([Fault(str(path), 0, message)])
        return path.read_text("utf-8")
    except OSError as error:
        raise Faults([Fault(str(path), 0, f"cannot be read: {error.strerror or error}")]) from error
    except UnicodeDecodeError as error:
        message = f"is not UTF-8 at byte {error.start}: save it as UTF-8"
        raise Faults([Fault(str(path), 0, message)]) from error


def _faults(path: Path, text: str, found: Iterable[tuple[toml_lines.Path, str]]) -> Faults:
    lines = toml_lines.index(text)
    told = {Fault(str(path), toml_lines.nearest(lines, at), message) for at, message in found}
    return Faults(sorted(told, key=lambda fault: (fault.line, fault.message)))


def _tables(tree: dict[str, Any]) -> Iterable[tuple[int, dict[str, Any]]]:
    tables = tree.get("indicator", [])
    listed = tables if isinstance(tables, list) else []
    return ((number, table) for number, table in enumerate(listed) if isinstance(table, dict))


def _unknown_facts(tree: dict[str, Any]) -> Iterable[tuple[toml_lines.Path, str]]:
    for number, table in _tables(tree):
        facts = table.get("facts")
        if isinstance(facts, str) and facts not in INDICATORS:
            yield ("indicator", number, "facts"), f"no facts are called {facts!r}{near(facts, INDICATORS)}"


def _idle_breakdowns(tree: dict[str, Any]) -> Iterable[tuple[toml_lines.Path, str]]:
    for number, table in _tables(tree):
        facts, listed = table.get("facts"), table.get("breakdowns", [])
        if facts not in INDICATORS or not isinstance(listed, list):
            continue
        known = dimensions_of(facts)
        for one in listed:
            if one in tuple(Dimension) and one not in known:
                message = f"the facts {facts!r} know no {one!r}{near(one, known)}"
                yield ("indicator", number, "breakdowns"), message


@lru_cache
def dimensions_of(facts: str) -> tuple[str, ...]:
    """What the facts of a line of `INDICATORS` may be broken down by."""
    nothing: tuple[()] = ()
    fields = {name.name: nothing for name in dataclasses.fields(World) if name.name not in ("tracks", "today")}
    empty = World(**{**fields, "meetings": joined_meetings([]), "days": joined_days([]), "tracks": {}})  # type: ignore[arg-type]  # all other fields are tuples
    return tuple(sorted(one.value for one in INDICATORS[facts](empty).labels))


def _twice(tree: dict[str, Any]) -> Iterable[tuple[toml_lines.Path, str]]:
    seen: set[object] = set()
    for number, table in _tables(tree):
        named = table.get("number")
        if isinstance(named, str) and named in seen:
            yield ("indicator", number, "number"), f"the number {named!r} stands twice"
        seen.add(named if isinstance(named, str) else None)


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
