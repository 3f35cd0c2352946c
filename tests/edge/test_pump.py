from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from drivers.contract import Act, Publish, Setting, Step
from edge.backoff import Backoff
from edge.clock import ManualClock, SystemClock
from edge.errors import GiveUp, Retry
from edge.feed import WINDOW_RECORDS
from edge.health import Health
from edge.links.contract import Link
from edge.links.memory import MemoryLink
from edge.metrics import Metrics
from edge.pump import Pump, Surroundings
from telemetry.model import NS_PER_S, Instant, LinkChanged, Rejected, Source, State, StateSeen
from tests.edge.toys import DEADLINE_S, TOY, TOY_ID, ListJournal, ToyDriver, ToySettings, ToySimulator, of_type, poll

SETTING = Setting(TOY_ID, room="hall")
QUICK = Backoff(first_s=0.005, ceiling_s=0.02)
START = 1_800_000_000 * NS_PER_S


@dataclass
class Lab:
    """One toy behind a memory link, with everything that a pump needs."""

    options: ToySettings = field(default_factory=ToySettings)
    clock: SystemClock = field(default_factory=SystemClock)
    journal: ListJournal = field(default_factory=ListJournal)
    health: Health = field(default_factory=Health)
    metrics: Metrics = field(default_factory=Metrics)

    def __post_init__(self) -> None:
        self.simulator = ToySimulator(SETTING, self.options, 0)
        self.link = MemoryLink(self.simulator, clock=self.clock)
        self.around = Surroundings(self.journal, self.clock, self.health, self.metrics)

    def pump(self, link: Link | None = None) -> Pump:
        driver = ToyDriver
        return Pump(
            SETTING,
            TOY,
            link or self.link,
            driver=lambda: driver(SETTING, self.options),
            around=self.around,
            backoff=QUICK,
        )

    def value(self, name: str, **labels: str) -> float:
        return self.metrics.registry.get_sample_value(f"labedge_{name}_total", labels) or 0.0

    def message(self) -> str:
        return next((part.message for part in self.health.parts() if part.name == "equipment:toy-1"), "none")


@contextmanager
def running(pump: Pump) -> Iterator[threading.Thread]:
    thread = threading.Thread(target=pump.run)
    thread.start()
    try:
        yield thread
    finally:
        pump.stop()
        thread.join(DEADLINE_S)
        assert not thread.is_alive()


def test_what_the_device_says_reaches_the_journal() -> None:
    lab = Lab()
    with running(lab.pump()):
        told = lab.journal.wait_for_state(State.IDLE)
        lab.link.act(Act.START)
        lab.journal.wait_for_state(State.BUSY, after=told)
    assert lab.value("messages_received", link="simulator") >= 2


def test_an_open_link_is_recorded_before_the_first_word_and_its_end_after_the_last() -> None:
    lab = Lab()
    with running(lab.pump()):
        lab.journal.wait_for_state(State.IDLE)
    links = of_type(lab.journal.records, LinkChanged)
    assert [link.up for link in links] == [True, False]
    assert (lab.journal.records[0], lab.journal.records[-1]) == (links[0], links[-1])


def test_an_open_link_alone_tells_no_state() -> None:
    lab = Lab()
    with running(lab.pump()):
        lab.journal.wait_for_state(State.IDLE)
    first = of_type(lab.journal.records, StateSeen)[0]
    assert (first.state, first.source) == (State.UNKNOWN, Source.LINK)


def test_a_lost_link_is_offline_and_comes_back_without_help() -> None:
    lab = Lab()
    with running(lab.pump()):
        told = lab.journal.wait_for_state(State.IDLE)
        lab.link.unplug()
        lost = lab.journal.wait_for_state(State.OFFLINE, after=told)
        poll(lambda: "is unplugged" in lab.message())
        lab.link.plug()
        lab.journal.wait_for_state(State.IDLE, after=lost)
        poll(lambda: lab.message() == "")
    offline = next(s for s in of_type(lab.journal.records, StateSeen) if s.state is State.OFFLINE)
    assert (offline.source, bool(offline.reason)) == (Source.LINK, True)
    assert [link.up for link in of_type(lab.journal.records, LinkChanged)] == [True, False, True, False]


def test_a_link_that_never_opens_is_told_once_however_often_it_is_tried() -> None:
    lab = Lab()
    lab.link.unplug()
    tries = CountingLink(lab.link)
    with running(lab.pump(tries)):
        poll(lambda: tries.opened >= 4)
    assert [type(record) for record in lab.journal.records] == [LinkChanged, StateSeen]


def test_what_the_allow_list_refuses_never_leaves_and_is_recorded() -> None:
    lab = Lab()
    with running(lab.pump()):
        lab.journal.wait_for_state(State.IDLE)
        lab.link.act(Act.START, name="tempt")
        lab.journal.wait_for(lambda records: [r for r in of_type(records, Rejected) if r.raw == b"reset\n"])
    assert b"reset\n" not in lab.simulator.heard


def test_noise_is_recorded_with_where_it_came_by_and_counted() -> None:
    lab = Lab()
    with running(lab.pump()):
        lab.journal.wait_for_state(State.IDLE)
        lab.link.act(Act.START, name="boo")
        noise = lab.journal.wait_for(lambda records: of_type(records, Rejected))
    assert [(record.raw, record.origin) for record in noise] == [(b"boo", "simulator")]
    assert lab.value("rejected", equipment="toy-1") == 1


def test_a_value_that_the_journal_refuses_is_a_bug_and_takes_no_room() -> None:
    lab = Lab()
    pump = lab.pump()
    for _ in range(3):
        with pytest.raises(ValueError, match="nan"), running_in_place(lab, "nan"):
            pump.run()
    assert pump._feed._pending == 0


def test_a_message_on_a_line_is_refused() -> None:
    lab = Lab()

    class Lost(ToyDriver):
        def opened(self, at: Instant) -> Step:
            return Step(send=(Publish("a/b", b"?\n"),))

    pump = Pump(SETTING, TOY, lab.link, driver=lambda: Lost(SETTING, lab.options), around=lab.around, backoff=QUICK)
    with running(pump):
        refused = lab.journal.wait_for(lambda records: of_type(records, Rejected))
    assert (refused[0].origin, lab.simulator.heard) == ("a/b", [])


def test_a_driver_is_woken_when_it_asked_to_be() -> None:
    lab = Lab(ToySettings(poll_s=0.01))
    with running(lab.pump()):
        poll(lambda: len(lab.simulator.heard) >= 4)


def test_ten_hours_of_polling_pass_in_no_time_on_a_clock_that_is_moved() -> None:
    clock, journal = ManualClock(START), ListJournal()
    options = ToySettings(poll_s=60.0)
    around = Surroundings(journal, clock, Health(), Metrics())
    simulator = ToySimulator(SETTING, options, 0)
    pump = Pump(
        SETTING,
        TOY,
        MemoryLink(simulator, clock=clock),
        driver=lambda: Ending(SETTING, options, pump=pump),
        around=around,
        backoff=QUICK,
    )
    pump.run()
    assert clock.now() - START == 600 * 60 * NS_PER_S


@dataclass
class Ending(ToyDriver):
    pump: Pump | None = None
    wakings: int = 0

    def woken(self, at: Instant) -> Step:
        self.wakings += 1
        if self.wakings == 600 and self.pump:
            self.pump.stop()
        return ToyDriver.woken(self, at)


def test_a_driver_that_asks_for_at_once_for_ever_still_hears_its_device() -> None:
    lab = Lab()

    class Restless(ToyDriver):
        wakings = 0

        def _next(self, at: Instant) -> Instant:
            return 0

        def woken(self, at: Instant) -> Step:
            Restless.wakings += 1
            return Step(wake_at=0)

    pump = Pump(SETTING, TOY, lab.link, driver=lambda: Restless(SETTING, lab.options), around=lab.around, backoff=QUICK)
    with running(pump):
        poll(lambda: Restless.wakings >= 3)
        lab.link.act(Act.START)
        lab.journal.wait_for_state(State.BUSY)


def test_a_full_journal_is_waited_for_counted_and_told() -> None:
    lab = Lab()
    lab.journal.room = 0
    with running(lab.pump()):
        poll(lambda: lab.value("journal_waits", equipment="toy-1") >= 1)
        poll(lambda: "wait for room" in lab.message())
        lab.journal.make_room()
        lab.journal.wait_for_state(State.IDLE)
        poll(lambda: lab.message() == "")


def test_a_stop_while_the_journal_is_full_loses_what_waits_and_counts_it() -> None:
    lab = Lab()
    lab.journal.room = 0
    with running(lab.pump()):
        poll(lambda: lab.value("journal_waits", equipment="toy-1") >= 1)
    assert lab.journal.records == []
    assert lab.value("dropped", reason="queue") >= 2


def test_a_flood_fills_only_its_own_share_of_the_journal() -> None:
    lab = Lab()
    lab.journal.holding = True
    flood = FloodLink()
    with running(lab.pump(flood)):
        poll(lambda: lab.value("journal_waits", equipment="toy-1") >= 1)
        assert len(lab.journal.records) < WINDOW_RECORDS + FloodLink.LINES
        lab.journal.release()
        lab.journal.wait_for(lambda records: len(records) > 2 * WINDOW_RECORDS)


def test_a_closed_journal_ends_the_pump() -> None:
    lab = Lab()
    lab.journal.close()
    with running(lab.pump()) as thread:
        thread.join(DEADLINE_S)
        assert not thread.is_alive()


def test_a_bug_in_a_driver_comes_out_and_a_new_driver_goes_on_without_reopening_the_link() -> None:
    lab = Lab()
    pump = lab.pump()
    with pytest.raises(ZeroDivisionError) as bug, running_in_place(lab, "bug"):
        pump.run()
    pump.bury(bug.value)
    assert "ZeroDivisionError" in lab.message()
    after = len(lab.journal.records)
    with running(pump):
        lab.journal.wait_for_state(State.IDLE, after=after)
    buried = of_type(lab.journal.records, Rejected)
    assert [record.raw for record in buried] == [b"bug\n"]
    assert [link.up for link in of_type(lab.journal.records, LinkChanged)] == [True, False]


@contextmanager
def running_in_place(lab: Lab, said: str) -> Iterator[None]:
    def say() -> None:
        lab.journal.wait_for_state(State.IDLE)
        lab.link.act(Act.START, name=said)

    thread = threading.Thread(target=say)
    thread.start()
    try:
        yield
    finally:
        thread.join(DEADLINE_S)


@pytest.mark.parametrize(("error", "longest_s"), [(Retry("later"), 0.02), (GiveUp("never"), 60.0)])
def test_the_hopeless_is_tried_more_seldom(error: Retry | GiveUp, longest_s: float) -> None:
    clock = ManualClock(START)
    link = FailingLink(error, attempts=20)
    around = Surroundings(ListJournal(), clock, Health(), Metrics())
    pump = Pump(SETTING, TOY, link, driver=lambda: ToyDriver(SETTING, ToySettings()), around=around, backoff=QUICK)
    link.at_end = pump.stop
    pump.run()
    waited_s = clock.monotonic() / NS_PER_S
    assert longest_s * 19 * 0.6 <= waited_s <= longest_s * 19


class CountingLink:
    """Counts how often another link is opened."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self.opened = 0
        self.name = link.name
        self.read, self.write, self.close = link.read, link.write, link.close

    def open(self) -> None:
        self.opened += 1
        self._link.open()


class FloodLink:
    """A device that never stops talking."""

    LINES = 500
    name = "flood"

    def open(self) -> None:
        """It is always there."""

    def read(self, timeout_s: float) -> bytes:
        return b"busy\n" * self.LINES

    def write(self, data: bytes) -> None:
        """It does not listen."""

    def close(self) -> None:
        """It does not care."""


class FailingLink(FloodLink):
    """Never opens; after some attempts it says so."""

    def __init__(self, error: Retry | GiveUp, *, attempts: int) -> None:
        self._error = error
        self._left = attempts
        self.at_end = self.close

    def open(self) -> None:
        self._left -= 1
        if not self._left:
            self.at_end()
        raise self._error
