"""The program's log on standard error: one JSON object a line for machines, plain lines on a terminal.

No secret and no payload of a device is ever logged; those are records.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import TextIO


class JsonLines(logging.Formatter):
    """`{"at", "level", "logger", "message"[, "error"]}`."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, whatever the message holds."""
        entry = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            entry["error"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)


def configure(*, verbose: bool, stream: TextIO | None = None) -> None:
    """Send every logger of the process to `stream` (standard error)."""
    target = stream or sys.stderr
    handler = logging.StreamHandler(target)
    plain = logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s", "%H:%M:%S")
    handler.setFormatter(plain if target.isatty() else JsonLines())
    logging.basicConfig(level=logging.DEBUG if verbose else logging.INFO, handlers=[handler], force=True)
    logging.getLogger("uvicorn.access").setLevel(logging.WARNING)
