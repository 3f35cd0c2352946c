"""Files of a timetable or of equipment at the command line: `labedge import`.

Nothing is changed unless that is asked for, and then all of it or nothing; no file is ever overwritten.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import orjson

from api.export import demo_roster
from api.import_views import CellView, PlanLineView, PlanView, plan_view
from edge.clock import Clock
from edge.configuration import DROP_IN, load
from edge.errors import GiveUp, LabedgeError
from edge.faults import Fault, Faults
from edge.main import REGISTER
from edge.register.contract import Register
from edge.register.database import MEMORY
from edge.register.exports.equipment import drop_in
from edge.register.imports.cells import code_of
from edge.register.imports.equipment import EquipmentPlan, plan_equipment
from edge.register.imports.headers import WORDS
from edge.register.imports.importing import plan_timetable
from edge.register.imports.options import Options
from edge.register.imports.plan import Action, Plan, Scope, apply_plan
from edge.register.imports.sheets import FILE_LIMIT
from edge.register.mappings import Subject
from edge.register.sqlite import SqliteRegister
from edge.settings import Equipment, Settings

_SIGNS = {Action.ADD.value: "+", Action.CHANGE.value: "~", Action.REMOVE.value: "-"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a person asks of an import; `config` is where equipment goes, `folder` is where the register is."""

    file: Path
    folder: Path
    settings: Settings
    config: Path | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    scope: Scope = Scope.ADDING
    term: str = ""
    apply: bool = False
    author: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Imported:
    """A plan and what became of it; `file` is the drop-in file of new equipment, `text` what it holds."""

    plan: PlanView
    file: str = ""
    text: str = ""


def answered(words: Sequence[str], subject: Subject) -> dict[str, str]:
    """`COLUMN=MEANING` words as the field of each header, empty to leave a column out; raises `GiveUp`."""
    fields = tuple(name for name in WORDS[subject] if name)
    answers: dict[str, str] = {}
    for word in words:
        header, equals, meaning = word.rpartition("=")
        if not equals or not header or (meaning and meaning not in fields):
            raise GiveUp(
                f"--answer {word!r} is no COLUMN=MEANING.",
                fix=f"A meaning is one of {', '.join(fields)}, or nothing to leave the column out.",
            )
        answers[header] = meaning
    return answers


def timetable(asked: Asked, clock: Clock) -> Imported:
    """Plan a timetable and, where that is asked and nothing is wrong, enter it; raises `GiveUp`, `Conflict`."""
    data = _content(asked.file)
    if asked.apply and not asked.author.strip():
        raise GiveUp("The register keeps who enters what.", fix="Say who you are: --author NAME")
    with closing(_register(asked)) as register:
        plan = plan_timetable(data, register.snapshot(), _options(asked))
        applied = _applied(register, plan, asked, clock) if asked.apply and plan.ready else None
    return Imported(plan_view(plan, applied=applied))


def equipment(asked: Asked, clock: Clock) -> Imported:
    """Plan a list of equipment and, where that is asked, write what is new into a drop-in file; raises `GiveUp`."""
    if asked.apply and asked.config is None:
        raise GiveUp("New equipment goes beside a configuration, and none is named.", fix="Name it: --config FILE")
    data = _content(asked.file)
    with closing(_register(asked)) as register:
        found = plan_equipment(
            *(data, asked.settings.equipment, register.snapshot()),
            answers=asked.answers,
            rooms=asked.settings.centre.rooms,
        )
        plan = Plan(
            register.version(), found.lines, found.faults, (), found.questions, found.changes, found.fingerprint
        )
        text = drop_in(_new(found)) if found.ready else ""
        target = _target(asked) if text else None
        view = plan_view(plan)
        view = replace(view, notes=[*_unnamed(asked.config), *_by_hand(view.lines)])
        wrong = _wrong(asked.config, target, text) if asked.config and target else []
        if wrong:
            view = replace(view, ready=False, faults=wrong)
        elif asked.apply and plan.ready:
            version = _written(target, text, lambda: _applied(register, plan, asked, clock))
            view = replace(view, applied=True, register_version=version)
    return Imported(view, str(target or ""), text)


IMPORTS: Mapping[Subject, Callable[[Asked, Clock], Imported]] = {
    Subject.TIMETABLE: timetable,
    Subject.EQUIPMENT: equipment,
}


def settings_of(config: Path | None, subject: Subject) -> Settings:
    """The configuration; without one a timetable is the demo lab's, and a list of equipment is compared with none."""
    if config is None:
        return demo_roster() if subject is Subject.TIMETABLE else Settings()
    return load(config, environ=os.environ)


def dumped(imported: Imported) -> str:
    """The plan as JSON, with the drop-in file that it makes."""
    return orjson.dumps({**asdict(imported.plan), "file": imported.file, "drop_in": imported.text}).decode()


def told(imported: Imported) -> Iterator[str]:
    """The lines of a report for a person: what would change, then how much of it."""
    plan = imported.plan
    for line in plan.lines:
        if line.action in _SIGNS:
            yield f"{_SIGNS[line.action]} {line.kind:<10} {line.id:<24} {line.place:<16} {line.label}".rstrip()
            yield from (f"    {one.field}: {one.before or '—'} → {one.after or '—'}" for one in line.differences)
    yield from (f"note: {_sentence(one)}" for one in plan.notes)
    counts = ", ".join(f"{number} {action}" for action, number in plan.counts.items())
    if imported.text:
        yield f"\n{imported.file}:\n{imported.text}"
    yield f"{'applied' if plan.applied else 'nothing was changed'}: {counts}"
    if plan.ready and not plan.applied:
        yield "Say --apply to do it."


def troubles(plan: PlanView) -> Iterator[str]:
    """What keeps a plan from being applied, each with its cell and what to do."""
    yield from (_sentence(fault) for fault in plan.faults)
    for asked in plan.questions:
        yield f"{asked.place}: «{asked.header}» is no known header. Say --answer '{asked.header}=MEANING', one of:"
        yield f"    {', '.join(asked.fields)}; or nothing after = to leave the column out"


def _sentence(cell: CellView) -> str:
    where = f"row {cell.row}" + (f", column {cell.column}" if cell.column else "") if cell.row else ""
    place = f"{cell.place} ({where})" if where else cell.place
    return f"{place}: {cell.message.rstrip('.')}. {cell.fix}"


def _content(file: Path) -> bytes:
    """The file, at most one byte more than is read of any."""
    try:
        with file.open("rb") as stream:
            return stream.read(FILE_LIMIT + 1)
    except OSError as error:
        raise GiveUp(f"{file} cannot be read: {error.strerror}.", fix="Name the file of the table.") from error


def _register(asked: Asked) -> SqliteRegister:
    """The register in the folder; where there is none yet, an empty one that a dry run leaves no trace of."""
    path = asked.folder / REGISTER
    if not path.exists() and not asked.apply:
        return SqliteRegister(MEMORY)
    asked.folder.mkdir(parents=True, exist_ok=True)
    return SqliteRegister(path)


def _options(asked: Asked) -> Options:
    centre = asked.settings.centre
    return Options(
        answers=asked.answers,
        scope=asked.scope,
        term=asked.term,
        rooms=centre.rooms,
        equipment={one.id: one.name for one in asked.settings.equipment},
        timezone=centre.timezone,
    )


def _applied(register: Register, plan: Plan, asked: Asked, clock: Clock) -> int:
    """Enter what the plan changes, if anything; the version of the register after it."""
    if not plan.changes:
        return plan.register_version
    reason = asked.reason.strip() or f"labedge import {asked.file.name}"
    return apply_plan(register, plan, author=asked.author.strip() or "labedge import", reason=reason, at=clock.now())


def _new(found: EquipmentPlan) -> tuple[Equipment, ...]:
    added = {line.id for line in found.lines if line.action is Action.ADD}
    return tuple(one for one in found.equipment if one.id in added)


def _target(asked: Asked) -> Path:
    """Where new equipment would be written."""
    folder = asked.config.parent if asked.config else Path()
    return folder / DROP_IN / f"{code_of(asked.file.stem) or 'imported'}.toml"


def _unnamed(config: Path | None) -> Iterator[CellView]:
    if config is None:
        message = "It is compared with no configuration, and cannot be written beside one."
        yield CellView("configuration", "", 0, "", message, "Name it: --config FILE")


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
        return [CellView(str(target), "", 0, "", "The file is there already and is not overwritten.", fix)]
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
            return [_fault(fault, copy.parent, config.parent) for fault in error.faults]
    return []


def _fault(fault: Fault, copied: Path, real: Path) -> CellView:
    place = fault.file.replace(str(copied), str(real))
    fix = "Mend the row, or enter this equipment by hand."
    return CellView(place, "", 0, "", f"line {fault.line}: {fault.message.replace(str(copied), str(real))}.", fix)


def _written(target: Path | None, text: str, applied: Callable[[], int]) -> int:
    """Both the file, if there is one, and what the register keeps; the file goes again where that cannot be."""
    if target is None:
        return applied()
    _write(target, text)
    try:
        return applied()
    except LabedgeError:
        target.unlink()
        raise


def _write(target: Path, text: str) -> None:
    """The whole file at once under its name, which the gateway watches; never over another one."""
    part = target.with_name(f".{target.name}.part")
    try:
        target.parent.mkdir(exist_ok=True)
        part.write_text(text, "utf-8")
        os.link(part, target)
    except OSError as error:
        raise GiveUp(f"{target} cannot be written: {error.strerror}.", fix="Mend that, and import again.") from error
    finally:
        if part.exists():
            part.unlink()
