"""DuckDB, Polars and pandas: each a child process with the arrays in its memory, in an environment of its own.

They get the union of lessons less maintenance ready-made, and their tables are filled before any clock runs; labedge
makes the former itself, and starts from bare arrays.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

HERE = Path(__file__).parent
INSTALLED = HERE.parents[1] / ".peers" / "tables"
INSTALL_AT_MOST_S = 300
NAMES = ("duckdb", "polars", "pandas")


def install() -> None:
    """Install the locked packages once; raises `RuntimeError` where that fails."""
    python, done_with = INSTALLED / "bin" / "python", INSTALLED / "requirements.lock"
    locked = HERE / "requirements.lock"
    if done_with.exists() and done_with.read_bytes() == locked.read_bytes():
        return
    shutil.rmtree(INSTALLED, ignore_errors=True)
    pip = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", "--require-hashes"]
    for command in ([sys.executable, "-m", "venv", str(INSTALLED)], [*pip, "-r", str(locked)]):
        done = subprocess.run(command, capture_output=True, timeout=INSTALL_AT_MOST_S, check=False)
        if done.returncode:
            raise RuntimeError(f"the peers do not install: {done.stderr.decode(errors='replace')[-300:].strip()}")
    shutil.copy(locked, done_with)


class Peer:
    """One of `NAMES` over the arrays of a folder; leave the `with` block to stop it."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self._folder = folder
        command = [str(INSTALLED / "bin" / "python"), "-m", f"bench.peers.tables.by_{name}", str(folder)]
        self._child = subprocess.Popen(
            command, cwd=HERE.parents[2], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._child.kill()
        self._child.wait()

    def took_s(self, question: str) -> float:
        """Ask once, by the name of the buckets; seconds. Raises `RuntimeError` where the peer has died."""
        stdin, stdout = self._child.stdin, self._child.stdout
        if stdin is None or stdout is None:
            raise RuntimeError("the peer has no pipes")
        print(question, file=stdin, flush=True)
        line = stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} ended without an answer")
        return float(line)

    def answer(self, question: str) -> dict[str, npt.NDArray[np.generic]]:
        """The columns of the last answer."""
        with np.load(self._folder / f"{self.name}-{question}.npz") as file:
            return dict(file)
