"""All that answers questions about numbers, joined once for a gateway or a command.

It decides nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from edge.clock import Clock
from edge.numbers.entered import Desk, Roster
from edge.numbers.figures import Bookkeeper
from edge.numbers.meters import Meters
from edge.numbers.observed import Observations
from edge.numbers.practice import Practice
from edge.register.contract import Register
from edge.settings import Centre
from edge.store.contract import Store


@dataclass(frozen=True, slots=True)
class Numbers:
    """The register, and those who answer from it and from the journal."""

    register: Register
    desk: Desk
    figures: Bookkeeper
    practice: Practice
    meters: Meters


def numbers_of(store: Store, register: Register, roster: Roster, *, centre: Centre, clock: Clock) -> Numbers:
    """Over one journal and one register; `roster` tells the equipment that is configured now."""
    desk = Desk(register, roster, centre.timezone)
    observations = Observations(store)
    figures = Bookkeeper(desk, observations, clock, centre=centre.id)
    return Numbers(
        register, desk, figures, Practice(desk, observations, store, clock), Meters(desk, observations, store, clock)
    )
