"""A list of equipment as a drop-in file of the configuration: planned, tried on a copy, written.

No file is ever overwritten, and equipment that is configured already is never changed.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from api.import_views import CellView, PlanLineView, PlanView, plan_view
from edge.configuration import DROP_IN, load
from edge.errors import GiveUp, LabedgeError
from edge.faults import Fault, Faults
from edge.register.contract import Snapshot
from edge.register.exports.equipment import drop_in
from edge.register.imports.cells import code_of
from edge.register.imports.equipment import EquipmentPlan, plan_equipment
from edge.register.imports.plan import Action, Plan
from edge.settings import Centre, Equipment


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A file of equipment, what was said of its headers, and what it is compared with.

    `config` is the configuration beside whose drop-in folder `stem`.toml goes; None where there is none.
    """

    data: bytes
    stem: str
    known: Sequence[Equipment]
    centre: Centre
    config: Path | None
    answers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Prepared:
    """What would change, and the drop-in file: where it goes, None where nothing is new, and its text."""

    view: PlanView
    plan: Plan
    target: Path | None
    text: str


def prepared(listed: Listed, register: Snapshot) -> Prepared:
    """The plan of a list, tried on a copy of the configuration; raises `GiveUp` where it cannot be read."""
    found = plan_equipment(
        *(listed.data, listed.known, register),
        answers=listed.answers,
        rooms=listed.centre.rooms,
        tracks=listed.centre.tracks,
    )
    plan = Plan(
        register.register_version,
        found.lines,
        found.faults,
        found.notes,
        found.questions,
        found.changes,
        found.fingerprint,
        found.faults_left_out,
    )
    text = drop_in(_new(found)) if found.ready else ""
    target = _target(listed) if text else None
    view = plan_view(plan)
    view = replace(view, notes=[*view.notes, *_unnamed(listed.config), *_by_hand(view.lines)])
    wrong = _wrong(listed.config, target, text) if listed.config and target else []
    return Prepared(replace(view, ready=False, faults=wrong) if wrong else view, plan, target, text)


def write(made: Prepared, enter: Callable[[], int], *, provenance: str = "") -> PlanView:
    """Do what was prepared and is ready: the file, if there is one, and what `enter` keeps in the register, or neither.

    `provenance` says in the file who imported it and why. Raises `GiveUp` where the file cannot be written.
    """
    if made.target is None:
        version = enter()
    else:
        _write(made.target, (f"# {json.dumps(provenance, ensure_ascii=False)}\n" if provenance else "") + made.text)
        try:
            version = enter()
        except LabedgeError:
            made.target.unlink()
            raise
    return replace(made.view, applied=True, register_version=version)


def free_stem(config: Path | None, wanted: str) -> str:
    """A name under which no drop-in file is there yet."""
    stem, number = code_of(wanted) or "imported", 1
    while config is not None and (config.parent / DROP_IN / f"{stem}.toml").exists():
        number += 1
        stem = f"{code_of(wanted) or 'imported'}-{number}"
    return stem


def _new(found: EquipmentPlan) -> tuple[Equipment, ...]:
    added = {line.id for line in found.lines if line.action is Action.ADD}
    return tuple(one for one in found.equipment if one.id in added)


def _target(listed: Listed) -> Path:
    """Where new equipment would be written."""
    folder = listed.config.parent if listed.config else Path()
    return folder / DROP_IN / f"{code_of(listed.stem) or 'imported'}.toml"


def _unnamed(config: Path | None) -> Iterator[CellView]:
    if config is None:
        message = "There is no configuration that new equipment could be written beside."
        yield CellView("configuration", "", 0, "", message, "Name one: --config FILE")


def _by_hand(lines: Sequence[PlanLineView]) -> Iterator[CellView]:
    """What a drop-in file cannot do: equipment that is configured is changed where it stands."""
    for line in lines:
        if line.action == Action.CHANGE:
            message = f"{line.id} is configured already; an import does not change it."
            yield CellView(line.place, "", 0, "", message, "Change it in its own file of the configuration.")


def _wrong(config: Path, target: Path, text: str) -> list[CellView]:
    """What is wrong with the configuration as it would be, tried on a copy."""
    if target.exists():
        fix = "Rename the file that is imported, or move the other away."
        return [
            CellView(f"{DROP_IN}/{target.name}", "", 0, "", "The file is there already and is not overwritten.", fix)
        ]
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name, config.name)
        shutil.copyfile(config, copy)
        (copy.parent / DROP_IN).mkdir()
        for extra in sorted((config.parent / DROP_IN).glob("*.toml")):
            shutil.copyfile(extra, copy.parent / DROP_IN / extra.name)
        (copy.parent / DROP_IN / target.name).write_text(text, "utf-8")
        try:
            load(copy, environ=os.environ)
        except Faults as error:
            return [_fault(fault, f"{copy.parent}{os.sep}") for fault in error.faults]
    return []


def _fault(fault: Fault, folder: str) -> CellView:
    """The fault, its files named from the folder of the configuration."""
    message = f"line {fault.line}: {fault.message.replace(folder, '')}."
    return CellView(
        fault.file.replace(folder, ""), "", 0, "", message, "Mend the row, or enter this equipment by hand."
    )


def _write(target: Path, text: str) -> None:
    """The whole file at once under its name, which the gateway watches; never over another one."""
    part = target.with_name(f".{target.name}.part")
    try:
        target.parent.mkdir(exist_ok=True)
        part.write_text(text, "utf-8")
        os.link(part, target)
    except OSError as error:
        raise GiveUp(
            f"{DROP_IN}/{target.name} cannot be written beside the configuration: {error.strerror}.",
            fix="Mend that, and import again.",
        ) from error
    finally:
        if part.exists():
            part.unlink()
