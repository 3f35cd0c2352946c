from __future__ import annotations

import re
from pathlib import Path

import pytest

from telemetry.indicators.definition import Aggregation, Dimension, How
from telemetry.indicators.table import INDICATORS
from tests.telemetry.indicators.worlds import AGGREGATIONS, EMPTY

ROOT = Path(__file__).parents[3]
TOLD = (ROOT / "docs" / "indicators.md").read_text("utf-8")


def paragraph(name: str) -> str:
    """What is told of an indicator, on one line."""
    told = (" ".join(one.split()) for one in re.split(r"\n\n|\n(?=\*)", TOLD))
    return next((one for one in told if one.startswith(f"* **`{name}`**")), "")


@pytest.mark.parametrize("name", INDICATORS)
def test_every_indicator_has_a_paragraph_that_names_its_file_and_aggregation(name: str) -> None:
    module = INDICATORS[name].__module__.rsplit(".", 1)[-1]
    assert f"(`{module}.py`, {AGGREGATIONS[name]})" in paragraph(name)


@pytest.mark.parametrize("name", INDICATORS)
def test_every_paragraph_names_the_dimensions_of_its_facts_and_no_other(name: str) -> None:
    by = {dimension.value for dimension in INDICATORS[name](EMPTY).labels}
    told = paragraph(name).rsplit("By ", 1)[-1]
    assert set(re.findall(r"[a-z]+", told)) == by


def test_only_indicators_have_paragraphs() -> None:
    assert set(re.findall(r"^\* \*\*`(\w+)`\*\*", TOLD, re.MULTILINE)) == set(INDICATORS)


@pytest.mark.parametrize("word", [*Aggregation, *(how.word for how in How), *Dimension])
def test_every_word_of_a_set_is_told(word: str) -> None:
    assert f"`{word}`" in TOLD
