"""Node-RED: `mqtt in`, parsed JSON, a `file` node. It acknowledges when a message arrives, not when it is kept."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.broker import free_port, stop
from bench.peers.probe import wait_for_first
from bench.running import Running

HERE = Path(__file__).parent
INSTALLED = HERE.parents[1] / ".peers" / "nodered"
INSTALL_AT_MOST_S = 300


def install() -> None:
    """Install the locked packages once; raises `RuntimeError` where that fails."""
    if (INSTALLED / "node_modules" / "node-red" / "red.js").exists():
        return
    npm = shutil.which("npm")
    if npm is None:
        raise RuntimeError("npm is not installed")
    INSTALLED.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, INSTALLED / name)
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(command, cwd=INSTALLED, capture_output=True, timeout=INSTALL_AT_MOST_S, check=False)
    if done.returncode:
        raise RuntimeError(f"npm ci failed: {done.stderr.decode(errors='replace')[-300:].strip()}")


@contextmanager
def node_red(port: int, folder: Path) -> Iterator[Running]:
    """Node-RED at the broker on `port`; counts the lines of its file, which are messages."""
    kept = write_flow(folder, port)
    with running(folder) as child:
        wait_for_first(port, kept)
        lines = _Lines(kept)
        probes = lines.count()
        yield Running(lambda: lines.count() - probes, child.pid)


def write_flow(folder: Path, port: int) -> Path:
    """Write the flow for the broker on `port` into `folder`; the file that it will keep messages in."""
    kept = folder / "kept.jsonl"
    flow = (HERE / "flow.json").read_text(encoding="utf-8")
    (folder / "flow.json").write_text(flow.replace("@PORT@", str(port)).replace("@FILE@", str(kept)), encoding="utf-8")
    return kept


@contextmanager
def running(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Node-RED over `folder`, whose `flow.json` it runs."""
    install()
    node = shutil.which("node")
    if node is None:
        raise RuntimeError("node is not installed")
    red = INSTALLED / "node_modules" / "node-red" / "red.js"
    command = [node, str(red), "-u", str(folder), "-s", str(HERE / "settings.js"), "-p", str(free_port())]
    with (folder / "node-red.log").open("wb") as log:
        child = subprocess.Popen([*command, str(folder / "flow.json")], stdout=log, stderr=log)
    try:
        yield child
    finally:
        stop(child)


class _Lines:
    """Counts the lines of a growing file, reading each byte once."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self._counted = 0

    def count(self) -> int:
        while block := self._file.read(1 << 20):
            self._counted += block.count(b"\n")
        return self._counted
