"""Every family on a line, through its pump, on a clock that is moved."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from drivers.catalog import CATALOG
from drivers.contract import Act, LinkKind, Setting, Simulator, Spec
from edge.backoff import Backoff
from edge.clock import Clock, ManualClock
from edge.errors import Retry
from edge.health import Health
from edge.links.memory import Faults, MemoryLink
from edge.metrics import Metrics
from edge.pump import Pump, Surroundings
from telemetry.model import NS_PER_S, LinkChanged, Rejected, Source, State, StateSeen
from tests.edge.toys import TOY_ID, ListJournal, of_type

START = 1_800_000_000 * NS_PER_S
LOST_AT = START + 300 * NS_PER_S
END = START + 900 * NS_PER_S
SETTING = Setting(TOY_ID, room="hall", centre="lab")
LINES = [spec for spec in CATALOG.values() if spec.link is LinkKind.LINE]


class TimedLink(MemoryLink):
    """The device works from the start, is lost once for a moment, and at the end of time the pump is stopped."""

    def __init__(self, simulator: Simulator, *, clock: Clock, faults: Faults) -> None:
        super().__init__(simulator, clock=clock, faults=faults)
        self.at_end: Callable[[], None] = self.close
        self._lost = self._begun = False

    def read(self, timeout_s: float) -> bytes:
        now = self._clock.now()
        if not self._begun:
            self._begun = True
            self.act(Act.START, name="part.gcode")
        if now >= LOST_AT and not self._lost:
            self._lost = True
            raise Retry("lost for a moment")
        if now >= END:
            self.at_end()
        return super().read(timeout_s)


def lived(spec: Spec, faults: Faults) -> ListJournal:
    """What a quarter of an hour of a device of this family leaves in the journal."""
    clock, journal, options = ManualClock(START), ListJournal(), spec.settings()
    link = TimedLink(spec.simulator(SETTING, options, 1), clock=clock, faults=faults)
    pump = Pump(
        SETTING,
        spec,
        link,
        driver=lambda: spec.driver(SETTING, options),
        around=Surroundings(journal, clock, Health(), Metrics()),
        backoff=Backoff(),
    )
    link.at_end = pump.stop
    pump.run()
    return journal


def told(journal: ListJournal, *, after: int) -> list[StateSeen]:
    """What the device itself told of its state, or showed by its activity, from `after` on."""
    seen = of_type(journal.records, StateSeen)
    return [s for s in seen if s.at >= after and s.source > Source.LINK and s.state is not State.UNKNOWN]


@pytest.mark.parametrize("spec", LINES, ids=lambda spec: spec.family)
def test_a_state_is_told_again_after_every_loss_of_the_link(spec: Spec) -> None:
    journal = lived(spec, Faults())
    assert [link.up for link in of_type(journal.records, LinkChanged)] == [True, False, True, False]
    assert told(journal, after=START)
    assert told(journal, after=LOST_AT)


@pytest.mark.parametrize("spec", LINES, ids=lambda spec: spec.family)
def test_nothing_that_a_family_sends_is_refused(spec: Spec) -> None:
    refused = [r for r in of_type(lived(spec, Faults()).records, Rejected) if "may not send" in r.reason]
    assert refused == []


@pytest.mark.parametrize("spec", LINES, ids=lambda spec: spec.family)
def test_a_bad_wire_raises_nothing_and_ends_no_pump(spec: Spec) -> None:
    faults = Faults(cut=0.3, drop=0.05, double=0.05, corrupt=0.05, stall=0.02, stall_s=3.0, disconnect=0.01, seed=1)
    assert told(lived(spec, faults), after=LOST_AT)
