"""Reads one TOML file, the drop-in folder beside it and the environment into `Settings`, or names every fault at once.

Nothing here opens a port or keeps a secret: a secret stays where the settings point to (`env:NAME`).
"""

from __future__ import annotations

import hashlib
import ipaddress
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from drivers.catalog import CATALOG
from drivers.contract import LinkKind, Spec
from edge import toml_lines
from edge.faults import Fault, Faults, near, sentence
from edge.links.mqtt_topics import is_filter
from edge.settings import Equipment, Settings

DROP_IN = "equipment.d"
PREFIX = "LABEDGE_"
NOT_SETTINGS = frozenset({"LABEDGE_CONFIG", "LABEDGE_DATA_DIR"})
"""Variables of the command line's own options."""

FILE_LIMIT = 1_048_576
"""Bytes of one file: a thousand equipment fit many times."""

Tree = dict[str, Any]


@dataclass(slots=True)
class _File:
    """One TOML file with its lines."""

    path: Path | None
    tree: Tree = field(default_factory=dict)
    lines: dict[toml_lines.Path, int] = field(default_factory=lambda: {(): 0})

    @property
    def name(self) -> str:
        return str(self.path) if self.path else "environment"


@dataclass(slots=True)
class _Found:
    """What has been read so far and what was wrong with it."""

    faults: list[Fault] = field(default_factory=list)

    def fault(self, file: _File, path: toml_lines.Path, message: str) -> None:
        self.faults.append(Fault(file.name, toml_lines.nearest(file.lines, path), message))

    def invalid(self, file: _File, at: toml_lines.Path, error: ValidationError, model: type[BaseModel]) -> None:
        for detail in error.errors():
            self.fault(file, (*at, *detail["loc"]), sentence(detail, model))


def load(path: Path | None, *, environ: Mapping[str, str]) -> Settings:
    """The settings of `path` (None: all defaults), its drop-in folder and the environment; raises `Faults`."""
    found = _Found()
    main = _read(path, found) if path else _File(None)
    listed = _listed(main, found)
    for extra in _drop_ins(path):
        file = _read(extra, found)
        listed += _listed(file, found)
        for key in file.tree:
            found.fault(file, (key,), f"{key!r} does not belong in {DROP_IN}: only [[equipment]] does")
    settings = _settings(main, environ, found)
    equipment = [e for file, at, tree in listed if (e := _equipment(file, at, tree, environ, found))]
    _unique(listed, found)
    if found.faults or settings is None:
        raise Faults(found.faults)
    return settings.model_copy(update={"equipment": tuple(equipment)})


def fingerprint(path: Path | None) -> bytes:
    """A hash of the files that `load` would read: another one means that it is worth reading again."""
    digest = hashlib.sha256()
    for file in [path, *_drop_ins(path)] if path else []:
        try:
            digest.update(str(file).encode() + b"\0" + file.read_bytes() + b"\0")
        except OSError as error:
            digest.update(f"{file}: {error}".encode())
    return digest.digest()


def _drop_ins(path: Path | None) -> list[Path]:
    return sorted((path.parent / DROP_IN).glob("*.toml")) if path else []


def _read(path: Path, found: _Found) -> _File:
    file = _File(path)
    try:
        if path.stat().st_size > FILE_LIMIT:
            found.fault(file, (), f"the file is larger than {FILE_LIMIT} bytes: is it the right one?")
            return file
        text = path.read_text("utf-8")
        file.lines = toml_lines.index(text)
        file.tree = tomllib.loads(text)
    except OSError as error:
        found.faults.append(Fault(file.name, 0, f"cannot be read: {error.strerror or error}"))
    except UnicodeDecodeError as error:
        found.faults.append(Fault(file.name, 0, f"is not UTF-8 at byte {error.start}: save it as UTF-8"))
    except tomllib.TOMLDecodeError as error:
        line = getattr(error, "lineno", None) or _line_of(str(error))
        found.faults.append(Fault(file.name, line, f"is not TOML: {error}"))
    return file


def _line_of(message: str) -> int:
    _, _, rest = message.partition("at line ")
    digits = rest.partition(",")[0]
    return int(digits) if digits.isdigit() else 0


_Listed = tuple[_File, toml_lines.Path, Tree]


def _listed(file: _File, found: _Found) -> list[_Listed]:
    tables = file.tree.pop("equipment", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        found.fault(file, ("equipment",), "equipment is written as [[equipment]] tables, one for each")
        return []
    return [(file, ("equipment", number), table) for number, table in enumerate(tables)]


def _settings(main: _File, environ: Mapping[str, str], found: _Found) -> Settings | None:
    tree, overridden = _overridden(main.tree, environ)
    try:
        settings = Settings.model_validate(tree)
    except ValidationError as error:
        for detail in error.errors():
            where = _File(None) if detail["loc"] in overridden else main
            message = sentence(detail, Settings)
            variable = PREFIX + "__".join(map(str, detail["loc"])).upper()
            found.fault(where, detail["loc"], f"{variable}: {message}" if where is not main else message)
        return None
    by_hand = _File(None)
    _reachable(settings, by_hand if ("api", "host") in overridden else main, found)
    password = ("mqtt", "password")
    _secret(settings.mqtt.password, by_hand if password in overridden else main, password, environ, found)
    return settings


def _overridden(tree: Tree, environ: Mapping[str, str]) -> tuple[Tree, set[toml_lines.Path]]:
    merged: Tree = {key: dict(value) if isinstance(value, dict) else value for key, value in tree.items()}
    paths: set[toml_lines.Path] = set()
    for variable, value in sorted(environ.items()):
        if not variable.startswith(PREFIX) or variable in NOT_SETTINGS:
            continue
        parts = tuple(variable.removeprefix(PREFIX).lower().split("__"))
        table = merged
        for part in parts[:-1]:
            inner = table.setdefault(part, {})
            table = inner if isinstance(inner, dict) else {}
        table[parts[-1]] = value
        paths.add(parts)
    return merged, paths


def _reachable(settings: Settings, file: _File, found: _Found) -> None:
    if not _is_loopback(settings.api.host):
        found.fault(
            file,
            ("api", "host"),
            f"host {settings.api.host!r} would serve the pages to the whole network, and no users are configured: "
            "keep 127.0.0.1 and reach it through `ssh -L 8080:127.0.0.1:8080 USER@THIS-COMPUTER`, "
            "or through a proxy that asks for a login",
        )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _secret(reference: str | None, file: _File, at: toml_lines.Path, environ: Mapping[str, str], found: _Found) -> None:
    if reference and reference.removeprefix("env:") not in environ:
        found.fault(file, at, f"the environment has no {reference.removeprefix('env:')}: set it before the start")


def _equipment(
    file: _File, at: toml_lines.Path, tree: Tree, environ: Mapping[str, str], found: _Found
) -> Equipment | None:
    spec = _spec(file, at, tree, found)
    try:
        equipment = Equipment.model_validate(tree)
    except ValidationError as error:
        found.invalid(file, at, error, Equipment)
        return None
    if spec is not None:
        _way(equipment, spec.link, file, at, found)
    _secret(equipment.link.token if equipment.link else None, file, (*at, "link"), environ, found)
    return equipment


def _spec(file: _File, at: toml_lines.Path, tree: Tree, found: _Found) -> Spec | None:
    """The family that an equipment names, its options checked, whatever else is wrong with the equipment."""
    name, options = tree.get("driver"), tree.get("options", {})
    spec = CATALOG.get(name) if isinstance(name, str) else None
    if spec is None:
        if isinstance(name, str):
            found.fault(file, (*at, "driver"), f"no driver {name!r}{near(name, CATALOG)}")
        return None
    try:
        if isinstance(options, dict):
            spec.settings.model_validate(options)
    except ValidationError as error:
        found.invalid(file, (*at, "options"), error, spec.settings)
    return spec


def _way(equipment: Equipment, kind: LinkKind, file: _File, at: toml_lines.Path, found: _Found) -> None:
    link = equipment.link
    if link is None:
        if equipment.driver != "labedge":
            found.fault(
                file, at, f"{equipment.id!r} has no link: say how to reach it, for example link = {_EXAMPLES[kind]}"
            )
        return
    if link.simulator or link.replay:
        return
    if link.mqtt is not None and not is_filter(link.mqtt):
        found.fault(file, (*at, "link"), f"mqtt {link.mqtt!r} is no topic filter: + stands for a level, # for the rest")
    fits = link.mqtt is not None if kind is LinkKind.MQTT else link.serial is not None or link.tcp is not None
    if not fits:
        found.fault(
            file, (*at, "link"), f"driver {equipment.driver!r} speaks over {_EXAMPLES[kind]}, not over this link"
        )


_EXAMPLES = {
    LinkKind.LINE: '{ serial = "/dev/serial/by-id/…" }',
    LinkKind.MQTT: '{ mqtt = "tele/plug-7/#" }',
}


def _unique(listed: Sequence[_Listed], found: _Found) -> None:
    seen: dict[tuple[str, object], str] = {}
    for file, at, tree in listed:
        link = tree.get("link")
        keys = [("id", tree.get("id"))]
        if isinstance(link, dict):
            keys += [(way, link.get(way)) for way in ("serial", "tcp")]
        place = f"{file.name}:{toml_lines.nearest(file.lines, at)}"
        for name, value in keys:
            if isinstance(value, str) and (first := seen.setdefault((name, value), place)) is not place:
                found.fault(file, (*at, name), f"{name} {value!r} is taken by the equipment at {first}")
