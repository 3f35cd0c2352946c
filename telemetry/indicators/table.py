"""Every way in which a world becomes facts, by the name that sets of indicators use.

Nothing here computes. A new indicator is a function in a file of its own and a line here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from telemetry.indicators.achievements import achievements
from telemetry.indicators.agreements import agreements, agreements_at_work
from telemetry.indicators.channels import information_channels, publications
from telemetry.indicators.equipment_time import (
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
