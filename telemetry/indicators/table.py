"""Every way in which a world becomes facts, by the name that sets of indicators use.

Nothing here computes. A new indicator is a function in a file of its own and a line here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from telemetry.indicators.achievements import achievements
from telemetry.indicators.agreements import agreements, agreements_at_work
from telemetry.indicators.channels import information_channels, publications
from telemetry.indicators.definition import Aggregation, Unit
from telemetry.indicators.equipment_time import (
    coverage_calendar,
    coverage_scheduled,
    coverage_timetable,
    equipment_used,
    utilisation_calendar,
    utilisation_scheduled,
    utilisation_timetable,
)
from telemetry.indicators.event_participants import event_participants
from telemetry.indicators.events import events, practical_events
from telemetry.indicators.facts import Facts
from telemetry.indicators.learners import learners, retention, satisfaction
from telemetry.indicators.mentoring import completed_pairs, mentoring_models, mentoring_participants
from telemetry.indicators.network import network_participants
from telemetry.indicators.programs import programs
from telemetry.indicators.projects import projects, projects_with_outcome
from telemetry.indicators.sessions import learner_hours, practical_sessions, sessions
from telemetry.indicators.volunteers import volunteers
from telemetry.indicators.work import jobs, runs
from telemetry.indicators.world import World

INDICATORS: Mapping[str, Callable[[World], Facts]] = MappingProxyType(
    {
        one.__name__: one
        for one in (
            programs,
            learners,
            agreements,
            network_participants,
            events,
            event_participants,
            projects,
            achievements,
            mentoring_models,
            mentoring_participants,
            volunteers,
            information_channels,
            retention,
            satisfaction,
            agreements_at_work,
            practical_events,
            projects_with_outcome,
            completed_pairs,
            publications,
            practical_sessions,
            sessions,
            learner_hours,
            utilisation_timetable,
            utilisation_scheduled,
            utilisation_calendar,
            equipment_used,
            jobs,
            runs,
        )
    }
)
"""From a world to the facts of each."""

COVERAGE: Mapping[str, Callable[[World], Facts]] = MappingProxyType(
    {
        utilisation_timetable.__name__: coverage_timetable,
        utilisation_scheduled.__name__: coverage_scheduled,
        utilisation_calendar.__name__: coverage_calendar,
    }
)
"""How much is known of what the ratios of time are about: facts whose share is the coverage of those above."""

Sense = Mapping[Aggregation, tuple[Unit, ...]]
"""The aggregations that mean something, and the units of what each gives."""

_ITEMS, _PEOPLE, _SHARE, _HOURS = (Unit.ITEMS,), (Unit.LEARNERS, Unit.PEOPLE), (Unit.SHARE,), (Unit.HOURS,)

_THINGS: Sense = {Aggregation.COUNT: _ITEMS}
_HEADS: Sense = {Aggregation.UNIQUE: _PEOPLE, Aggregation.COUNT: _ITEMS}
_TALLIES: Sense = {Aggregation.SUM: _ITEMS, Aggregation.LAST: _ITEMS, Aggregation.COUNT: _ITEMS}
_SHARE_OF_HEADS: Sense = {Aggregation.SHARE: _SHARE}
_SHARE_OF_THINGS: Sense = {Aggregation.SHARE: _SHARE, Aggregation.SUM: _ITEMS, Aggregation.COUNT: _ITEMS}
_TIMES: Sense = {Aggregation.SHARE: _SHARE, Aggregation.SUM: _HOURS, Aggregation.LAST: _HOURS}

SENSE: Mapping[str, Sense] = MappingProxyType(
    {
        "programs": _THINGS,
        "learners": _HEADS,
        "agreements": _THINGS,
        "network_participants": _HEADS,
        "events": _THINGS,
        "event_participants": _HEADS,
        "projects": {**_THINGS, Aggregation.UNIQUE: _PEOPLE},
        "achievements": {**_TALLIES, Aggregation.UNIQUE: _PEOPLE},
        "mentoring_models": _THINGS,
        "mentoring_participants": _HEADS,
        "volunteers": _HEADS,
        "information_channels": _THINGS,
        "retention": _SHARE_OF_HEADS,
        "satisfaction": _SHARE_OF_HEADS,
        "agreements_at_work": _SHARE_OF_THINGS,
        "practical_events": _SHARE_OF_THINGS,
        "projects_with_outcome": _SHARE_OF_THINGS,
        "completed_pairs": _SHARE_OF_THINGS,
        "publications": _TALLIES,
        "practical_sessions": _THINGS,
        "sessions": _THINGS,
        "learner_hours": {Aggregation.SUM: (Unit.LEARNER_HOURS,), Aggregation.LAST: (Unit.LEARNER_HOURS,)},
        "utilisation_timetable": _TIMES,
        "utilisation_scheduled": _TIMES,
        "utilisation_calendar": _TIMES,
        "equipment_used": {Aggregation.UNIQUE: _ITEMS, Aggregation.SUM: _HOURS, Aggregation.LAST: _HOURS},
        "jobs": _THINGS,
        "runs": _THINGS,
    }
)
"""What a set may ask of each line of `INDICATORS`; anything else would give a number that says nothing."""
