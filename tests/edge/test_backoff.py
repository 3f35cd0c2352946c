from __future__ import annotations

import pytest

from edge.backoff import HOPELESS, Backoff


@pytest.mark.parametrize(
    ("failures", "draw", "delay_s"),
    [
        (0, 0.0, 0.5),
        (1, 0.0, 0.5),
        (2, 0.0, 1.0),
        (3, 0.0, 2.0),
        (7, 0.0, 30.0),
        (10_000, 0.0, 30.0),
        (1, 0.5, 0.45),
        (10_000, 1.0, 24.0),
    ],
)
def test_waits_double_up_to_the_ceiling_and_are_spread_downwards(failures: int, draw: float, delay_s: float) -> None:
    assert Backoff().delay_s(failures, draw) == pytest.approx(delay_s)


def test_the_hopeless_is_tried_about_once_a_minute_from_the_first_time_on() -> None:
    assert [HOPELESS.delay_s(failures, 0.0) for failures in (1, 2, 99)] == [60.0, 60.0, 60.0]
