"""Metering plugs with Tasmota: what they measure, and from the power the state of the machine behind them."""

from __future__ import annotations

from drivers.contract import LinkKind, Spec
from drivers.tasmota.driver import TasmotaDriver
from drivers.tasmota.settings import TasmotaSettings
from drivers.tasmota.simulator import TasmotaSimulator
from drivers.tasmota.states import STATES

SPEC = Spec(
    family="tasmota",
    title="Tasmota metering plugs",
    link=LinkKind.MQTT,
    settings=TasmotaSettings,
    driver=TasmotaDriver,
    simulator=TasmotaSimulator,
    allowed=lambda _unit: False,
    states=STATES,
)
