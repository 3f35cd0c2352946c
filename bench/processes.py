"""Memory and processor time of a process with its children, from /proc."""

from __future__ import annotations

import os
import re
from pathlib import Path

_TICK_S = 1 / os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")


def family(pid: int) -> list[int]:
    """`pid` and all its descendants."""
    parents: dict[int, list[int]] = {}
    for entry in _PROC.glob("[0-9]*"):
        stat = _read(entry / "stat")
        if stat:
            parents.setdefault(int(_fields(stat)[1]), []).append(int(entry.name))
    found, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        found.append(one)
        waiting += parents.get(one, [])
    return found


def memory_mib(pids: list[int]) -> float:
    """Proportional set size: pages that several share are counted once."""
    found = [re.search(r"^Pss: +(\d+) kB", _read(_PROC / str(pid) / "smaps_rollup"), re.MULTILINE) for pid in pids]
    return sum(int(one[1]) for one in found if one) / 1024


def begin_peak(pid: int) -> float:
    """Forget the greatest memory that a process had so far; what it has now, in MiB (resident set)."""
    (_PROC / str(pid) / "clear_refs").write_text("5", encoding="ascii")
    return _status_mib(pid, "VmRSS")


def peak_mib(pid: int) -> float:
    """The greatest resident set since `begin_peak`; costs the process nothing meanwhile."""
    return _status_mib(pid, "VmHWM")


def _status_mib(pid: int, name: str) -> float:
    found = re.search(rf"^{name}:\s+(\d+) kB", _read(_PROC / str(pid) / "status"), re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0


def processor_s(pids: list[int]) -> float:
    """User and system time that the processes have used."""
    stats = [_fields(stat) for pid in pids if (stat := _read(_PROC / str(pid) / "stat"))]
    return sum(int(fields[11]) + int(fields[12]) for fields in stats) * _TICK_S


def _fields(stat: str) -> list[str]:
    """The words after the name, which may hold blanks and brackets: state, parent, …"""
    return stat.rpartition(")")[2].split()


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
