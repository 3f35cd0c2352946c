"""The changes of state of one equipment on one day as few bytes, and many such pieces as columns.

Knows no file, and nothing of what a mark means but that it is 256 x source + state.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from edge.errors import Damaged
from edge.journal.chunks import HOUR_NS
from telemetry.columns import Int8s, Int64s
from telemetry.model import Instant

DAY_NS = 24 * HOUR_NS

_FEW = 256
"""Different words (a mark with its validity) of a day that one byte tells apart; where there are more, four do."""

_LOW, _HIGH, _FEW_WORDS, _WORDS, _MARK, _INT64 = "<u4", "<u2", "u1", "<u4", "<i2", "<i8"
_COLUMNS = (_INT64, _MARK, _INT64)


class Piece(NamedTuple):
    """`n` changes of a day since 1970, by time, little-endian; seven bytes a change, and ten for each different word.

    Of the ns since the day began, `low` are the lower 32 bits and `high` the upper 16. Change i says the word
    `words[i]`, one byte or four: its mark is `marks[words[i]]`, int16, its validity `valid[words[i]]`, int64 ns.
    """

    day: int
    n: int
    low: bytes
    high: bytes
    words: bytes
    marks: bytes
    valid: bytes

    def times(self) -> Int64s:
        """When each was, int64[n] ns UTC; raises `Damaged` where it does not hold what it says."""
        n = np.array([self.n], np.int64)
        _check(n, [[column] for column in (self.low, self.high, self.words, self.marks, self.valid)])
        return _times(np.array([self.day], np.int64), n, self.low, self.high)

    def part(self, first: int, last: int) -> Piece:
        """The changes `first` to `last`, which is behind the last."""
        size = self._word_size()
        return self._replace(
            n=last - first,
            low=self.low[4 * first : 4 * last],
            high=self.high[2 * first : 2 * last],
            words=self.words[size * first : size * last],
        )

    def _word_size(self) -> int:
        return len(self.words) // max(self.n, 1)


class Columns(NamedTuple):
    """Changes as columns: times and validities int64[n] ns, states and sources int8[n]."""

    at: Int64s
    state: Int8s
    source: Int8s
    valid_ns: Int64s


def piece_of(day: int, rows: Sequence[tuple[Instant, int, int]]) -> Piece:
    """Time, mark and validity of the changes of a day, by time.

    Raises `TypeError`, `ValueError` or `OverflowError` where that is no column of changes.
    """
    times, marks, valid = (np.array([row[place] for row in rows], kind) for place, kind in enumerate(_COLUMNS))
    # Of the whole number that tells a day an int64 may be too small; of what is left of the instant it never is.
    since = np.mod(times, DAY_NS)
    told, words = np.unique(np.stack((marks, valid), axis=1), axis=0, return_inverse=True)
    return Piece(
        day,
        len(rows),
        since.astype(_LOW).tobytes(),
        (since >> 32).astype(_HIGH).tobytes(),
        words.astype(_FEW_WORDS if len(told) <= _FEW else _WORDS).tobytes(),
        told[:, 0].astype(_MARK).tobytes(),
        told[:, 1].astype(_INT64).tobytes(),
    )


def columns_of(pieces: Sequence[Piece]) -> Columns:
    """All pieces one after the other; raises `Damaged` where one does not hold what it says."""
    days, counts, low, high, said, marks, valid = zip(*pieces, strict=True) if pieces else ((),) * 7
    n = np.array(counts, np.int64)
    _check(n, (low, high, said, marks, valid))
    words = _joined(said, _FEW_WORDS) if sum(map(len, said)) == n.sum() else _wide(pieces)
    different = np.array([len(one) // 2 for one in marks], np.int64)
    if len(n) and (np.maximum.reduceat(words, np.cumsum(n) - n) >= different).any():
        raise _damaged()
    word = np.repeat(np.cumsum(different) - different, n)
    word += words
    mark = _joined(marks, _MARK)
    return Columns(
        _times(np.array(days, np.int64), n, b"".join(low), b"".join(high)),
        (mark & 0xFF).astype(np.int8)[word],
        (mark >> 8).astype(np.int8)[word],
        _joined(valid, _INT64).astype(np.int64, copy=False)[word],
    )


def _times(day: Int64s, n: Int64s, low: bytes, high: bytes) -> Int64s:
    # Two halves beside each other are one number: so no column is made wider only to be added.
    halves = np.empty((len(low) // 4, 2), _LOW)
    halves[:, 0], halves[:, 1] = np.frombuffer(low, _LOW), np.frombuffer(high, _HIGH)
    at: Int64s = halves.view(_INT64)[:, 0].astype(np.int64, copy=False)
    # The first ns of the earliest day is before all that an int64 holds: it comes round again with the rest.
    at += np.repeat(day * DAY_NS, n)
    return at


def _joined(blobs: Sequence[bytes], kind: str) -> npt.NDArray[np.integer]:
    return np.frombuffer(b"".join(blobs), kind)


def _wide(pieces: Sequence[Piece]) -> npt.NDArray[np.integer]:
    """The words of pieces of which some need four bytes."""
    kinds = (_FEW_WORDS if len(one.words) == one.n else _WORDS for one in pieces)
    return np.fromiter(
        chain.from_iterable(np.frombuffer(one.words, kind) for one, kind in zip(pieces, kinds, strict=True)), np.int64
    )


def _check(n: Int64s, columns: Sequence[Sequence[bytes]]) -> None:
    """Raise `Damaged` where a column of a piece of n changes is not as long as it has to be."""
    low, high, words, marks, valid = (np.fromiter(map(len, blobs), np.int64, len(blobs)) for blobs in columns)
    long = (low == 4 * n) & (high == 2 * n) & ((words == n) | (words == 4 * n)) & (valid == 4 * marks)
    if not long.all():
        raise _damaged()


def _damaged() -> Damaged:
    return Damaged("a packed day does not hold what it says", fix="Run `labedge verify`.")
