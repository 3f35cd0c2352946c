"""What the monitoring answers with: values of a quarter, what is behind each, and closed editions.

Nothing here computes or keeps anything; pages, answers and exports show these and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeAlias

from edge.errors import LabedgeError
from edge.register.contract import RegisterVersion, Stamp
from edge.store.contract import Offset
from telemetry.civil import Day
from telemetry.indicators.definition import Dimension, How, Indicator, IndicatorSet
from telemetry.indicators.facts import Amount
from telemetry.model import Instant


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A quarter, 1 to 4, of a calendar year; indicators run from 1 January to its last day."""

    year: int
    quarter: int

    @property
    def label(self) -> str:
        """`2026-Q3`."""
        return f"{self.year}-Q{self.quarter}"


@dataclass(frozen=True, slots=True)
class Component:
    """A part of a value: what the facts with one key of one dimension give. Parts may overlap, so need not add up."""

    by: Dimension
    key: str
    name: str
    amount: Amount
    how: How


@dataclass(frozen=True, slots=True)
class Manual:
    """A value that a person gave beside the derived one, in hundredths of the unit; both stay visible."""

    hundredths: int
    reason: str
    document: str
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class Measured:
    """One indicator of a report.

    `year_to_date` runs from 1 January to the period's last day, `quarter` is of the period's own days. `amount` is None
    where it has no value. `series` holds the quarters of this year and the two before it up to the period, each by its
    own days and as year to date. `target` and `minimum` are of the calendar year. `text` is the period's own.
    """

    indicator: Indicator
    year_to_date: Amount
    quarter: Amount
    how: How
    manual: Manual | None
    target: int | None
    components: tuple[Component, ...]
    series: tuple[tuple[Period, Amount, Amount], ...]
    text: str


@dataclass(frozen=True, slots=True)
class Direction:
    """One of the ten directions of work in a period: plan, what was done, and what is told about it."""

    code: str
    planned: int
    done: int
    lines: tuple[tuple[str, str, Day, Day | None, str], ...]
    text: str


@dataclass(frozen=True, slots=True)
class ComputedFrom:
    """What a report was computed from; equal ones give equal reports. `rules` are the ids of the rule sets in force.

    `configuration` tells one set of equipment from another, as `edge.numbers.entered.Entered` does; what was closed
    holds its equipment itself, and has none.
    """

    instance: str
    offset: Offset
    register_version: RegisterVersion
    rules: tuple[str, ...]
    sets: tuple[tuple[str, str], ...]
    now: Instant
    configuration: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """The monitoring of one period: the official set and the analytics set, the directions, and what it came from."""

    period: Period
    official: IndicatorSet
    analytics: IndicatorSet
    items: tuple[Measured, ...]
    directions: tuple[Direction, ...]
    computed_from: ComputedFrom
    names: Mapping[Dimension, Mapping[str, str]]


class EvidenceRow(NamedTuple):
    """One fact behind a value, with what a person needs to find it: a register's entry, a session, a job, a run, a day.

    A tuple, because there may be ten thousands of them, and because that is made from columns in no time.
    `members` are numbers that stand for learners within one answer, so that a union can be summed anew from the rows;
    pseudonyms never leave the gateway. `unlisted` counts learners without a pseudonym. `labels` are its keys.
    """

    kind: str
    id: str
    name: str
    first: Day
    last: Day
    amount: int
    base: int
    members: tuple[int, ...]
    unlisted: int
    how: How
    document: str
    labels: Mapping[Dimension, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything behind one value; `resum` is summed anew from `rows` alone, and equals `amount`."""

    number: str
    period: Period
    by: Dimension | None
    key: str
    amount: Amount
    resum: Amount
    rows: tuple[EvidenceRow, ...]
    computed_from: ComputedFrom


@dataclass(frozen=True, slots=True)
class Edition:
    """A closed period: `body` is the canonical JSON of the report and its evidence ids, and never changes.

    `sha256` is of `body`; `previous` is the `chain` of the edition closed before this one over all periods ("" for the
    first), and `chain` is the SHA-256 of previous, period, number, author, reason, time and `sha256`.
    """

    period: Period
    number: int
    body: bytes
    sha256: str
    previous: str
    chain: str
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that is no longer what an edition says: what it was, what it would be, and why.

    `why` are sentences: evidence that came, went or changed, with who changed the register and why, or late data.
    """

    number: str
    by: Dimension | None
    key: str
    was: Amount | None
    now: Amount | None
    why: tuple[str, ...]


class UnknownIndicator(LabedgeError):
    """No indicator of the sets in force has that number."""


class UnknownPart(LabedgeError):
    """An indicator is not broken down by what was asked for, or a key was given without its breakdown."""


SESSION_CALLED_BY = (Dimension.GROUP, Dimension.PROGRAM, Dimension.ROOM)
"""What people call a practical session by: the first of these that it has."""

Starts: TypeAlias = Callable[[str], str]
"""From the id of a session to the time at which it begins, `16:00`; nothing where nobody can tell it."""


class Monitoring(Protocol):
    """Answers questions about the monitoring, and closes periods. Any thread may use it."""

    def sets(self) -> tuple[IndicatorSet, ...]:
        """Every set of indicators that is known, in force or not."""

    def report(self, period: Period) -> Report:
        """The period as of now; the same object for as long as nothing that it read has changed."""

    def evidence(
        self, period: Period, number: str, *, by: Dimension | None = None, key: str = "", quarter_only: bool = False
    ) -> Evidence:
        """What is behind a value of the period as of now.

        Raises `UnknownIndicator` for a number that is in no set, `UnknownPart` for a breakdown that it does not have.
        """

    def close_period(self, period: Period, *, author: str, reason: str, at: Instant) -> Edition:
        """Freeze the period as its next edition, on disk when it returns.

        Raises `Refused` where the period has not ended, or where nothing has changed since its last edition.
        """

    def editions(self) -> tuple[Edition, ...]:
        """Every edition, in the order of closing."""

    def edition(self, period: Period, number: int | None = None) -> Edition | None:
        """One edition, the last one without a number; None where there is none."""

    def closed_report(self, edition: Edition) -> Report:
        """The report as it was closed, read from the edition's own bytes."""

    def closed_evidence(self, edition: Edition, number: str, *, by: Dimension | None = None, key: str = "") -> Evidence:
        """What was behind a value when it was closed, from the edition's own bytes; raises as `evidence` does."""

    def starts(self, period: Period, edition: Edition | None = None) -> Starts:
        """When the sessions of the year to date begin, by the timetable as it is, or as an edition found it."""

    def differences(self, edition: Edition) -> tuple[Difference, ...]:
        """What is no longer as closed; empty where nothing changed."""
