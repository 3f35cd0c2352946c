"""A column of words as codes: each word is kept once, however many rows have it.

Nothing here knows what the words mean.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from telemetry.columns import Int32s


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """n words: that of row i is `keys[code[i]]`, int32. Keys are in any order, each once; rows may have none of some.

    A row that has no word has the key "".
    """

    keys: tuple[str, ...]
    code: Int32s

    def __len__(self) -> int:
        """How many rows."""
        return len(self.code)

    def __iter__(self) -> Iterator[str]:
        """The word of each row."""
        return map(self.keys.__getitem__, self.code.tolist())

    def taken(self, rows: npt.NDArray[np.integer]) -> Words:
        """Those of `rows`, in that order."""
        return Words(self.keys, self.code[rows])

    def are(self, word: str) -> npt.NDArray[np.bool_]:
        """Which rows have a word, bool[n]."""
        having: npt.NDArray[np.bool_] = self.code == (self.keys.index(word) if word in self.keys else -1)
        return having

    def renamed(self, name: Callable[[str], str]) -> Words:
        """Another word in place of each; several may get the same one."""
        names = worded(tuple(map(name, self.keys)))
        return Words(names.keys, names.code[self.code])

    def or_else(self, others: Words) -> Words:
        """These, and where a row has none the other's."""
        both = joined((self, others))
        first, second = both.code[: len(self)], both.code[len(self) :]
        return Words(both.keys, np.where(both.are("")[: len(self)], second, first))


def worded(rows: Sequence[str]) -> Words:
    """The word of each row as a column."""
    place = {word: code for code, word in enumerate(dict.fromkeys(rows))}
    return Words(tuple(place), np.fromiter(map(place.__getitem__, rows), np.int32, len(rows)))


def pointed(words: tuple[str, ...], code: npt.NDArray[np.integer]) -> Words:
    """The words that codes point to, and none where a code is -1; the words are each there once, and none is ""."""
    return Words((*words, ""), np.where(code < 0, len(words), code).astype(np.int32))


def joined(parts: Sequence[Words]) -> Words:
    """One column after the other."""
    place: dict[str, int] = {}
    for part in parts:
        for key in part.keys:
            place.setdefault(key, len(place))
    codes = [np.array([place[key] for key in part.keys], np.int32)[part.code] for part in parts]
    return Words(tuple(place), np.concatenate([np.empty(0, np.int32), *codes]))
