"""What a school owes its learners: to forget one of them, and to tell who read what is linked to them.

A learner is in no address, because addresses stay in logs; no answer says whether anybody was known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.answers import answer
from api.deps import LimitIn, PartsIn
from api.exports.asked import SheetIn, tabled
from api.exports.rows import rows_of
from api.exports.shapes import AUDIT
from api.exports.words import table_of
from api.instants import format_instant
from api.views import ProblemView
from edge.register.contract import RegisterVersion
from edge.register.entry import LearnerId, Part, Person, Reason

router = APIRouter(tags=["register"])


class ForgettingIn(Part):
    """Whose pseudonym has to go, who says so and why."""

    learner: LearnerId
    author: Person
    reason: Reason


@dataclass(frozen=True, slots=True)
class ForgottenView:
    """The register's version after it."""

    register_version: RegisterVersion


@dataclass(frozen=True, slots=True)
class AuditView:
    """One line of the audit: `read` learners, `forget` one, `close` a period."""

    n: int
    at: str
    who: str
    action: str
    subject: str
    reason: str


@dataclass(frozen=True, slots=True)
class AuditList:
    """Lines of the audit, the oldest first; `next` is what to give as `after`, null where they end for now."""

    items: list[AuditView]
    next: int | None


@router.post("/learners/forget", response_model=ForgottenView, responses={422: {"model": ProblemView}})
def post_forgetting(parts: PartsIn, body: ForgettingIn) -> Response:
    """Put a token that says nothing in a learner's place, wherever it ever stood; counts stay, and it is for good."""
    version = parts.numbers.register.forget_learner(
        body.learner, author=body.author, reason=body.reason, at=parts.clock.now()
    )
    return answer(ForgottenView(version))


@router.get("/audit", response_model=AuditList)
def list_audit(
    request: Request,
    parts: PartsIn,
    sheet: SheetIn,
    after: Annotated[int, Query(ge=0, le=2**62, description="The last line that the reader has")] = 0,
    limit: LimitIn = 100,
) -> Response:
    """Who read what is linked to learners, had one forgotten or closed a period, and why; a table has this page."""
    lines = parts.numbers.register.audit(after=after, limit=limit + 1)
    views = [
        AuditView(n, format_instant(line.at), line.who, line.action, line.subject, line.reason) for n, line in lines
    ]
    if not sheet.is_json:
        table = table_of("audit", AUDIT, rows_of(views[:limit], AUDIT), sheet.texts)
        return tabled(request, parts, sheet, table)
    return answer(AuditList(views[:limit], views[limit - 1].n if len(views) > limit else None))
