"""Projects, applied studies and what was won with them or elsewhere.

Runs and jobs are named as the journal has them; whether it still has them is asked where evidence is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field, StringConstraints

from edge.register.entry import CodeOrNone, Codes, Day, Document, Headcount, Name
from edge.register.events import AchievementLevel, LevelOrNone, Software
from edge.register.people import Category, Counted, Linked
from edge.register.wording import one_line
from edge.settings import ID_PATTERN

Run = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(one_line)]
Job = Annotated[str, StringConstraints(pattern=rf"^{ID_PATTERN}/[^\r\n]{{1,200}}$")]
"""`<equipment>/<job>`."""


class ProjectKind(StrEnum):
    """What was worked on."""

    PROJECT = "project"
    APPLIED_STUDY = "applied_study"


class Result(StrEnum):
    """How a contest ended for somebody."""

    WINNER = "winner"
    PRIZE_TAKER = "prize_taker"
    PARTICIPANT = "participant"


class Project(Counted):
    """A project or applied study that was finished on `day`; `runs` and `jobs` prove it.

    `practical` says that something was made or measured, `shown_outside` that its result left the centre.
    """

    kind: ClassVar[str] = "project"
    refers: ClassVar[Mapping[str, str]] = {"program": "program", "partner": "partner"}
    natural: ClassVar[tuple[str, ...]] = ("project_kind", "name", "day")

    name: Name
    project_kind: ProjectKind = ProjectKind.PROJECT
    track: CodeOrNone = ""
    level: LevelOrNone = ""
    program: CodeOrNone = ""
    partner: CodeOrNone = ""
    category: Category = Category.LEARNER
    equipment: Codes = ()
    software: Software = ()
    runs: Annotated[tuple[Run, ...], Field(max_length=200)] = ()
    jobs: Annotated[tuple[Job, ...], Field(max_length=200)] = ()
    practical: bool = False
    shown_outside: bool = False
    day: Day
    document: Document = ""


class Achievement(Linked):
    """`count` achievements of one result at one contest; a team's one prize is one, however many learners share it."""

    kind: ClassVar[str] = "achievement"
    refers: ClassVar[Mapping[str, str]] = {"program": "program"}
    natural: ClassVar[tuple[str, ...]] = (
        "name", "level", "result", "category", "track", "program", "day", "document",
    )  # fmt: skip

    name: Name
    level: AchievementLevel
    result: Result
    category: Category = Category.LEARNER
    track: CodeOrNone = ""
    program: CodeOrNone = ""
    count: Annotated[Headcount, Field(ge=1)] = 1
    equipment: Codes = ()
    software: Software = ()
    day: Day
    document: Document = ""
