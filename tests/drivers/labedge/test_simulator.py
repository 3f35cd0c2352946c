"""The simulated lab computer speaks the layout and lives by its acts."""

from __future__ import annotations

import pytest

from drivers.contract import Act, Publish, Setting
from drivers.labedge import SPEC
from drivers.labedge.protocol import equipment_of
from drivers.labedge.settings import LabedgeSettings, Signal, Simulated
from telemetry.model import NS_PER_S, EquipmentId, Reading, ReadingBatch, State

T0 = 1_795_310_268 * NS_PER_S


@pytest.mark.parametrize("seed", [0, 1])
def test_a_run_streams_what_the_driver_reads_as_two_quick_channels(seed: int) -> None:
    setting = Setting(EquipmentId("osc-1"), room="room", centre="lab")
    simulator, driver = SPEC.simulator(setting, LabedgeSettings(), seed), SPEC.driver(setting, LabedgeSettings())
    simulator.opened(T0)
    simulator.act(Act.START, T0, name="pendulum" * 20)
    units = simulator.woken(T0 + NS_PER_S).send
    assert {equipment_of(unit.topic) for unit in units if isinstance(unit, Publish)} == {("lab", "room", "osc-1")}
    records = [record for unit in units for record in driver.received(unit, T0 + NS_PER_S).records]
    batches = [one for one in records if isinstance(one, ReadingBatch)]
    assert [(one.channel, one.unit, len(one.t)) for one in batches] == [("voltage", "V", 50), ("current", "mA", 50)]
    assert {one.run for one in batches} == {f"{('pendulum' * 20)[:50]}-{T0 // NS_PER_S}"}
    assert {len(one.run) for one in batches} <= set(range(65))


def test_acts_that_its_state_does_not_know_and_early_wakings_change_nothing() -> None:
    simulator = SPEC.simulator(Setting(EquipmentId("osc-1")), LabedgeSettings(), 0)
    simulator.opened(T0)
    assert simulator.act(Act.RESUME, T0).send == ()
    assert simulator.woken(T0).send == ()
    assert simulator.received(b"", T0).send == ()
    assert simulator.state is State.IDLE


def channels(signal: Signal, *acts: Act) -> dict[str, str]:
    """What the driver reads of one second, by channel: its unit."""
    options = LabedgeSettings(simulated=Simulated(signal=signal))
    setting = Setting(EquipmentId("osc-1"))
    simulator, driver = SPEC.simulator(setting, options, 0), SPEC.driver(setting, options)
    simulator.opened(T0)
    for act in acts:
        simulator.act(act, T0)
    units = simulator.woken(T0 + NS_PER_S).send
    records = [record for unit in units for record in driver.received(unit, T0 + NS_PER_S).records]
    return {r.channel: r.unit for r in records if isinstance(r, Reading | ReadingBatch)}


@pytest.mark.parametrize(
    ("signal", "resting", "working"),
    [
        (Signal.CIRCUIT, {"temperature": "°C", "light": "lx"}, {"voltage": "V", "current": "mA"}),
        (Signal.DIODE, {}, {"voltage": "V", "current": "mA"}),
        (Signal.ECG, {}, {"ecg": "mV", "heart_rate": "bpm"}),
        (Signal.ROBOT, {"joint_1": "°", "joint_2": "°", "joint_3": "°"}, {}),
    ],
)
def test_each_signal_has_the_channels_of_its_set_up(
    signal: Signal, resting: dict[str, str], working: dict[str, str]
) -> None:
    assert channels(signal) == resting
    assert channels(signal, Act.START) == resting | working
