from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from edge.monitoring.manual import judge_of
from edge.monitoring.sets import shipped
from edge.register.contract import Fault, Put, Refused, Remove
from edge.register.quarters import ManualValue, QuarterText, Target
from edge.register.sqlite import SqliteRegister
from telemetry.civil import day_of
from telemetry.model import Instant


def put(number: str = "1.11", hundredths: int = 1200, *, name: str = "hand", **changed: object) -> Put:
    words = {"set": "kvantorium-school", "year": 2026, "quarter": 2, "reason": "список", "document": "приказ"}
    return Put(name, ManualValue.model_validate(words | {"number": number, "hundredths": hundredths} | changed))


def faults(change: Put | Remove, kind: str = "kvantorium") -> list[Fault]:
    return list(judge_of(shipped(), kind)(change))


@pytest.mark.parametrize(
    ("number", "hundredths"),
    [("1.11", 0), ("1.2", 39_800), ("2.1", 0), ("2.1", 8_750), ("2.1", 10_000)],
)
def test_a_value_in_its_unit_stands(number: str, hundredths: int) -> None:
    assert faults(put(number, hundredths)) == []


@pytest.mark.parametrize(
    ("number", "hundredths", "set_id"), [("A.3", 12_345, "analytics"), ("A.6", 10_000, "analytics")]
)
def test_hours_may_be_parts_and_analytics_are_a_set_too(number: str, hundredths: int, set_id: str) -> None:
    assert faults(put(number, hundredths, set=set_id)) == []


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        (put("9.9"), "number", "the set kvantorium-school has no indicator '9.9' for 2026-Q2"),
        (put("1.01"), "number", "; did you mean '1.1'?"),
        (put(set="nope"), "set", "no set of indicators 'nope' is in force for 2026-Q2; known are analytics,"),
        (put(set="kvantorium-schol"), "set", "; did you mean 'kvantorium-school'?"),
        (put("1.2", 39_850), "hundredths", "counts what is whole, and this is 398.50"),
        (put("1.1", 1), "hundredths", "this is 0.01"),
        (put("1.11", 1), "hundredths", "this is 0.01"),
        (put("2.1", 10_001), "hundredths", "a share, 0 to 100 percent, and this is 100.01"),
        (put("A.6", 10_100, set="analytics"), "hundredths", "and this is 101.00"),
        (put("1.11", year=2019), "set", "is in force for 2019-Q2"),
    ],
)
def test_each_fault_names_its_field_and_how_to_mend_it(change: Put, field: str, said: str) -> None:
    (fault,) = faults(change)
    assert (fault.place, fault.field) == ("manual_value hand", field)
    assert said in fault.message
    assert fault.fix


def test_the_set_is_that_in_force_at_the_quarters_end() -> None:
    first = next(one for one in shipped() if one.official)
    last = replace(first, effective_to=day_of("2026-06-29"))
    assert [fault.field for fault in judge_of((last,), "kvantorium")(put())] == ["set"]
    assert [fault.field for fault in judge_of((last,), "kvantorium")(put(quarter=1))] == []
    assert [fault.message for fault in judge_of((), "it_cube")(put())] == [
        "no set of indicators 'kvantorium-school' is in force for 2026-Q2"
    ]


def target(number: str = "1.11", amount: int = 40, *, year: int = 2026) -> Put:
    return Put("plan", Target(number=number, year=year, target=amount))


def text(subject: str, *, year: int = 2026, quarter: int = 2) -> Put:
    return Put("said", QuarterText(subject=subject, year=year, quarter=quarter, text="Стало больше."))


@pytest.mark.parametrize(
    "change",
    [target(), target("2.1", 100), target("A.6", 0), target("1.2", 400), text("1.11"), text("A.6"), text("mentoring"),
     text("good_practice", year=2019), Remove("target", "plan", 1), Remove("manual_value", "hand", 1)],
)  # fmt: skip
def test_what_is_said_of_an_indicator_or_a_direction_of_work_stands(change: Put | Remove) -> None:
    assert faults(change) == []


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        (
            target("Q.77"),
            "number",
            "no indicator of the sets in force for 2026 has the number 'Q.77'; known are 1.1, 1.",
        ),
        (target("1.01"), "number", "; did you mean '1.1'?"),
        (target(year=2019), "number", "no indicator of the sets in force for 2019 has the number '1.11'"),
        (target("2.1", 101), "target", "a share, 0 to 100 percent, and this is 101"),
        (text("9.9"), "subject", "no indicator of the sets in force for 2026-Q2 has the number '9.9'"),
        (text("mentorin"), "subject", "; did you mean 'mentoring'?"),
        (text("1.1", year=2019, quarter=4), "subject", "in force for 2019-Q4"),
    ],
)
def test_a_target_or_a_text_of_no_indicator_names_its_field_and_how_to_mend_it(
    change: Put, field: str, said: str
) -> None:
    (fault,) = faults(change)
    assert (fault.place, fault.field) == (f"{change.kind} {change.id}", field)
    assert said in fault.message
    assert fault.fix


def test_a_year_of_two_sets_has_the_indicators_of_both_and_a_quarter_those_of_its_end() -> None:
    first = next(one for one in shipped() if one.official)
    gone, come = (replace(first.indicators[0], number=number) for number in ("7.1", "7.2"))
    sets = (
        replace(first, effective_to=day_of("2026-06-30"), indicators=(gone,)),
        replace(first, version="2", effective_from=day_of("2026-07-01"), indicators=(come,)),
    )
    judge = judge_of(sets, "kvantorium")
    assert [list(judge(target(number))) for number in ("7.1", "7.2")] == [[], []]
    assert [fault.field for fault in judge(text("7.2"))] == ["subject"]
    assert list(judge(text("7.2", quarter=3))) == []


def entered(register: SqliteRegister, *changes: Put | Remove) -> int:
    return register.apply(changes, author="Иванова", reason="список", at=Instant(0))


def test_all_are_told_at_once_nothing_is_entered_and_what_was_there_stays(tmp_path: Path) -> None:
    with closing(SqliteRegister(tmp_path / "register.sqlite")) as before:
        entered(before, put("9.9", name="old"))
    with closing(SqliteRegister(tmp_path / "register.sqlite", judge=judge_of(shipped(), "kvantorium"))) as register:
        with pytest.raises(Refused) as refused:
            entered(register, put("9.8", name="a"), put("1.2", 150, name="b"), put("1.3", name="c"), target("9.7"))
        assert [(one.place, one.field) for one in refused.value.faults] == [
            ("manual_value a", "number"),
            ("manual_value b", "hundredths"),
            ("target plan", "number"),
        ]
        (row,) = register.rows(ManualValue).value
        assert (row.id, row.value.number) == ("old", "9.9")
        assert entered(register, Put("old", row.value, row.version)) == register.version() == 1
        assert entered(register, Remove("manual_value", "old", 1)) == 2
