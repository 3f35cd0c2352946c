from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

from api.exports.forms.mapping import About, Value
from edge.monitoring.contract import Period
from tests.api.lab import Lab, visible
from tests.api.school import school

RU = {"accept-language": "ru"}
EN = {"accept-language": "en"}
ASKED = "year=2026&quarter=3"
CHECK = f"/monitoring/forms/own?{ASKED}"


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    lab = Lab(config=tmp_path / "labedge.toml")
    lab.enter(*school())
    return lab


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a form of the lab's own stands: a table of nine empty cells."""
    folder = tmp_path / "forms.d"
    folder.mkdir()
    (folder / "own.csv").write_text(";;\n;;\n;;\n", "utf-8")
    return folder


def mapping(folder: Path, *places: str, title: str = "Своя") -> None:
    text = f'title = "{title}"\ntemplate = "own.csv"\n' + "".join(f"[[place]]\n{one}\n" for one in places)
    (folder / "own.toml").write_text(text, "utf-8")


def blanks(page: str) -> list[str]:
    """The places that a page tells as blank, in its order."""
    return re.findall(r'<span class="at">([^<]*)</span>', page.partition('<details class="blank full">')[0])


def test_every_blank_is_told_with_its_reason_and_leads_to_its_indicator(lab: Lab, folder: Path) -> None:
    mapping(
        folder,
        'at = "A1"\nabout = "centre"',
        'at = "A2"\nnumber = "1.2"\nvalue = "manual"',
        'at = "A3"\nnumber = "1.2"\nvalue = "year_to_date"\nby = "category"\nkey = "learner"',
        'at = "B1"\nabout = "sha256"',
        'at = "B2"\ndirection = "campaigns"\nvalue = "text"',
    )
    page = lab.page(CHECK, **RU)
    shown = visible(page)
    told = lab.get(f"/api/v1/exports/forms/own/check?{ASKED}")
    assert told["blanks"]
    assert sorted(one["at"] for one in told["blanks"]) == sorted(blanks(page))
    assert f"останутся пустыми из {told['places']}" in shown
    assert "значение вручную 1 место не внесено. Внесите значение вручную, если оно нужно. A2 1.2" in shown
    assert "хеш редакции 1 место показаны текущие данные, а не закрытая редакция. Закройте квартал" in shown
    assert f'href="/monitoring/indicators/1.2?{html.escape(ASKED)}"' in page
    assert f'href="/api/v1/exports/forms/own?{html.escape(ASKED)}&amp;lang=ru" download' in page
    assert "stay blank of" in visible(lab.page(CHECK, **EN))


def test_blanks_are_told_by_what_is_missing_and_lead_to_where_it_is_entered(lab: Lab, folder: Path) -> None:
    mapping(
        folder,
        *(f'at = "A{number}"\nnumber = "1.{number}"\nvalue = "text"' for number in (1, 2, 3)),
        'at = "B1"\ndirection = "campaigns"\nvalue = "text"',
        *(f'at = "C{number}"\nnumber = "1.{number}"\nvalue = "manual"' for number in (1, 2, 3)),
    )
    page = lab.page(CHECK, **RU)
    assert re.findall(r"<summary><b>([^<]*)</b> <span class=\"count\">([^<]*)<", page) == [
        ("значение вручную", "3 места"),
        ("пояснение", "4 места"),
    ]
    entering = html.unescape(re.findall(r'href="(/monitoring/enter/[^"]*)"', page)[-1])
    answer = lab.client.get(entering, headers=RU)
    assert answer.status_code == 200
    assert '<option value="campaigns" selected>' in answer.text
    assert f'name="back" value="/monitoring/forms/own?{html.escape(ASKED)}"' in answer.text


def test_a_long_group_unfolds_and_filled_places_are_shown_with_what_goes_there(lab: Lab, folder: Path) -> None:
    (folder / "own.csv").write_text(";;;;\n" * 5, "utf-8")
    places = [f'at = "{"ABCD"[n % 4]}{n // 4 + 1}"\nnumber = "1.{n + 1}"\nvalue = "text"' for n in range(9)]
    about = ("year", "first_day", "centre")
    mapping(folder, *places, *(f'at = "E{n + 1}"\nabout = "{one}"' for n, one in enumerate(about)))
    page = lab.page(CHECK, **RU)
    assert '<details class="blank">' in page
    shown = visible(page)
    assert "Заполнятся 3 места E1 год 2026 E2 первый день 1 июля 2026 E3 название центра Кванториум «Опыт»" in shown


def test_what_does_not_fit_comes_first_and_the_form_is_not_offered(lab: Lab, folder: Path) -> None:
    mapping(
        folder,
        'at = "A1"\nabout = "sha256"',
        'at = "A2"\nnumber = "77.7"',
        'at = "A3"\ndirection = "nothing"\nvalue = "text"',
    )
    page = lab.page(CHECK, **RU)
    shown = visible(page)
    assert "2 места не подходят." in shown
    assert blanks(page) == ["A2", "A3", "A1"]
    assert "в наборе нет показателя с таким номером 1 место Исправьте номер" in shown
    assert "A2 77.7 значение нарастающим итогом" in shown
    assert "/api/v1/exports/forms/own?" not in page


def test_places_of_which_too_little_is_known_stand_together_and_each_says_how_much(lab: Lab, folder: Path) -> None:
    mapping(folder, 'at = "A1"\nnumber = "A.6"', 'at = "A2"\nnumber = "A.6"\nby = "equipment"\nkey = "mill-1"')
    shown = visible(lab.page(CHECK, **RU))
    assert "2 места о времени работы оборудования известно слишком мало. Посмотрите" in shown
    assert "Оборудование: Фрезер 1; известно 0 %, нужно не меньше 80 %" in shown
    assert "mill-1; 0% is known, at least 80% is asked" in visible(lab.page(CHECK, **EN)).replace("Фрезер 1", "mill-1")


def test_a_form_without_blanks_says_so(lab: Lab, folder: Path) -> None:
    mapping(folder, 'at = "A1"\nabout = "centre"', 'at = "A2"\nabout = "year"')
    assert "Пустых мест нет: заполнены все 2 места." in visible(lab.page(CHECK, **RU))


def test_an_edition_is_checked_as_it_was_closed(lab: Lab, folder: Path) -> None:
    mapping(folder, 'at = "A1"\nabout = "edition"')
    assert lab.monitoring is not None
    lab.monitoring.close_period(Period(2026, 2), author="Соколова", reason="отчёт", at=lab.clock.now())
    query = "year=2026&quarter=2"
    assert "1 место останется пустым из 1. Форму можно скачать и так." in visible(
        lab.page(f"/monitoring/forms/own?{query}", **RU)
    )
    open_data = lab.page(f"/monitoring/forms/own?{query}", **RU)
    assert f'href="/monitoring/forms/own?{html.escape(query)}&amp;edition=1"' in open_data
    assert 'href="/monitoring/close?year=2026&amp;quarter=3"' in lab.page(CHECK, **RU)
    closed = lab.page(f"/monitoring/forms/own?{query}&edition=1", **RU)
    assert "Пустых мест нет" in visible(closed)
    assert "quarter=2&amp;edition=1&amp;lang=ru" in closed


def test_a_small_group_is_offered_to_the_school_itself(lab: Lab) -> None:
    page = lab.page(f"/monitoring/forms/people-by-category?{ASKED}", **RU)
    withheld = [
        one
        for one in lab.get(f"/api/v1/exports/forms/people-by-category/check?{ASKED}")["blanks"]
        if one["reason"] == "withheld"
    ]
    assert ("inside=true" in page) == bool(withheld)
    assert "inside=true" not in visible(page)


def test_the_monitoring_leads_to_the_check(lab: Lab) -> None:
    page = lab.page(f"/monitoring?{ASKED}", **RU)
    for form in ("quarterly-book", "people-by-category"):
        assert f'href="/monitoring/forms/{form}?{html.escape(ASKED)}"' in page


@pytest.mark.parametrize("form", ["nothing", "%2e%2e%2fown", "own.toml"])
def test_a_form_that_is_not_listed_has_no_page(lab: Lab, form: str) -> None:
    assert lab.client.get(f"/monitoring/forms/{form}?{ASKED}").status_code == 404


def test_a_form_cannot_break_the_page(lab: Lab, folder: Path) -> None:
    mapping(folder, 'at = "<i>Z</i>9"\nnumber = "<u>1</u>"', title="<b>x</b>")
    page = lab.page(CHECK, **RU)
    assert not re.search(r"<b>x|<i>Z|<u>1", page)
    assert "&lt;b&gt;x&lt;/b&gt;" in page


@pytest.mark.parametrize("word", [*Value, *About])
def test_whatever_goes_to_a_place_has_a_name_in_both_languages(lab: Lab, folder: Path, word: Value | About) -> None:
    about = word in tuple(About)
    what = f'about = "{word}"' if about else f'number = "9.9"\nvalue = "{word}"'
    mapping(folder, f'at = "A1"\n{what}', f'at = "A1"\n{what}')
    assert f">{word}<" not in lab.page(CHECK, **RU)
    assert f">{word}<" not in lab.page(CHECK, **EN).replace("<small>", "")
