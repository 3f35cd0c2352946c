"""Participants of events.

Nothing here names anybody: they are pseudonyms, and a number of people beside them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from telemetry.indicators.build import Fact, facts_of
from telemetry.indicators.definition import Dimension
from telemetry.indicators.events import EVENT_BY, event_labels
from telemetry.indicators.facts import Facts
from telemetry.indicators.world import Codes, Event, Participation, World


def event_participants(world: World) -> Facts:
    """A participant counts once, at however many events; who has no pseudonym counts at each."""
    return facts_of(_rows(world), (*EVENT_BY, Dimension.CATEGORY), today=world.today)


def _rows(world: World) -> Iterator[Fact]:
    events = {event.id: event for event in world.events}
    for participation in world.participations:
        event = events.get(participation.event)
        if event is not None:
            yield Fact(
                kind="participation",
                id=participation.id,
                first=event.first,
                last=event.last,
                labels=participation_labels(event, participation),
                members=participation.learners,
                unlisted=participation.unlisted,
            )


def participation_labels(event: Event, participation: Participation) -> Mapping[Dimension, Codes]:
    """The keys of the event, with the participants' own category and, where they have one, partner."""
    return {
        **event_labels(event),
        Dimension.CATEGORY: (participation.category,),
        Dimension.PARTNER: (participation.partner or event.partner,),
    }
