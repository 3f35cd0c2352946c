"""The numbers that practical sessions are judged by, in versions, and the words of the verdict.

Nothing here judges, and a set of rules that was ever in force is never changed: a new one follows it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from telemetry.columns import Int64s
from telemetry.model import NS_PER_S, Instant

NS_PER_MIN = 60 * NS_PER_S
EVER: Instant = -(2**63)


class SessionStatus(IntEnum):
    """What is known of a practical session; the number is the column's code."""

    PLANNED = 0
    CANCELLED = 1
    NO_DATA = 2
    UNCONFIRMED = 3
    DETECTED = 4
    CONFIRMED_BY_TELEMETRY = 5
    CONFIRMED_MANUALLY = 6

    @property
    def word(self) -> str:
        """The status as it is written in files and answers: `no_data`."""
        return self.name.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """One version of the rules, for sessions that start at `effective_from` or later.

    A lesson is confirmed when one of its devices was busy for at least the greater of `busy_min_ns` and `busy_part` of
    the lesson's length, from `before_ns` before it to `after_ns` after it. With less than `coverage_min` of the time of
    its devices known there is no telling.

    A session that no slot announced is `detect_devices` of one room busy at a time, pauses of at most `detect_gap_ns`
    bridged, for at least `detect_min_ns`; beyond `detect_max_ns` without a break it is machines left to work.
    """

    version: str
    effective_from: Instant = EVER
    busy_min_ns: int = 5 * NS_PER_MIN
    busy_part: float = 0.10
    before_ns: int = 10 * NS_PER_MIN
    after_ns: int = 10 * NS_PER_MIN
    coverage_min: float = 0.8
    detect_devices: int = 2
    detect_gap_ns: int = 10 * NS_PER_MIN
    detect_min_ns: int = 15 * NS_PER_MIN
    detect_max_ns: int = 6 * 60 * NS_PER_MIN

    def __post_init__(self) -> None:
        """Raise `ValueError` for a negative time, a share outside 0 to 1, or a number of devices below 1."""
        times = (self.busy_min_ns, self.before_ns, self.after_ns, self.detect_gap_ns, self.detect_min_ns)
        shares = (self.busy_part, self.coverage_min)
        if min(times) < 0 or not all(0 <= share <= 1 for share in shares) or self.detect_devices < 1:
            message = f"the rules {self.version!r} hold a negative time, a share outside 0 to 1 or less than one device"
            raise ValueError(message)


FIRST_RULES = RuleSet(version="1")


def ordered(rules: tuple[RuleSet, ...]) -> tuple[RuleSet, ...]:
    """By the time from which they hold; of two for one instant the greater version holds.

    Where none of them holds for ever, `FIRST_RULES` do until the first begins, so that a rule set that is entered today
    judges no lesson of before its day anew.
    """
    first = () if any(rule.effective_from == EVER for rule in rules) else (FIRST_RULES,)
    return (*first, *sorted(rules, key=lambda rule: (rule.effective_from, rule.version)))


def in_force(rules: tuple[RuleSet, ...], start: Int64s) -> Int64s:
    """Which of the `ordered` rules, int64[n], hold at each start, int64[n] ns UTC."""
    begins = np.array([rule.effective_from for rule in rules], np.int64)
    return np.maximum(np.searchsorted(begins, start, side="right") - 1, 0)


def needed_ns(rules: tuple[RuleSet, ...], rule: Int64s, length_ns: Int64s) -> Int64s:
    """How long, int64[n], a device must have been busy; at least 1 ns, so that nothing is never enough.

    `rule`, int64[n], points into `rules`; the part of the length is rounded to the nanosecond.
    """
    least = np.array([max(rule.busy_min_ns, 1) for rule in rules], np.int64)
    part = np.array([rule.busy_part for rule in rules])
    return np.maximum(least[rule], np.rint(part[rule] * length_ns).astype(np.int64))
