"""The ThingsBoard gateway: its MQTT connector, its SQLite storage, and a second Mosquitto as its ThingsBoard server."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from bench.broker import broker, stop
from bench.peers.probe import wait_until
from bench.running import Running

HERE = Path(__file__).parent
INSTALLED = HERE.parents[1] / ".peers" / "thingsboard"
INSTALL_AT_MOST_S = 300


def install() -> None:
    """Install the locked packages once; raises `RuntimeError` where that fails."""
    python = INSTALLED / "bin" / "python"
    if (INSTALLED / "bin" / "thingsboard-gateway").exists():
        return
    shutil.rmtree(INSTALLED, ignore_errors=True)
    pip = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", "--require-hashes"]
    for command in ([sys.executable, "-m", "venv", str(INSTALLED)], [*pip, "-r", str(HERE / "requirements.lock")]):
        done = subprocess.run(command, capture_output=True, timeout=INSTALL_AT_MOST_S, check=False)
        if done.returncode:
            raise RuntimeError(f"it does not install: {done.stderr.decode(errors='replace')[-300:].strip()}")


@contextmanager
def thingsboard(port: int, folder: Path) -> Iterator[Running]:
    """The gateway at the broker on `port`; counts the rows of its storage, which are messages."""
    install()
    (folder / "logs").mkdir()
    with broker() as upstream:
        yield from _counted(port, upstream, folder)


def _counted(port: int, upstream: int, folder: Path) -> Iterator[Running]:
    files = {"tb_gateway.json": _gateway(folder, upstream), "mqtt.json": _connector(port), "logs.json": _LOGS}
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content), encoding="utf-8")
    # It asks its maker for updates at the start; a proxy that is not there keeps it on this machine.
    environment = {**os.environ, "TB_GW_CONFIG_DIR": str(folder), "HTTPS_PROXY": "http://127.0.0.1:9"}
    command = [str(INSTALLED / "bin" / "python"), "-m", "thingsboard_gateway.tb_gateway"]
    with (folder / "out.log").open("wb") as log:
        child = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    try:
        wait_until(port, lambda: _stored(folder) > 0)
        probes = _stored(folder)
        yield Running(lambda: _stored(folder) - probes, child.pid)
    finally:
        stop(child)


def _stored(folder: Path) -> int:
    """The rows ever written to the files of the storage; what was sent upstream is no longer in them."""
    stored = 0
    for database in (folder / "data").glob("*.db"):
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            try:
                stored += connection.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence").fetchone()[0]
            except sqlite3.OperationalError:
                continue
    return stored


def _gateway(folder: Path, upstream: int) -> dict[str, object]:
    return {
        "thingsboard": {
            "host": "127.0.0.1",
            "port": upstream,
            "remoteShell": False,
            "remoteConfiguration": False,
            "statistics": {"enable": False},
            "minPackSendDelayMS": 10,
            "checkConnectorsConfigurationInSeconds": 60,
            "security": {"type": "accessToken", "accessToken": "bench"},
            "qos": 1,
        },
        "storage": {"type": "sqlite", "data_file_path": f"{folder}/data/data.db", "max_read_records_count": 1000},
        "connectors": [{"name": "bench", "type": "mqtt", "configuration": "mqtt.json"}],
    }


def _connector(port: int) -> dict[str, object]:
    device = {
        "deviceNameExpressionSource": "topic",
        "deviceNameExpression": "(?<=lab/)(.*?)(?=/c)",
        "deviceProfileExpressionSource": "constant",
        "deviceProfileExpression": "bench",
    }
    converter = {
        "type": "json",
        "deviceInfo": device,
        "timeout": 60000,
        "attributes": [],
        "timeseries": [{"type": "double", "key": "v", "value": "${v}"}],
    }
    broker = {
        "host": "127.0.0.1",
        "port": port,
        "clientId": "bench-thingsboard",
        "version": 4,
        "maxMessageNumberPerWorker": 100,
        "maxNumberOfWorkers": 10,
        "security": {"type": "anonymous"},
    }
    mapping = [{"topicFilter": "labedge/v1/#", "subscriptionQos": 1, "converter": converter}]
    return {"broker": broker, "mapping": mapping, "requestsMapping": {}}


_LOGS = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"short": {"format": "%(levelname)s %(name)s %(message)s"}},
    "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "short", "stream": "ext://sys.stdout"}},
    "root": {"handlers": ["out"], "level": "WARNING"},
}
