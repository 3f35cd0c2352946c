from __future__ import annotations

import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from api import pages
from api.pages.board import fitted
from api.pages.texts import FORMS, Language, Texts, load, plural_form
from edge.settings import Kind
from telemetry.model import JobOutcome, Source, State
from tests.api.lab import HOUR, MINUTE, NOW, S

FOLDER = Path(pages.__file__).parent
TEMPLATES = sorted((FOLDER / "templates").glob("*.html"))
SCRIPTS = sorted((FOLDER / "static").glob("*.js"))
RU, EN = (Texts(language, ZoneInfo("Europe/Moscow"), load(language)) for language in ("ru", "en"))
GROUPS = (
    *("state.", "unknown.", "source.", "kind.", "outcome.", "channel.", "unit.", "month.", "window.", "part.", "nav."),
    *("weekday.", "weekday_short.", "week.", "mark.", "lesson.", "lesson_week.", "lesson_form.", "happening.", "past."),
    *("period.", "session.", "why.", "import.", "plan.", "entry.", "column."),
    *("kinds.", "group.", "field.", "own.", "help.", "choice.", "fault."),
    *(
        "how.",
        "measure.",
        "dimension.",
        "status.",
        "fact.",
        "chart.",
        "trend.",
        "quarter.",
        "export.",
        "format.",
        "close.",
        "lead.",
        "jump.",
    ),
    *("adding.", "fills.", "forms.fix_"),
)
"""Texts that are asked for by a word of the model, never in full."""

_FIELD = re.compile(r"\{(\w+)\}")


def test_both_languages_say_the_same_things() -> None:
    assert set(RU.table) == set(EN.table)


@pytest.mark.parametrize("key", sorted(RU.table))
def test_both_languages_fill_in_the_same_values(key: str) -> None:
    russian, english = RU.table[key], EN.table[key]
    assert isinstance(russian, str) == isinstance(english, str)
    for one in (russian, english):
        texts = [one] if isinstance(one, str) else list(one.values())
        assert all(text.strip() for text in texts)
    fields = [
        {name for text in ([one] if isinstance(one, str) else one.values()) for name in _FIELD.findall(text)}
        for one in (russian, english)
    ]
    assert fields[0] == fields[1]


def test_plurals_have_every_form_of_their_language() -> None:
    for texts, forms in ((RU, FORMS), (EN, FORMS - {"few"})):
        assert all(set(one) == forms for one in texts.table.values() if not isinstance(one, str))


def test_every_word_of_the_model_has_a_text() -> None:
    wanted = {f"state.{one.word}" for one in State} | {f"source.{one.word}" for one in Source}
    wanted |= {f"kind.{one.value}" for one in Kind} | {f"outcome.{one.word}" for one in JobOutcome}
    wanted |= {"outcome.stopped"}  # of a run: a component of the monitoring
    assert wanted <= set(RU.table)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_says_anything_by_itself(template: Path) -> None:
    bare = re.sub(r"(?s)\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", template.read_text(encoding="utf-8"))
    shown = re.sub(r"(?s)<[^>]*>", " ", bare)
    attributes = re.findall(r'(?:title|alt|aria-label|placeholder)="([^"]*)"', bare)
    assert re.findall(r"[^\W\d_]+", " ".join([shown, *attributes])) == []


@pytest.mark.parametrize("path", [*TEMPLATES, *SCRIPTS], ids=lambda path: path.name)
def test_texts_in_russian_stand_only_in_their_table(path: Path) -> None:
    assert re.findall(r"[А-Яа-яЁё]+", path.read_text(encoding="utf-8")) == []


def test_every_text_is_used_and_every_used_text_is_there() -> None:
    sources = [*TEMPLATES, *FOLDER.glob("*.py"), *FOLDER.parent.glob("*.py"), *FOLDER.parent.glob("routes/*_page.py")]
    code = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    called = set(re.findall(r"\b(?:t|texts|self)\(\s*[\"']([a-z_.]+)[\"'](?!\s*~)", code)) | set(
        re.findall(r'"(error\.(?!html)[a-z_]+)"', code)
    )
    named = {key for key in RU.table if key.startswith(GROUPS) or f'"{key.split(".")[-1]}"' in code}
    assert called <= set(RU.table)
    assert set(RU.table) - called - named == set()


@pytest.mark.parametrize(
    ("language", "n", "form"),
    [
        ("ru", 1, "one"),
        ("ru", 21, "one"),
        ("ru", 11, "many"),
        ("ru", 111, "many"),
        ("ru", 2, "few"),
        ("ru", 23, "few"),
        ("ru", 12, "many"),
        ("ru", 5, "many"),
        ("ru", 0, "many"),
        ("en", 1, "one"),
        ("en", 0, "many"),
        ("en", 21, "many"),
    ],
)
def test_things_are_counted_as_the_language_does(language: Language, n: int, form: str) -> None:
    assert plural_form(language, n) == form


def test_a_text_that_counts_needs_its_number() -> None:
    with pytest.raises(KeyError):
        RU("board.count")
    assert RU("board.count", 1234) == "1234 устройства"
    assert RU("state.idle", 3) == "Свободно"


@pytest.mark.parametrize(
    ("value", "russian", "english"),
    [
        (210.06, "210,1", "210.1"),
        (-0.001, "0,00", "0.00"),
        (-12.345, "−12,3", "−12.3"),
        (1200.4, "1200", "1200"),
        (45678.9, "45\u202f679", "45,679"),
        (0.5, "0,50", "0.50"),
        (0.0, "0", "0"),
        (0.00012, "1,20e-04", "1.20e-04"),
        (3e9, "3,00e+09", "3.00e+09"),
    ],
)
def test_values_are_written_as_people_read_them(value: float, russian: str, english: str) -> None:
    assert (RU.measured(value), EN.measured(value)) == (russian, english)


def test_whole_things_are_counted_without_decimals() -> None:
    assert [RU.measured(value, "pcs") for value in (0.0, 7.0, 240.0)] == ["0", "7", "240"]
    assert RU.measured(7.0, "V") == "7,00"


@pytest.mark.parametrize(
    ("ns", "text", "exact"),
    [
        (0, "< 1 мин", "0"),
        (5, "< 1 мин", "1 с"),
        (59 * S, "< 1 мин", "59 с"),
        (61 * S, "1 мин", "1 мин 01 с"),
        (2 * HOUR + 5 * MINUTE, "2 ч 05 мин", "2 ч 05 мин"),
        (24 * HOUR, "1 дн", "1 дн"),
        (76 * HOUR, "3 дн 4 ч", "3 дн 4 ч"),
        (-5, "< 1 мин", "1 с"),
    ],
)
def test_durations_name_their_two_greatest_parts(ns: int, text: str, exact: str) -> None:
    assert (RU.duration(ns), RU.exact(ns)) == (text, exact)


@pytest.mark.parametrize(("share", "text"), [(0.125, "12,5\u00a0%"), (1.0, "100,0\u00a0%"), (0.0001, "< 0,1\u00a0%")])
def test_a_share_that_is_not_nothing_is_never_zero(share: float, text: str) -> None:
    assert RU.share(share) == text


def test_percents_never_say_a_hundred_too_early() -> None:
    assert (RU.percent(0.999), EN.percent(1.0)) == ("99\u00a0%", "100%")


def test_moments_say_no_more_of_the_date_than_is_needed() -> None:
    day = 24 * HOUR
    assert [RU.moment(NOW - ago, NOW) for ago in (0, day, 365 * day)] == [
        "17:00",
        "20 сентября, 17:00",
        "21 сентября 2025, 17:00",
    ]
    assert (RU.since(NOW, NOW), RU.since(NOW - day, NOW)) == ("с 17:00", "с 20 сентября")
    assert RU.range(NOW - HOUR, NOW, NOW) == "16:00 — 17:00"


def test_units_and_channels_that_nobody_translated_stay_as_they_are() -> None:
    assert (RU.unit("W"), RU.unit("furlong"), RU.word("channel", "odd_one")) == ("Вт", "furlong", "odd one")


@pytest.mark.parametrize(
    ("rooms", "fits"), [([], (1, 1)), ([1], (1, 1)), ([4, 5, 3, 3, 4], (6, 4)), ([12], (4, 3)), ([2, 2, 2, 2], (4, 2))]
)
def test_the_wall_screen_gets_the_largest_cards_that_fit(rooms: list[int], fits: tuple[int, int]) -> None:
    assert fitted(rooms) == fits


def test_days_in_a_sentence_are_told_as_people_write_them() -> None:
    said = "внесено 2026-10-12, приказ 2026-13-40, код a-2026-10-12"
    assert RU.with_days(said) == "внесено 12 октября 2026, приказ 2026-13-40, код a-2026-10-12"
    assert EN.with_days("entered on 2026-10-12 (late)") == "entered on 12 October 2026 (late)"
