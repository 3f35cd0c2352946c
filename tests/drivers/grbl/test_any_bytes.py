"""Properties of the stream: cut anywhere, mutated, random; nothing raises, no byte is lost, nothing odd is sent."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.contract import Setting
from drivers.framing import LineFramer
from drivers.grbl import SPEC
from drivers.grbl.driver import GrblDriver
from drivers.grbl.protocol import parse
from drivers.grbl.settings import GrblSettings
from telemetry.model import Record, Rejected
from tests.drivers.grbl.bench import MILL, Bench, at
from tests.drivers.grbl.test_protocol import OTHERS, REPORTS
from tests.transcripts import read

LINES = [line.encode() for line, _ in [*REPORTS, *OTHERS]]
NOISE = [b"\xff\x00", b"<Idle", b"a\0b", b"<Foo|FS:1,2>", b"[MSG:Reset to continue]"]
SPOKEN = [line.unit for name in ("grbl-sim", "grblhal-sim") for line in read(name) if line.from_device and line.unit]

streams = st.lists(
    st.tuples(st.sampled_from(LINES + NOISE), st.sampled_from([b"\n", b"\r\n"])).map(b"".join), max_size=30
).map(b"".join)
cuts = st.lists(st.integers(0, 2000), max_size=20)


def parts(data: bytes, places: Sequence[int]) -> list[bytes]:
    edges = [0, *sorted({min(place, len(data)) for place in places}), len(data)]
    return [data[a:b] for a, b in pairwise(edges)]


def records(chunks: Sequence[bytes]) -> list[Record]:
    driver = GrblDriver(Setting(MILL), GrblSettings())
    driver.opened(at(0))
    return [record for chunk in chunks for record in driver.received(chunk, at(1)).records]


@given(streams, cuts)
def test_the_same_records_however_the_stream_is_cut(data: bytes, places: list[int]) -> None:
    assert records(parts(data, places)) == records([data])


@given(streams)
def test_the_same_records_byte_by_byte(data: bytes) -> None:
    assert records([bytes([byte]) for byte in data]) == records([data])


@given(st.lists(st.binary(max_size=80), max_size=20))
def test_every_line_is_understood_or_rejected(chunks: list[bytes]) -> None:
    rejected = [record for record in records(chunks) if isinstance(record, Rejected)]
    framer = LineFramer()
    frames = [frame for chunk in chunks for frame in framer.feed(chunk)]
    noise = [frame.raw for frame in frames if not hasattr(frame, "text") or parse(frame.text) is None]
    assert [
        reject.raw for reject in rejected if "state" not in reject.reason and "numbers" not in reject.reason
    ] == noise


def mutated(data: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    for place, gone, new in changes:
        begin = place % (len(data) + 1)
        data = data[:begin] + new + data[begin + gone :]
    return data


changes = st.lists(st.tuples(st.integers(0, 20_000), st.integers(0, 40), st.binary(max_size=40)), max_size=12)


@settings(max_examples=30, deadline=None)
@given(changes, cuts, st.lists(st.floats(-100, 100), min_size=1, max_size=8))
def test_mutated_recordings_never_raise_and_only_questions_leave(
    edits: list[tuple[int, int, bytes]], places: list[int], steps: list[float]
) -> None:
    bench = Bench().opened()
    stream = mutated(b"".join(unit for unit in SPOKEN if isinstance(unit, bytes)), edits)
    now = 0.0
    for index, chunk in enumerate(parts(stream, [place * 11 for place in places])):
        now += steps[index % len(steps)]
        bench.take(bench.driver.received(chunk, at(now)), at(now))
    bench.until(now + 60)
    assert bench.wake_at is not None
    assert bench.wake_at >= at(now)


@given(st.lists(st.tuples(st.floats(0, 3), streams), max_size=20))
def test_never_more_than_five_questions_a_second(script: list[tuple[float, bytes]]) -> None:
    bench, now = Bench().opened(), 0.0
    for pause, chunk in script:
        now += pause
        bench.said(chunk, now)
    bench.until(now + 10)
    assert all(later - sooner > 0.1999 for sooner, later in pairwise(bench.asked))


def test_the_allow_list_is_the_question_alone() -> None:
    assert [byte for byte in range(256) if SPEC.allowed(bytes([byte]))] == [ord("?")]
    assert not SPEC.allowed(b"??")
    assert not SPEC.allowed(b"?\n")
    assert not SPEC.allowed(b"")
