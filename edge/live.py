"""The lab as it is now, and whoever wants to be told when it changes.

It never waits for a reader and never raises into the journal's writer: a slow reader loses the oldest updates and is
told how many.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from edge.errors import Full
from edge.journal.contract import Committed, Offset
from edge.metrics import Metrics
from edge.picture import Picture, Sketch
from edge.settings import Equipment
from edge.store.contract import Store
from telemetry.model import NS_PER_S, ClockJumped, EquipmentId, Instant, ReadingBatch, Record, Source, State, StateSeen

MAX_EQUIPMENT = 4096
"""Equipment that is remembered: a centre has tens; a stranger who invents names must not eat the memory."""

MAX_SUBSCRIBERS = 128
"""Open boards and live readers: a class of thirty with a few tabs each; every one costs a queue."""

MAX_UPDATES = 256
"""Commits that wait for one reader: five seconds at the usual commit interval of 20 ms."""

MAX_WEIGHT = 8192
"""Records that wait for one reader, 64 readings of a batch counting as one: at most about 8 MiB."""

READINGS_PER_WEIGHT = 64

RESTORE_NS = 7 * 24 * 3600 * NS_PER_S
"""How far back the start looks for when the present state began; what is older is dated to its last record."""


@dataclass(frozen=True, slots=True)
class Update:
    """One commit's worth of change: which equipment it touched (also by the roster, then without records)."""

    offset: Offset
    equipment: frozenset[EquipmentId]
    records: tuple[tuple[Offset, Record], ...]

    @property
    def weight(self) -> int:
        """Its share of a reader's queue."""
        return 1 + sum(_weight(record) for _, record in self.records)


def _weight(record: Record) -> int:
    return 1 + (len(record.t) // READINGS_PER_WEIGHT if isinstance(record, ReadingBatch) else 0)


@dataclass(frozen=True, slots=True)
class Taken:
    """What waited for a reader: updates in order, how many were lost before them, and whether this is the end."""

    updates: tuple[Update, ...]
    missed: int
    closed: bool


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The whole board at one offset, by id; `changes_at` is when it changes by itself because a state runs out."""

    offset: Offset
    equipment: tuple[Picture, ...]
    changes_at: Instant | None


class Subscription:
    """One reader's bounded queue; `wake` is called on the writer's thread when something came: quick, never raising."""

    def __init__(self, wake: Callable[[], None], metrics: Metrics) -> None:
        self._wake = wake
        self._lost = metrics.dropped.labels(reason="slow_reader")
        self._lock = threading.Lock()
        self._updates: deque[tuple[Update, int]] = deque()
        self._weight = 0
        self._missed = 0
        self._closed = False

    def offer(self, update: Update, weight: int) -> None:
        """Queue `update`, dropping the oldest where there is no room, and wake the reader."""
        with self._lock:
            while self._updates and (len(self._updates) >= MAX_UPDATES or self._weight + weight > MAX_WEIGHT):
                _, gone = self._updates.popleft()
                self._weight -= gone
                self._missed += 1
                self._lost.inc()
            self._updates.append((update, weight))
            self._weight += weight
        self._wake()

    def take(self) -> Taken:
        """Everything that waits, without waiting."""
        with self._lock:
            taken = Taken(tuple(update for update, _ in self._updates), self._missed, self._closed)
            self._updates.clear()
            self._weight = self._missed = 0
        return taken

    def end(self) -> None:
        """Tell the reader that nothing more will come."""
        with self._lock:
            self._closed = True
        self._wake()


class Live:
    """The picture of the lab; safe from any thread."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._lock = threading.Lock()
        self._sketches: dict[EquipmentId, Sketch] = {}
        self._subscriptions: set[Subscription] = set()
        self._offset: Offset = 0
        self._closed = False

    def publish(self, committed: Committed) -> None:
        """Take in one commit; called on the journal's writer thread."""
        touched: set[EquipmentId] = set()
        with self._lock:
            for _, record in committed.records:
                if isinstance(record, ClockJumped):
                    for one in self._sketches.values():
                        one.clock_set(record.at)
                sketch = self._sketch_of(record)
                if sketch is not None:
                    sketch.note(record)
                    touched.add(sketch.id)
            self._offset = max(self._offset, committed.offset)
            self._tell(Update(self._offset, frozenset(touched), committed.records))

    def roster(self, equipment: Sequence[Equipment]) -> None:
        """What is configured now; whatever left the configuration leaves the board too."""
        configured = {EquipmentId(one.id): one for one in equipment}
        with self._lock:
            for sketch in self._sketches.values():
                if sketch.configured is not None and sketch.id not in configured:
                    sketch.configured = sketch.seen = None
            for ident, one in configured.items():
                self._sketches.setdefault(ident, Sketch(ident)).configured = one
            self._tell(Update(self._offset, frozenset(self._sketches), ()))

    def restore(self, store: Store, *, now: Instant) -> None:
        """Fill the picture from what is on disk; called once, after `roster` and before the first `publish`."""
        with self._lock:
            for seen in store.discovered():
                self._note(seen)
            for link in store.links():
                self._note(link)
            ids = tuple(self._sketches)
            for state in _recent_states(store, ids, now):
                self._note(state)
            for said in store.states():
                self._note(said)
            for info in store.channels():
                if info.equipment in self._sketches:
                    self._sketches[info.equipment].restore_channel(info)
            for job in store.jobs(ids, now, now + 1):
                if job.ended is None and job.equipment in self._sketches:
                    self._sketches[job.equipment].restore_job(job)
            self._offset = max(self._offset, store.offset())

    def offset(self) -> Offset:
        """The last offset that the picture has taken in."""
        with self._lock:
            return self._offset

    def snapshot(self, now: Instant) -> Snapshot:
        """The board at `now`: configured and discovered equipment, by id."""
        with self._lock:
            shown = sorted((one for one in self._sketches.values() if one.shown()), key=lambda one: one.id)
            pictures = tuple(one.picture(now) for one in shown)
            ends = [one.expires_at for one in pictures if one.expires_at is not None]
            return Snapshot(self._offset, pictures, min(ends, default=None))

    def picture(self, equipment: EquipmentId, now: Instant) -> Picture | None:
        """One equipment at `now`, None where the board does not show it."""
        with self._lock:
            sketch = self._sketches.get(equipment)
            return sketch.picture(now) if sketch is not None and sketch.shown() else None

    def knows(self, equipment: EquipmentId) -> bool:
        """Whether the board shows it: configured, or discovered."""
        with self._lock:
            sketch = self._sketches.get(equipment)
            return sketch is not None and sketch.shown()

    def validity_ns(self, equipment: EquipmentId) -> int:
        """How long a state of this equipment holds by its settings; 0 for until the next one."""
        with self._lock:
            sketch = self._sketches.get(equipment)
            configured = sketch.configured if sketch is not None else None
            return 0 if configured is None else round(configured.validity_s * NS_PER_S)

    def subscribe(self, wake: Callable[[], None]) -> Subscription:
        """A new reader; raises `Full` when there are too many, or after `close`."""
        with self._lock:
            if self._closed or len(self._subscriptions) >= MAX_SUBSCRIBERS:
                message = f"{len(self._subscriptions)} live readers are connected, and no more are served"
                raise Full(message, fix="Close boards that nobody looks at, then try again.")
            subscription = Subscription(wake, self._metrics)
            self._subscriptions.add(subscription)
            return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        """Forget a reader; one that is already forgotten is fine."""
        with self._lock:
            self._subscriptions.discard(subscription)

    def close(self) -> None:
        """End every subscription, so that open boards let the server stop; idempotent."""
        with self._lock:
            self._closed = True
            ended = tuple(self._subscriptions)
            self._subscriptions.clear()
        for subscription in ended:
            subscription.end()

    def _tell(self, update: Update) -> None:
        if self._subscriptions:
            weight = update.weight
            for subscription in self._subscriptions:
                subscription.offer(update, weight)

    def _note(self, record: Record) -> None:
        sketch = self._sketch_of(record)
        if sketch is not None:
            sketch.note(record)

    def _sketch_of(self, record: Record) -> Sketch | None:
        """Whose picture a record changes; None for the gateway's own records and where there is no room."""
        ident = EquipmentId("") if isinstance(record, ClockJumped) else record.equipment
        sketch = self._sketches.get(ident)
        if sketch is None and ident:
            if len(self._sketches) >= MAX_EQUIPMENT:
                self._metrics.dropped.labels(reason="board_full").inc()
                return None
            sketch = self._sketches[ident] = Sketch(ident)
        return sketch


def _recent_states(store: Store, ids: Sequence[EquipmentId], now: Instant) -> Iterable[StateSeen]:
    """The changes that tell each equipment's present state and since when, oldest first."""
    changes = store.changes(ids, now - RESTORE_NS, now + 1)
    order = changes.at.argsort(kind="stable")
    rows = zip(
        changes.equipment[order].tolist(),
        changes.at[order].tolist(),
        changes.state[order].tolist(),
        changes.source[order].tolist(),
        changes.valid_ns[order].tolist(),
        strict=True,
    )
    for row, at, state, source, valid_ns in rows:
        yield StateSeen(changes.ids[row], at, at, State(state), Source(source), valid_ns)
