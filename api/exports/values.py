"""Values of indicators as people read them: shares in percent, hours as hours, everything else as it is counted.

Exact numbers stay beside them, as numerator and denominator.
"""

from __future__ import annotations

from api.exports.delimited import NS_PER_HOUR
from api.exports.privacy import Shown, Withheld
from api.pages.texts import NBSP, Texts
from edge.monitoring.contract import Manual
from telemetry.indicators.definition import Unit
from telemetry.indicators.facts import Amount

_HOURS = frozenset({Unit.HOURS, Unit.LEARNER_HOURS})
PERCENT_DECIMALS = 2


def number_of(amount: Amount, unit: Unit) -> int | float | None:
    """A value in its unit; None where a share is of nothing, or too little is known of it."""
    if not (amount.is_value and amount.is_sufficient):
        return None
    if amount.denominator is not None:
        return whole(round(100 * amount.numerator / amount.denominator, PERCENT_DECIMALS))
    return whole(amount.numerator / NS_PER_HOUR) if unit in _HOURS else amount.numerator


def cell_of(shown: Shown, unit: Unit) -> int | float | str | None:
    """A value as a cell: a number, the label of what is withheld, or nothing."""
    return shown.label if isinstance(shown, Withheld) else number_of(shown, unit)


def told_cell(shown: Shown, unit: Unit, texts: Texts) -> int | float | str | None:
    """As `cell_of`, and words where too little is known to tell a number."""
    sparse = isinstance(shown, Amount) and not shown.is_sufficient
    return texts("insufficient_data") if sparse else cell_of(shown, unit)


def coverage_cell(shown: Shown) -> float | None:
    """How much of the base of a ratio of time is known, 0 to 1; None of anything else."""
    return None if isinstance(shown, Withheld) or shown.coverage is None else shown.coverage.part


def manual_number(manual: Manual) -> int | float:
    """A value that a person gave, in the unit of its indicator."""
    return whole(manual.hundredths / 100)


def manual_cell(manual: Manual | Withheld | None) -> int | float | str | None:
    """A value that a person gave as a cell: a number, the label of what is withheld, or nothing."""
    if isinstance(manual, Withheld):
        return manual.label
    return None if manual is None else manual_number(manual)


def whole(value: float) -> int | float:
    """A number without a fraction as an int."""
    return int(value) if value == int(value) else value


def told(value: float | str | None, unit: Unit, texts: Texts) -> str:
    """A cell as a text of a report: `1 245`, `86,5 %`, `<5`, or a dash."""
    if value is None:
        return "—"
    if isinstance(value, str):
        return value
    shown = texts.number(value, 0 if isinstance(value, int) else 1)
    return f"{shown}{NBSP if texts.language == 'ru' else ''}%" if unit is Unit.SHARE else shown


def counted(value: float | str | None, unit: Unit, texts: Texts) -> str:
    """A cell with its unit in a sentence: `1 245 обучающихся`, `86,5 %`, `<5 человек`."""
    if unit is Unit.SHARE or value is None:
        return told(value, unit, texts)
    if isinstance(value, int):
        return texts(f"counted.{unit.value}", value)
    return f"{told(value, unit, texts)}{NBSP}{texts(f'unit_word.{unit.value}').rstrip('.')}"
