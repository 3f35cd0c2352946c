"""A child process that writes a journal until it is killed: it says on standard output what was confirmed.

Every line is `offset number`; record `number` is a reading of one channel in a run, a state, and the start of
another run, at second `number`.
"""

from __future__ import annotations

import os
import sys
import threading
from dataclasses import replace
from pathlib import Path

from edge.clock import SystemClock
from telemetry.model import State
from tests.edge.journal.labs import S, T, open_journal, reading, run, state

CHANNELS = 3


def _write(folder: Path, begin: int) -> None:
    journal = open_journal(folder, clock=SystemClock(), housekeeping_s=0.005, commit_interval_ms=2)

    def append(channel: int) -> None:
        for number in range(begin, begin + 1_000_000):
            at = T - 10**6 * S + number * S

            def done(offset: int, number: int = number) -> None:
                os.write(1, f"{offset} {channel} {number}\n".encode())

            note = b"%d %d" % (channel, at)
            seen = reading(at, number, channel=str(channel), run=f"run-{channel}")
            started = run(at, name=f"{channel}-{number}")
            journal.append([seen, state(at, State(channel)), started], done, note=note)
            # A redelivery, as a broker does after a cut: it must add nothing.
            journal.append([replace(seen, value=-1.0), state(at, State(channel)), started])

    for channel in range(CHANNELS):
        threading.Thread(target=append, args=(channel,)).start()


if __name__ == "__main__":
    _write(Path(sys.argv[1]), int(sys.argv[2]))
