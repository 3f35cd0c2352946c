"""A gateway that is killed, or whose disk is full, loses nothing that it confirmed and doubles nothing."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from edge.clock import ManualClock
from edge.health import Health
from edge.journal.database import connect_reading
from edge.journal.verify import verify
from edge.store.local import LocalStore
from telemetry.model import Channel, ReadingBatch, State
from telemetry.runs import stretches
from tests.edge.journal.crashing import CHANNELS
from tests.edge.journal.labs import DEADLINE_S, LAB, MILL, S, T, open_journal, state

pytestmark = pytest.mark.system

ROUNDS = 6
EVER = (0, 2**62)


def _killed_after(folder: Path, begin: int, confirmations: int) -> list[tuple[int, int, int]]:
    """Let a child write from number `begin`, kill it, and return what it confirmed: offset, channel, number."""
    command = [sys.executable, "-m", "tests.edge.journal.crashing", str(folder), str(begin)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        lines = [child.stdout.readline() for _ in range(confirmations)]
        child.kill()
        lines += child.stdout.read().splitlines(keepends=True)
    told = [line.split() for line in lines if line.endswith(b"\n")]
    assert len(told) >= confirmations
    return [(int(offset), int(channel), int(number)) for offset, channel, number in told]


def test_nothing_confirmed_is_lost_and_nothing_doubled_however_often_it_is_killed(tmp_path: Path) -> None:
    dice = random.Random(os.urandom(8))
    confirmed: list[tuple[int, int, int]] = []
    for number in range(ROUNDS):
        heard = _killed_after(tmp_path, number * 1_000_000 // ROUNDS, dice.randrange(1, 3000))
        assert min(offset for offset, _channel, _number in heard) > max((one[0] for one in confirmed), default=0)
        confirmed += heard
        store = LocalStore(tmp_path / "journal.sqlite")
        for channel in range(CHANNELS):
            kept = store.readings(LAB, Channel(str(channel)), *EVER)
            mine = [one[2] for one in confirmed if one[1] == channel]
            assert set(mine) <= set(kept.v.astype(int).tolist())
            assert (np.diff(kept.t) > 0).all()
            assert np.array_equal(kept.v, (kept.t - T + 10**6 * S) / S)
            run = store.run(f"run-{channel}")
            # It may be killed before the first reading of a channel.
            told = [] if run is None else [(part.start, part.last) for part in run.parts]
            assert told == list(stretches(kept.t))
        changes = store.changes([MILL], *EVER)
        states = set(zip(changes.at.tolist(), changes.state.tolist(), strict=True))
        assert 2 * len(states) == 2 * len(changes) == store.counts().records
        assert _started(tmp_path) == sorted((channel, (at - T) // S + 10**6) for at, channel in states)
        assert {(T - 10**6 * S + n * S, channel) for _offset, channel, n in confirmed} <= states
        store.close()
        noted = _noted(tmp_path)
        assert noted <= states
        assert noted >= {max(one for one in states if one[1] == channel) for channel in {one[1] for one in states}}
        assert verify(tmp_path / "journal.sqlite") == ()


def _started(folder: Path) -> list[tuple[int, int]]:
    """The channel and number of every run that was started."""
    with closing(connect_reading(folder / "journal.sqlite")) as connection:
        names = connection.execute("SELECT run FROM runs WHERE run NOT LIKE 'run-%'")
        return sorted((int(channel), int(number)) for (name,) in names for channel, number in [name.split("-")])


def _noted(folder: Path) -> set[tuple[int, int]]:
    """The times and states that came with a note."""
    with closing(connect_reading(folder / "journal.sqlite")) as connection:
        notes = [note.split() for (note,) in connection.execute("SELECT note FROM notes")]
    return {(int(at), int(state)) for state, at in notes}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 3 MiB; skipped where the tests may not mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("only root can mount a small disk")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_real_disk_that_fills_is_told_and_recovered_from(small_disk: Path) -> None:
    health, confirmed, finished = Health(), [state(T, State.BUSY)], threading.Event()
    other = small_disk / "other"
    other.write_bytes(bytes(2 * 2**20))
    journal = open_journal(small_disk, clock=ManualClock(T), health=health)
    journal.commit(confirmed)
    noise = np.random.default_rng(1).normal(size=60_000)
    t = T + np.arange(len(noise), dtype=np.int64) ** 2
    journal.append([ReadingBatch(LAB, Channel("noise"), t, noise, T)], lambda _offset: finished.set())
    journal.hurry()
    deadline = time.monotonic() + DEADLINE_S
    while health.ready():
        assert time.monotonic() < deadline
    (part,) = (part for part in health.parts() if not part.ok)
    assert "cannot be written" in part.message
    assert not finished.is_set()
    other.unlink()
    assert finished.wait(DEADLINE_S)
    journal.commit([state(T + S, State.IDLE)])
    assert health.ready()
    journal.close()
    assert verify(small_disk / "journal.sqlite") == ()
    store = LocalStore(small_disk / "journal.sqlite")
    assert (store.counts().readings, store.counts().records) == (60_000, 2)
    store.close()
