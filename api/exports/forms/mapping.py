"""A mapping: which value goes to which place of a template, as a TOML file says it.

Says nothing of what the values are, and opens no template.
"""

from __future__ import annotations

import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from edge.errors import GiveUp
from edge.register.contract import Fault, Refused
from telemetry.indicators.definition import Dimension

PLACES_LIMIT = 10_000
"""Places of one form: far more than any form has."""

Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class Value(StrEnum):
    """What of an indicator or a direction of work goes to a place."""

    YEAR_TO_DATE = "year_to_date"
    QUARTER = "quarter"
    TARGET = "target"
    MINIMUM = "minimum"
    PROGRESS = "progress"
    MANUAL = "manual"
    STATED = "stated"
    TEXT = "text"
    NAME = "name"
    HOW = "how"
    PLANNED = "planned"
    DONE = "done"


class About(StrEnum):
    """What of the report itself goes to a place."""

    CENTRE = "centre"
    PERIOD = "period"
    YEAR = "year"
    QUARTER = "quarter"
    FIRST_DAY = "first_day"
    LAST_DAY = "last_day"
    EDITION = "edition"
    SHA256 = "sha256"


class Place(BaseModel):
    """One place: `at` is `Sheet!B4` (in CSV `B4`) or a named range; what goes there is one of the others.

    `number` with `value` is an indicator's, of one component with `by` and `key`; `direction` with `value` is a
    direction's; `about` is of the report. `stated` is the value entered by hand where there is one, else the derived.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: Word
    number: str = ""
    value: Value = Value.YEAR_TO_DATE
    by: Dimension | None = None
    key: str = ""
    direction: str = ""
    about: About | None = None

    @model_validator(mode="after")
    def _one_thing(self) -> Place:
        told = [name for name in ("number", "direction", "about") if getattr(self, name)]
        if len(told) != 1:
            message = f"a place has exactly one of number, direction, about; this has {', '.join(told) or 'none'}"
            raise ValueError(message)
        if bool(self.by) != bool(self.key):
            message = "a component is named by both `by` and `key`"
            raise ValueError(message)
        return self


class Mapping(BaseModel):
    """A form: its title, the file of its template beside the mapping, and its places."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Word
    template: Annotated[str, StringConstraints(pattern=r"^[\w][\w .-]{0,120}\.(?:xlsx|csv)$")]
    place: Annotated[tuple[Place, ...], Field(min_length=1, max_length=PLACES_LIMIT)]


def read(path: Path) -> Mapping:
    """The mapping in a file; raises `GiveUp` where it is none, `Refused` with every fault of its places."""
    try:
        tree = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise GiveUp(f"{path} cannot be read: {error.strerror}.", fix="Name the mapping's TOML file.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise GiveUp(f"{path.name} is no TOML file in UTF-8: {error}.", fix="Mend that line.") from error
    try:
        return Mapping.model_validate(tree)
    except ValidationError as error:
        raise Refused([_fault(path, one) for one in error.errors(include_url=False)]) from error


def _fault(path: Path, error: object) -> Fault:
    told = dict(error) if isinstance(error, dict) else {}
    place = ".".join(str(part + 1 if isinstance(part, int) else part) for part in told["loc"])
    message = str(told["msg"]).removeprefix("Value error, ")
    return Fault(f"{path.name}: {place}", message, "docs/interfaces.md tells every word of a mapping.")
