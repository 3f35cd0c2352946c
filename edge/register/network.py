"""Network agreements with partner organisations, and who is enrolled in groups.

Learners are counts, or pseudonyms at most.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field, model_validator

from edge.register.entry import Code, Day, Document, Entry, Text, Title, rising
from edge.register.people import Category, Counted

_Answers = Annotated[int, Field(ge=0, le=2000)]


class NetworkAgreement(Entry):
    """An agreement with a partner on the network form, in force from `first_day` to `last_day` inclusive."""

    kind: ClassVar[str] = "network_agreement"
    refers: ClassVar[Mapping[str, str]] = {"partner": "partner"}
    natural: ClassVar[tuple[str, ...]] = ("partner", "number")

    partner: Code
    number: Title
    subject: Text = ""
    first_day: Day
    last_day: Day | None = None
    document: Document = ""

    @model_validator(mode="after")
    def _is_orderly(self) -> NetworkAgreement:
        rising(self.first_day, self.last_day, "the agreement")
        return self


class Enrolment(Counted):
    """People of one category who were in a group from `first_day` to `last_day` inclusive.

    `left_early` says that they left before the program's end; then `last_day` says when.
    """

    kind: ClassVar[str] = "enrolment"
    refers: ClassVar[Mapping[str, str]] = {"group": "group"}
    natural: ClassVar[tuple[str, ...]] = ("group", "category", "first_day", "last_day", "left_early")

    group: Code
    category: Category = Category.LEARNER
    first_day: Day
    last_day: Day | None = None
    left_early: bool = False
    document: Document = ""

    @model_validator(mode="after")
    def _is_orderly(self) -> Enrolment:
        rising(self.first_day, self.last_day, "the enrolment")
        if self.left_early and self.last_day is None:
            message = "who left early has a last day"
            raise ValueError(message)
        return self


class Survey(Entry):
    """How many of those who were asked about a program were content."""

    kind: ClassVar[str] = "survey"
    refers: ClassVar[Mapping[str, str]] = {"program": "program"}
    natural: ClassVar[tuple[str, ...]] = ("program", "day")

    program: Code
    asked: Annotated[_Answers, Field(ge=1)]
    content: _Answers
    day: Day
    document: Document = ""

    @model_validator(mode="after")
    def _is_orderly(self) -> Survey:
        if self.content > self.asked:
            message = f"more were content ({self.content}) than were asked ({self.asked})"
            raise ValueError(message)
        return self
