"""What a register is: entries by kind and id, changed in whole change sets, with every version kept.

A register reads no clock: who changes something says when. Any thread may use it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeAlias, TypeVar

from edge.errors import LabedgeError
from edge.register.entry import Entry, time_of
from edge.register.people import Linked
from telemetry.model import Instant

T = TypeVar("T")
E = TypeVar("E", bound=Entry)
L = TypeVar("L", bound=Linked)
E_co = TypeVar("E_co", bound=Entry, covariant=True)

RegisterVersion: TypeAlias = int
"""How many change sets were applied: rises by one with each."""

CHANGES_LIMIT = 100_000
"""Of one change set: two for each row of the greatest file that may be imported."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """The change set that made a version: when, by whom and why."""

    register_version: RegisterVersion
    at: Instant
    author: str
    reason: str


@dataclass(frozen=True, slots=True)
class Row(Generic[E_co]):
    """An entry as it is now; `version` counts its own versions from 1."""

    id: str
    version: int
    value: E_co
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class Past(Generic[E_co]):
    """A version of an entry; `value` is None where that version removed it."""

    kind: str
    id: str
    version: int
    value: E_co | None
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """What was read, and the register's version that it was read from."""

    register_version: RegisterVersion
    value: T


@dataclass(frozen=True, slots=True)
class Put:
    """Make an entry, or change it; `seen` is the version that the change was made from, 0 where there was none."""

    id: str
    value: Entry
    seen: int = 0

    @property
    def kind(self) -> str:
        """The entry's kind."""
        return self.value.kind


@dataclass(frozen=True, slots=True)
class Remove:
    """Remove an entry; its history stays. `seen` is the version that was looked at."""

    kind: str
    id: str
    seen: int


Change: TypeAlias = Put | Remove


@dataclass(frozen=True, slots=True)
class Audited:
    """Somebody read what is linked to learners, or had a learner forgotten."""

    at: Instant
    who: str
    action: str
    subject: str
    reason: str


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one change, or with one row on disk, and how to mend it; `field` where it is one alone."""

    place: str
    message: str
    fix: str = ""
    field: str = ""


Judge: TypeAlias = Callable[[Change], Iterable[Fault]]
"""What is wrong with a change for what it says, beside what the register finds by itself."""


def contented(_change: Change) -> Iterable[Fault]:
    """A judge that finds fault with nothing."""
    return ()


@dataclass(frozen=True, slots=True)
class Closed:
    """One closed period: `sha256` is of `body`, `previous` the `chain` of the row before, "" for the first."""

    year: int
    quarter: int
    number: int
    body: bytes
    sha256: str
    previous: str
    chain: str
    register_version: RegisterVersion
    at: Instant
    author: str
    reason: str

    @property
    def place(self) -> str:
        """As faults name it: `edition 2026-Q3/1`."""
        return f"edition {self.year}-Q{self.quarter}/{self.number}"

    @property
    def subject(self) -> str:
        """As the audit names it, so that the last one cannot vanish unseen either."""
        return f"{self.place} {self.chain}"


class Conflict(LabedgeError):
    """Somebody else changed the entry since it was looked at: nothing was changed."""

    def __init__(self, kind: str, entry: str, *, seen: int, current: int, stamp: Stamp | None) -> None:
        """Name who changed it and when; `current` is 0 and `stamp` None where there is no such entry."""
        if stamp is None:
            message = f"The {kind} {entry} does not exist; the change was made from its version {seen}."
        else:
            at = time_of(stamp.at).isoformat(timespec="seconds").replace("+00:00", "Z")
            message = (
                f"The {kind} {entry} was changed by {stamp.author} at {at} ({stamp.reason}): "
                f"it is at version {current}, the change was made from version {seen}."
            )
        super().__init__(message, fix="Look at it again, and make the change anew.")
        self.kind, self.entry, self.seen, self.current, self.stamp = kind, entry, seen, current, stamp


class Refused(LabedgeError):
    """The change set cannot stand as it is: nothing was changed, and `faults` names each reason."""

    def __init__(self, faults: Sequence[Fault], *, rest: int = 0) -> None:
        """Tell the first and how many there are; `rest` counts those that `faults` leaves out."""
        others = len(faults) - 1 + rest
        more = f" (and {others} more)" if others else ""
        super().__init__(f"{faults[0].place}: {faults[0].message}{more}", fix=faults[0].fix)
        self.faults, self.rest = tuple(faults), rest

    @property
    def lines(self) -> tuple[str, ...]:
        """Every fault with how to mend it, and how many are left out."""
        told = tuple(f"{one.place}: {one.message}. {one.fix}".rstrip() for one in self.faults)
        return (*told, f"… and {self.rest} more") if self.rest else told


class Snapshot(Protocol):
    """Every kind as of one version of the register, without learners unless they were asked for."""

    @property
    def register_version(self) -> RegisterVersion:
        """The version that it was read from."""

    def rows(self, kind: type[E]) -> tuple[Row[E], ...]:
        """Every living entry of a kind, by id."""


class Register(Protocol):
    """Keeps what people enter. Reads come without learners, but for those that the audit tells of."""

    def version(self) -> RegisterVersion:
        """The version now; 0 where nothing was ever entered."""

    def snapshot(self) -> Snapshot:
        """Every kind as of one version."""

    def register_as_of(self, version: RegisterVersion) -> Snapshot:
        """Every kind as it was at a version, 0 being the empty register; raises `GiveUp` for one that is to come."""

    def rows(self, kind: type[E]) -> Answer[tuple[Row[E], ...]]:
        """Every living entry of a kind, by id."""

    def row(self, kind: type[E], entry: str) -> Answer[Row[E] | None]:
        """One living entry; None where there is none."""

    def history(self, kind: type[E], entry: str) -> Answer[tuple[Past[E], ...]]:
        """Every version that an entry had, the first one first."""

    def changed_since(self, version: RegisterVersion) -> Answer[tuple[Past[Entry], ...]]:
        """The last version of each entry that changed after `version`, in the order of change, kind and id."""

    def apply(self, changes: Sequence[Change], *, author: str, reason: str, at: Instant) -> RegisterVersion:
        """Make all changes or none; on disk when it returns. A change that changes nothing makes no version.

        Raises `Conflict` where an entry is not at the version seen, `Refused` where entries would name ones that do
        not exist, `Full` or `Retry` where the disk does not take it.
        """

    def judged(self, changes: Sequence[Change]) -> tuple[Fault, ...]:
        """What `apply` would refuse of changes for what they say, each for itself; nothing is changed."""

    def learners(self, kind: type[L], *, reader: str, reason: str, at: Instant) -> Answer[tuple[Row[L], ...]]:
        """Every living entry of a kind with its learners; who asks is in the audit before the answer is given."""

    def with_learners(self, version: RegisterVersion, *, reader: str, reason: str, at: Instant) -> Snapshot:
        """As `register_as_of`, with the learners; who asks is in the audit before the answer is given."""

    def proven_as_of(self, version: RegisterVersion, *, reader: str, reason: str, at: Instant) -> Snapshot:
        """As `with_learners`, of the history alone, each row of which fits its checksum; slower.

        Raises `Damaged` naming the place where one does not fit.
        """

    def forget_learner(self, learner: str, *, author: str, reason: str, at: Instant) -> RegisterVersion:
        """Put one token that says nothing in a learner's place, in every version of every entry.

        Counts stay, and so do the sizes of unions: the token is the same everywhere. Nobody can tell whose it was.
        """

    def close_period(self, closing: Closed) -> Closed:
        """Add a closed period behind the last one, with its number and hashes; on disk and audited when it returns."""

    def closed_periods(self, period: tuple[int, int] | None = None) -> tuple[Closed, ...]:
        """Every closed period, or every edition of one (year and quarter), in the order of closing."""

    def audit(self, *, after: int, limit: int) -> tuple[tuple[int, Audited], ...]:
        """At most `limit` lines of the audit with a number above `after`, in order."""

    def verify(self) -> tuple[Fault, ...]:
        """Everything on disk that is not as it was written; empty where all is well."""

    def close(self) -> None:
        """Close the file; idempotent."""
