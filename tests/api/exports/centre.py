"""A centre with entries of the quarterly monitoring, among them a group of two and texts that look like formulas."""

from __future__ import annotations

from datetime import date

from edge.register.contract import Put
from edge.register.events import Direction, Event, EventKind, Participation
from edge.register.lessons import Group, Partner, Program
from edge.register.network import Enrolment, NetworkAgreement
from edge.register.people import Category
from edge.register.quarters import ManualValue, PlannedWork, QuarterText, Target
from tests.api.school import school

FORMULA = '=HYPERLINK("http://evil";"x")'
YEAR, QUARTER = 2026, 3
MARKUP = "<script>alert(1)</script> & «кавычки»"


def learners(first: int, count: int) -> tuple[str, ...]:
    return tuple(f"lr-{number:04}" for number in range(first, first + count))


def entries() -> tuple[Put, ...]:
    return (
        *school(),
        Put("electronics", Program(name="Электроника", track="it")),
        Put("el-1", Group(name="ЭЛ-1", program="electronics", learners=8)),
        Put("tp-1", Partner(name=FORMULA)),
        Put("a-1", NetworkAgreement(partner="tp-1", number="12/2026", first_day=date(2026, 1, 12), document="№ 12")),
        Put("e-1", Enrolment(group="pr-1", first_day=date(2026, 2, 2), count=30, learners=learners(0, 30))),
        Put(
            "e-2",
            Enrolment(
                group="el-1",
                category=Category.LEARNER_BASIC,
                first_day=date(2026, 9, 1),
                count=10,
                learners=learners(25, 10),
                document="+приказ 7",
            ),
        ),
        Put(
            "e-3",
            Enrolment(
                group="el-1",
                category=Category.LEARNER_SECONDARY,
                first_day=date(2026, 9, 1),
                count=2,
                learners=learners(40, 2),
            ),
        ),
        Put(
            "day",
            Event(
                name="День открытых дверей",
                event_kind=EventKind.OPEN_DAY,
                first_day=date(2026, 9, 12),
                track="hightech",
                software=("Python",),
            ),
        ),
        Put("p-1", Participation(event="day", category=Category.PARENT, count=3)),
        Put("p-2", Participation(event="day", category=Category.LEARNER, count=45)),
        Put(
            "w-1",
            PlannedWork(
                direction=Direction.MENTORING,
                name=MARKUP,
                planned_day=date(2026, 9, 5),
                done_day=date(2026, 9, 6),
                outcome="-проведено",
            ),
        ),
        Put("w-2", PlannedWork(direction=Direction.CONFERENCES, name="Конференция", planned_day=date(2026, 9, 20))),
        Put("t-1", QuarterText(subject="1.2", year=YEAR, quarter=QUARTER, text=f"Стало больше. {MARKUP}")),
        Put("t-2", QuarterText(subject="mentoring", year=YEAR, quarter=QUARTER, text="Пары составлены.")),
        Put("g-1", Target(number="1.2", year=YEAR, target=40)),
        Put(
            "m-1",
            ManualValue(
                set="kvantorium-school",
                number="1.12",
                year=YEAR,
                quarter=QUARTER,
                hundredths=500,
                reason="счёт вручную",
                document="@справка",
            ),
        ),
        Put(
            "m-2",
            ManualValue(
                set="kvantorium-school",
                number="2.3",
                year=YEAR,
                quarter=QUARTER,
                hundredths=450,
                reason="счёт вручную",
                document="справка 2",
            ),
        ),
    )
