"""One file of a set of indicators: its shape, its published JSON Schema, and every fault of it with its line.

Nothing here knows which other sets there are.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    WithJsonSchema,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from edge import toml_lines
from edge.faults import Fault, Faults, sentence
from edge.monitoring.set_sense import FULL_PERCENT, day_in_file, dimensions_of, faults_of
from edge.register.quarters import Number
from edge.register.timetable import day_of
from edge.settings import CentreKind, Id
from telemetry.civil import LAST_DAY
from telemetry.indicators.definition import Aggregation, Dimension, How, Indicator, IndicatorSet, Part, Unit
from telemetry.indicators.table import INDICATORS, SENSE

FILE_LIMIT = 1_048_576
"""Bytes of one file: a thousand indicators fit."""

EVERY_KIND = "any"
"""The centre kind of a set for every centre."""

INDICATORS_LIMIT = 200
"""Of one set: eight times the letters' own."""

_Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
_How = Literal["telemetry", "timetable", "register", "manual"]
_Amount = Annotated[int, Field(strict=True, ge=0, le=10**9)]
_Yes = Annotated[bool, Field(strict=True)]


def _known_day(value: object) -> date:
    day = day_in_file(value)
    if day is None:
        message = f"it is a day such as 2027-01-01, this is {value!r}"
        raise ValueError(message)
    return day


def _known_kind(kind: str) -> str:
    if kind not in _KINDS:
        expected = ", ".join(map(repr, _KINDS))
        raise PydanticCustomError("enum", "Input should be one of {expected}", {"expected": expected})
    return kind


_KINDS = (*(kind.value for kind in CentreKind), EVERY_KIND)
_Kind = Annotated[str, AfterValidator(_known_kind), WithJsonSchema({"enum": list(_KINDS), "type": "string"})]
_Day = Annotated[date, BeforeValidator(_known_day, json_schema_input_type=date)]


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
    verified: _Yes = False


class SetFile(_Strict):
    """A file of a set: what document it follows, for which centres and from when to when, and its indicators."""

    id: Id
    version: Annotated[str, StringConstraints(pattern=r"^\d{1,6}(\.\d{1,6}){0,3}$")]
    name_ru: _Name
    name_en: _Name
    centre_kind: _Kind
    source: _Name
    effective_from: _Day
    effective_to: _Day | None = None
    official: _Yes = True
    indicator: Annotated[tuple[IndicatorFile, ...], Field(min_length=1, max_length=INDICATORS_LIMIT)]


def schema() -> dict[str, Any]:
    """The JSON Schema of a set file: the words that may stand, and which of them make sense together.

    That a number stands once, that the minimum is not above the target and that days rise cannot be told in a schema.
    """
    made = SetFile.model_json_schema()
    line = made["$defs"]["IndicatorFile"]
    line["properties"]["facts"]["enum"] = sorted(INDICATORS)
    for listed in ("breakdowns", "how"):
        line["properties"][listed]["uniqueItems"] = True
    percent = {key: {"maximum": FULL_PERCENT} for key in ("minimum", "target")}
    line["allOf"] = [
        _if({"unit": {"const": Unit.SHARE.value}}, percent),
        *map(_sense, sorted(SENSE)),
    ]
    analytics = {"part": {"const": Part.ANALYTICS.value}}
    of_none = _lines({"properties": analytics})
    of_official = _lines({"not": {"properties": analytics, "required": ["part"]}})
    told = {"properties": {"official": {"const": False}}, "required": ["official"]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **made,
        "if": told,
        "then": of_none,
        "else": of_official,
    }


def _if(told: dict[str, Any], then: dict[str, Any]) -> dict[str, Any]:
    return {"if": {"properties": told, "required": list(told)}, "then": {"properties": then}}


def _lines(rule: dict[str, Any]) -> dict[str, Any]:
    return {"properties": {"indicator": {"items": rule}}}


def _sense(facts: str) -> dict[str, Any]:
    """What may stand beside some facts."""
    known = SENSE[facts]
    told = {
        "aggregation": {"enum": sorted(known)},
        "breakdowns": {"items": {"enum": list(dimensions_of(facts))}},
    }
    units = [
        _if({"aggregation": {"const": one.value}}, {"unit": {"enum": sorted(known[one])}}) for one in sorted(known)
    ]
    return {"if": {"properties": {"facts": {"const": facts}}, "required": ["facts"]},
            "then": {"properties": told, "allOf": units}}  # fmt: skip


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
    faults = list(faults_of(tree))
    try:
        words = SetFile.model_validate(tree)
    except ValidationError as error:
        # A faulty item is none for pydantic, so that it also calls a list too short that is not.
        details = [one for one in error.errors() if one["type"] != "too_short" or not one["input"]]
        faults += [(tuple(one["loc"]), _told(one)) for one in details]
        raise _faults(path, text, faults) from error
    if faults:
        raise _faults(path, text, faults)
    return _set(words)


def _told(detail: ErrorDetails) -> str:
    if detail["type"] == "too_short":
        return f"{'.'.join(map(str, detail['loc']))}: the list is empty; it names at least one"
    return sentence(detail, SetFile)


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


def _set(words: SetFile) -> IndicatorSet:
    return IndicatorSet(
        id=words.id,
        version=words.version,
        name_ru=words.name_ru,
        name_en=words.name_en,
        centre_kind=words.centre_kind,
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
