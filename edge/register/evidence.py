"""What people say of practical sessions: attendance, corrections, and the rules sessions are judged by.

Learners are counts, or pseudonyms at most; a name is refused.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field

from edge.register.entry import At, Day, Entry, Person, Reason, SessionId, SessionIdOrNone, Title
from edge.register.people import Counted

_Minutes = Annotated[int, Field(ge=0, le=24 * 60)]
_Share = Annotated[float, Field(ge=0, le=1)]


class Verdict(StrEnum):
    """What a person may say of a practical session."""

    CONFIRMED = "confirmed_manually"
    UNCONFIRMED = "unconfirmed"
    CANCELLED = "cancelled"


class Attendance(Counted):
    """How many learners were at a practical session; with `learners`, which ones, by pseudonym."""

    kind: ClassVar[str] = "attendance"

    session: SessionId


class SessionCorrection(Entry):
    """A person's word on a practical session, on top of what was derived; a later one outweighs it.

    `accepted_from` is the id under which the session was detected, where this word made it a lesson of its own.
    """

    kind: ClassVar[str] = "session_correction"

    session: SessionId
    status: Verdict
    author: Person
    at: At
    reason: Reason
    accepted_from: SessionIdOrNone = ""


class RuleSet(Entry):
    """The numbers that practical sessions are judged by, for lessons from `effective_from` on."""

    kind: ClassVar[str] = "rule_set"

    name: Title
    effective_from: Day
    least_busy_minutes: _Minutes = 5
    least_busy_share: _Share = 0.1
    before_minutes: _Minutes = 10
    after_minutes: _Minutes = 10
    least_coverage: _Share = 0.8
    detect_devices: Annotated[int, Field(ge=1, le=100)] = 2
    detect_gap_minutes: _Minutes = 10
    detect_least_minutes: Annotated[int, Field(ge=1, le=24 * 60)] = 15
    detect_most_minutes: Annotated[int, Field(ge=1, le=24 * 60)] = 360
