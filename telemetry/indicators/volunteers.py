"""Volunteers.

Nothing here names anybody: they are pseudonyms, and a number of people beside them.
"""

from __future__ import annotations

from telemetry.indicators.build import Fact, facts_of
from telemetry.indicators.definition import Dimension
from telemetry.indicators.facts import Facts
from telemetry.indicators.world import World


def volunteers(world: World) -> Facts:
    """A volunteer counts once on the days of the undertaking, in however many of them."""
    rows = (
        Fact(
            kind="volunteering",
            id=one.id,
            first=one.first,
            last=one.last,
            labels={
                Dimension.CATEGORY: (one.category,),
                Dimension.DIRECTION: (one.direction,),
                Dimension.EQUIPMENT: one.equipment,
            },
            members=one.learners,
            unlisted=one.unlisted,
        )
        for one in world.volunteering
    )
    return facts_of(rows, (Dimension.CATEGORY, Dimension.DIRECTION, Dimension.EQUIPMENT), today=world.today)
