"""Information channels, and what was published in them.

Nothing here reads a publication.
"""

from __future__ import annotations

from telemetry.indicators.build import Fact, facts_of
from telemetry.indicators.definition import Dimension
from telemetry.indicators.facts import Facts
from telemetry.indicators.world import World


def information_channels(world: World) -> Facts:
    """A channel counts once on the days on which it is kept."""
    rows = (
        Fact(
            kind="information_channel",
            id=channel.id,
            first=channel.first,
            last=channel.last,
            labels={Dimension.KIND: (channel.kind,)},
        )
        for channel in world.channels
    )
    return facts_of(rows, (Dimension.KIND,), today=world.today)


def publications(world: World) -> Facts:
    """Each entry adds its number of publications on its day."""
    kinds = {channel.id: channel.kind for channel in world.channels}
    rows = (
        Fact(
            kind="publication",
            id=one.id,
            first=one.day,
            last=one.day,
            labels={Dimension.KIND: (kinds.get(one.channel, ""),), Dimension.DIRECTION: (one.direction,)},
            amount=one.count,
        )
        for one in world.publications
    )
    return facts_of(rows, (Dimension.KIND, Dimension.DIRECTION), today=world.today)
