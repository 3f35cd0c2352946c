"""Achievements of teachers and learners at contests.

Nothing here weighs one level against another.
"""

from __future__ import annotations

from telemetry.indicators.build import Fact, facts_of
from telemetry.indicators.definition import Dimension
from telemetry.indicators.facts import Facts
from telemetry.indicators.world import World

_DIMENSIONS = (
    Dimension.LEVEL,
    Dimension.RESULT,
    Dimension.CATEGORY,
    Dimension.TRACK,
    Dimension.PROGRAM,
    Dimension.EQUIPMENT,
    Dimension.SOFTWARE,
)


def achievements(world: World) -> Facts:
    """Each entry adds its number of achievements on its day; winners, prize-takers and participants are its results."""
    rows = (
        Fact(
            kind="achievement",
            id=one.id,
            first=one.day,
            last=one.day,
            labels={
                Dimension.LEVEL: (one.level,),
                Dimension.RESULT: (one.result,),
                Dimension.CATEGORY: (one.category,),
                Dimension.TRACK: (one.track,),
                Dimension.PROGRAM: (one.program,),
                Dimension.EQUIPMENT: one.equipment,
                Dimension.SOFTWARE: one.software,
            },
            amount=one.count,
            members=one.learners,
        )
        for one in world.achievements
    )
    return facts_of(rows, _DIMENSIONS, today=world.today)
