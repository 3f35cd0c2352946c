"""A small centre with a register and a journal on disk, for the tests of its monitoring."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from edge.clock import ManualClock
from edge.health import Health
from edge.journal.sqlite import SqliteJournal
from edge.metrics import Metrics
from edge.monitoring.contract import Edition, Period
from edge.monitoring.office import Office
from edge.monitoring.sets import shipped
from edge.register.calendar import OpeningHours, Term
from edge.register.contract import Change, Put
from edge.register.events import AchievementLevel, Event, Participation
from edge.register.lessons import Group, Partner, Program, Slot
from edge.register.network import Enrolment, NetworkAgreement
from edge.register.projects import Achievement, Project, Result
from edge.register.quarters import ManualValue, PlannedWork, QuarterText, Target
from edge.register.sqlite import SqliteRegister
from edge.settings import Centre, CentreKind, Equipment, Journal, Kind
from edge.store.local import LocalStore
from telemetry.indicators.definition import IndicatorSet
from telemetry.model import NS_PER_S, EquipmentId, Instant, JobOutcome, JobPhase, JobSeen, Record, State, StateSeen

MINUTE = 60 * NS_PER_S
HOUR = 60 * MINUTE
DAY = 24 * HOUR
NOW: Instant = 497_222 * HOUR
"""2026-09-21T14:00:00Z, 17:00 in Moscow: a lesson is just over."""

MILL = EquipmentId("mill-1")
EQUIPMENT = (
    Equipment(id=MILL, name="Фрезер 1", kind=Kind.CNC_MILL, track="hightech", room="workshop", driver="grbl"),
    Equipment(id="printer-1", name="Принтер 1", kind=Kind.PRINTER_3D, room="printers", driver="marlin", validity_s=60),
)
Q3 = Period(2026, 3)
AFTER = NOW + 20 * DAY
"""The quarter has ended by then."""

CENTRE = Centre(id="lab", name="Кванториум «Опыт»", rooms={"workshop": "Мастерская"}, tracks={"hightech": "Хайтек"})


def state(at: Instant, word: State) -> StateSeen:
    """A state of the mill."""
    return StateSeen(MILL, at, at, word)


def school() -> tuple[Put, ...]:
    """A lesson on Mondays from 16 to 17, and when the centre is open."""
    slot = Slot(weekday=1, start="16:00", end="17:00", room="workshop", group="pr-1", program="robotics", learners=12)
    return (
        Put("q1", Term(name="1 четверть", first_day=date(2026, 9, 1), last_day=date(2026, 10, 25))),
        Put("open", OpeningHours(weekdays=(1, 2, 3, 4, 5), start="08:00", end="18:00")),
        Put("robotics", Program(name="Робототехника", track="hightech")),
        Put("pr-1", Group(name="ПР-1", program="robotics", learners=12)),
        Put("mon-1", slot),
    )


def year() -> tuple[Put, ...]:
    """What the centre entered: two groups of learners who overlap, a partner, an event, a project, a plan."""
    first = date(2026, 9, 1)
    return (
        *school(),
        Put("school-7", Partner(name="Школа № 7")),
        Put("cad", Program(name="Моделирование", track="hightech", partner="school-7", first_day=first)),
        Put("e-1", Enrolment(group="pr-1", learners=("L-1", "L-2", "L-3"), count=4, first_day=first)),
        Put("e-2", Enrolment(group="pr-1", learners=("L-9", "L-3"), count=2, first_day=date(2026, 8, 1))),
        Put("a-1", NetworkAgreement(partner="school-7", number="7/1", first_day=first, last_day=date(2026, 9, 15))),
        Put("quest", Event(name="Квест", first_day=date(2026, 9, 5), practical=True, document="программа")),
        Put("came", Participation(event="quest", partner="school-7", learners=("L-2", "P-1"), count=5)),
        Put("won", Achievement(name="Смотр", level=AchievementLevel.REGIONAL, result=Result.WINNER,
                               learners=("L-2",), day=date(2026, 9, 7))),
        Put("gear", Project(name="Шестерня", learners=("L-1",), count=1, jobs=("mill-1/gear",), practical=True,
                            day=date(2026, 9, 20))),
        Put("plan-1", PlannedWork(direction="mentoring", name="Пары", planned_day=date(2026, 9, 10),
                                  done_day=date(2026, 10, 3), outcome="позже")),
        Put("text-1", QuarterText(subject="2.1", year=2026, quarter=3, text="Все остались.")),
        Put("target-1", Target(number="1.2", year=2026, target=50)),
        Put("manual-1", ManualValue(set="kvantorium-school", number="1.11", year=2026, quarter=3, hundredths=900,
                                    reason="на бумаге", document="журнал")),
    )  # fmt: skip


def machines() -> list[Record]:
    """The mill worked through a part of the lesson of the Monday of NOW, and made a gear."""
    return [
        state(NOW - 10 * 60 * MINUTE, State.IDLE),
        state(NOW - 40 * MINUTE, State.BUSY),
        state(NOW - 10 * MINUTE, State.IDLE),
        JobSeen(MILL, NOW - 40 * MINUTE, NOW, "gear", JobPhase.STARTED, "вал"),
        JobSeen(MILL, NOW - 10 * MINUTE, NOW, "gear", JobPhase.ENDED, "вал", outcome=JobOutcome.COMPLETED),
    ]


@dataclass
class Place:
    """A centre of one folder."""

    folder: Path
    clock: ManualClock
    journal: SqliteJournal
    store: LocalStore
    register: SqliteRegister
    office: Office
    equipment: tuple[Equipment, ...] = EQUIPMENT

    def enter(self, *changes: Change, author: str = "Иванова", at: Instant | None = None) -> None:
        self.register.apply(changes, author=author, reason="уточнение", at=at or self.clock.now())

    def keep(self, records: Sequence[Record]) -> None:
        self.journal.commit(tuple(records))

    def close(self, period: Period = Q3) -> Edition:
        return self.office.close_period(period, author="Иванова", reason="срок", at=self.clock.now())


@contextmanager
def centre(
    folder: Path,
    *,
    now: Instant = AFTER,
    kind: CentreKind = CentreKind.KVANTORIUM,
    sets: Sequence[IndicatorSet] | None = None,
) -> Iterator[Place]:
    """A centre in a folder, with what is in there already."""
    clock = ManualClock(now)
    journal = SqliteJournal(
        folder / "journal.sqlite", clock=clock, settings=Journal(), health=Health(), metrics=Metrics()
    )
    store, register = LocalStore(folder / "journal.sqlite"), SqliteRegister(folder / "register.sqlite")
    told = CENTRE.model_copy(update={"kind": kind})
    office = Office(
        store,
        register,
        lambda: EQUIPMENT,
        centre=told,
        clock=clock,
        sets=shipped() if sets is None else sets,
    )
    try:
        yield Place(folder, clock, journal, store, register, office)
    finally:
        journal.close()
        register.close()
        store.close()
