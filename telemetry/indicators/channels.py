"""Information channels, and what was published in them.

Nothing here reads a publication.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from telemetry.indicators.build import Fact, facts_of
from telemetry.indicators.definition import Dimension
from telemetry.indicators.facts import Facts
from telemetry.indicators.world import Codes, Publication, World

_DIMENSIONS = (Dimension.KIND, Dimension.DIRECTION, Dimension.EQUIPMENT)


def information_channels(world: World) -> Facts:
    """A channel counts once on the days on which it is kept; its publications tell directions and equipment."""
    return facts_of(_channels(world), _DIMENSIONS, today=world.today)


def _channels(world: World) -> Iterator[Fact]:
    """Each channel on its days, and once more on the day of each publication."""
    channels = {channel.id: channel for channel in world.channels}
    for channel in world.channels:
        labels = {Dimension.KIND: (channel.kind,)}
        yield Fact(kind="information_channel", id=channel.id, first=channel.first, last=channel.last, labels=labels)
    for one in sorted(world.publications, key=lambda publication: publication.id):
        kept = channels.get(one.channel)
        if kept is not None and kept.first <= one.day <= kept.last:
            told = _labels(one, kept.kind)
            yield Fact(kind="information_channel", id=kept.id, first=one.day, last=one.day, labels=told)


def _labels(one: Publication, kind: str) -> Mapping[Dimension, Codes]:
    return {
        Dimension.KIND: (kind,),
        Dimension.DIRECTION: (one.direction,),
        Dimension.EQUIPMENT: one.equipment,
    }


def publications(world: World) -> Facts:
    """Each entry adds its number of publications on its day."""
    kinds = {channel.id: channel.kind for channel in world.channels}
    rows = (
        Fact(
            kind="publication",
            id=one.id,
            first=one.day,
            last=one.day,
            labels=_labels(one, kinds.get(one.channel, "")),
            amount=one.count,
        )
        for one in world.publications
    )
    return facts_of(rows, _DIMENSIONS, today=world.today)
