"""What a store tells as of an offset: the same as the store told when that offset was its last."""

from __future__ import annotations

from random import Random

import pytest

from telemetry.columns import Changes
from telemetry.model import JobPhase, Record, State
from tests.edge.journal.labs import HOUR, LAB, MILL, Lab, T, job, state

EVER = (-(2**63), 2**63 - 1)


def _rows(changes: Changes) -> list[tuple[int, ...]]:
    columns = (changes.equipment, changes.at, changes.state, changes.source, changes.valid_ns)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def _told(seed: int) -> list[list[Record]]:
    """Commits whose times go back and forth: late states, ends of jobs before their starts, twins of one instant."""
    rng = Random(seed)
    commits: list[list[Record]] = []
    for _ in range(12):
        records: list[Record] = []
        for one in (MILL, LAB):
            at = T + rng.randrange(48) * HOUR
            records.append(state(at, rng.choice(tuple(State)), equipment=one))
            records.append(job(at, rng.choice(tuple(JobPhase)), name=f"job-{rng.randrange(3)}"))
        commits.append(records)
    return commits


@pytest.mark.parametrize("seed", range(4))
def test_the_past_is_what_was_told_then(lab: Lab, seed: int) -> None:
    windows = (EVER, (T + 10 * HOUR, T + 30 * HOUR))
    told = []
    for records in _told(seed):
        lab.journal.commit(records)
        seen = [(_rows(lab.store.changes((MILL, LAB), *w)), lab.store.jobs((MILL, LAB), *w)) for w in windows]
        told.append((lab.store.offset(), seen))
    for offset, expected in told:
        past = lab.store.as_of(offset)
        assert [(_rows(past.changes((MILL, LAB), *w)), past.jobs((MILL, LAB), *w)) for w in windows] == expected
        assert (past.instance(), past.offset(), past.touched_since(0)) == (lab.store.instance(), offset, {})


def test_before_the_first_offset_nothing_was_told(lab: Lab) -> None:
    lab.journal.commit([state(T, State.BUSY), job(T, JobPhase.STARTED)])
    past = lab.store.as_of(0)
    assert (len(past.changes((MILL,), *EVER)), past.jobs((MILL,), *EVER)) == (0, ())
