from __future__ import annotations

from dataclasses import replace

import pytest

from telemetry.indicators.definition import Aggregation, Dimension, How, Indicator, IndicatorSet, Part, Unit

LINE = Indicator(
    number="1.1",
    name_ru="Программы",
    name_en="Programs",
    part=Part.QUANTITATIVE,
    unit=Unit.ITEMS,
    facts="programs",
    aggregation=Aggregation.COUNT,
    breakdowns=(Dimension.TRACK,),
    how=(How.TELEMETRY, How.REGISTER),
    minimum=None,
    target=20,
    verified=True,
)
SET = IndicatorSet("kvantorium", "2026", "", "", "kvantorium", "", 0, 364, official=True, indicators=(LINE,))


@pytest.mark.parametrize("verified", [True, False])
def test_a_set_is_verified_where_each_of_its_lines_is(*, verified: bool) -> None:
    assert replace(SET, indicators=(LINE, replace(LINE, verified=verified))).verified == verified


def test_the_best_proof_comes_first() -> None:
    assert [how.word for how in sorted(How)] == ["telemetry", "timetable", "register", "manual"]
