"""Facts: what one indicator is made of, as columns; every value of it is a value of some of these rows.

A fact is one thing that somebody can look up: an entry of the register, a practical session, a job, a run, or a day of
one equipment's time. It counts in every window that its days meet, once. Where something about it changes in time (the
equipment that its group used, whether a learner is still there), it has several rows, each of its own days; of those
that meet a window one stands for it. So what comes later never changes what an earlier window said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from telemetry.columns import Int8s, Int32s, Int64s
from telemetry.indicators.definition import Dimension


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """The keys of each fact in one dimension: row i has `code[start[i]:start[i + 1]]`, int32, into `keys`, sorted.

    A fact may have no key, which is shown as the key "", or several: then it counts under each of them, once.
    """

    keys: tuple[str, ...]
    start: Int64s
    code: Int32s


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """n rows by first day, kind and id; equal-length columns unless said otherwise.

    `kind`, `id`: what it is and which, as the API tells it. `first`, `last`: int64 local days, inclusive. `amount`:
    int64, what it adds to a sum, or the numerator of a share (ns for times). `base`: int64, the denominator of a share.
    `how`: int8 `How`. Learners of row i are `member[member_start[i]:member_start[i + 1]]`, int32 into `members`
    (pseudonyms, sorted); `unlisted` int64 counts those without a pseudonym, each taken for another person.

    `fact`: int64, 0 to the number of facts - 1, the same in all rows of one kind and id. `rank`: int64, not
    negative; of the rows of a fact that meet a window (and have the key asked for) the one of greatest rank stands for
    it, of equals the last.
    """

    kind: tuple[str, ...]
    id: tuple[str, ...]
    first: Int64s
    last: Int64s
    amount: Int64s
    base: Int64s
    how: Int8s
    members: tuple[str, ...]
    member_start: Int64s
    member: Int32s
    unlisted: Int64s
    labels: Mapping[Dimension, Labels]
    fact: Int64s
    rank: Int64s

    def __len__(self) -> int:
        """How many rows."""
        return len(self.id)


_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of the time that a ratio is about is known: `known` of `whole` ns; `least_ppm` millionths are enough."""

    known: int
    whole: int
    least_ppm: int

    @property
    def part(self) -> float | None:
        """0 to 1; None where there is no time at all."""
        return self.known / self.whole if self.whole else None

    @property
    def is_enough(self) -> bool:
        """Whether a ratio may be told by what is known; of no time nothing is missing."""
        return self.known * _MILLION >= self.least_ppm * self.whole


@dataclass(frozen=True, slots=True)
class Amount:
    """A value before its unit: `numerator`, and for a share `denominator`; None stands for no denominator.

    A share over a denominator of 0 has no value. `coverage` is of ratios of time alone; it says how well a value is
    known, and is no part of it.
    """

    numerator: int
    denominator: int | None = None
    coverage: Coverage | None = field(default=None, compare=False)

    @property
    def is_value(self) -> bool:
        """Whether there is a value to show: a share over nothing has none."""
        return self.denominator != 0

    @property
    def is_sufficient(self) -> bool:
        """Whether enough is known to tell it."""
        return self.coverage is None or self.coverage.is_enough
