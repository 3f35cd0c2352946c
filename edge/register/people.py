"""People in entries: categories, counts, and learners by pseudonym at most.

Never holds a learner's name, and never tells a learner who has to be forgotten from one who was.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator

from edge.register.entry import Entry, Headcount, LearnerId


class Category(StrEnum):
    """Whom an entry counts."""

    LEARNER = "learner"
    LEARNER_PRIMARY = "learner_primary"
    LEARNER_BASIC = "learner_basic"
    LEARNER_SECONDARY = "learner_secondary"
    PARTNER_LEARNER = "partner_learner"
    TEACHER = "teacher"
    PARENT = "parent"
    OTHER = "other"


class Linked(Entry):
    """An entry that may hold learners: whoever reads them is in the audit, and each of them can be forgotten."""

    learners: Annotated[tuple[LearnerId, ...], Field(max_length=2000)] = ()

    @model_validator(mode="after")
    def _once_each(self) -> Linked:
        if len(set(self.learners)) < len(self.learners):
            message = "a learner stands twice"
            raise ValueError(message)
        return self


class Counted(Linked):
    """How many people there were; with `learners`, which ones. `count` may exceed the pseudonyms."""

    count: Headcount

    @model_validator(mode="after")
    def _counts(self) -> Counted:
        if len(self.learners) > self.count:
            message = f"the count ({self.count}) is less than the learners listed ({len(self.learners)})"
            raise ValueError(message)
        return self

    @property
    def unlisted(self) -> int:
        """How many there were without a pseudonym."""
        return self.count - len(self.learners)
