"""The world of a centre as indicators see it: rows of the register and what was derived from machine facts.

Plain values only; days are local days since 1970-01-01, inclusive at both ends, `LAST_DAY` where there is no end yet.
Learners are pseudonyms; `unlisted` says how many more there were. Texts that may be empty are empty, never None.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from telemetry.civil import LAST_DAY, Day
from telemetry.columns import Int8s, Int32s, Int64s
from telemetry.indicators.words import Words

Codes = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Program:
    """A program that was offered from `first` to `last`."""

    id: str
    track: str
    level: str
    partner: str
    form: str
    first: Day
    last: Day


@dataclass(frozen=True, slots=True)
class Group:
    """A group and the program that it follows."""

    id: str
    program: str
    partner: str


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Learners of one category in one group; `left_early` says that they left before the program's end."""

    id: str
    group: str
    category: str
    learners: Codes
    unlisted: int
    left_early: bool
    first: Day
    last: Day


@dataclass(frozen=True, slots=True)
class Survey:
    """How many of those asked about a program were content."""

    id: str
    program: str
    asked: int
    content: int
    day: Day


@dataclass(frozen=True, slots=True)
class Agreement:
    """A network agreement with a partner."""

    id: str
    partner: str
    first: Day
    last: Day


@dataclass(frozen=True, slots=True)
class Event:
    """An event, held unless its days lie ahead; `practical` says that visitors worked with their hands."""

    id: str
    kind: str
    direction: str
    level: str
    track: str
    partner: str
    form: str
    equipment: Codes
    software: Codes
    practical: bool
    first: Day
    last: Day


@dataclass(frozen=True, slots=True)
class Participation:
    """People of one category at one event, of one partner where given."""

    id: str
    event: str
    category: str
    partner: str
    learners: Codes
    unlisted: int


@dataclass(frozen=True, slots=True)
class Project:
    """A project or applied study that was finished on `day`; `jobs` are "equipment/job"."""

    id: str
    kind: str
    track: str
    level: str
    program: str
    partner: str
    category: str
    learners: Codes
    unlisted: int
    equipment: Codes
    software: Codes
    runs: Codes
    jobs: Codes
    practical: bool
    shown_outside: bool
    day: Day


@dataclass(frozen=True, slots=True)
class Achievement:
    """`count` achievements of one level and result at one contest."""

    id: str
    level: str
    result: str
    category: str
    track: str
    program: str
    learners: Codes
    count: int
    equipment: Codes
    software: Codes
    day: Day


@dataclass(frozen=True, slots=True)
class MentoringModel:
    """A model of mentoring that was practised."""

    id: str
    form: str
    first: Day
    last: Day


@dataclass(frozen=True, slots=True)
class MentoringPair:
    """A mentor and those mentored, under a model; `completed` says that the plan of the pair was fulfilled."""

    id: str
    model: str
    category: str
    track: str
    learners: Codes
    unlisted: int
    completed: bool
    first: Day
    last: Day
    equipment: Codes = ()


@dataclass(frozen=True, slots=True)
class Volunteering:
    """Volunteers of one category in one undertaking."""

    id: str
    category: str
    direction: str
    learners: Codes
    unlisted: int
    first: Day
    last: Day
    equipment: Codes = ()


@dataclass(frozen=True, slots=True)
class InformationChannel:
    """A site, a page of a social network, a newspaper."""

    id: str
    kind: str
    first: Day
    last: Day


@dataclass(frozen=True, slots=True)
class Publication:
    """`count` publications of one day in one channel."""

    id: str
    channel: str
    direction: str
    count: int
    day: Day
    equipment: Codes = ()


@dataclass(frozen=True, slots=True)
class PlannedWork:
    """A line of the plan of work; `done` is None until it was done."""

    id: str
    direction: str
    planned: Day
    done: Day | None


@dataclass(frozen=True, slots=True, eq=False)
class Meetings:
    """Practical sessions that have begun, n rows by start and id; equal-length columns unless said otherwise.

    `day` int64 local day of the start; `status` the word of a `SessionStatus`; `held` int8, 1 where it was confirmed by
    telemetry or by a person; `by_telemetry` int8; `learner_ns` int64, learners times the lesson's length where held.
    Equipment that was used, row i: `used[used_start[i]:used_start[i + 1]]`, int32 into `equipment`.
    """

    id: Codes
    day: Int64s
    status: Words
    held: Int8s
    by_telemetry: Int8s
    kind: Words
    track: Words
    room: Words
    group: Words
    program: Words
    partner: Words
    form: Words
    level: Words
    learners: Int64s
    learner_ns: Int64s
    equipment: Codes
    used_start: Int64s
    used: Int32s


@dataclass(frozen=True, slots=True, eq=False)
class EquipmentDays:
    """Time of each equipment on each local day, n rows; ns, int64.

    The three ratios are busy_in_timetable / (timetabled - unknown_in_timetable), busy_in_scheduled / (scheduled -
    maintenance - unknown in scheduled) and busy / calendar, as `telemetry.ratios` has them: numerator and denominator.

    Of `calendar_ns` there are data for `known_ns`, of `scheduled_ns` for `scheduled_known_ns`, and of `timetabled_ns`
    for the timetable's denominator.
    """

    equipment: Words
    kind: Words
    track: Words
    room: Words
    day: Int64s
    busy_ns: Int64s
    calendar_ns: Int64s
    scheduled_numerator_ns: Int64s
    scheduled_denominator_ns: Int64s
    timetable_numerator_ns: Int64s
    timetable_denominator_ns: Int64s
    known_ns: Int64s
    scheduled_ns: Int64s
    scheduled_known_ns: Int64s
    timetabled_ns: Int64s


@dataclass(frozen=True, slots=True)
class Work:
    """A job or a run that began on `day`; `id` is "equipment/job" or the run's own."""

    id: str
    equipment: Codes
    outcome: str
    day: Day


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """Everything that indicators are made of; `tracks` gives the track of each equipment.

    What begins after `today` lies ahead and counts nowhere.
    """

    programs: tuple[Program, ...]
    groups: tuple[Group, ...]
    enrolments: tuple[Enrolment, ...]
    surveys: tuple[Survey, ...]
    agreements: tuple[Agreement, ...]
    events: tuple[Event, ...]
    participations: tuple[Participation, ...]
    projects: tuple[Project, ...]
    achievements: tuple[Achievement, ...]
    models: tuple[MentoringModel, ...]
    pairs: tuple[MentoringPair, ...]
    volunteering: tuple[Volunteering, ...]
    channels: tuple[InformationChannel, ...]
    publications: tuple[Publication, ...]
    plan: tuple[PlannedWork, ...]
    meetings: Meetings
    days: EquipmentDays
    jobs: tuple[Work, ...]
    runs: tuple[Work, ...]
    tracks: Mapping[str, str]
    today: Day = LAST_DAY
