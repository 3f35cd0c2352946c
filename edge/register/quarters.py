"""What people say for the monitoring of a quarter: the plan of work, values by hand, texts, targets of a year.

Whether a set of indicators has a number is asked by whoever knows the sets: they come and go, what was said stays.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field, StringConstraints

from edge.register.entry import FIRST_YEAR, LAST_YEAR, Code, Day, Document, Entry, Name, Reason, Text, Title
from edge.register.events import Direction
from edge.register.wording import lines

Number = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{1,10}(?:\.[A-Za-z0-9]{1,10}){0,4}$")]
"""The hierarchical number of an indicator, `2.1`."""

Year = Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)]
Quarter = Annotated[int, Field(ge=1, le=4)]
LongText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000), AfterValidator(lines)
]
"""A few printed pages: the information-analytical text of one subject."""

_DIRECTIONS = frozenset(one.value for one in Direction)


def _known_subject(subject: str) -> str:
    if "_" in subject and subject not in _DIRECTIONS:
        message = f"it is neither an indicator's number nor a direction of work: {', '.join(Direction)}"
        raise ValueError(message)
    return subject


Subject = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._]{0,63}$"), AfterValidator(_known_subject)]
"""The number of an indicator or the code of a direction of work."""


class PlannedWork(Entry):
    """A line of the plan of work; `done_day` and `outcome` say what became of it."""

    kind: ClassVar[str] = "planned_work"
    natural: ClassVar[tuple[str, ...]] = ("direction", "name", "planned_day")

    direction: Direction
    name: Name
    planned_day: Day
    done_day: Day | None = None
    outcome: Text = ""
    document: Document = ""


class ManualValue(Entry):
    """A person's value of an indicator beside the derived one, year to date, in hundredths of its unit."""

    kind: ClassVar[str] = "manual_value"
    natural: ClassVar[tuple[str, ...]] = ("set", "number", "year", "quarter")

    set: Code
    number: Number
    year: Year
    quarter: Quarter
    hundredths: Annotated[int, Field(ge=0, le=10**14)]
    reason: Reason
    document: Title


class QuarterText(Entry):
    """What is told about an indicator or a direction of work in a quarter."""

    kind: ClassVar[str] = "quarter_text"
    natural: ClassVar[tuple[str, ...]] = ("subject", "year", "quarter")

    subject: Subject
    year: Year
    quarter: Quarter
    text: LongText


class Target(Entry):
    """The planned value of an indicator at a calendar year's end, in whole units; percent for shares."""

    kind: ClassVar[str] = "target"
    natural: ClassVar[tuple[str, ...]] = ("number", "year")

    number: Number
    year: Year
    target: Annotated[int, Field(ge=0, le=10**9)]
    document: Document = ""
