from __future__ import annotations

import io
import threading
from pathlib import Path

import pytest

from drivers.contract import Act, Setting
from edge.clock import ManualClock, SystemClock
from edge.errors import GiveUp, Retry
from edge.links import transcript
from edge.links.memory import MemoryLink
from edge.links.replay import READ_LIMIT, Pace, RecordingLink, ReplayLink
from edge.links.transcript import Entry, Event, Writer
from telemetry.model import NS_PER_S
from tests.edge.toys import DEADLINE_S, TOY_ID, ToySettings, ToySimulator

LINES = (
    '{"t": 0, "link": "up"}\n'
    '{"t": 1, "rx": "idle\\n"}\n'
    '{"t": 1.5, "tx": "?\\n"}\n'
    '{"t": 3, "rx": "busy\\n"}\n'
    '{"t": 4, "link": "down", "reason": "unplugged"}\n'
    '{"t": 6, "link": "up"}\n'
    '{"t": 7, "rx": "idle\\n"}\n'
)


@pytest.fixture(name="path")
def _path(tmp_path: Path) -> Path:
    path = tmp_path / "toy.jsonl"
    path.write_text(LINES)
    return path


def test_words_come_at_their_recorded_time(path: Path) -> None:
    clock = ManualClock(0)
    link = ReplayLink(path, clock=clock)
    link.open()
    link.write(b"?\n")
    heard = []
    while clock.now() < 3.5 * NS_PER_S:
        if data := link.read(0.25):
            heard.append((clock.now() / NS_PER_S, data))
    assert heard == [(1.0, b"idle\n"), (3.0, b"busy\n")]


def test_a_recorded_loss_is_a_loss_and_the_rest_follows(path: Path) -> None:
    link = ReplayLink(path, clock=ManualClock(0))
    link.open()
    assert [link.read(60.0), link.read(60.0)] == [b"idle\n", b"busy\n"]
    with pytest.raises(Retry, match="unplugged"):
        link.read(60.0)
    link.open()
    assert link.read(60.0) == b"idle\n"


def test_after_the_end_it_gives_up_and_does_not_begin_anew(path: Path) -> None:
    link = ReplayLink(path, clock=ManualClock(0), pace=Pace.FAST)
    link.open()
    heard = [link.read(1.0), link.read(1.0)]
    with pytest.raises(Retry):
        link.read(1.0)
    link.open()
    heard.append(link.read(1.0))
    assert (heard, link.finished) == ([b"idle\n", b"busy\n", b"idle\n"], True)
    for again in (lambda: link.read(1.0), link.open):
        with pytest.raises(GiveUp, match="to its end"):
            again()


def test_fast_takes_no_time(path: Path) -> None:
    clock = ManualClock(0)
    link = ReplayLink(path, clock=clock, pace=Pace.FAST)
    link.open()
    assert [link.read(1.0), link.read(1.0), clock.now()] == [b"idle\n", b"busy\n", 0]


def test_a_close_wakes_a_reader(path: Path) -> None:
    path.write_text('{"t": 1000, "rx": "late"}\n')
    link = ReplayLink(path, clock=SystemClock())
    link.open()
    lost: list[str] = []

    def read() -> None:
        with pytest.raises(Retry) as error:
            link.read(DEADLINE_S)
        lost.append(str(error.value))

    reader = threading.Thread(target=read)
    reader.start()
    link.close()
    reader.join(DEADLINE_S / 2)
    assert lost == [f"{link.name} is closed"]


@pytest.mark.parametrize("text", ["no transcript\n", None])
def test_a_file_that_cannot_be_read_is_given_up(path: Path, text: str | None) -> None:
    path.unlink() if text is None else path.write_text(text)
    with pytest.raises(GiveUp, match="cannot be read") as error:
        ReplayLink(path, clock=ManualClock(0)).open()
    assert error.value.fix


def test_a_long_piece_comes_in_parts(path: Path) -> None:
    path.write_text(transcript.format_entry(Entry(0, Event.RECEIVED, b"x" * (READ_LIMIT + 1))))
    link = ReplayLink(path, clock=ManualClock(0))
    link.open()
    assert [len(link.read(1.0)), len(link.read(1.0))] == [READ_LIMIT, 1]


def test_a_recording_holds_what_moved_and_replays_to_it(path: Path) -> None:
    clock = ManualClock(0)
    toy = MemoryLink(ToySimulator(Setting(TOY_ID), ToySettings(), 0), clock=clock)
    file = io.StringIO()
    link = RecordingLink(toy, Writer(file), clock=clock)
    link.open()
    assert link.read(2.0) == b""
    link.write(b"?\n")
    assert (link.read(1.0), link.name) == (b"idle\n", toy.name)
    toy.act(Act.START)
    link.read(1.0)
    link.close()
    with pytest.raises(Retry):
        link.read(1.0)
    path.write_text(file.getvalue())
    assert [(e.at_ns // NS_PER_S, e.event, e.unit or e.text) for e in transcript.read(path)] == [
        (0, Event.LINK, "up"),
        (2, Event.SENT, b"?\n"),
        (2, Event.RECEIVED, b"idle\n"),
        (2, Event.RECEIVED, b"busy\n"),
        (2, Event.LINK, "down"),
    ]
