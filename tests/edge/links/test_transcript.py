from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contract import Publish, Setting, Step
from edge.errors import Damaged
from edge.links import transcript
from edge.links.transcript import Entry, Event, Writer
from telemetry.model import NS_PER_S, State, StateSeen
from tests.edge.toys import TOY_ID, ToyDriver, ToySettings, of_type

START = 1_800_000_000 * NS_PER_S
MOVED = st.sampled_from([Event.RECEIVED, Event.SENT])
UNITS = st.one_of(
    st.binary(max_size=40), st.builds(Publish, st.text(max_size=9), st.binary(max_size=40), st.booleans())
)
TIMES = st.integers(0, 10**6).map(lambda ms: ms * 1_000_000)
ENTRIES = st.one_of(
    st.builds(Entry, TIMES, MOVED, UNITS),
    st.builds(Entry, TIMES, st.just(Event.LINK), text=st.sampled_from(["up", "down"]), reason=st.text(max_size=9)),
    st.builds(Entry, TIMES, st.just(Event.NOTE), text=st.text(max_size=9)),
)


@given(ENTRIES)
def test_what_is_written_is_read(entry: Entry) -> None:
    line = transcript.format_entry(entry)
    assert transcript.parse(line) == entry
    assert line.index("\n") == len(line) - 1


def test_lines_are_as_the_format_tells() -> None:
    file = io.StringIO()
    writer = Writer(file)
    writer.write(Entry(0, Event.LINK, text="up"))
    writer.write(Entry(120_000_000, Event.SENT, b"M115\n"))
    writer.write(Entry(600_000_000, Event.RECEIVED, b"\xff\x00"))
    writer.write(Entry(9_750_000_000, Event.RECEIVED, Publish("a/LWT", "Привет".encode(), retained=True)))
    writer.write(Entry(30 * NS_PER_S, Event.LINK, text="down", reason="unplugged"))
    assert file.getvalue().splitlines() == [
        '{"t": 0.0, "link": "up"}',
        '{"t": 0.12, "tx": "M115\\n"}',
        '{"t": 0.6, "rx": {"hex": "ff00"}}',
        '{"t": 9.75, "topic": "a/LWT", "rx": "Привет", "retained": true}',
        '{"t": 30.0, "link": "down", "reason": "unplugged"}',
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("[]", "no JSON object"),
        ("{", "Expecting"),
        ('{"t": 2}', "exactly one of rx, tx, link, note; this has none"),
        ('{"t": 2, "rx": "", "tx": ""}', "rx, tx"),
        ('{"rx": ""}', "t is not a number"),
        ('{"t": -1, "rx": ""}', "t is not a number"),
        ('{"t": 2, "rx": 5}', "rx and tx are text"),
        ('{"t": 2, "rx": {"hex": "f"}}', "fromhex"),
        ('{"t": 0.5, "rx": ""}', "before the line above"),
    ],
)
def test_what_is_no_transcript_is_told_with_its_line(tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text('{"t": 1, "note": "fine"}\n\n' + line + "\n")
    with pytest.raises(Damaged, match=r"bad\.jsonl, line 3: ") as error:
        list(transcript.read(path))
    assert said in str(error.value)


def test_a_driver_makes_records_of_a_transcript() -> None:
    driver = ToyDriver(Setting(TOY_ID), ToySettings(poll_s=1.0))
    entries = [
        Entry(0, Event.NOTE, text="a toy"),
        Entry(NS_PER_S, Event.RECEIVED, b"idle\nbu"),
        Entry(2 * NS_PER_S, Event.SENT, b"?\n"),
        Entry(3 * NS_PER_S, Event.RECEIVED, b"sy\n"),
        Entry(4 * NS_PER_S, Event.LINK, text="down"),
        Entry(5 * NS_PER_S, Event.LINK, text="up"),
        Entry(6 * NS_PER_S, Event.RECEIVED, b"idle\n"),
    ]
    seen = of_type(transcript.play(entries, driver, started=START), StateSeen)
    assert [((s.at - START) // NS_PER_S, s.state) for s in seen] == [(1, State.IDLE), (3, State.BUSY), (6, State.IDLE)]


def test_a_driver_is_woken_in_the_gaps_of_a_transcript() -> None:
    class Talking(ToyDriver):
        def woken(self, at: int) -> Step:
            step = ToyDriver.woken(self, at)
            return Step((StateSeen(TOY_ID, at, at, State.UNKNOWN),), step.send, step.wake_at)

    driver = Talking(Setting(TOY_ID), ToySettings(poll_s=2.0))
    entries = [Entry(0, Event.LINK, text="up"), Entry(7 * NS_PER_S, Event.RECEIVED, b"idle\n")]
    seen = of_type(transcript.play(entries, driver, started=START), StateSeen)
    assert [(s.at - START) // NS_PER_S for s in seen] == [2, 4, 6, 7]


def test_a_driver_that_asks_for_at_once_for_ever_comes_to_an_end() -> None:
    class Restless(ToyDriver):
        def _next(self, at: int) -> int:
            return 0

    entries = [Entry(0, Event.LINK, text="up"), Entry(NS_PER_S, Event.RECEIVED, b"idle\n")]
    assert list(transcript.play(entries, Restless(Setting(TOY_ID), ToySettings()), started=START))
