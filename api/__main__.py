"""Starts the `labedge` command with its modules loaded fast.

Nothing is decided here: importing makes half a million objects and no garbage, so the collector rests meanwhile, and
never looks at them again.
"""

from __future__ import annotations

import gc
import sys


def main() -> None:
    """Load, then run the command."""
    gc.disable()
    from api import command  # noqa: PLC0415 - the collector rests first

    if "run" in sys.argv[1:2]:
        from api import service  # noqa: F401, PLC0415 - loaded now rather than with the collector at work
    gc.enable()
    gc.freeze()
    command.main()


if __name__ == "__main__":
    main()
