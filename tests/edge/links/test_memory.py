from __future__ import annotations

import threading
from dataclasses import dataclass, field

import pytest

from drivers.contract import Act, Publish, Setting, Step, Unit
from edge.clock import ManualClock, SystemClock
from edge.errors import Retry
from edge.links.memory import BUFFER_LIMIT, READ_LIMIT, Faults, MemoryLink
from telemetry.model import NS_PER_S, Instant, State
from tests.edge.toys import DEADLINE_S, TOY_ID, ToySettings, ToySimulator, poll

START = 1_800_000_000 * NS_PER_S


def simulator() -> ToySimulator:
    return ToySimulator(Setting(TOY_ID), ToySettings(), 0)


def opened(faults: Faults | None = None) -> tuple[MemoryLink, ToySimulator, ManualClock]:
    clock, toy = ManualClock(START), simulator()
    link = MemoryLink(toy, clock=clock, faults=faults)
    link.open()
    return link, toy, clock


def drained(link: MemoryLink) -> list[bytes]:
    pieces = []
    while piece := link.read(0.0):
        pieces.append(piece)
    return pieces


def test_what_is_written_is_heard_and_answered() -> None:
    link, toy, _ = opened()
    link.write(b"?\n")
    assert (toy.heard, drained(link)) == ([b"?\n"], [b"idle\n"])
    assert (link.name, link.state) == ("simulator", State.IDLE)


def test_silence_lasts_as_long_as_it_was_asked_for() -> None:
    link, _, clock = opened()
    assert link.read(2.5) == b""
    assert clock.now() == START + 2_500_000_000


def test_a_closed_link_neither_reads_nor_writes() -> None:
    link, _, _ = opened()
    link.close()
    with pytest.raises(Retry):
        link.read(1.0)
    with pytest.raises(Retry):
        link.write(b"?\n")


def test_a_close_wakes_a_reader() -> None:
    link = MemoryLink(simulator(), clock=SystemClock())
    link.open()
    lost: list[Retry] = []

    def read() -> None:
        with pytest.raises(Retry) as error:
            link.read(DEADLINE_S)
        lost.append(error.value)

    reader = threading.Thread(target=read)
    reader.start()
    link.close()
    reader.join(DEADLINE_S / 2)
    assert lost


def test_an_unplugged_device_cannot_be_opened_until_it_is_plugged_in() -> None:
    link, _, _ = opened()
    link.unplug()
    with pytest.raises(Retry, match="unplugged"):
        link.open()
    link.plug()
    link.open()
    link.write(b"?\n")
    assert drained(link) == [b"idle\n"]


def test_what_was_said_before_the_link_opened_is_gone() -> None:
    link, _, _ = opened()
    link.act(Act.START)
    link.close()
    link.act(Act.FINISH)
    link.open()
    assert drained(link) == []


def test_a_device_that_is_not_read_loses_what_does_not_fit() -> None:
    link, _, _ = opened()
    for _ in range(5):
        link.act(Act.START, name="x" * (BUFFER_LIMIT // 4))
    pieces = drained(link)
    assert BUFFER_LIMIT * 3 // 4 <= sum(map(len, pieces)) <= BUFFER_LIMIT
    assert max(map(len, pieces)) <= READ_LIMIT


@dataclass
class Ticking(ToySimulator):
    """Says a line every second."""

    ticks: list[Instant] = field(default_factory=list)

    def opened(self, at: Instant) -> Step:
        return Step(wake_at=at + NS_PER_S)

    def woken(self, at: Instant) -> Step:
        self.ticks.append(at)
        return Step(send=(b"tick\n", Publish("a", b"not for a line")), wake_at=at + NS_PER_S)


def test_a_device_that_speaks_unasked_is_heard_when_it_speaks() -> None:
    clock = ManualClock(START)
    ticking = Ticking(Setting(TOY_ID), ToySettings(), 0)
    link = MemoryLink(ticking, clock=clock)
    link.open()
    assert [link.read(60.0) for _ in range(3)] == [b"tick\n"] * 3
    assert ticking.ticks == [START + second * NS_PER_S for second in (1, 2, 3)]


def test_a_reader_is_woken_by_what_a_person_does_at_the_device() -> None:
    link = MemoryLink(simulator(), clock=SystemClock())
    link.open()
    heard: list[Unit] = []
    reader = threading.Thread(target=lambda: heard.append(link.read(DEADLINE_S)))
    reader.start()
    link.act(Act.START)
    reader.join(DEADLINE_S / 2)
    poll(lambda: heard == [b"busy\n"])


SAID = b"0123456789" * 10


@pytest.mark.parametrize(
    ("faults", "heard"),
    [
        (Faults(), [SAID]),
        (Faults(drop=1.0), []),
        (Faults(double=1.0), [SAID, SAID]),
    ],
)
def test_a_piece_is_whole_lost_or_doubled(faults: Faults, heard: list[bytes]) -> None:
    link, _, _ = opened(faults)
    link.act(Act.START, name=SAID[:-1].decode())
    assert drained(link) == [piece[:-1] + b"\n" for piece in heard]


def test_a_cut_piece_comes_in_two_with_nothing_lost() -> None:
    link, _, _ = opened(Faults(cut=1.0))
    link.act(Act.START, name="a long line")
    pieces = drained(link)
    assert (len(pieces), b"".join(pieces)) == (2, b"a long line\n")


def test_a_corrupt_piece_differs_in_one_byte() -> None:
    link, _, _ = opened(Faults(corrupt=1.0))
    link.act(Act.START, name="a long line")
    (piece,) = drained(link)
    assert sum(a != b for a, b in zip(piece, b"a long line\n", strict=True)) == 1


def test_faults_befall_what_is_sent_too() -> None:
    link, toy, _ = opened(Faults(double=1.0))
    link.write(b"?\n")
    assert toy.heard == [b"?\n", b"?\n"]


def test_a_stalled_piece_comes_late() -> None:
    link, _, clock = opened(Faults(stall=1.0, stall_s=5.0))
    link.act(Act.START)
    assert (link.read(1.0), link.read(60.0)) == (b"", b"busy\n")
    assert clock.now() == START + 5 * NS_PER_S


def test_a_breaking_link_gives_its_last_words_first() -> None:
    link, _, _ = opened(Faults(disconnect=1.0))
    link.act(Act.START)
    assert link.read(1.0) == b"busy\n"
    with pytest.raises(Retry):
        link.read(1.0)


def heard_with(seed: int) -> list[bytes]:
    link, _, _ = opened(Faults(cut=0.3, drop=0.3, double=0.3, corrupt=0.3, seed=seed))
    for number in range(20):
        link.act(Act.START, name=f"line {number}")
    return drained(link)


def test_the_same_seed_meets_the_same_faults() -> None:
    assert heard_with(1) == heard_with(1)
    assert heard_with(1) != heard_with(2)
