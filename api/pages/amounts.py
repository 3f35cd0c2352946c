"""Values of indicators as people read them: whole numbers, percent, hours; and how far a plan is fulfilled.

Rounds only what it shows; nothing that is shown is computed with again.
"""

from __future__ import annotations

from dataclasses import dataclass

from api.pages.texts import Texts
from edge.monitoring.contract import Manual
from telemetry.indicators.definition import Unit
from telemetry.indicators.facts import Amount, Coverage

NS_PER_HOUR = 3_600_000_000_000
HOURS = frozenset({Unit.HOURS, Unit.LEARNER_HOURS})


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a plan is fulfilled: `percent` 0 to 100 for a bar, the words beside it, and whether nothing is left."""

    percent: int
    text: str
    left: str
    reached: bool


def magnitude(amount: Amount, unit: Unit) -> float | None:
    """The value in the unit that it is shown in; None for a share of nothing, or of which too little is known."""
    if not amount.is_sufficient:
        return None
    if unit is Unit.SHARE:
        return 100 * amount.numerator / amount.denominator if amount.denominator else None
    return amount.numerator / NS_PER_HOUR if unit in HOURS else float(amount.numerator)


def tenths(value: float, texts: Texts) -> str:
    """A number with one decimal, without it where that is 0."""
    return texts.number(value, 1).removesuffix(texts.number(0.0, 1)[1:])


def figure(value: float, unit: Unit, texts: Texts) -> str:
    """A value of a unit as text, with the percent sign where it is a share."""
    if unit is Unit.SHARE:
        return texts("amount.percent", value=tenths(value, texts))
    return texts.number(value, 1 if unit in HOURS and 0 < value < 100 else 0)


def amount_text(amount: Amount | None, unit: Unit, texts: Texts) -> str:
    """A value as text; words where there is none."""
    value = None if amount is None else magnitude(amount, unit)
    if value is not None:
        return figure(value, unit, texts)
    known = None if amount is None or amount.coverage is None else amount.coverage.part
    return texts("amount.insufficient") if known is None else texts("amount.sparse", known=texts.percent(known))


def known_and_asked(coverage: Coverage, texts: Texts) -> tuple[str, str]:
    """How much of some time is known, never rounded up to what is asked, and how much is asked, as percent."""
    known = coverage.known * 1000 // coverage.whole / 10 if coverage.whole else 0.0
    return figure(known, Unit.SHARE, texts), figure(coverage.least_ppm / 10_000, Unit.SHARE, texts)


def has_value(amount: Amount, unit: Unit) -> bool:
    """Whether there is anything to show."""
    return magnitude(amount, unit) is not None


def unit_text(amount: Amount, unit: Unit, texts: Texts) -> str:
    """The unit's word as the number before it wants it; empty for a share, which has its sign."""
    value = magnitude(amount, unit)
    return "" if unit is Unit.SHARE or value is None else texts(f"measure.{unit.value}", int(value))


def whole_text(value: int | None, unit: Unit, texts: Texts) -> str:
    """A plan or a minimum in whole units; empty where there is none."""
    return "" if value is None else figure(float(value), unit, texts)


def manual_text(manual: Manual, unit: Unit, texts: Texts) -> str:
    """A person's value: at most two decimals."""
    decimals = 0 if manual.hundredths % 100 == 0 else 1 if manual.hundredths % 10 == 0 else 2
    text = texts.number(manual.hundredths / 100, decimals)
    return texts("amount.percent", value=text) if unit is Unit.SHARE else text


def progress_of(amount: Amount, target: int | None, unit: Unit, texts: Texts) -> Progress | None:
    """How far a plan is fulfilled; None without a plan or a value."""
    value = magnitude(amount, unit)
    if value is None or not target:
        return None
    done = value / target
    left = target - value
    reached = left <= 0
    return Progress(
        percent=min(int(done * 100), 100),
        text=texts.percent(done) if done < 1 else texts("amount.percent", value=texts.number(int(done * 100), 0)),
        left=texts("amount.reached") if reached else texts("amount.left", value=figure(left, unit, texts)),
        reached=reached,
    )
