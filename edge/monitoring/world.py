"""The world of a centre from a snapshot of its register and the parts that machines told.

Rows are only put into other words: nothing is counted, and no end is invented where there is none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from edge.monitoring.machines import Part, joined_days, joined_meetings
from edge.register import events, lessons, mentoring, network, projects, publicity, quarters
from edge.register.contract import Snapshot
from edge.register.timetable import day_of
from telemetry.civil import FIRST_DAY, LAST_DAY, Day
from telemetry.indicators import world as words
from telemetry.indicators.world import World


def world_of(
    register: Snapshot, parts: Sequence[Part], *, runs: tuple[words.Work, ...], tracks: Mapping[str, str], today: Day
) -> World:
    """Everything that indicators are made of; `register` comes with its learners, `tracks` are those of equipment."""
    return World(
        programs=tuple(_program(row.id, row.value) for row in register.rows(lessons.Program)),
        groups=tuple(words.Group(row.id, row.value.program, row.value.partner) for row in register.rows(lessons.Group)),
        enrolments=tuple(_enrolment(row.id, row.value) for row in register.rows(network.Enrolment)),
        surveys=tuple(
            words.Survey(row.id, row.value.program, row.value.asked, row.value.content, day_of(row.value.day))
            for row in register.rows(network.Survey)
        ),
        agreements=tuple(
            words.Agreement(row.id, row.value.partner, day_of(row.value.first_day), _last(row.value.last_day))
            for row in register.rows(network.NetworkAgreement)
        ),
        events=tuple(_event(row.id, row.value) for row in register.rows(events.Event)),
        participations=tuple(_participation(row.id, row.value) for row in register.rows(events.Participation)),
        projects=tuple(_project(row.id, row.value) for row in register.rows(projects.Project)),
        achievements=tuple(_achievement(row.id, row.value) for row in register.rows(projects.Achievement)),
        models=tuple(
            words.MentoringModel(row.id, row.value.form, day_of(row.value.first_day), _last(row.value.last_day))
            for row in register.rows(mentoring.MentoringModel)
        ),
        pairs=tuple(_pair(row.id, row.value) for row in register.rows(mentoring.MentoringPair)),
        volunteering=tuple(_volunteering(row.id, row.value) for row in register.rows(mentoring.Volunteering)),
        channels=tuple(_channel(row.id, row.value) for row in register.rows(publicity.InformationChannel)),
        publications=tuple(_publication(row.id, row.value) for row in register.rows(publicity.Publication)),
        plan=tuple(_planned(row.id, row.value) for row in register.rows(quarters.PlannedWork)),
        meetings=joined_meetings([part.meetings for part in parts]),
        days=joined_days([part.days for part in parts]),
        jobs=tuple(job for part in parts for job in part.jobs),
        runs=runs,
        tracks=tracks,
        today=today,
    )


def _first(day: date | None) -> Day:
    return FIRST_DAY if day is None else day_of(day)


def _last(day: date | None) -> Day:
    return LAST_DAY if day is None else day_of(day)


def _program(name: str, value: lessons.Program) -> words.Program:
    days = _first(value.first_day), _last(value.last_day)
    return words.Program(name, value.track, value.level.value, value.partner, value.form.value, *days)


def _enrolment(name: str, value: network.Enrolment) -> words.Enrolment:
    return words.Enrolment(
        id=name,
        group=value.group,
        category=value.category.value,
        learners=value.learners,
        unlisted=value.unlisted,
        left_early=value.left_early,
        first=day_of(value.first_day),
        last=_last(value.last_day),
    )


def _event(name: str, value: events.Event) -> words.Event:
    return words.Event(
        id=name,
        kind=value.event_kind.value,
        direction=str(value.direction),
        level=str(value.level),
        track=value.track,
        partner=value.partner,
        form=value.form.value,
        equipment=value.equipment,
        software=value.software,
        practical=value.practical,
        first=day_of(value.first_day),
        last=day_of(value.last_day or value.first_day),
    )


def _participation(name: str, value: events.Participation) -> words.Participation:
    return words.Participation(
        name, value.event, value.category.value, value.partner, value.learners, value.unlisted
    )  # fmt: skip


def _project(name: str, value: projects.Project) -> words.Project:
    return words.Project(
        id=name,
        kind=value.project_kind.value,
        track=value.track,
        level=str(value.level),
        program=value.program,
        partner=value.partner,
        category=value.category.value,
        learners=value.learners,
        unlisted=value.unlisted,
        equipment=value.equipment,
        software=value.software,
        runs=value.runs,
        jobs=value.jobs,
        practical=value.practical,
        shown_outside=value.shown_outside,
        day=day_of(value.day),
    )


def _achievement(name: str, value: projects.Achievement) -> words.Achievement:
    return words.Achievement(
        id=name,
        level=value.level.value,
        result=value.result.value,
        category=value.category.value,
        track=value.track,
        program=value.program,
        learners=value.learners,
        count=value.count,
        equipment=value.equipment,
        software=value.software,
        day=day_of(value.day),
    )


def _pair(name: str, value: mentoring.MentoringPair) -> words.MentoringPair:
    return words.MentoringPair(
        id=name,
        model=value.model,
        category=value.category.value,
        track=value.track,
        learners=value.learners,
        unlisted=value.unlisted,
        completed=value.completed,
        first=day_of(value.first_day),
        last=_last(value.last_day),
        equipment=value.equipment,
    )


def _volunteering(name: str, value: mentoring.Volunteering) -> words.Volunteering:
    return words.Volunteering(
        id=name,
        category=value.category.value,
        direction=str(value.direction),
        learners=value.learners,
        unlisted=value.unlisted,
        first=day_of(value.first_day),
        last=_last(value.last_day),
        equipment=value.equipment,
    )


def _channel(name: str, value: publicity.InformationChannel) -> words.InformationChannel:
    return words.InformationChannel(
        name, value.channel_kind.value, day_of(value.first_day), _last(value.last_day)
    )  # fmt: skip


def _publication(name: str, value: publicity.Publication) -> words.Publication:
    return words.Publication(
        name, value.channel, str(value.direction), value.count, day_of(value.day), value.equipment
    )  # fmt: skip


def _planned(name: str, value: quarters.PlannedWork) -> words.PlannedWork:
    done = None if value.done_day is None else day_of(value.done_day)
    return words.PlannedWork(name, value.direction.value, day_of(value.planned_day), done)
