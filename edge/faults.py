"""What is wrong with a configuration, in sentences with file, line and the nearest valid name.

Only words are made here: nothing is read and nothing is decided.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from edge.errors import LabedgeError


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: where, what, and the nearest valid name where one is near."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        """`labedge.toml:12: …`."""
        return f"{self.file}:{self.line}: {self.message}" if self.line else f"{self.file}: {self.message}"


class Faults(LabedgeError):
    """Everything that is wrong with a configuration, in the order of the files."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)), fix="Mend the lines named and run `labedge check` again.")
        self.faults = tuple(faults)


def sentence(detail: ErrorDetails, model: type[BaseModel]) -> str:
    """What pydantic found, in words for a person, with the nearest valid name of `model`."""
    loc = detail["loc"]
    name = ".".join(map(str, loc))
    if detail["type"] == "extra_forbidden":
        return f"unknown setting {name!r}{near(str(loc[-1]), _names(model, loc[:-1]))}"
    if detail["type"] == "missing":
        return f"{name!r} is missing"
    said = detail["msg"].removeprefix("Value error, ")
    expected = detail.get("ctx", {}).get("expected", "")
    words = [word.strip("' ") for part in str(expected).split(" or ") for word in part.split(",")] if expected else []
    shown = repr(detail["input"]) if isinstance(detail["input"], str | int | float) else ""
    return f"{name}: {said}{f', this is {shown}' if shown else ''}{near(str(detail['input']), words)}"


def near(name: str, valid: Sequence[str] | Mapping[str, object]) -> str:
    """`; did you mean 'x'?`, or the names there are, or nothing where none are known."""
    close = get_close_matches(name, list(valid), 1, 0.6)
    return f"; did you mean {close[0]!r}?" if close else (f"; known are {', '.join(sorted(valid))}" if valid else "")


def _names(model: type[BaseModel], path: tuple[str | int, ...]) -> list[str]:
    for part in path:
        if isinstance(part, int):
            continue
        inner = _model_in(model.model_fields[part].annotation) if part in model.model_fields else None
        if inner is None:
            return []
        model = inner
    return list(model.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((m for arg in get_args(annotation) if (m := _model_in(arg))), None)
