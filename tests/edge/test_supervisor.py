from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from drivers.contract import Act, Spec
from edge import supervisor
from edge.clock import Clock, SystemClock
from edge.errors import GiveUp, LabedgeError, Retry
from edge.health import Health, Part
from edge.links import ways
from edge.links.contract import Link
from edge.links.memory import MemoryLink
from edge.metrics import Metrics
from edge.pump import Surroundings
from edge.settings import Centre, Equipment, LinkSettings, Settings
from edge.supervisor import REBIRTH, Supervisor
from telemetry.model import ClockJumped, LinkChanged, Rejected, Source, State, StateSeen
from tests.edge.test_pump import FloodLink
from tests.edge.toys import CATALOG, DEADLINE_S, ListJournal, of_type, poll, toy

DYING = pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
"""The thread's death is the subject."""

RADIO = {"driver": "radio", "link": LinkSettings(mqtt="radio/#")}


@dataclass
class FakeExchange:
    attached: dict[str, Equipment] = field(default_factory=dict)
    running: bool = False
    broken: bool = False

    def start(self) -> None:
        if self.broken:
            raise GiveUp("mosquitto is not installed", fix="install it")
        self.running = True

    def stop(self) -> None:
        self.running = False

    def attach(self, equipment: Equipment, spec: Spec) -> None:
        self.attached[equipment.id] = equipment

    def detach(self, equipment_id: str) -> None:
        del self.attached[equipment_id]


class Lab:
    """A supervisor whose links can be reached, or replaced before they are made."""

    def __init__(self) -> None:
        self.journal = ListJournal()
        self.health = Health()
        self.exchange = FakeExchange()
        self.links: dict[str, MemoryLink] = {}
        self.made: list[str] = []
        self.instead: dict[str, Link] = {}
        self.news: Settings | Exception | None = None
        self.around = Surroundings(self.journal, SystemClock(), self.health, Metrics())
        self.supervisor = Supervisor(
            CATALOG, self.around, self.exchange, reload=self.reload, link_of=self.link_of, beat_s=0.01
        )

    def link_of(self, equipment: Equipment, spec: Spec, clock: Clock) -> Link | None:
        self.made.append(equipment.id)
        link = self.instead.get(equipment.id) or ways.link_of(equipment, spec, clock)
        if isinstance(link, MemoryLink):
            self.links[equipment.id] = link
        return link

    def reload(self) -> Settings | None:
        news, self.news = self.news, None
        if isinstance(news, Exception):
            raise news
        return news

    def part(self, name: str) -> Part | None:
        return next((part for part in self.health.parts() if part.name == name), None)

    def message(self, name: str) -> str:
        part = self.part(name)
        return part.message if part else "none"


@contextmanager
def serving(*equipment: Equipment, lab: Lab | None = None) -> Iterator[Lab]:
    lab = lab or Lab()
    lab.supervisor.apply(Settings(equipment=equipment))
    lab.supervisor.start()
    try:
        yield lab
    finally:
        lab.supervisor.stop()
        assert not [t.name for t in threading.enumerate() if t.name in {"supervisor", *(f"pump {m}" for m in lab.made)}]


def test_every_equipment_is_served() -> None:
    with serving(toy("toy-1"), toy("toy-2"), toy("radio-1", **RADIO)) as lab:
        lab.journal.wait_for_state(State.IDLE, of="toy-1")
        lab.journal.wait_for_state(State.IDLE, of="toy-2")
        assert (list(lab.exchange.attached), lab.exchange.running) == (["radio-1"], True)
    assert not lab.exchange.running


def test_equipment_without_a_link_needs_nothing() -> None:
    with serving(toy("bench-1", link=None)) as lab:
        assert lab.part("equipment:bench-1") is None


def test_a_device_that_hangs_delays_no_other() -> None:
    lab = Lab()
    hanging = HangingLink()
    lab.instead["toy-1"] = hanging
    with serving(toy("toy-1"), toy("toy-2"), lab=lab):
        assert hanging.reading.wait(DEADLINE_S)
        told = lab.journal.wait_for_state(State.IDLE, of="toy-2")
        lab.links["toy-2"].act(Act.START)
        lab.journal.wait_for_state(State.BUSY, of="toy-2", after=told)
        assert hanging.still_reading
        hanging.let_go()


def test_a_stop_waits_a_bounded_time_for_what_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "STOP_S", 0.05)
    lab = Lab()
    hanging = HangingLink()
    lab.instead["toy-1"] = hanging
    with serving(toy("toy-1"), lab=lab):
        assert hanging.reading.wait(DEADLINE_S)
        lab.supervisor.stop()
        assert hanging.still_reading
        hanging.let_go()
        poll(lambda: not [t for t in threading.enumerate() if t.name == "pump toy-1"])


def test_a_device_whose_word_is_limited_is_recorded_so() -> None:
    with serving(toy("toy-1", validity_s=60)) as lab:
        lab.journal.wait_for_state(State.IDLE)
    told = [s.valid_ns for s in of_type(lab.journal.records, StateSeen) if s.source is Source.DEVICE]
    assert told == [60_000_000_000]


def test_a_device_that_floods_delays_no_other() -> None:
    lab = Lab()
    lab.instead["toy-1"] = FloodLink()
    lab.journal.holding = True
    with serving(toy("toy-1"), toy("toy-2"), lab=lab):
        lab.journal.wait_for(lambda records: len(records) > 1000)
        told = lab.journal.wait_for_state(State.IDLE, of="toy-2")
        lab.links["toy-2"].act(Act.START)
        lab.journal.wait_for_state(State.BUSY, of="toy-2", after=told)
        lab.journal.release()


def test_added_changed_and_removed_equipment_takes_effect_and_the_rest_runs_on() -> None:
    with serving(toy("stays"), toy("changes"), toy("goes")) as lab:
        for name in ("stays", "changes", "goes"):
            lab.journal.wait_for_state(State.IDLE, of=name)
        after = len(lab.journal.records)
        lab.news = Settings(equipment=(toy("stays", name="renamed"), toy("changes", room="yard"), toy("comes")))
        for name in ("changes", "comes"):
            lab.journal.wait_for_state(State.IDLE, of=name, after=after)
        lab.journal.wait_for_state(State.UNKNOWN, of="goes", after=after)
        poll(lambda: lab.part("equipment:goes") is None)
        moved = {record.equipment for record in of_type(lab.journal.records[after:], LinkChanged)}
    assert lab.made == ["stays", "changes", "goes", "changes", "comes"]
    assert moved == {"changes", "goes", "comes"}


def test_mqtt_equipment_is_attached_again_when_it_changes_and_detached_when_it_goes() -> None:
    with serving(toy("radio-1", **RADIO), toy("radio-2", **RADIO)) as lab:
        lab.news = Settings(equipment=(toy("radio-1", **RADIO, room="yard"),))
        poll(lambda: list(lab.exchange.attached) == ["radio-1"])
        assert lab.exchange.attached["radio-1"].room == "yard"


def test_another_centre_serves_everything_anew() -> None:
    with serving(toy("toy-1")) as lab:
        lab.supervisor.apply(Settings(centre=Centre(id="other"), equipment=(toy("toy-1"),)))
        assert lab.made == ["toy-1", "toy-1"]


def test_wrong_settings_are_told_and_the_old_ones_stay_until_right_ones_come() -> None:
    with serving(toy("toy-1")) as lab:
        lab.journal.wait_for_state(State.IDLE)
        lab.news = LabedgeError("lab.toml:3: unknown setting 'rom'", fix="mend it")
        poll(lambda: "lab.toml:3" in lab.message("configuration"))
        part = lab.part("configuration")
        assert part is not None
        assert (part.fix, part.vital) == ("mend it", False)
        assert lab.made == ["toy-1"]
        lab.news = Settings(equipment=(toy("toy-1"), toy("toy-2")))
        lab.journal.wait_for_state(State.IDLE, of="toy-2")
        poll(lambda: lab.message("configuration") == "")


@pytest.mark.parametrize(
    ("equipment", "said"),
    [
        (toy("toy-1", driver="tyo"), "no driver is called 'tyo'"),
        (toy("toy-1", options={"pol_s": 1}), "pol_s"),
        (toy("toy-1", link=LinkSettings(http="http://10.0.0.6")), "cannot speak over this kind of link"),
    ],
)
def test_equipment_that_cannot_be_served_is_told_and_delays_no_other(equipment: Equipment, said: str) -> None:
    with serving(equipment, toy("toy-2")) as lab:
        assert said in lab.message("equipment:toy-1")
        lab.journal.wait_for_state(State.IDLE, of="toy-2")
        lab.news = Settings(equipment=(toy("toy-1"), toy("toy-2")))
        lab.journal.wait_for_state(State.IDLE, of="toy-1")


def test_a_bug_in_a_driver_costs_one_unit() -> None:
    with serving(toy("toy-1")) as lab:
        lab.journal.wait_for_state(State.IDLE)
        lab.links["toy-1"].act(Act.START, name="bug")
        buried = lab.journal.wait_for(lambda records: of_type(records, Rejected))
        lab.journal.wait_for_state(State.IDLE, after=len(lab.journal.records))
        assert buried[0].raw == b"bug\n"
        assert [link.up for link in of_type(lab.journal.records, LinkChanged)] == [True]


@DYING
def test_a_pump_that_died_is_run_again() -> None:
    with serving(toy("toy-1")) as lab:
        lab.journal.wait_for_state(State.IDLE)
        after = len(lab.journal.records)
        lab.links["toy-1"].act(Act.START, name="die")
        lab.journal.wait_for_state(State.IDLE, after=after)
        assert not of_type(lab.journal.records, Rejected)


@DYING
def test_a_pump_that_always_dies_is_run_again_ever_more_seldom() -> None:
    lab = Lab()
    dying = DyingLink()
    lab.instead["toy-1"] = dying
    with serving(toy("toy-1"), lab=lab):
        poll(lambda: dying.opened >= 3)
        # A busy machine makes a pause longer, never shorter than the policy's shortest.
        least_s = [REBIRTH.delay_s(failures, 1.0) for failures in (1, 2)]
        assert [took >= least for took, least in zip(dying.between_s, least_s, strict=False)] == [True, True]
        assert least_s[1] > least_s[0]


def test_mqtt_that_cannot_start_is_told_and_lines_are_served() -> None:
    lab = Lab()
    lab.exchange.broken = True
    with serving(toy("toy-1"), lab=lab):
        poll(lambda: "mosquitto" in lab.message("mqtt"))
        lab.journal.wait_for_state(State.IDLE)


def test_stopping_twice_and_before_the_start_is_harmless() -> None:
    lab = Lab()
    lab.supervisor.stop()
    with serving(toy("toy-1")) as served:
        served.supervisor.stop()


def test_removed_equipment_is_unknown_by_the_gateway() -> None:
    with serving(toy("toy-1")) as lab:
        lab.journal.wait_for_state(State.IDLE)
        lab.supervisor.apply(Settings())
        last = of_type(lab.journal.records, StateSeen)[-1]
    assert (last.state, last.source, last.reason) == (
        State.UNKNOWN,
        Source.GATEWAY,
        "it was taken out of the settings",
    )


def test_a_clock_that_stands_still_makes_no_record() -> None:
    with serving() as lab:
        poll(lambda: lab.part("clock") is not None)
    assert not of_type(lab.journal.records, ClockJumped)


class HangingLink(FloodLink):
    """A device whose read never returns, whatever its time-out."""

    name = "hanging"

    def __init__(self) -> None:
        self.reading = threading.Event()
        self._end = threading.Event()
        self.still_reading = False

    def read(self, timeout_s: float) -> bytes:
        self.reading.set()
        self.still_reading = True
        self._end.wait(DEADLINE_S)
        self.still_reading = False
        raise Retry("let go")

    def let_go(self) -> None:
        self._end.set()


class DyingLink(FloodLink):
    """Its thread ends without a word whenever it is opened."""

    name = "dying"

    def __init__(self) -> None:
        self.opened = 0
        self.between_s: list[float] = []
        self._clock = SystemClock()
        self._last = 0

    def open(self) -> None:
        now = self._clock.monotonic()
        if self.opened:
            self.between_s.append((now - self._last) / 1e9)
        self._last = now
        self.opened += 1
        raise SystemExit
