"""Learners of programs: those enrolled, and which of them stayed.

Nothing here names anybody: learners are pseudonyms, and a number of people beside them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from telemetry.civil import LAST_DAY
from telemetry.indicators.build import Fact, facts_of
from telemetry.indicators.definition import Dimension
from telemetry.indicators.facts import Facts
from telemetry.indicators.meetings import proofs_by
from telemetry.indicators.world import Codes, Enrolment, Group, Program, World

_OF_GROUP = (
    Dimension.TRACK,
    Dimension.LEVEL,
    Dimension.PROGRAM,
    Dimension.GROUP,
    Dimension.PARTNER,
    Dimension.CATEGORY,
    Dimension.FORM,
)
ENROLLED_BY = (*_OF_GROUP, Dimension.EQUIPMENT)
"""What enrolments may be broken down by."""


def learners(world: World) -> Facts:
    """An enrolled learner counts once on the days of the enrolment, however many groups and quarters it is in."""
    return facts_of(_enrolled(world), ENROLLED_BY, today=world.today)


def _enrolled(world: World) -> Iterator[Fact]:
    proofs = proofs_by(world.meetings.group, world.meetings)
    for enrolment, labels in enrolments_of(world):
        for (first, last), proof in proofs.by_quarter(enrolment.group, (enrolment.first, enrolment.last)):
            yield Fact(
                kind="enrolment",
                id=enrolment.id,
                first=first,
                last=last,
                labels={**labels, Dimension.EQUIPMENT: proof.equipment},
                members=enrolment.learners,
                unlisted=enrolment.unlisted,
            )


def enrolments_of(world: World) -> Iterator[tuple[Enrolment, Mapping[Dimension, Codes]]]:
    """Each enrolment with the labels of its group and program; what nobody knows is left blank."""
    groups = {group.id: group for group in world.groups}
    programs = {program.id: program for program in world.programs}
    for enrolment in world.enrolments:
        group = groups.get(enrolment.group, Group(enrolment.group, "", ""))
        program = programs.get(group.program, Program(group.program, "", "", "", "", 0, LAST_DAY))
        yield enrolment, _labels(enrolment, group, program)


def _labels(enrolment: Enrolment, group: Group, program: Program) -> Mapping[Dimension, Codes]:
    return {
        Dimension.TRACK: (program.track,),
        Dimension.LEVEL: (program.level,),
        Dimension.PROGRAM: (program.id,),
        Dimension.GROUP: (group.id,),
        Dimension.PARTNER: (group.partner or program.partner,),
        Dimension.CATEGORY: (enrolment.category,),
        Dimension.FORM: (program.form,),
    }


def retention(world: World) -> Facts:
    """Of all enrolled, those who had not left early by the end of the window; each enrolment is judged for itself."""
    return facts_of(_stayed(world), _OF_GROUP, today=world.today)


def _stayed(world: World) -> Iterator[Fact]:
    """Who left early was there until the day before, so that quarters closed by then stay what they were.

    The later row stands for an enrolment in windows that hold both.
    """
    for enrolment, labels in enrolments_of(world):
        there = len(set(enrolment.learners)) + enrolment.unlisted
        stays_until = enrolment.last - enrolment.left_early
        days = ((enrolment.first, stays_until, there), (max(enrolment.first, stays_until + 1), enrolment.last, 0))
        for first, last, stayed in days:
            yield Fact(
                kind="enrolment",
                id=enrolment.id,
                first=first,
                last=last,
                labels=labels,
                amount=stayed,
                base=there,
                members=enrolment.learners,
                unlisted=enrolment.unlisted,
            )


def satisfaction(world: World) -> Facts:
    """Of all who were asked about a program, those who were content; a survey counts on its day."""
    programs = {program.id: program for program in world.programs}
    rows = (
        Fact(
            kind="survey",
            id=survey.id,
            first=survey.day,
            last=survey.day,
            labels={
                Dimension.PROGRAM: (survey.program,),
                Dimension.TRACK: (programs[survey.program].track,) if survey.program in programs else (),
            },
            amount=survey.content,
            base=survey.asked,
        )
        for survey in world.surveys
    )
    return facts_of(rows, (Dimension.PROGRAM, Dimension.TRACK), today=world.today)
