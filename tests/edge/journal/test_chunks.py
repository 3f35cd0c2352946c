"""Chunks give back what they were given, in any encoding, and say so when they cannot."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.errors import Damaged
from edge.journal import chunks
from edge.journal.chunks import HOUR_NS, Chunk, Origin, TimeCode, ValueCode
from tests.edge.journal.labs import S, T

ORIGIN = Origin(7, T, "run-1")

_grains = st.sampled_from([1, 1000, 1_000_000, 20_000_000])
_floats = st.floats(allow_nan=False, allow_infinity=False)
_values = st.one_of(_floats, st.floats(width=32, allow_nan=False, allow_infinity=False), st.integers(-9, 9).map(float))


@st.composite
def _series(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    grain = draw(_grains)
    steps = draw(st.sets(st.integers(0, (HOUR_NS - 1) // grain), min_size=1, max_size=150))
    even = draw(st.booleans())
    times = [T + n * grain for n in (range(len(steps)) if even else sorted(steps))]
    values = draw(st.lists(draw(st.sampled_from([_values, st.just(2.5)])), min_size=len(times), max_size=len(times)))
    return np.array(times, np.int64), np.array(values, np.float64)


@given(_series(), st.sampled_from([chunks.fresh, chunks.joined]))
def test_a_chunk_gives_back_its_readings(series: tuple[np.ndarray, np.ndarray], encode: type[Chunk]) -> None:
    t, v = series
    chunk = encode(ORIGIN, t, v)  # type: ignore[call-arg, arg-type]  # both encoders are functions of the same shape
    assert np.array_equal(chunks.times_of(chunk), t)
    assert np.array_equal(chunks.values_of(chunk), v)
    assert chunks.crc_of(chunk) == chunk.crc32
    assert (chunk.first, chunk.last, chunk.n) == (t[0], t[-1], len(t))
    assert (chunk.least, chunk.greatest) == (v.min(), v.max())
    assert np.isfinite(chunk.total)


def test_one_reading_is_the_same_chunk_with_and_without_arrays() -> None:
    fresh = chunks.fresh(ORIGIN, np.array([T], np.int64), np.array([-0.0]))
    assert chunks.single(ORIGIN, T, -0.0) == fresh
    assert str(fresh.least) == "0.0"


@pytest.mark.parametrize(
    ("times", "values", "encoding", "size"),
    [
        ([0, S, 2 * S], [1.5, 1.5, 1.5], (TimeCode.EVEN, ValueCode.SAME), 0),
        ([0, S, 2 * S], [1.5, 2.5, 1.5], (TimeCode.EVEN, ValueCode.FLOAT32), 12),
        ([0, S, 2 * S], [0.1, 2.5, 1.5], (TimeCode.EVEN, ValueCode.FLOAT64), 24),
        ([0, S, 3 * S], [1.5, 1.5, 1.5], (TimeCode.MICROSECONDS, ValueCode.SAME), 12),
        ([0, S, 3 * S + 1], [1.5, 1.5, 1.5], (TimeCode.INT64, ValueCode.SAME), 24),
    ],
)
def test_a_fresh_chunk_takes_the_cheapest_bytes_that_lose_nothing(
    times: list[int], values: list[float], encoding: tuple[TimeCode, ValueCode], size: int
) -> None:
    chunk = chunks.fresh(ORIGIN, np.array(times, np.int64) + T, np.array(values))
    assert divmod(chunk.encoding, 16) == encoding
    assert len(chunk.times or b"") + len(chunk.values or b"") == size


def test_an_hour_at_50_hz_with_two_decimals_takes_less_than_a_byte_a_reading() -> None:
    n = 180_000
    noise = np.random.default_rng(1).normal(0, 0.05, n)
    values = np.round(20 + 5 * np.sin(np.arange(n) / 15_000) + noise, 2)
    chunk = chunks.joined(ORIGIN, T + np.arange(n, dtype=np.int64) * 20_000_000, values)
    assert len(chunk.times or b"") + len(chunk.values or b"") < 0.8 * n


def test_a_sum_beyond_the_numbers_is_held_at_their_end() -> None:
    assert chunks.statistics(np.full(3, 1.7e308)) == (1.7e308, 1.7e308, np.finfo(float).max)


_T, _V = T + np.array([0, 5, 6, 9], np.int64), np.array([0.1, 0.2, 0.3, 0.4])
_MANY_T = T + np.cumsum(np.arange(100, dtype=np.int64))


@pytest.mark.parametrize(
    "chunk",
    [
        replace(chunks.fresh(ORIGIN, _T, _V), times=b"short"),
        replace(chunks.fresh(ORIGIN, _T, _V), values=None),
        replace(chunks.fresh(ORIGIN, _T, _V), encoding=255),
        replace(chunks.joined(ORIGIN, _MANY_T, _MANY_T / 7), times=b"not pcodec"),
        replace(chunks.joined(ORIGIN, _MANY_T, _MANY_T / 7), values=None),
        replace(chunks.joined(ORIGIN, _MANY_T, _MANY_T / 7), n=99),
    ],
    ids=["times cut", "values gone", "unknown code", "times broken", "joined values gone", "another number"],
)
def test_a_chunk_that_cannot_be_read_is_damaged(chunk: Chunk) -> None:
    with pytest.raises(Damaged, match="cannot be read"):
        np.concatenate((chunks.times_of(chunk), chunks.values_of(chunk)))
