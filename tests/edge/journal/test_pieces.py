"""Changes of a day as few bytes: whatever they are, they come back, and bytes that are not whole are damage."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.errors import Damaged
from edge.journal.pieces import DAY_NS, Piece, columns_of, piece_of

LONGEST = 2**63 - 1
FIRST_DAY, LAST_DAY = -(2**63) // DAY_NS, LONGEST // DAY_NS

Rows = list[tuple[int, int, int]]

rows_of_a_day = st.tuples(
    st.one_of(st.integers(FIRST_DAY, LAST_DAY), st.sampled_from((FIRST_DAY, -1, 0, LAST_DAY))),
    st.lists(
        st.tuples(st.integers(0, DAY_NS - 1), st.integers(0, 7), st.integers(0, 9), st.integers(0, LONGEST)), min_size=1
    ),
)


def _rows(day: int, told: list[tuple[int, int, int, int]]) -> Rows:
    inside = [(day * DAY_NS + since, 256 * source + state, valid) for since, state, source, valid in told]
    return sorted(row for row in inside if -(2**63) <= row[0] <= LONGEST)


def _told(pieces: list[Piece]) -> Rows:
    at, state, source, valid_ns = columns_of(pieces)
    mark = 256 * source.astype(int) + state
    return list(zip(at.tolist(), mark.tolist(), valid_ns.tolist(), strict=True))


@given(st.lists(rows_of_a_day, max_size=4))
def test_what_is_packed_comes_back(days: list[tuple[int, list[tuple[int, int, int, int]]]]) -> None:
    told = [(day, rows) for day, said in days if (rows := _rows(day, said))]
    pieces = [piece_of(day, rows) for day, rows in told]
    assert _told(pieces) == [row for _, rows in told for row in rows]
    for piece, (_, rows) in zip(pieces, told, strict=True):
        assert piece.times().tolist() == [at for at, _, _ in rows]


@given(rows_of_a_day, st.data())
def test_a_part_of_a_piece_is_that_part_of_its_changes(
    day: tuple[int, list[tuple[int, int, int, int]]], data: st.DataObject
) -> None:
    rows = _rows(*day)
    first = data.draw(st.integers(0, len(rows)))
    last = data.draw(st.integers(first, len(rows)))
    part = piece_of(day[0], rows).part(first, last)
    assert part.n == last - first
    assert _told([part] if part.n else []) == rows[first:last]


@pytest.mark.parametrize("different", [1, 256, 257, 3000])
def test_a_day_of_many_different_words_takes_wider_ones_and_stands_beside_others(different: int) -> None:
    many = [(n, 4, n % different) for n in range(3000)]
    few = [(DAY_NS + 5, 2, 0)]
    pieces = [piece_of(0, many), piece_of(1, few)]
    assert len(pieces[0].words) == (3000 if different <= 256 else 12_000)
    assert _told(pieces) == [*many, *few]


def test_seven_bytes_a_change() -> None:
    piece = piece_of(20_000, [(20_000 * DAY_NS + n * 10**9, 256 + n % 3, 0) for n in range(1000)])
    assert sum(map(len, piece[2:])) == 7 * 1000 + 3 * 10


@pytest.mark.parametrize("column", ["low", "high", "words", "marks", "valid"])
@pytest.mark.parametrize("by", [-1, 1, 2])
def test_a_column_of_another_length_is_damage(column: str, by: int) -> None:
    piece = piece_of(3, [(3 * DAY_NS + n, n % 3, n % 2) for n in range(9)])
    blob = getattr(piece, column)
    damaged = piece._replace(**{column: blob[:by] if by < 0 else blob + bytes(by)})
    for ask in (damaged.times, lambda: columns_of([piece, damaged])):
        with pytest.raises(Damaged, match="does not hold what it says"):
            ask()


def test_a_word_that_the_day_has_not_is_damage() -> None:
    piece = piece_of(3, [(3 * DAY_NS + n, n % 3, 0) for n in range(9)])
    after = piece_of(4, [(4 * DAY_NS, 1, 0)])
    with pytest.raises(Damaged):
        columns_of([piece._replace(words=b"\x03" * 9), after])


@pytest.mark.parametrize("row", [(0, 40_000, 0), (0, "busy", 0), (0, 1, 2**63), (None, 1, 0)])
def test_what_is_no_column_is_refused(row: tuple[int, int, int]) -> None:
    with pytest.raises((TypeError, ValueError, OverflowError)):
        piece_of(0, [(0, 1, 0), row])


def test_columns_may_be_written_to() -> None:
    for column in columns_of([piece_of(0, [(0, 1, 0)])]):
        column[0] = 0
        assert np.count_nonzero(column) == 0
