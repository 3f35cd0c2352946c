"""Every family of devices that this gateway can read, as one explicit table.

A family is added by its folder, its line here and its tests; nothing is ever loaded by a name alone.
"""

from __future__ import annotations

from collections.abc import Mapping

from drivers import grbl, labedge, lines, marlin, octoprint, tasmota
from drivers.contract import Spec

CATALOG: Mapping[str, Spec] = {
    spec.family: spec
    for spec in (
        marlin.SPEC,
        grbl.SPEC,
        lines.SPEC,
        labedge.SPEC,
        tasmota.SPEC,
        octoprint.SPEC,
    )
}
"""Family to specification, in the order in which people meet them."""
