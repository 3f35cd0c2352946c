"""What holds of a marlin driver whatever it hears and however the bytes are cut."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.marlin.protocol import parse
from drivers.marlin.states import STATES
from telemetry.model import RAW_LIMIT, Record
from tests.drivers.marlin.talks import Talk
from tests.drivers.marlin.test_lines import LINES, RECORDINGS
from tests.transcripts import read

SAID = b"".join(
    line.unit for name in RECORDINGS for line in read(name) if isinstance(line.unit, bytes) and line.from_device
)

anything = st.one_of(
    st.binary(max_size=60),
    st.sampled_from([text.encode() + b"\n" for text, _ in LINES]),
    st.sampled_from([b"ok\n", b"wait\n", b"start\n", b"Not SD printing\n", b"SD printing byte 5/10\n", b"\r\n", b"\0"]),
)


def records_of(pieces: list[bytes]) -> list[Record]:
    talk = Talk().opened()
    for piece in pieces:
        talk.bytes(piece)
    return talk.opened().records


@given(st.lists(st.integers(0, len(SAID)), max_size=30))
@settings(deadline=None, max_examples=30)
def test_the_recordings_give_the_same_records_however_they_are_cut(cuts: list[int]) -> None:
    places = [0, *sorted(cuts), len(SAID)]
    assert records_of([SAID[a:b] for a, b in itertools.pairwise(places)]) == records_of([SAID])


def test_the_recordings_give_the_same_records_byte_by_byte() -> None:
    assert records_of([SAID[place : place + 1] for place in range(len(SAID))]) == records_of([SAID])


@given(st.lists(st.tuples(anything, st.floats(0, 40)), max_size=40))
@settings(deadline=None)
def test_whatever_comes_nothing_raises_nothing_forbidden_leaves_and_noise_is_bounded(
    heard: list[tuple[bytes, float]],
) -> None:
    talk = Talk().opened()  # it checks every line that leaves
    for piece, seconds in heard:
        talk.bytes(piece).wait(seconds)
    talk.opened()
    assert sum(noise.size for noise in talk.noise) <= sum(len(piece) for piece, _ in heard)
    assert all(len(noise.raw) <= RAW_LIMIT for noise in talk.noise)
    assert all(seen.word in STATES or seen.state.word == "unknown" for seen in talk.said)


@given(st.lists(st.tuples(anything, st.floats(0, 40)), max_size=40))
@settings(deadline=None)
def test_every_print_that_begins_has_one_beginning_and_at_most_one_end(heard: list[tuple[bytes, float]]) -> None:
    talk = Talk().opened()
    for piece, seconds in heard:
        talk.bytes(piece).wait(seconds)
    for _, phases in itertools.groupby(talk.jobs, key=lambda job: job.job):
        words = [job.phase.word for job in phases]
        assert words[0] == "started"
        assert words.count("started") == 1
        assert words.count("ended") <= 1
        assert "ended" not in words[:-1]


@given(st.text(max_size=200))
@settings(deadline=None)
def test_any_text_is_some_message(text: str) -> None:
    assert parse(text) is not None


@pytest.mark.parametrize(
    "text", ["T:" * 2000, "T:1 " * 1000, "ok " * 1300, "x" * 4096, "echo:" * 800, "!!" * 2048, "(1)" * 1300]
)
def test_long_lines_are_read_in_good_time(text: str) -> None:
    talk = Talk().opened()
    for _ in range(50):
        talk.hear(text)
    assert len(talk.noise) <= 50


@given(st.data())
@settings(deadline=None, max_examples=30)
def test_mutated_recordings_never_raise(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(SAID)))
    piece = bytearray(SAID[start : start + 1500])
    for _ in range(data.draw(st.integers(1, 10))):
        place = data.draw(st.integers(0, max(0, len(piece) - 1)))
        piece[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    talk = Talk().opened().bytes(bytes(piece)).wait(60)
    assert sum(noise.size for noise in talk.noise) <= len(piece)
