"""Least, greatest and mean per pixel of a chart, exact at any zoom.

Nothing here skips or weights a reading: each one inside the window counts in exactly one pixel.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from telemetry.columns import Envelope, Float64s, Int64s
from telemetry.model import Instant

POINTS_LIMIT = 100_000
"""Pixels of one chart: ten times the widest screen; more only costs memory."""


@dataclass(frozen=True, slots=True, eq=False)
class Chunks:
    """Stored runs of readings without their values: first and last time (both inside), how many, and statistics."""

    first: Int64s
    last: Int64s
    count: Int64s
    minimum: Float64s
    maximum: Float64s
    total: Float64s


@dataclass(frozen=True, slots=True, eq=False)
class _Sums:
    """What can be added up, per pixel; infinities stand for the extremes of no reading."""

    count: Int64s
    minimum: Float64s
    maximum: Float64s
    total: Float64s


def pixel_edges(start: Instant, end: Instant, points: int) -> Int64s:
    """The edges of `points` parts of [start, end), int64[points + 1]: `start + (end - start) * i // points`.

    Raises `ValueError` where the window runs backwards or `points` is not in 1 to `POINTS_LIMIT`.
    """
    if end < start or not 1 <= points <= POINTS_LIMIT:
        message = f"cannot cut [{start}, {end}) into {points} parts; 1 to {POINTS_LIMIT} are possible"
        raise ValueError(message)
    whole, rest = divmod(end - start, points)
    part = np.arange(points + 1, dtype=np.uint64)
    # The product (end - start) * i would overflow for a year in a thousand parts; so whole and rest apart.
    offset = part * np.uint64(whole) + part * np.uint64(rest) // np.uint64(points)
    return (offset + np.array(start, np.int64).view(np.uint64)).view(np.int64)


def in_one_pixel(first: Int64s, last: Int64s, *, start: Instant, end: Instant, points: int) -> npt.NDArray[np.bool_]:
    """Which chunks, bool[n], lie inside the window and wholly inside one pixel: their statistics are enough."""
    edges = pixel_edges(start, end, points)
    pixel = np.searchsorted(edges, first, side="right")
    whole: npt.NDArray[np.bool_] = (pixel == np.searchsorted(edges, last, side="right")) & (pixel > 0)
    return whole & (pixel <= points)


def envelope(t: Int64s, v: Float64s, *, start: Instant, end: Instant, points: int) -> Envelope:
    """Readings per pixel of [start, end) in `points` parts.

    Args:
        t: int64[n], ns UTC, any order, quickest when rising; those outside the window do not count.
        v: float64[n], finite.
        start: the window's first nanosecond.
        end: the nanosecond after its last.
        points: the number of parts.
    """
    edges = pixel_edges(start, end, points)
    return _finished(edges, _readings_sums(edges, t, v))


def combine(chunks: Chunks, t: Int64s, v: Float64s, *, start: Instant, end: Instant, points: int) -> Envelope:
    """As `envelope`, from statistics where they are enough and from readings where not.

    Args:
        chunks: those for which `in_one_pixel` holds, any order.
        t: int64[n], ns UTC, any order: the readings of all other chunks that meet the window.
        v: float64[n], finite.
        start: the window's first nanosecond.
        end: the nanosecond after its last.
        points: the number of parts.

    No reading may be in two chunks, nor in a chunk and in `t`. Count, least and greatest equal those of `envelope`
    over all readings; the mean does up to rounding. Raises `ValueError` where a chunk is not in one pixel.
    """
    if not in_one_pixel(chunks.first, chunks.last, start=start, end=end, points=points).all():
        raise ValueError("a chunk straddles a pixel's edge: give its readings")
    edges = pixel_edges(start, end, points)
    return _finished(edges, _added(_chunks_sums(edges, chunks), _readings_sums(edges, t, v)))


def _readings_sums(edges: Int64s, t: Int64s, v: Float64s) -> _Sums:
    if np.any(t[1:] < t[:-1]):
        order = np.argsort(t, kind="stable")
        t, v = t[order], v[order]
    cuts = np.searchsorted(t, edges)
    return _per_pixel(cuts, np.diff(cuts), v, v, v)


def _chunks_sums(edges: Int64s, chunks: Chunks) -> _Sums:
    order = np.argsort(chunks.first, kind="stable")
    cuts = np.searchsorted(chunks.first[order], edges)
    up_to = np.concatenate(([0], np.cumsum(chunks.count[order])))
    return _per_pixel(cuts, np.diff(up_to[cuts]), chunks.minimum[order], chunks.maximum[order], chunks.total[order])


def _per_pixel(
    cuts: npt.NDArray[np.intp], count: Int64s, minimum: Float64s, maximum: Float64s, total: Float64s
) -> _Sums:
    """Rows `cuts[i]` to `cuts[i + 1]` make pixel i."""
    sums = _Sums(
        count.astype(np.int64), np.full(len(count), np.inf), np.full(len(count), -np.inf), np.zeros(len(count))
    )
    # reduceat cannot take an empty part; without them the others lie end to end.
    filled = np.flatnonzero(np.diff(cuts))
    if len(filled):
        rows, begins = slice(cuts[0], cuts[-1]), cuts[filled] - cuts[0]
        sums.minimum[filled] = np.minimum.reduceat(minimum[rows], begins)
        sums.maximum[filled] = np.maximum.reduceat(maximum[rows], begins)
        with np.errstate(over="ignore"):  # the mean is then held between the extremes
            sums.total[filled] = np.add.reduceat(total[rows], begins)
    return sums


def _added(a: _Sums, b: _Sums) -> _Sums:
    with np.errstate(over="ignore", invalid="ignore"):
        total = a.total + b.total
    return _Sums(a.count + b.count, np.minimum(a.minimum, b.minimum), np.maximum(a.maximum, b.maximum), total)


def _finished(edges: Int64s, sums: _Sums) -> Envelope:
    some = sums.count > 0
    minimum, maximum = np.where(some, sums.minimum, np.nan), np.where(some, sums.maximum, np.nan)
    # Rounding may carry a mean past its own extremes, which a chart would show.
    mean = np.clip(sums.total / np.where(some, sums.count, 1), minimum, maximum)
    return Envelope(edges[:-1], edges[1:], sums.count, minimum, maximum, mean)
