"""Educational events that were held, and how many of them were practical.

Nothing here counts an event that lies ahead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from telemetry.indicators.build import Fact, facts_of
from telemetry.indicators.definition import Dimension
from telemetry.indicators.facts import Facts
from telemetry.indicators.world import Codes, Event, World

EVENT_BY = (
    Dimension.KIND,
    Dimension.DIRECTION,
    Dimension.LEVEL,
    Dimension.TRACK,
    Dimension.PARTNER,
    Dimension.FORM,
    Dimension.EQUIPMENT,
    Dimension.SOFTWARE,
)
"""What an event itself may be broken down by."""


def events(world: World) -> Facts:
    """An event counts once on its days, from the first on; categories are those of its participants."""
    return facts_of(_rows(world), (*EVENT_BY, Dimension.CATEGORY), today=world.today)


def practical_events(world: World) -> Facts:
    """Of the events held, those at which visitors worked with their hands."""
    return events(world)


def _rows(world: World) -> Iterator[Fact]:
    came: dict[str, list[str]] = {}
    for participation in world.participations:
        came.setdefault(participation.event, []).append(participation.category)
    for event in world.events:
        yield Fact(
            kind="event",
            id=event.id,
            first=event.first,
            last=event.last,
            labels={**event_labels(event), Dimension.CATEGORY: tuple(came.get(event.id, ()))},
            amount=int(event.practical),
            base=1,
        )


def event_labels(event: Event) -> Mapping[Dimension, Codes]:
    """The keys of an event in each dimension of `EVENT_BY`."""
    return {
        Dimension.KIND: (event.kind,),
        Dimension.DIRECTION: (event.direction,),
        Dimension.LEVEL: (event.level,),
        Dimension.TRACK: (event.track,),
        Dimension.PARTNER: (event.partner,),
        Dimension.FORM: (event.form,),
        Dimension.EQUIPMENT: event.equipment,
        Dimension.SOFTWARE: event.software,
    }
