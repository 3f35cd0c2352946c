"""What the gateway's own absence or a clock that was set means: time that nobody watched is unknown.

It only computes records; committing them is the gateway's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from drivers.contract import Spec
from edge.picture import Picture
from edge.settings import Equipment
from edge.store.contract import Store
from telemetry.model import EquipmentId, Instant, JobOutcome, JobPhase, JobSeen, Source, State, StateSeen

FAR = 2**62
"""Later than any instant that is recorded (the year 2116)."""

REASON = "the clock was set"

UNWATCHED = frozenset({State.UNKNOWN, State.OFFLINE})
"""States that claim nothing about a time in which nobody looks."""


def unknown_from(
    at: Instant,
    *,
    equipment: Sequence[Equipment],
    catalog: Mapping[str, Spec],
    store: Store,
    now: Instant,
    reason: str,
) -> tuple[StateSeen, ...]:
    """One `unknown` from `at` on for each equipment whose last state would else be taken to hold.

    A family whose states hold over a restart by its protocol has none. An equipment that was seen after `at`, within
    the few seconds between two signs of the gateway's life, becomes unknown just after it was last seen.
    """
    ids = tuple(EquipmentId(one.id) for one in equipment if _forgets(one, catalog))
    last = _last(store, ids)
    return tuple(
        StateSeen(one, max(at, seen_at + 1), now, State.UNKNOWN, Source.GATEWAY, reason=reason)
        for one, (seen_at, state) in last.items()
        if state not in UNWATCHED
    )


def ended_unseen(
    at: Instant,
    *,
    equipment: Sequence[Equipment],
    catalog: Mapping[str, Spec],
    store: Store,
    now: Instant,
    reason: str,
) -> tuple[JobSeen, ...]:
    """The end, with unknown outcome, of each job that ran when the looking ended.

    A driver begins anew with the gateway: a job that still runs then is met as another one, and the first would
    stay open for ever.
    """
    ids = tuple(EquipmentId(one.id) for one in equipment if _forgets(one, catalog))
    return tuple(
        JobSeen(
            job.equipment,
            max(at, job.started + 1),
            now,
            job.job,
            JobPhase.ENDED,
            job.name,
            job.progress,
            JobOutcome.UNKNOWN,
            reason,
        )
        for job in store.jobs(ids, now, now + 1)
        if job.ended is None
    )


def said_again(pictures: Sequence[Picture], *, before: Instant, now: Instant) -> tuple[StateSeen, ...]:
    """Every state that holds, said again at `now`, after the clock was set from `before`.

    Time that the clock skipped forward was lived by nobody: it is unknown. After a step back the states would else
    lie in the future, and nothing would be known until then.
    """
    known = [one for one in pictures if one.state not in UNWATCHED]
    skipped = [
        StateSeen(one.id, max(before, (one.since or 0) + 1), now, State.UNKNOWN, Source.GATEWAY, reason=REASON)
        for one in known
    ]
    again = [
        StateSeen(one.id, now, now, one.state, one.source, _left_ns(one, before), one.word, one.reason) for one in known
    ]
    return tuple(skipped + again) if now > before else tuple(again)


def _left_ns(picture: Picture, before: Instant) -> int:
    return max(picture.expires_at - before, 1) if picture.expires_at is not None else 0


def _forgets(equipment: Equipment, catalog: Mapping[str, Spec]) -> bool:
    spec = catalog.get(equipment.driver)
    return spec is not None and not spec.holds_over_restart


def _last(store: Store, ids: tuple[EquipmentId, ...]) -> dict[EquipmentId, tuple[Instant, State]]:
    """The last instant and state of each that ever had one; of one instant the strongest source, then state, holds."""
    changes = store.changes(ids, FAR, FAR)
    columns = (changes.equipment, changes.at, changes.source, changes.state)
    rows = sorted(zip(*(column.tolist() for column in columns), strict=True))
    return {changes.ids[row]: (at, State(state)) for row, at, _source, state in rows}
