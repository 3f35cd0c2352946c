"""Closed periods: what is written when one is closed, and the same made anew from the journal and the register.

Nothing that was closed is ever changed, and what has changed since is told elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass

from edge.monitoring.body import written
from edge.monitoring.contract import ComputedFrom, Edition, Period
from edge.monitoring.inputs import Inputs, equipment_of
from edge.monitoring.machines import part_of
from edge.monitoring.reckoning import reckon
from edge.monitoring.titles import names_of, titles_of
from edge.numbers.entered import entered_of
from edge.register.contract import Closed, Snapshot, Stamp
from edge.store.contract import Told


@dataclass(frozen=True, slots=True, eq=False)
class Sources:
    """A journal up to an offset, and a register as of a version, with its learners."""

    told: Told
    register: Snapshot


def computed_from(sources: Sources, inputs: Inputs, rules: tuple[str, ...]) -> ComputedFrom:
    """What a report of these sources says that it was computed from."""
    sets = tuple((one.id, one.version) for one in (inputs.official, inputs.analytics))
    told = sources.told
    return ComputedFrom(told.instance(), told.offset(), sources.register.register_version, rules, sets, inputs.now)


def body_of(period: Period, inputs: Inputs, sources: Sources) -> bytes:
    """The body of a period's edition; the same inputs and sources give the same bytes."""
    entered = entered_of(sources.register, equipment_of(inputs.equipment), inputs.clocks.zone())
    reckoned = reckon(
        period,
        inputs,
        entered,
        register=sources.register,
        part_of=lambda wanted: part_of(sources.told, entered, wanted),
        computed_from=computed_from(sources, inputs, tuple(rule.version for rule in entered.rules)),
    )
    return written(reckoned, inputs, titles_of(sources.register, names_of(entered, inputs)))


def edition_of(row: Closed) -> Edition:
    """A row of the register as an edition."""
    stamp = Stamp(row.register_version, row.at, row.author, row.reason)
    period = Period(row.year, row.quarter)
    return Edition(period, row.number, row.body, row.sha256, row.previous, row.chain, stamp)


def unsealed(period: Period, body: bytes, stamp: Stamp) -> Closed:
    """A period as it is given to the register, which numbers and seals it."""
    return Closed(
        year=period.year,
        quarter=period.quarter,
        number=0,
        body=body,
        sha256="",
        previous="",
        chain="",
        register_version=stamp.register_version,
        at=stamp.at,
        author=stamp.author,
        reason=stamp.reason,
    )
