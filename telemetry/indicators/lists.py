"""A list of words for each row as three columns: how it is made, and how rows of it are taken.

Nothing here knows what the words mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, pairwise

import numpy as np
import numpy.typing as npt

from telemetry.columns import Int32s, Int64s
from telemetry.indicators.facts import Labels
from telemetry.indicators.words import Words, worded
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
    return labels_of(worded(rows))


def labels_of(words: Words) -> Labels:
    """The one word of each row, or none."""
    in_use = np.bincount(words.code, minlength=len(words.keys)) > 0
    places = places_of(word for word, used in zip(words.keys, in_use.tolist(), strict=True) if used)
    code = np.array([places.get(word, -1) for word in words.keys], np.int32)[words.code]
    return Labels(tuple(places), starts_of((code >= 0).astype(np.int64)), code[code >= 0])


def each_once(keys: Codes, start: Int64s, code: Int32s) -> Labels:
    """Lists of codes into `keys`, any order, as words: of each row every word once and in order."""
    n_rows, in_use = len(start) - 1, np.bincount(code, minlength=len(keys)) > 0
    places = places_of(word for word, used in zip(keys, in_use.tolist(), strict=True) if used)
    place = np.array([places.get(word, -1) for word in keys], np.int64)[code]
    told = np.repeat(np.arange(n_rows), np.diff(start)) * len(keys) + place
    # Most rows are in order already, which a stable sort makes use of.
    told = np.sort(told[place >= 0], kind="stable")
    row, item = np.divmod(told[np.diff(told, prepend=-1) > 0], max(len(keys), 1))
    return Labels(tuple(places), starts_of(np.bincount(row, minlength=n_rows)), item.astype(np.int32))


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
    first = start[rows]
    lengths = start[rows + 1] - first
    at = np.repeat(first + lengths - np.cumsum(lengths), lengths)
    at += np.arange(len(at))
    return lengths, item[at]


def taken(labels: Labels, rows: npt.NDArray[np.integer]) -> Labels:
    """The words of `rows`, in that order; words that no row has any longer are gone."""
    lengths, code = items_of(labels.start, labels.code, rows)
    in_use = np.bincount(code, minlength=len(labels.keys)) > 0
    keys = tuple(word for word, used in zip(labels.keys, in_use.tolist(), strict=True) if used)
    return Labels(keys, starts_of(lengths), (np.cumsum(in_use, dtype=np.int32) - 1)[code])


def by_then_id(first: Int64s, ids: Sequence[str]) -> Int64s:
    """The rows by a number, then by id, int64[n].

    Strings are compared among rows of one number alone: a year has thousands of sessions, and a day a few dozen.
    """
    order = np.argsort(first, kind="stable")
    as_before = np.zeros(len(first) + 1, np.bool_)
    np.equal(first[order[1:]], first[order[:-1]], out=as_before[1 : len(first)])
    # Only those are put in order that share their number with a neighbour, each run of them for itself.
    alike = np.flatnonzero(as_before[:-1] | as_before[1:])
    rows = order[alike].tolist()
    runs = [*np.flatnonzero(~as_before[alike]).tolist(), len(rows)]
    for begin, end in pairwise(runs):
        rows[begin:end] = sorted(rows[begin:end], key=ids.__getitem__)
    order[alike] = np.fromiter(rows, np.int64, len(rows))
    return order
