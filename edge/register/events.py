"""Events of a centre and who took part in them, with the level at which such things are held.

An event is one entry however many people came; they are counted by its participations.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from edge.register.entry import Code, CodeOrNone, Codes, Day, Document, Entry, Name, Title, rising
from edge.register.lessons import Form
from edge.register.people import Category, Counted


class AchievementLevel(StrEnum):
    """How far a contest or an event reaches."""

    INSTITUTION = "institution"
    MUNICIPAL = "municipal"
    REGIONAL = "regional"
    INTERREGIONAL = "interregional"
    NATIONAL = "national"
    INTERNATIONAL = "international"


LevelOrNone = AchievementLevel | Literal[""]
"""A level, or nothing where it is empty."""

Software = Annotated[tuple[Title, ...], Field(max_length=50)]
"""More programs than one lesson's work needs."""


class Direction(StrEnum):
    """The ten directions of work of the quarterly monitoring."""

    JOINT_EVENTS = "joint_events"
    CONFERENCES = "conferences"
    FEDERAL_EVENTS = "federal_events"
    CAMPAIGNS = "campaigns"
    NETWORK_PROGRAMS = "network_programs"
    MENTORING = "mentoring"
    CAREER_GUIDANCE = "career_guidance"
    PROJECT_WORK = "project_work"
    LOW_RESULTS_SUPPORT = "low_results_support"
    GOOD_PRACTICE = "good_practice"


DirectionOrNone = Direction | Literal[""]
"""A direction of work, or nothing where it is empty."""


class EventKind(StrEnum):
    """What an event is."""

    MASTER_CLASS = "master_class"
    QUEST = "quest"
    EXCURSION = "excursion"
    HACKATHON = "hackathon"
    CONTEST = "contest"
    CONFERENCE = "conference"
    LECTURE = "lecture"
    EXHIBITION = "exhibition"
    OPEN_DAY = "open_day"
    PROJECT_SESSION = "project_session"
    CAMPAIGN = "campaign"
    OTHER = "other"


class Event(Entry):
    """An event, from `first_day` to `last_day` inclusive; one day where there is no `last_day`.

    `practical` says that visitors worked with their own hands.
    """

    kind: ClassVar[str] = "event"
    refers: ClassVar[Mapping[str, str]] = {"partner": "partner"}
    natural: ClassVar[tuple[str, ...]] = ("name", "first_day")

    name: Name
    event_kind: EventKind = EventKind.OTHER
    direction: DirectionOrNone = ""
    level: LevelOrNone = ""
    track: CodeOrNone = ""
    partner: CodeOrNone = ""
    form: Form = Form.IN_PERSON
    equipment: Codes = ()
    software: Software = ()
    practical: bool = False
    first_day: Day
    last_day: Day | None = None
    document: Document = ""

    @model_validator(mode="after")
    def _is_orderly(self) -> Event:
        rising(self.first_day, self.last_day, "the event")
        return self


class Participation(Counted):
    """People of one category who were at an event, of one partner where that is given."""

    kind: ClassVar[str] = "participation"
    refers: ClassVar[Mapping[str, str]] = {"event": "event", "partner": "partner"}
    natural: ClassVar[tuple[str, ...]] = ("event", "category", "partner")

    event: Code
    category: Category = Category.LEARNER
    partner: CodeOrNone = ""
    document: Document = ""
