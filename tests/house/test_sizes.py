from __future__ import annotations

from statistics import median, quantiles

from tests.house.sources import ROOT, functions, modules

MODULE_LINES = 400
FUNCTION_LINES = 40
NINE_IN_TEN_LINES = 25
MEDIAN_LINES = 8


def test_no_module_is_longer_than_its_budget() -> None:
    sizes = {str(path.relative_to(ROOT)): path.read_text("utf-8").count("\n") for path in modules()}
    assert {name: size for name, size in sizes.items() if size > MODULE_LINES} == {}


def test_no_function_is_longer_than_its_budget() -> None:
    assert [f for f in functions() if f.lines > FUNCTION_LINES] == []


def test_most_functions_are_short() -> None:
    sizes = [f.lines for f in functions()]
    assert median(sizes) <= MEDIAN_LINES
    assert quantiles(sizes, n=10)[-1] <= NINE_IN_TEN_LINES
