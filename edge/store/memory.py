"""The read side of a journal in memory: slow and obvious, for tests and trials.

Never computes what the contract does not ask for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

import numpy as np

from edge.journal.contract import Offset
from edge.journal.memory import MemoryChannel, MemoryJournal
from edge.store.contract import ChannelInfo, Counts, Job, Run, RunData
from edge.store.jobs import by_job, overlapping
from edge.store.runs import Followed, meeting, phase_of, run_of, within
from telemetry import resample
from telemetry.columns import Changes, Envelope, Readings
from telemetry.model import (
    Channel,
    EquipmentId,
    EquipmentSeen,
    Instant,
    JobSeen,
    LinkChanged,
    Reading,
    ReadingBatch,
    Record,
    Rejected,
    RunSeen,
    StateSeen,
)
from telemetry.runs import streamed_until, stretches

_Word = TypeVar("_Word", StateSeen, JobSeen, RunSeen, LinkChanged, EquipmentSeen, Rejected)


class MemoryStore:
    """See `edge.store.contract.Store`."""

    def __init__(self, journal: MemoryJournal, *, until: Offset | None = None) -> None:
        """With `until`, states and jobs as they were told up to that offset."""
        self._journal = journal
        self._until = until

    def instance(self) -> str:
        """See the contract."""
        return self._journal.instance

    def offset(self) -> Offset:
        """See the contract."""
        return self._journal.offset if self._until is None else self._until

    def as_of(self, offset: Offset) -> MemoryStore:
        """See the contract."""
        return MemoryStore(self._journal, until=offset)

    def changes(self, equipment: Sequence[EquipmentId], start: Instant, end: Instant) -> Changes:
        """See the contract."""
        ids = tuple(dict.fromkeys(equipment))
        rows: list[tuple[int, int, int, int, int]] = []
        for number, one in enumerate(ids):
            mine = [seen for seen in self._all(StateSeen) if seen.equipment == one and seen.at < end]
            begin = max((seen.at for seen in mine if seen.at < start), default=start)
            rows.extend((number, s.at, s.state, s.source, s.valid_ns) for s in _sorted(mine) if s.at >= begin)
        columns = np.array(rows, np.int64).reshape(-1, 5).T
        return Changes(
            ids,
            columns[0].astype(np.int32),
            columns[1].copy(),
            columns[2].astype(np.int8),
            columns[3].astype(np.int8),
            columns[4].copy(),
        )

    def readings(self, equipment: EquipmentId, channel: Channel, start: Instant, end: Instant) -> Readings:
        """See the contract."""
        with self._journal.lock:
            kept = self._journal.channels.get((equipment, channel), MemoryChannel())
            inside = (kept.t >= start) & (kept.t < end)
            return Readings(kept.t[inside], kept.v[inside])

    def envelope(
        self, equipment: EquipmentId, channel: Channel, start: Instant, end: Instant, *, points: int
    ) -> Envelope:
        """See the contract."""
        found = self.readings(equipment, channel, start, end)
        return resample.envelope(found.t, found.v, start=start, end=end, points=points)

    def channels(self, equipment: EquipmentId | None = None) -> tuple[ChannelInfo, ...]:
        """See the contract."""
        with self._journal.lock:
            return tuple(
                ChannelInfo(*name, kept.unit, int(kept.t[0]), int(kept.t[-1]), len(kept.t), float(kept.v[-1]))
                for name, kept in sorted(self._journal.channels.items())
                if equipment in (None, name[0])
            )

    def jobs(self, equipment: Sequence[EquipmentId], start: Instant, end: Instant) -> tuple[Job, ...]:
        """See the contract."""
        return overlapping(by_job([seen for seen in self._all(JobSeen) if seen.equipment in equipment]), start, end)

    def runs(self, equipment: Sequence[EquipmentId] | None, start: Instant, end: Instant) -> tuple[Run, ...]:
        """See the contract."""
        with self._journal.lock:
            names = {one.run for one in self._all(RunSeen)} | {name for name, _equipment in self._journal.named}
            found = [self.run(name) for name in names]
        return meeting((one for one in found if one is not None), equipment, start, end)

    def run(self, run: str) -> Run | None:
        """See the contract."""
        with self._journal.lock:
            said = [phase_of(one) for one in self._all(RunSeen) if one.run == run]
            named = {one: stretches(times) for (name, one), times in self._journal.named.items() if name == run}
            return run_of(run, said, named, self._followed)

    def run_data(self, run: str, after: Offset, limit: int) -> RunData:
        """See the contract."""
        with self._journal.lock:
            known, offset, records = self.run(run), self._journal.offset, tuple(self._journal.records)
        found = [
            (place, part)
            for place, one in records
            if known is not None and place > after and isinstance(one, Reading | ReadingBatch)
            if (part := within(known, one)) is not None
        ]
        if len(found) > limit:
            return RunData(tuple(found[:limit]), found[limit - 1][0] if limit > 0 else after, more=True)
        return RunData(tuple(found), max(offset, after), more=False)

    def links(self) -> tuple[LinkChanged, ...]:
        """See the contract."""
        return _latest(self._all(LinkChanged))

    def link_history(
        self, equipment: EquipmentId, start: Instant, end: Instant, *, limit: int
    ) -> tuple[LinkChanged, ...]:
        """See the contract."""
        mine = [one for one in self._all(LinkChanged) if one.equipment == equipment and start <= one.at < end]
        return tuple(sorted(mine, key=lambda one: (one.at, one.received_at))[-limit:] if limit > 0 else ())

    def states(self) -> tuple[StateSeen, ...]:
        """See the contract."""
        return _latest(self._all(StateSeen))

    def discovered(self) -> tuple[EquipmentSeen, ...]:
        """See the contract."""
        return _latest(self._all(EquipmentSeen))

    def records(self, after: Offset, limit: int) -> tuple[tuple[Offset, Record], ...]:
        """See the contract."""
        with self._journal.lock:
            return tuple([one for one in self._journal.records if one[0] > after][:limit])

    def touched_since(self, after: Offset) -> Mapping[EquipmentId, Instant]:
        """See the contract."""
        earliest: dict[EquipmentId, Instant] = {}
        with self._journal.lock:
            for offset, one in self._journal.records:
                if self._until is None and offset > after and isinstance(one, StateSeen | JobSeen | RunSeen):
                    earliest[one.equipment] = min(one.at, earliest.get(one.equipment, one.at))
        return earliest

    def last_alive(self) -> Instant | None:
        """See the contract."""
        return self._journal.alive

    def counts(self) -> Counts:
        """See the contract."""
        with self._journal.lock:
            readings = sum(len(kept.t) for kept in self._journal.channels.values())
            records = sum(not isinstance(one, Reading | ReadingBatch) for _offset, one in self._journal.records)
        return Counts(readings, records, len(self._all(Rejected)), dropped_readings=0, bytes_on_disk=0)

    def close(self) -> None:
        """See the contract: nothing is open."""

    def _followed(self, asked: Followed) -> Instant:
        times = [np.zeros(0, np.int64)]
        for _offset, one in self._journal.records:
            if not isinstance(one, Reading | ReadingBatch) or one.equipment != asked.equipment or one.run:
                continue
            if asked.takes(one.channel):
                times.append(np.atleast_1d(one.t if isinstance(one, ReadingBatch) else np.int64(one.at)))
        t = np.concatenate(times)
        return streamed_until(asked.start, t[(t > asked.start) & (t < asked.limit)], period_ns=asked.period_ns)

    def _all(self, kind: type[_Word]) -> list[_Word]:
        with self._journal.lock:
            last = self._journal.offset if self._until is None else self._until
            return [one for offset, one in self._journal.records if offset <= last and isinstance(one, kind)]


def _sorted(seen: Iterable[StateSeen]) -> list[StateSeen]:
    return sorted(seen, key=lambda one: (one.at, one.source, one.state))


def _order(one: LinkChanged | EquipmentSeen | StateSeen) -> tuple[Instant, int, int]:
    """Of one instant that state is the later that holds; of anything else that which was received last."""
    return (one.at, one.source, one.state) if isinstance(one, StateSeen) else (one.at, one.received_at, 0)


_Sighting = TypeVar("_Sighting", LinkChanged, EquipmentSeen, StateSeen)


def _latest(seen: Iterable[_Sighting]) -> tuple[_Sighting, ...]:
    """The latest of each equipment, by equipment."""
    latest: dict[EquipmentId, _Sighting] = {}
    for one in sorted(seen, key=_order):
        latest[one.equipment] = one
    return tuple(latest[name] for name in sorted(latest))
