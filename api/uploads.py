"""Files that come in the body of a request, and what they would do to the register or the configuration.

Reads no more of a body than a school's greatest file has, and enters nothing that was not asked for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus

from fastapi import Request

from api.answers import dumped
from api.deps import Parts
from api.equipment_import import Listed, Prepared, free_stem, prepared, write
from api.import_views import PlanView, plan_view
from api.problem import Problem
from api.routes.register import changed_problem, version_named
from edge.errors import GiveUp
from edge.register.contract import Fault, Refused, Snapshot
from edge.register.entry import Entry
from edge.register.imports.effective import local_day
from edge.register.imports.entries import plan_file
from edge.register.imports.importing import plan_timetable
from edge.register.imports.options import Options
from edge.register.imports.plan import Plan, apply_plan
from edge.register.imports.sheets import FILE_LIMIT


@dataclass(frozen=True, slots=True)
class Who:
    """Who enters a file, and why; empty where it is only to be told what the file would do."""

    author: str
    reason: str


async def content(request: Request) -> bytes:
    """The body; 413 as soon as it is larger than any school's file."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > FILE_LIMIT:
            raise Problem(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                f"the file is larger than {FILE_LIMIT} bytes",
                fix="Save only the sheet that is meant.",
                headers={"Connection": "close"},
            )
    return bytes(body)


def named(author: str, reason: str) -> Who:
    """Who applies a file, and why; 422 where either is missing."""
    if not (author.strip() and reason.strip()):
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "the register keeps who enters what, and why",
            fix="Give author and reason in the query.",
        )
    return Who(author.strip(), reason.strip())


def unreadable(error: GiveUp) -> Problem:
    """The file is at fault, not the gateway."""
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, str(error), fix=error.fix)


def timetable(parts: Parts, data: bytes, options: Options, *, who: Who | None, if_match: str | None) -> PlanView:
    """What a file of a timetable would change; with `who` it is done.

    Raises `Problem` where it cannot be read or the register is not what `if_match` names, `Refused` with every fault
    and question, `Conflict`.
    """
    before = _unchanged(parts, if_match)
    options = replace(options, today=local_day(parts.clock.now(), options.timezone))
    try:
        plan = plan_timetable(data, before, options)
    except GiveUp as error:
        raise unreadable(error) from error
    return plan_view(plan, applied=None if who is None else _entered(parts, plan, who))


def entries(
    parts: Parts, data: bytes, kind: type[Entry], options: Options, *, who: Who | None, if_match: str | None
) -> PlanView:
    """What a file of entries of one kind would change; with `who` it is done. Raises as `timetable`.

    Whoever asks is in the audit as a reader where the kind holds learners.
    """
    _unchanged(parts, if_match)
    reader = who.author if who else "import"
    try:
        plan = plan_file(data, kind, parts.numbers.register, options, reader=reader, at=parts.clock.now())
    except GiveUp as error:
        raise unreadable(error) from error
    return plan_view(plan, applied=None if who is None else _entered(parts, plan, who))


def equipment(
    parts: Parts, data: bytes, *, stem: str, answers: Mapping[str, str], who: Who | None, if_match: str | None
) -> tuple[Prepared, PlanView]:
    """What a list of equipment would add, and the drop-in file that it makes; with `who` it is written.

    Raises `Problem` where it cannot be read, where the plan is not the one that `if_match` names, and where there is no
    configuration to write beside; `Refused` with every fault and question.
    """
    listed = Listed(
        data=data,
        stem=free_stem(parts.config, stem),
        known=parts.numbers.desk.equipment(),
        centre=parts.settings.centre,
        config=parts.config,
        answers=answers,
    )
    try:
        made = prepared(listed, parts.numbers.register.snapshot())
    except GiveUp as error:
        raise unreadable(error) from error
    if if_match is not None and if_match.strip() != tag_of(made):
        raise Problem(
            HTTPStatus.PRECONDITION_FAILED,
            "the configuration or the register has changed since the plan was looked at",
            fix="Look at it again, and make the change anew.",
        )
    return made, made.view if who is None else _written(parts, made, who)


def _unchanged(parts: Parts, if_match: str | None) -> Snapshot:
    """The register now; 412 with who and when where it is not at the version that `if_match` names."""
    register = parts.numbers.register
    before = register.snapshot()
    if if_match is not None and (seen := version_named(if_match, "the register")) != before.register_version:
        since = register.changed_since(seen).value
        raise changed_problem("the register", since[-1].stamp if since else None)
    return before


def tag_of(made: Prepared) -> str:
    """A mark of what a list of equipment would do, to be named by whoever has looked at it."""
    told = dumped([replace(made.view, register_version=0), made.text])
    return f'"{hashlib.blake2b(told, digest_size=16).hexdigest()}"'


def _written(parts: Parts, made: Prepared, who: Who) -> PlanView:
    if parts.config is None:
        raise Problem(
            HTTPStatus.CONFLICT,
            "new equipment goes beside a configuration, and this lab has none",
            fix="Start labedge with a configuration: labedge run --config FILE",
        )
    if made.plan.ready and not made.view.ready:
        raise Refused([Fault(one.place, one.message, one.fix) for one in made.view.faults])
    if not made.plan.ready:
        _entered(parts, made.plan, who)
    return write(made, lambda: _entered(parts, made.plan, who), provenance=f"{who.author}: {who.reason}")


def _entered(parts: Parts, plan: Plan, who: Who) -> int:
    """The version after it; raises `Refused` with every fault and question, `Conflict`."""
    if plan.ready and not plan.changes:
        return plan.register_version
    return apply_plan(parts.numbers.register, plan, author=who.author, reason=who.reason, at=parts.clock.now())
