"""Small groups of people, hidden in what leaves the school, so that nobody can be told from a number.

Nothing here computes a value or rounds one: a component is shown as it is, or not at all.

Below the threshold a component is hidden. One hidden number could be had by subtracting the others from the whole, and
several where the rule itself leaves only one answer (two ones in a sum of two). So the smallest component that is not
under the threshold, and all equal to it, are hidden with them. Then for each hidden component there is another table of
the same shown numbers and the same whole in which it is different; the tests go through all small tables to prove it.
That holds where the whole is hidden too if it is itself under the threshold (`is_small`), and for one breakdown of one
window. Numbers of several breakdowns and windows can be subtracted from one another as well: `let_through` lets them
out one after the other, and keeps back whatever would complete one of the `secrets`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from telemetry.columns import Float64s, Int64s
from telemetry.indicators.definition import How
from telemetry.indicators.facts import Amount

Bools = npt.NDArray[np.bool_]

LEAST_THRESHOLD = 3
"""Under 3, two hidden ones can only be ones."""

_NOTHING_LEFT = 1e-7
"""Of a vector of length 1: more than rounding leaves where it is a sum of others."""


def size_of(amount: Amount) -> int:
    """How many people or things a value is about: what it counts, or for a share what it is a share of."""
    return amount.numerator if amount.denominator is None else amount.denominator


def counts_in(amount: Amount) -> tuple[int, ...]:
    """What is counted in a value: of a share those of whom it is true, and the others."""
    if amount.denominator is None:
        return (amount.numerator,)
    return amount.numerator, amount.denominator - amount.numerator


def is_small(amount: Amount, threshold: int) -> bool:
    """Whether a value counts somebody, but fewer than the threshold; a share also where it is true of nearly all."""
    return any(0 < abs(count) < threshold for count in counts_in(amount))


def suppressed(
    components: Sequence[tuple[str, Amount, How]], threshold: int
) -> tuple[tuple[str, Amount | None, How], ...]:
    """The components of one breakdown in their order, None in place of what must be hidden.

    `threshold` 0 hides nothing; otherwise it is at least `LEAST_THRESHOLD`, or a `ValueError`. Where nothing is small
    nothing is hidden; where something is, zeros are hidden with it, for they say that the others are not zero.
    """
    if 0 < threshold < LEAST_THRESHOLD:
        message = f"a threshold of {threshold} hides nobody; use 0 for none, or {LEAST_THRESHOLD} or more"
        raise ValueError(message)
    if not any(is_small(amount, threshold) for _, amount, _ in components):
        return tuple(components)
    small = [is_small(amount, threshold) for _, amount, _ in components]
    sizes = [size_of(amount) for _, amount, _ in components]
    others = (size for size, hides in zip(sizes, small, strict=True) if not hides and size >= threshold)
    cover = min(others, default=threshold)
    return tuple(
        (key, None if hides or size <= cover else amount, how)
        for (key, amount, how), size, hides in zip(components, sizes, small, strict=True)
    )


def secrets(cells: Float64s, counts: Int64s, threshold: int) -> Float64s:
    """What must not be had from cells, float64[m, a]: small ones, and what is left of one without another inside it.

    `cells`, float64[n, a], are 1 where people of a class are in a cell, else 0; classes have no people in common.
    `counts`, int64[n, k], are what is counted in each cell; a cell is small where any of its k counts is.
    """
    held = cells.sum(axis=1)
    within = np.abs(cells @ cells.T - held[np.newaxis, :]) < 0.5
    # row i, column j: cell j is inside of cell i
    outer, inner = np.nonzero(within & (held[:, np.newaxis] > held[np.newaxis, :]))
    rest = _small(counts[outer] - counts[inner], threshold)
    found = (cells[_small(counts, threshold)], cells[outer[rest]] - cells[inner[rest]])
    told = np.concatenate(found)
    return np.unique(told[told.any(axis=1)], axis=0)


def let_through(cells: Float64s, kept: Float64s, *, given: int) -> Bools:
    """Which cells, bool[n], may be told so that none of `kept` is a sum or difference of them; the first come first.

    `cells`, float64[n, a], and `kept`, float64[m, a], are sums over the same a unknown numbers, none of which is 0. The
    first `given` cells are told whatever they give away, which then is no longer kept. What is kept stays open: there
    are other numbers, near the true ones and so not negative either, that give the very same told cells and another
    value of what is kept.
    """
    known, left = _given(_scaled(cells[:given]), _scaled(kept))
    told = np.ones(len(cells), np.bool_)
    for place, cell in enumerate(_scaled(cells[given:]), start=given):
        new = _news(cell, known)
        if new is not None:
            after = left - np.outer(left @ new, new)
            if (np.linalg.norm(after, axis=1) <= _NOTHING_LEFT).any():
                told[place] = False
            else:
                known, left = np.vstack((known, new)), after
    return told


def _given(cells: Float64s, kept: Float64s) -> tuple[Float64s, Float64s]:
    """The directions of cells that are told anyway, and what of `kept` they leave open."""
    known: Float64s = np.empty((0, cells.shape[1]))
    for cell in cells:
        new = _news(cell, known)
        if new is not None:
            known = np.vstack((known, new))
    left = kept - (kept @ known.T) @ known
    return known, left[np.linalg.norm(left, axis=1) > _NOTHING_LEFT]


def _news(cell: Float64s, known: Float64s) -> Float64s | None:
    """The direction, of length 1, in which a cell tells more than is known; None where it is known already."""
    new: Float64s = cell - known.T @ (known @ cell)
    new = new - known.T @ (known @ new)  # the second time takes off what rounding left
    length = float(np.linalg.norm(new))
    return new / length if length > _NOTHING_LEFT else None


def _small(counts: Int64s, threshold: int) -> Bools:
    sizes = np.abs(counts)
    return np.asarray(((sizes > 0) & (sizes < threshold)).any(axis=1))


def _scaled(vectors: Float64s) -> Float64s:
    length: npt.NDArray[np.float64] = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Float64s = vectors / np.where(length > 0, length, 1.0)
    return scaled
