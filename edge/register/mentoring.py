"""Mentoring and volunteering: models, pairs, undertakings.

A pair is told by a name such as «Пара 3», never by the people in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import AfterValidator, model_validator

from edge.register.entry import Code, CodeOrNone, Codes, Day, Document, Entry, Name, Text, rising
from edge.register.events import DirectionOrNone
from edge.register.people import Category, Counted
from edge.register.wording import one_line, pair_code

PairName = Annotated[Text, AfterValidator(one_line), AfterValidator(pair_code)]
"""A word for the pair and a number; a person's name is refused."""


class MentoringForm(StrEnum):
    """Who mentors whom."""

    LEARNER_LEARNER = "learner_learner"
    TEACHER_LEARNER = "teacher_learner"
    TEACHER_TEACHER = "teacher_teacher"
    STUDENT_LEARNER = "student_learner"
    EMPLOYER_LEARNER = "employer_learner"
    OTHER = "other"


class MentoringModel(Entry):
    """A model of mentoring that is practised from `first_day` to `last_day` inclusive."""

    kind: ClassVar[str] = "mentoring_model"
    natural: ClassVar[tuple[str, ...]] = ("name",)

    name: Name
    form: MentoringForm = MentoringForm.OTHER
    first_day: Day
    last_day: Day | None = None
    document: Document = ""

    @model_validator(mode="after")
    def _is_orderly(self) -> MentoringModel:
        rising(self.first_day, self.last_day, "the model")
        return self


class MentoringPair(Counted):
    """A mentor and those mentored, all of them counted; `completed` says that the pair fulfilled its plan.

    `equipment` is what they worked with.
    """

    kind: ClassVar[str] = "mentoring_pair"
    refers: ClassVar[Mapping[str, str]] = {"model": "mentoring_model"}
    natural: ClassVar[tuple[str, ...]] = ("model", "name", "category", "track", "first_day", "document")

    model: Code
    name: PairName = ""
    category: Category = Category.LEARNER
    track: CodeOrNone = ""
    equipment: Codes = ()
    completed: bool = False
    first_day: Day
    last_day: Day | None = None
    document: Document = ""

    @model_validator(mode="after")
    def _is_orderly(self) -> MentoringPair:
        rising(self.first_day, self.last_day, "the pair")
        return self


class Volunteering(Counted):
    """Volunteers of one category in one undertaking, from `first_day` to `last_day` inclusive, and what they used."""

    kind: ClassVar[str] = "volunteering"
    natural: ClassVar[tuple[str, ...]] = ("name", "category", "first_day")

    name: Name
    category: Category = Category.LEARNER
    direction: DirectionOrNone = ""
    equipment: Codes = ()
    first_day: Day
    last_day: Day | None = None
    document: Document = ""

    @model_validator(mode="after")
    def _is_orderly(self) -> Volunteering:
        rising(self.first_day, self.last_day, "the undertaking")
        return self
