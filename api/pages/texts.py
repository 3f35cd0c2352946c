"""Words, numbers, times and plural forms in the reader's language and the centre's time zone.

No text of a page stands anywhere but in `texts_<language>.toml` and its neighbours, the other `PARTS`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from datetime import date as Date  # noqa: N812 - `date` is what a method here is called
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

from api.pages.sayings import retold
from telemetry.model import NS_PER_S, Instant

Language: TypeAlias = Literal["ru", "en"]
LANGUAGES: tuple[Language, ...] = ("ru", "en")
Entry: TypeAlias = str | Mapping[str, str]

PARTS = ("lessons", "monitoring", "register", "texts")
"""Files of words of each language, `<part>_<language>.toml`: no key stands in two of them."""

NBSP = "\u00a0"
NARROW_NBSP = "\u202f"
MINUS = "\u2212"
FORMS = frozenset({"one", "few", "many"})
COUNTED = frozenset({"pcs", "rpm", "bpm", "mm/min"})
"""Units of whole things, or so small that nobody looks at their parts."""

_ISO_DAY = re.compile(r"(?<![\w-])\d{4}-\d\d-\d\d(?![\w-])")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def plural_form(language: Language, n: int) -> str:
    """The form that counts `n` things: after CLDR, for whole numbers."""
    if language == "en":
        return "one" if n == 1 else "many"
    if n % 10 == 1 and n % 100 != 11:
        return "one"
    return "few" if n % 10 in (2, 3, 4) and n % 100 not in (12, 13, 14) else "many"


@cache
def load(language: Language) -> Mapping[str, Entry]:
    """A language's table of all its files, read once: dotted keys to texts, or to plural forms."""
    files = [Path(__file__).parent / f"{part}_{language}.toml" for part in PARTS]
    tables = [tomllib.loads(path.read_text(encoding="utf-8")) for path in files]
    return MappingProxyType({key: entry for table in tables for key, entry in _flat(table, "")})


def _flat(table: Mapping[str, object], prefix: str) -> list[tuple[str, Entry]]:
    rows: list[tuple[str, Entry]] = []
    for key, value in table.items():
        if isinstance(value, str) or (isinstance(value, dict) and set(value) <= FORMS):
            rows.append((prefix + key, value))
        elif isinstance(value, dict):
            rows.extend(_flat(value, f"{prefix}{key}."))
    return rows


@dataclass(frozen=True, slots=True)
class Texts:
    """One language, one time zone."""

    language: Language
    zone: ZoneInfo
    table: Mapping[str, Entry]

    def __call__(self, key: str, n: int | None = None, **values: object) -> str:
        """The text called `key`, with `values` filled in; `n` chooses the plural form and fills `{n}`."""
        entry = self.table[key]
        if n is not None and not isinstance(entry, str):
            return entry[plural_form(self.language, n)].format(n=self.number(n, 0), **values)
        if not isinstance(entry, str):
            raise KeyError(f"{key} needs a number")
        return entry.format(**values) if values else entry

    def word(self, group: str, name: str) -> str:
        """A name in a group of texts (`channel.bed_temperature`), or the name itself, readable, where it has none."""
        entry = self.table.get(f"{group}.{name}")
        return entry if isinstance(entry, str) else name.replace("_", " ")

    def said(self, text: str) -> str:
        """What the gateway or a driver says in English, in this language where it is known."""
        return retold(text, self.language)

    def unit(self, unit: str) -> str:
        """A unit as this language writes it."""
        entry = self.table.get(f"unit.{unit}")
        return entry if isinstance(entry, str) else unit

    def number(self, value: float, decimals: int) -> str:
        """`12 345,6` or `12,345.6`; a true minus sign, no minus zero."""
        text = f"{abs(value):,.{decimals}f}" if abs(value) >= 10_000 else f"{abs(value):.{decimals}f}"
        if self.language == "ru":
            text = text.replace(",", NARROW_NBSP).replace(".", ",")
        return MINUS + text if value < 0 and float(f"{value:.{decimals}f}") != 0 else text

    def measured(self, value: float, unit: str = "") -> str:
        """A measured value with about four significant digits, its decimals steady within a decade; counts have none.

        A true zero is a thing switched off, and looks like that.
        """
        size = abs(value)
        if size == 0 or (unit in COUNTED and size < 1e7):
            return self.number(value, 0)
        if size >= 1e7 or 0 < size < 1e-3:
            return f"{value:.2e}".replace(".", "," if self.language == "ru" else ".")
        return self.number(value, 0 if size >= 1000 else 1 if size >= 10 else 2)

    def percent(self, share: float) -> str:
        """`45 %` in Russian, `45%` in English; never 100 before the end."""
        whole = min(int(share * 100), 100)
        return f"{whole}{NBSP}%" if self.language == "ru" else f"{whole}%"

    def share(self, share: float) -> str:
        """A part of a whole with one decimal: `12,5 %`; what is not nothing is never shown as zero."""
        shown = share * 100 if share >= 0.0005 else 0.1
        text = f"{'< ' if share < 0.0005 else ''}{self.number(shown, 1)}"
        return f"{text}{NBSP}%" if self.language == "ru" else f"{text}%"

    def local(self, instant: Instant) -> datetime:
        """The centre's own time."""
        return (_EPOCH + timedelta(microseconds=instant // 1000)).astimezone(self.zone)

    def time(self, instant: Instant) -> str:
        """`14:32`."""
        return f"{self.local(instant):%H:%M}"

    def date(self, instant: Instant) -> str:
        """`21 ноября`, `21 November`."""
        return self.day(self.local(instant))

    def times(self, start: Instant, end: Instant) -> str:
        """`09:25–10:45`."""
        return f"{self.time(start)}–{self.time(end)}"

    def day(self, day: Date) -> str:
        """`21 сентября`, `21 September`."""
        return self("date.day", day=day.day, month=self(f"month.{day.month}"))

    def weekday_and_day(self, day: Date) -> str:
        """`понедельник, 21 сентября`, `Monday, 21 September`."""
        return self("date.weekday", weekday=self(f"weekday.{day.isoweekday()}"), day=self.day(day))

    def days(self, first: Date, last: Date) -> str:
        """`21–27 сентября 2026`, `28 сентября — 4 октября 2026`; both days are meant."""
        if first == last:
            return self("date.year", date=self.day(first), year=first.year)
        if (first.year, first.month) == (last.year, last.month):
            days = self("date.day", day=f"{first.day}–{last.day}", month=self(f"month.{first.month}"))
            return self("date.year", date=days, year=first.year)
        end = self("date.year", date=self.day(last), year=last.year)
        begin = self.day(first)
        if first.year != last.year:
            begin = self("date.year", date=begin, year=first.year)
        return self("date.range", start=begin, end=end)

    def with_days(self, said: str) -> str:
        """A sentence whose days stand as `2026-10-12` with its days as people write them."""
        return _ISO_DAY.sub(self._day_found, said)

    def _day_found(self, found: re.Match[str]) -> str:
        try:
            day = Date.fromisoformat(found[0])
        except ValueError:  # as many digits, and no day
            return found[0]
        return self.days(day, day)

    def moment(self, instant: Instant, now: Instant) -> str:
        """The time alone today, else with its date."""
        same_day = self.local(instant).date() == self.local(now).date()
        return self.time(instant) if same_day else self.dated(instant, now)

    def dated(self, instant: Instant, now: Instant) -> str:
        """The date and the time, with the year in another year."""
        day, today = self.local(instant), self.local(now)
        date = self.date(instant)
        if day.year != today.year:
            date = self("date.year", date=date, year=day.year)
        return self("date.moment", date=date, time=self.time(instant))

    def range(self, start: Instant, end: Instant, now: Instant) -> str:
        """A window: times alone where all of it is today."""
        today = self.local(now).date()
        if self.local(start).date() == self.local(end).date() == today:
            texts = (self.time(start), self.time(end))
        else:
            texts = (self.dated(start, now), self.dated(end, now))
        return self("date.range", start=texts[0], end=texts[1])

    def since(self, instant: Instant, now: Instant) -> str:
        """`с 14:32` today, `с 21 ноября` before."""
        day, today = self.local(instant), self.local(now)
        return self("since", moment=self.time(instant) if day.date() == today.date() else self.date(instant))

    def duration(self, ns: int) -> str:
        """Two greatest parts: `3 дн 4 ч`, `2 ч 05 мин`, `12 мин`, `< 1 мин`; the same rule is in `elapsed.js`."""
        minutes = max(ns, 0) // (60 * NS_PER_S)
        days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
        if days:
            return self("duration.days", days=days, hours=hours) if hours else self("duration.whole_days", days=days)
        if hours:
            return self("duration.hours", hours=hours, minutes=f"{rest:02d}")
        return self("duration.minutes", minutes=rest) if rest else self("duration.moment")

    def exact(self, ns: int) -> str:
        """A total for a table: like `duration`, with seconds below an hour."""
        if ns >= 3600 * NS_PER_S or ns == 0:
            return self.duration(ns) if ns else self("duration.none")
        minutes, seconds = divmod(round(ns / NS_PER_S), 60)
        if not minutes:
            return self("duration.seconds", seconds=max(seconds, 1))
        return self("duration.minutes_seconds", minutes=minutes, seconds=f"{seconds:02d}")
