"""Files of a timetable, of equipment or of the register's entries at the command line: `labedge import`.

Nothing is changed unless that is asked for, and then all of it or nothing; no file is ever overwritten.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path

import orjson

from api.equipment_import import Listed, prepared, write
from api.exporting import demo_roster
from api.import_views import CellView, PlanView, plan_view
from edge.clock import Clock
from edge.configuration import load
from edge.errors import GiveUp
from edge.main import REGISTER
from edge.monitoring.manual import judge_of
from edge.monitoring.sets import beside
from edge.register.contract import Register
from edge.register.database import MEMORY
from edge.register.imports.columns import COLUMNS
from edge.register.imports.effective import local_day
from edge.register.imports.entries import plan_file
from edge.register.imports.headers import WORDS
from edge.register.imports.importing import plan_timetable
from edge.register.imports.options import Options, options_for
from edge.register.imports.plan import Action, Plan, Scope, apply_plan
from edge.register.imports.sheets import FILE_LIMIT
from edge.register.kinds import KINDS
from edge.register.mappings import Subject
from edge.register.sqlite import SqliteRegister
from edge.settings import Settings

_SIGNS = {Action.ADD.value: "+", Action.CHANGE.value: "~", Action.REMOVE.value: "-"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a person asks of an import; `config` is where equipment goes, `folder` is where the register is."""

    subject: Subject = Subject.TIMETABLE
    file: Path
    folder: Path
    settings: Settings
    config: Path | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    scope: Scope = Scope.ADDING
    term: str = ""
    since: date | None = None
    apply: bool = False
    author: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Imported:
    """A plan and what became of it; `file` is the drop-in file of new equipment, `text` what it holds."""

    plan: PlanView
    file: str = ""
    text: str = ""


def subject_named(name: str, kind: str) -> Subject | None:
    """What a file is about: `timetable`, `equipment`, or `register` with a kind of entries; None for anything else."""
    if name == "register":
        return Subject(kind) if kind in COLUMNS else None
    return Subject(name) if name in {Subject.TIMETABLE, Subject.EQUIPMENT} and not kind else None


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
    _signed(asked)
    with closing(_register(asked)) as register:
        options = replace(_options(asked), today=local_day(clock.now(), asked.settings.centre.timezone))
        plan = plan_timetable(data, register.snapshot(), options)
        applied = _applied(register, plan, asked, clock) if asked.apply and plan.ready else None
    return Imported(plan_view(plan, applied=applied))


def equipment(asked: Asked, clock: Clock) -> Imported:
    """Plan a list of equipment and, where that is asked, write what is new into a drop-in file; raises `GiveUp`."""
    if asked.apply and asked.config is None:
        raise GiveUp("New equipment goes beside a configuration, and none is named.", fix="Name it: --config FILE")
    data = _content(asked.file)
    listed = Listed(
        data=data,
        stem=asked.file.stem,
        known=asked.settings.equipment,
        centre=asked.settings.centre,
        config=asked.config,
        answers=asked.answers,
    )
    with closing(_register(asked)) as register:
        made = prepared(listed, register.snapshot())
        view = made.view
        if asked.apply and view.ready:
            view = write(made, lambda: _applied(register, made.plan, asked, clock))
    return Imported(view, str(made.target or ""), made.text)


def entries(asked: Asked, clock: Clock) -> Imported:
    """Plan a file of entries of one kind and, where that is asked and nothing is wrong, enter them; raises as above."""
    data = _content(asked.file)
    _signed(asked)
    reader = asked.author.strip() or "labedge import"
    with closing(_register(asked)) as register:
        plan = plan_file(data, KINDS[asked.subject], register, _options(asked), reader=reader, at=clock.now())
        applied = _applied(register, plan, asked, clock) if asked.apply and plan.ready else None
    return Imported(plan_view(plan, applied=applied))


IMPORTS: Mapping[Subject, Callable[[Asked, Clock], Imported]] = {
    Subject.TIMETABLE: timetable,
    Subject.EQUIPMENT: equipment,
    **{Subject(kind): entries for kind in COLUMNS},
}


def settings_of(config: Path | None, subject: Subject) -> Settings:
    """The configuration; without one a file is the demo lab's, and a list of equipment is compared with none."""
    if config is None:
        return Settings() if subject is Subject.EQUIPMENT else demo_roster()
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
    if plan.faults_left_out:
        yield f"… and {plan.faults_left_out} more faults; mend these first"
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
    judge = judge_of(beside(asked.config), asked.settings.centre.kind)
    if not path.exists() and not asked.apply:
        return SqliteRegister(MEMORY, judge=judge)
    asked.folder.mkdir(parents=True, exist_ok=True)
    return SqliteRegister(path, judge=judge)


def _signed(asked: Asked) -> None:
    """Raise `GiveUp` where nobody says who enters something."""
    if asked.apply and not asked.author.strip():
        raise GiveUp("The register keeps who enters what.", fix="Say who you are: --author NAME")


def _options(asked: Asked) -> Options:
    options = options_for(asked.settings.centre, asked.settings.equipment)
    return replace(options, answers=asked.answers, scope=asked.scope, term=asked.term, since=asked.since)


def _applied(register: Register, plan: Plan, asked: Asked, clock: Clock) -> int:
    """Enter what the plan changes, if anything; the version of the register after it."""
    if not plan.changes:
        return plan.register_version
    reason = asked.reason.strip() or f"labedge import {asked.file.name}"
    return apply_plan(register, plan, author=asked.author.strip() or "labedge import", reason=reason, at=clock.now())
