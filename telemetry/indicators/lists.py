"""A list of words for each row as three columns: how it is made, and how rows of it are taken.

Nothing here knows what the words mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

import numpy as np
import numpy.typing as npt

from telemetry.columns import Int32s, Int64s
from telemetry.indicators.facts import Labels
from telemetry.indicators.world import Codes


def places_of(words: Iterable[str]) -> dict[str, int]:
    """Each word once, in order, with its place; "" is no word."""
    return {word: place for place, word in enumerate(sorted(set(words) - {""}))}


def words_of(rows: Sequence[Codes]) -> Labels:
    """The words of each row, each once and in order."""
    different = set(rows)
    places = places_of(chain.from_iterable(different))
    coded = {row: sorted({places[word] for word in row if word}) for row in different}
    lists = [coded[row] for row in rows]
    code = np.fromiter(chain.from_iterable(lists), np.int32)
    return Labels(tuple(places), starts_of(np.fromiter(map(len, lists), np.int64, len(lists))), code)


def one_word_of(rows: Sequence[str]) -> Labels:
    """The one word of each row, or none."""
    places = places_of(rows)
    code = np.fromiter(map({"": -1, **places}.__getitem__, rows), np.int32, len(rows))
    return Labels(tuple(places), starts_of((code >= 0).astype(np.int64)), code[code >= 0])


def no_words(n: int) -> Labels:
    """Not a word in any of n rows."""
    return Labels((), np.zeros(n + 1, np.int64), np.empty(0, np.int32))


def starts_of(lengths: Int64s) -> Int64s:
    """Where the list of each row begins, and where the last one ends: int64[n + 1]."""
    bounds = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=bounds[1:])
    return bounds


def items_of(start: Int64s, item: Int32s, rows: npt.NDArray[np.integer]) -> tuple[Int64s, Int32s]:
    """How many items each of `rows`, any order, has, int64[k], and those items one list after the other."""
    lengths = start[rows + 1] - start[rows]
    ends = np.cumsum(lengths)
    at = np.arange(ends[-1] if len(ends) else 0) + np.repeat(start[rows] - (ends - lengths), lengths)
    return lengths, item[at]


def taken(labels: Labels, rows: npt.NDArray[np.integer]) -> Labels:
    """The words of `rows`, in that order; words that no row has any longer are gone."""
    lengths, code = items_of(labels.start, labels.code, rows)
    used, place = np.unique(code, return_inverse=True)
    keys = tuple(labels.keys[at] for at in used.tolist())
    return Labels(keys, starts_of(lengths), place.astype(np.int32))
