"""Envelopes against a twin that collects the readings of each pixel."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.columns import Envelope, Float64s, Int64s
from telemetry.resample import POINTS_LIMIT, Chunks, combine, envelope, in_one_pixel, pixel_edges

LATE = 2**63 - 1
EARLY = -(2**63)

values = st.floats(-1e6, 1e6)
readings = st.lists(st.tuples(st.integers(-20, 120), values), max_size=40)
windows = st.tuples(st.integers(-10, 60), st.integers(0, 80)).map(lambda pair: (pair[0], pair[0] + pair[1]))
points_of_a_chart = st.integers(1, 30)


def columns(listed: list[tuple[int, float]]) -> tuple[Int64s, Float64s]:
    return np.array([t for t, _ in listed], np.int64), np.array([v for _, v in listed], np.float64)


def twin(listed: list[tuple[int, float]], window: tuple[int, int], points: int) -> list[tuple[float, ...]]:
    start, end = window
    rows: list[tuple[float, ...]] = []
    for i in range(points):
        left, right = start + (end - start) * i // points, start + (end - start) * (i + 1) // points
        inside = [v for t, v in listed if left <= t < right]
        mean = math.fsum(inside) / len(inside) if inside else math.nan
        extremes = (min(inside), max(inside)) if inside else (math.nan, math.nan)
        rows.append((left, right, len(inside), *extremes, mean))
    return rows


def assert_equal(result: Envelope, expected: list[tuple[float, ...]]) -> None:
    exact = (result.start, result.end, result.count, result.minimum, result.maximum)
    for i, column in enumerate(exact):
        np.testing.assert_array_equal(column, [row[i] for row in expected])
    np.testing.assert_allclose(result.mean, [row[5] for row in expected], rtol=1e-12, atol=1e-6)


@given(readings, windows, points_of_a_chart)
def test_each_pixel_holds_the_readings_of_the_twin(
    listed: list[tuple[int, float]], window: tuple[int, int], points: int
) -> None:
    result = envelope(*columns(listed), start=window[0], end=window[1], points=points)
    assert_equal(result, twin(listed, window, points))


@given(readings, windows, points_of_a_chart)
def test_each_reading_of_the_window_counts_once(
    listed: list[tuple[int, float]], window: tuple[int, int], points: int
) -> None:
    result = envelope(*columns(listed), start=window[0], end=window[1], points=points)
    assert result.count.sum() == sum(window[0] <= t < window[1] for t, _ in listed)


@given(readings, windows, points_of_a_chart, st.integers(1, 7))
def test_statistics_of_chunks_give_the_same_as_their_readings(
    listed: list[tuple[int, float]], window: tuple[int, int], points: int, chunk: int
) -> None:
    t, v = columns(sorted(listed))
    cuts = [slice(i, i + chunk) for i in range(0, len(t), chunk)]
    first = np.array([t[cut][0] for cut in cuts], np.int64)
    last = np.array([t[cut][-1] for cut in cuts], np.int64)
    whole = in_one_pixel(first, last, start=window[0], end=window[1], points=points)
    chosen = [cut for cut, inside in zip(cuts, whole, strict=True) if inside][::-1]
    chunks = Chunks(
        first[whole][::-1],
        last[whole][::-1],
        np.array([len(t[cut]) for cut in chosen], np.int64),
        np.array([v[cut].min() for cut in chosen], np.float64),
        np.array([v[cut].max() for cut in chosen], np.float64),
        np.array([v[cut].sum() for cut in chosen], np.float64),
    )
    others = [slice(0, 0), *(cut for cut, inside in zip(cuts, whole, strict=True) if not inside)]
    rest_t, rest_v = np.concatenate([t[cut] for cut in others]), np.concatenate([v[cut] for cut in others])
    result = combine(chunks, rest_t, rest_v, start=window[0], end=window[1], points=points)
    assert_equal(result, twin(listed, window, points))


def test_a_chunk_over_an_edge_is_refused() -> None:
    one = np.array([1.0])
    chunks = Chunks(np.array([4]), np.array([5]), np.array([2]), one, one, one)
    nothing = (np.empty(0, np.int64), np.empty(0))
    with pytest.raises(ValueError, match="straddles"):
        combine(chunks, *nothing, start=0, end=10, points=2)


@pytest.mark.parametrize(
    ("first", "last", "enough"), [(0, 4, True), (-3, -1, False), (-1, 4, False), (9, 10, False), (10, 12, False)]
)
def test_only_chunks_inside_the_window_are_in_one_pixel(first: int, last: int, *, enough: bool) -> None:
    assert in_one_pixel(np.array([first]), np.array([last]), start=0, end=10, points=2).tolist() == [enough]


@given(st.integers(EARLY, LATE), st.integers(EARLY, LATE), st.integers(1, 50))
def test_pixel_edges_are_exact_over_all_of_int64(a: int, b: int, points: int) -> None:
    start, end = min(a, b), max(a, b)
    expected = [start + (end - start) * i // points for i in range(points + 1)]
    assert pixel_edges(start, end, points).tolist() == expected


@pytest.mark.parametrize(("start", "end", "points"), [(1, 0, 5), (0, 1, 0), (0, 1, POINTS_LIMIT + 1)])
def test_impossible_charts_are_errors(start: int, end: int, points: int) -> None:
    with pytest.raises(ValueError, match="cannot cut"):
        pixel_edges(start, end, points)


def test_zooming_in_keeps_the_extremes() -> None:
    rng = np.random.default_rng(7)
    t, v = np.arange(10_000, dtype=np.int64) * 20_000_003, rng.normal(size=10_000)
    end = int(t[-1]) + 1
    coarse, fine = (envelope(t, v, start=0, end=end, points=points) for points in (10, 1000))
    assert coarse.minimum.tolist() == fine.minimum.reshape(10, 100).min(axis=1).tolist()
    assert coarse.maximum.tolist() == fine.maximum.reshape(10, 100).max(axis=1).tolist()


def test_a_mean_lies_between_its_extremes_in_spite_of_rounding() -> None:
    for count, value in itertools.product((3, 7, 1000), (0.1, 1e308)):
        result = envelope(np.arange(count), np.full(count, value), start=0, end=count, points=1)
        assert result.mean.tolist() == [value]
