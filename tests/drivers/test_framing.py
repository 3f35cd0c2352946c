"""Lines out of bytes."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.framing import LINE_LIMIT_BYTES, Frame, Garbage, Line, LineFramer
from telemetry.model import RAW_LIMIT, EquipmentId, Rejected


def texts(frames: list[Frame]) -> list[str]:
    return [frame.text if isinstance(frame, Line) else f"!{frame.reason}" for frame in frames]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"ok\n", ["ok"]),
        (b"ok\r\n", ["ok"]),
        (b"ok\r\r\n", ["ok"]),
        (b"\0\0ok\0\r\n", ["ok"]),
        (b"\n\rok\n", ["", "ok"]),
        (b"\r\n", [""]),
        (b" T:20\n", [" T:20"]),
        (b"half", []),
        ("имя\n".encode(), ["имя"]),
        (b"o\0k\n", ["!NUL inside a line"]),
        (b"\x80start\n", ["!not UTF-8"]),
        (b"a\n\xff\nb\n", ["a", "!not UTF-8", "b"]),
    ],
)
def test_line_ends_and_noise(raw: bytes, expected: list[str]) -> None:
    assert texts(LineFramer().feed(raw)) == expected


def test_a_line_keeps_its_bytes_as_they_came() -> None:
    assert LineFramer().feed(b"\0ok\r\r\n") == [Line("ok", b"\0ok\r\r")]


def test_a_line_as_long_as_the_ceiling_is_a_line() -> None:
    assert texts(LineFramer(4).feed(b"abcd\n")) == ["abcd"]


def test_a_longer_line_is_one_garbage_of_its_full_size() -> None:
    framer = LineFramer()
    for _ in range(1000):
        assert framer.feed(b"x" * 1000) == []
    (frame, after) = framer.feed(b"\nok\n")
    assert frame == Garbage(b"x" * RAW_LIMIT, 1_000_000, f"line longer than {LINE_LIMIT_BYTES} bytes")
    assert after == Line("ok", b"ok")


def test_what_is_held_of_an_endless_line_is_bounded() -> None:
    framer = LineFramer(16)
    framer.feed(b"x" * 1_000_000)
    assert framer.pending == 1_000_000
    assert len(framer._kept) == 16


def test_reset_gives_the_half_line_back_once() -> None:
    framer = LineFramer()
    framer.feed(b"ok\nhal")
    assert framer.reset() == [Garbage(b"hal", 3, "half a line when the link was opened again")]
    assert framer.reset() == []
    assert texts(framer.feed(b"f\n")) == ["f"]


def test_garbage_becomes_a_record() -> None:
    mill = EquipmentId("mill-1")
    assert Garbage(b"\xff", 1, "not UTF-8").rejected(mill, 5, origin="/dev/x") == Rejected(
        mill, 5, 5, "not UTF-8", b"\xff", 1, "/dev/x"
    )


@given(st.binary(max_size=200), st.lists(st.integers(0, 200), max_size=8))
def test_the_same_frames_however_the_stream_is_cut(data: bytes, cuts: list[int]) -> None:
    places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    framer = LineFramer(20)
    parts = [frame for a, b in itertools.pairwise(places) for frame in framer.feed(data[a:b])]
    assert [*parts, *framer.reset()] == [*(whole := LineFramer(20)).feed(data), *whole.reset()]


@given(st.lists(st.binary(max_size=30), max_size=8))
def test_every_byte_is_accounted_for(parts: list[bytes]) -> None:
    framer = LineFramer(10)
    frames = [frame for part in parts for frame in framer.feed(part)] + framer.reset()
    sizes = sum(len(frame.raw) if isinstance(frame, Line) else frame.size for frame in frames)
    data = b"".join(parts)
    assert sizes + data.count(b"\n") == len(data)
