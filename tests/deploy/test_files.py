from __future__ import annotations

import re
from configparser import ConfigParser

import yaml

from api.command import run
from tests.house.sources import ROOT

DEPLOY = ROOT / "deploy"


def unit() -> ConfigParser:
    parser = ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # systemd's keys have capitals
    parser.read(DEPLOY / "systemd" / "labedge.service", "utf-8")
    return parser


def test_the_unit_is_of_type_notify_with_a_watchdog_and_restarts() -> None:
    service = unit()["Service"]
    assert service["Type"] == "notify"
    assert int(service["WatchdogSec"]) > 0
    assert service["Restart"] == "always"


def test_the_unit_runs_as_nobody_special_and_may_open_serial_ports_only() -> None:
    service = unit()["Service"]
    assert service["User"] != "root"
    assert service["NoNewPrivileges"] == "yes"
    assert service["CapabilityBoundingSet"] == ""
    assert service["ProtectSystem"] == "strict"
    assert service["DevicePolicy"] == "closed"


def test_the_unit_starts_the_command_with_options_that_it_has() -> None:
    options = re.findall(r"--([a-z-]+)", unit()["Service"]["ExecStart"])
    assert options
    assert {option.replace("-", "_") for option in options} <= set(run.__annotations__)


def test_every_rule_of_udev_stands_on_one_line_and_keeps_modem_probes_away() -> None:
    rules = [
        line for line in (DEPLOY / "udev" / "60-labedge.rules").read_text("utf-8").splitlines() if "idVendor" in line
    ]
    assert len(rules) >= 5
    for rule in rules:
        assert re.search(r'ATTRS\{idVendor\}=="[0-9a-f]{4}"', rule)
        assert 'ENV{ID_MM_DEVICE_IGNORE}="1"' in rule
        assert 'GROUP="dialout"' in rule


def test_the_containers_are_the_gateway_and_its_broker_and_neither_listens_to_the_network() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
    assert set(compose["services"]) == {"gateway", "mosquitto"}
    for service in compose["services"].values():
        assert service["cap_drop"] == ["ALL"]
        assert service["read_only"] is True
        assert "ports" not in service
    listener = re.search(r"^listener (.*)$", (DEPLOY / "mosquitto" / "mosquitto.conf").read_text("utf-8"), re.MULTILINE)
    assert listener
    assert listener[1] == "1883 127.0.0.1"


def test_the_image_is_built_by_the_script_that_is_tested() -> None:
    dockerfile = (DEPLOY / "docker" / "Dockerfile").read_text("utf-8")
    runs = re.findall(r"^RUN (.*)$", dockerfile, re.MULTILINE)
    assert runs[0] == "deploy/docker/build.sh /opt/labedge"
    assert all(re.match(r"deploy/docker/build\.sh|useradd", run) for run in runs)
