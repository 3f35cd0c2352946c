"""What the things of the monitoring are called in the reader's language: quarters, days, indicators, parts.

Counts nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from api.pages.texts import Texts
from edge.monitoring.contract import Period
from telemetry.indicators.definition import Dimension, Indicator

_EPOCH = date(1970, 1, 1).toordinal()


def quarter_name(period: Period, texts: Texts) -> str:
    """`III квартал 2026 года`."""
    return texts("quarter.name", quarter=texts(f"quarter.{period.quarter}"), year=period.year)


def quarter_short(period: Period, texts: Texts) -> str:
    """`III кв. 2026`."""
    return texts("quarter.short", quarter=texts(f"quarter.{period.quarter}"), year=period.year)


def name_of(indicator: Indicator, texts: Texts) -> str:
    """An indicator's name in the reader's language."""
    return indicator.name_ru if texts.language == "ru" else indicator.name_en


def day_text(day: int, texts: Texts) -> str:
    """A local day with its year."""
    told = date.fromordinal(_EPOCH + day)
    return texts.days(told, told)


def part_name(by: Dimension, key: str, name: str, texts: Texts) -> str:
    """What a key of a dimension is called: a word of the model, else the name that somebody gave it."""
    if key:
        return key_text(by, key, name, texts)
    return texts("monitoring.no_partner") if by is Dimension.PARTNER else texts("monitoring.unnamed")


def key_text(by: Dimension, key: str, name: str, texts: Texts) -> str:
    """As `part_name`; nothing for no key."""
    for group in _WORDS.get(by, ()):
        told = texts.table.get(f"{group}.{key}")
        if isinstance(told, str):
            return told
    return name or key


_WORDS: Mapping[Dimension, Sequence[str]] = {
    Dimension.CATEGORY: ("choice.Category",),
    Dimension.LEVEL: ("choice.AchievementLevel", "choice.Level"),
    Dimension.RESULT: ("choice.Result", "outcome"),
    Dimension.FORM: ("choice.Form", "choice.MentoringForm"),
    Dimension.KIND: ("choice.EventKind", "choice.ProjectKind", "choice.ChannelKind", "kind", "happening"),
    Dimension.DIRECTION: ("choice.Direction",),
    Dimension.STATUS: ("status",),
}
"""Where the words of a dimension's keys stand, where they are words of the model."""
