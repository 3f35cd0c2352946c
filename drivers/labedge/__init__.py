"""The project's own MQTT layout, `labedge/v1/<centre>/<room>/<equipment>/<channel>`: lab computers and own devices.

Import `SPEC`, and `read_body` of `drivers.labedge.body`, `equipment_of` of `drivers.labedge.protocol`.
"""

from __future__ import annotations

from drivers.contract import LinkKind, Spec
from drivers.labedge.driver import LabedgeDriver
from drivers.labedge.settings import LabedgeSettings
from drivers.labedge.simulator import LabedgeSimulator
from drivers.labedge.states import STATES

SPEC = Spec(
    family="labedge",
    title="labedge/v1 MQTT: lab computers and own devices",
    link=LinkKind.MQTT,
    settings=LabedgeSettings,
    driver=LabedgeDriver,
    simulator=LabedgeSimulator,
    allowed=lambda _unit: False,
    states=STATES,
    holds_over_restart=True,
)
