"""Achievements of teachers and learners at contests.

Nothing here weighs one level against another.
"""

from __future__ import annotations

from collections.abc import Mapping

from telemetry.indicators.build import Fact, facts_of
from telemetry.indicators.definition import Dimension
from telemetry.indicators.facts import Facts
from telemetry.indicators.world import Achievement, Codes, Program, World

_DIMENSIONS = (
    Dimension.LEVEL,
    Dimension.RESULT,
    Dimension.CATEGORY,
    Dimension.TRACK,
    Dimension.PROGRAM,
    Dimension.PARTNER,
    Dimension.FORM,
    Dimension.EQUIPMENT,
    Dimension.SOFTWARE,
)


def achievements(world: World) -> Facts:
    """Each entry adds its number of achievements on its day; winners, prize-takers and participants are its results."""
    programs = {program.id: program for program in world.programs}
    rows = (
        Fact(
            kind="achievement",
            id=one.id,
            first=one.day,
            last=one.day,
            labels=_labels(one, programs.get(one.program)),
            amount=one.count,
            members=one.learners,
        )
        for one in world.achievements
    )
    return facts_of(rows, _DIMENSIONS, today=world.today)


def _labels(one: Achievement, program: Program | None) -> Mapping[Dimension, Codes]:
    """Its own, with the partner and the form of the program that it came from."""
    return {
        Dimension.LEVEL: (one.level,),
        Dimension.RESULT: (one.result,),
        Dimension.CATEGORY: (one.category,),
        Dimension.TRACK: (one.track,),
        Dimension.PROGRAM: (one.program,),
        Dimension.PARTNER: (program.partner,) if program else (),
        Dimension.FORM: (program.form,) if program else (),
        Dimension.EQUIPMENT: one.equipment,
        Dimension.SOFTWARE: one.software,
    }
