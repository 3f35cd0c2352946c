"""Whether a closed period can be made anew from the journal, the register and its own inputs, byte for byte.

Never changes anything but the audit, which says that learners were read.
"""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from edge.errors import Damaged, GiveUp
from edge.monitoring import body as bodies
from edge.monitoring.canonical import Plain
from edge.monitoring.contract import Edition
from edge.monitoring.editions import Sources, body_of
from edge.monitoring.present import READER
from edge.register.contract import Fault, Register
from edge.store.contract import Store
from telemetry.model import Instant

REASON = "an edition of the monitoring is made anew"

_FIX = "Run `labedge verify` to find what is damaged, and restore a backup."


def faults_of(edition: Edition, store: Store, register: Register, *, at: Instant) -> tuple[Fault, ...]:
    """Why an edition cannot be made anew, or is another one then; raises `Damaged` where its body cannot be read.

    The register is read from the history of its entries alone, whose rows have checksums.
    """
    place = f"edition {edition.period.label}/{edition.number}"
    body = bodies.read(edition.body, place)
    made_of = body.report.computed_from
    if body.form != bodies.FORM:
        message = f"it was written in form {body.form}, and this labedge writes form {bodies.FORM}"
        return (Fault(place, message, "Check it with the labedge that closed it."),)
    if store.instance() != made_of.instance:
        return (Fault(place, "it was made of another journal", "Give the data folder that it was closed in."),)
    if store.offset() < made_of.offset:
        message = f"it was made of the journal up to offset {made_of.offset}, which ends at {store.offset()}"
        return (Fault(place, message, _FIX),)
    try:
        learners = register.proven_as_of(made_of.register_version, reader=READER, reason=REASON, at=at)
    except (GiveUp, Damaged) as error:
        return (Fault(place, str(error), _FIX),)
    anew = body_of(edition.period, body.inputs, Sources(store.as_of(made_of.offset), learners))
    if anew == edition.body:
        return ()
    where = next(_differing(orjson.loads(edition.body), orjson.loads(anew), "body"), "body")
    return (Fault(place, f"made anew it differs at {where}", _FIX),)


def _differing(was: Plain, now: Plain, place: str) -> Iterator[str]:
    """Where two bodies differ, the first place first."""
    if isinstance(was, dict) and isinstance(now, dict):
        for key in sorted(was.keys() | now.keys()):
            yield from _differing(was.get(key), now.get(key), f"{place}.{key}")
    elif isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
        for number, (one, other) in enumerate(zip(was, now, strict=True)):
            yield from _differing(one, other, f"{place}[{number}]")
    elif was != now:
        yield f"{place}: {_short(was)} was closed, {_short(now)} it is"


def _short(value: Plain) -> str:
    return orjson.dumps(value).decode()[:80]
