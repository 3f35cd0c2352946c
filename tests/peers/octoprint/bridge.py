"""OctoPrint's virtual printers behind ptys, without its server: printers that this project did not write.

Run by the interpreter of .venv-octoprint: bridge.py FOLDER SETTINGS, where SETTINGS is a JSON object of each
printer's name and the virtual printer's own settings. In FOLDER/name, `port` becomes a symbolic link to its pty, and
`card` is its card. Each line on standard input is a thing done at a printer: `name debug start_sd file`,
`name gcode M25`, `name resume` (of a print from the card, since its own M24 ends a print that is on). They end with
standard input.
"""

from __future__ import annotations

import json
import logging
import os
import re
import select
import sys
import threading
import tty
from pathlib import Path
from types import ModuleType
from typing import Any

# OctoPrint imports it for its network pages, which nobody asks for here; it has no wheels.
sys.modules["netifaces"] = ModuleType("netifaces")

from octoprint.plugin import plugin_manager  # type: ignore[import-not-found]  # noqa: E402 - lives in its own env
from octoprint.plugins import virtual_printer  # type: ignore[import-not-found]  # noqa: E402 - lives in its own env
from octoprint.plugins.virtual_printer import virtual  # type: ignore[import-not-found]  # noqa: E402 - lives in its own env
from serial import SerialTimeoutException  # noqa: E402 - after the stand-in above

READ_TIMEOUT_S = 0.05


class Settings:
    """The virtual printer's settings: its own defaults and what the test changes."""

    def __init__(self, folder: Path, changed: dict[str, Any]) -> None:
        """Each changed group (`sdFiles`) is laid over its defaults."""
        values = virtual_printer.VirtualPrinterPlugin.get_settings_defaults(None)
        for name, value in changed.items():
            values[name] = {**values[name], **value} if isinstance(value, dict) else value
        self._values = values
        self._folder = folder

    def get(self, path: list[str], **_options: Any) -> Any:
        """The value at `path`; all of them at the empty one."""
        value: Any = self._values
        for name in path:
            value = value.get(name) if isinstance(value, dict) else None
        return value

    def get_boolean(self, path: list[str]) -> bool:
        """A switch."""
        return bool(self.get(path))

    def get_int(self, path: list[str]) -> int:
        """A whole number."""
        return int(self.get(path))

    def get_float(self, path: list[str]) -> float:
        """A number."""
        return float(self.get(path))

    def global_get_basefolder(self, _kind: str) -> str:
        """The card."""
        return str(self._folder)


class Bridge:
    """One life of the printer and its port; dropping the connection ends both."""

    def __init__(self, link: Path, settings: Settings, eeprom: Path) -> None:
        """Open a new pty, put the link on it, switch the printer on."""
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.printer = virtual.VirtualPrinter(settings, None, str(eeprom), read_timeout=READ_TIMEOUT_S)
        self._dropped = threading.Event()
        self._threads = [threading.Thread(target=target, daemon=True) for target in (self._listen, self._speak)]
        for thread in self._threads:
            thread.start()
        fresh = link.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(os.ttyname(self._slave))
        fresh.replace(link)

    def ended(self) -> bool:
        """Whether the connection was dropped; then nothing of it is left."""
        if not self._dropped.is_set():
            return False
        self.close()
        return True

    def close(self) -> None:
        """Switch off."""
        self._dropped.set()
        for thread in self._threads:
            thread.join()
        self.printer.close()
        os.close(self._slave)
        os.close(self._master)

    def _listen(self) -> None:
        waiting = b""
        while not self._dropped.is_set():
            if not select.select([self._master], [], [], READ_TIMEOUT_S)[0]:
                continue
            waiting += os.read(self._master, 4096)
            *lines, waiting = waiting.split(b"\n")
            for line in lines:
                self._guarded(self.printer.write, line + b"\n")

    def _speak(self) -> None:
        while not self._dropped.is_set():
            line = self._guarded(self.printer.readline)
            if line:
                os.write(self._master, line.rstrip(b"\n") + b"\n")

    def _guarded(self, call: Any, *arguments: Any) -> Any:
        try:
            return call(*arguments)
        except SerialTimeoutException:  # how the virtual printer drops its connection
            self._dropped.set()
            return b""


def obey(order: str, printer: Any) -> None:
    """Do one thing at the printer."""
    kind, _, rest = order.strip().partition(" ")
    if kind == "debug":
        printer._debugTrigger(rest)  # the way that needs no line number and checksum
    elif kind == "resume":
        printer._sdPrintingSemaphore.set()
    elif kind == "gcode":
        handler = re.match(r"[GM]\d+", rest)
        if handler:
            getattr(printer, f"_gcode_{handler[0]}")(rest)


def switched_on(folder: Path, changed: dict[str, Any]) -> Bridge:
    """A printer in its folder."""
    return Bridge(folder / "port", Settings(folder / "card", changed), folder)


def main(folder: str, printers: str) -> None:
    """Bridge until standard input ends."""
    logging.basicConfig(level=logging.ERROR)
    plugin_manager(init=True, plugin_folders=[], plugin_entry_points=[])
    changed: dict[str, dict[str, Any]] = json.loads(printers)
    bridges = {name: switched_on(Path(folder) / name, changed[name]) for name in changed}
    orders = open(0, "rb", buffering=0)  # noqa: SIM115 - no path, never closed; unbuffered for select
    while True:
        for name in [name for name, bridge in bridges.items() if bridge.ended()]:
            bridges[name] = switched_on(Path(folder) / name, changed[name])
        if not select.select([0], [], [], READ_TIMEOUT_S)[0]:
            continue
        order = orders.readline()
        if not order:
            os._exit(0)  # their own threads never end
        name, _, rest = order.decode().partition(" ")
        obey(rest, bridges[name].printer)


if __name__ == "__main__":
    main(*sys.argv[1:])
