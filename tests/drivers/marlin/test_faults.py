"""Every dialect behind a pipe that cuts, drops, doubles, corrupts, stalls and loses the link."""

from __future__ import annotations

import pytest

from drivers.contract import Act
from drivers.marlin import SPEC
from drivers.marlin.settings import Dialect, MarlinSettings, SimulatorSettings
from tests.drivers.harness import BAD, SOUND, Lab

LIFE = (Act.START, Act.PAUSE, Act.RESUME, Act.FINISH, Act.START, Act.CANCEL, Act.START, Act.FAIL, Act.RESET)


@pytest.mark.parametrize("dialect", list(Dialect))
@pytest.mark.parametrize(("seed", "checksum"), [(39, False), (17, True), (49, True)])
def test_the_right_state_is_read_once_the_faults_end(dialect: Dialect, seed: int, checksum: bool) -> None:  # noqa: FBT001 - a table's column
    simulator = SimulatorSettings(dialect=dialect, job_s=900, force_checksum=checksum)
    lab = Lab(SPEC, seed, MarlinSettings(simulator=simulator))
    for act in LIFE:
        # A Marlin says once that it dies, and nothing ever again: who does not hear it cannot know.
        lab.faults = SOUND if act is Act.FAIL else BAD
        lab.run(5)
        lab.act(act, name="part.gcode")
        lab.run(15)
        lab.faults = SOUND
        lab.run(150)
        assert lab.state is lab.simulator.state, act
    assert not lab.refused
