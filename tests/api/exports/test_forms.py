from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
from openpyxl.utils.cell import quote_sheetname
from openpyxl.workbook.defined_name import DefinedName

from api.exports.forms.filling import Blank
from api.exports.forms.mapping import read
from api.exports.words import words_of
from api.pages.texts import LANGUAGES
from edge.errors import GiveUp
from edge.register.contract import Put, Refused
from edge.register.evidence import RuleSet
from edge.register.quarters import Target
from telemetry.model import State
from tests.api.exports.centre import FORMULA, MARKUP, entries
from tests.api.lab import CENTRE, HOUR, NOW, Lab, settings, state

ASKED = "year=2026&quarter=3"
PLACE = '[[place]]\nat = "{at}"\n{words}\n'


@pytest.fixture
def centre(tmp_path: Path) -> Lab:
    (tmp_path / "forms.d").mkdir()
    lab = Lab(config=tmp_path / "labedge.toml")
    lab.enter(*entries())
    return lab


@pytest.fixture
def folder(centre: Lab, tmp_path: Path) -> Path:
    assert centre.client is not None
    return tmp_path / "forms.d"


def workbook(path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Лист 1"
    for row in range(1, 9):
        for column in range(1, 5):
            sheet.cell(row, column, "было")
    sheet["B7"] = "=A1+1"
    sheet["C2"].number_format = "0.0%"
    sheet.merge_cells("A5:B6")
    book.defined_names["ОДНО"] = DefinedName("ОДНО", attr_text="'Лист 1'!$D$4")
    book.defined_names["МНОГО"] = DefinedName("МНОГО", attr_text="'Лист 1'!$A$1:$B$2")
    book.save(path)


def mapping(folder: Path, *places: tuple[str, str], template: str = "own.xlsx") -> None:
    text = f'title = "Своя"\ntemplate = "{template}"\n' + "".join(
        PLACE.format(at=at, words=words) for at, words in places
    )
    (folder / "own.toml").write_text(text, "utf-8")


def get(lab: Lab, form: str = "own", more: str = "") -> Any:
    return lab.client.get(f"/api/v1/exports/forms/{form}?{ASKED}{more}")


def blanks(lab: Lab, form: str = "own") -> dict[str, str]:
    found = lab.get(f"/api/v1/exports/forms/{form}/check?{ASKED}")
    return {one["at"]: one["reason"] for one in found["blanks"]}


def opened(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content))


def test_two_layouts_come_with_labedge(centre: Lab) -> None:
    listed = centre.get("/api/v1/exports/forms")["items"]
    assert {one["name"]: one["kind"] for one in listed} == {"quarterly-book": "xlsx", "people-by-category": "csv"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('title = "Отчёт"\ntemplate = ', "own.toml is no TOML file in UTF-8"),
        ('title = "Отчёт"\ntemplate = "own.csv"\n[[place]]\nat = "B2"\n', "a place has exactly one of number"),
    ],
)
def test_an_own_form_at_fault_is_told_beside_the_good_ones(centre: Lab, folder: Path, content: str, said: str) -> None:
    (folder / "own.toml").write_text(content, "utf-8")
    good = {"quarterly-book", "people-by-category"}
    listed = {one["name"]: one for one in centre.get("/api/v1/exports/forms")["items"]}
    assert listed.keys() == {"own", *good}
    assert all(listed[name]["title"] != name and not listed[name]["fault"] for name in good)
    assert (listed["own"]["title"], listed["own"]["kind"]) == ("own", "")
    assert said in listed["own"]["fault"]
    assert listed["own"]["fix"]


def test_the_book_is_filled_by_named_ranges_and_cells(centre: Lab) -> None:
    book = opened(get(centre, "quarterly-book").content)
    title, sheet = book["Титул"], book["Показатели"]
    assert [title[f"B{row}"].value for row in (3, 4, 5)] == [
        *("Кванториум «Опыт»", "3 квартал 2026 года", datetime(2026, 9, 30))  # noqa: DTZ001 - a day has no zone
    ]
    lines = {row[0]: row for row in sheet.iter_rows(min_row=4, values_only=True)}
    assert lines["1.2"][2:4] == (40, 37)
    assert lines["1.2"][6] == f"Стало больше. {MARKUP}"
    assert lines["1.12"][3] == 5
    assert str(lines["1.2"][4]).startswith("=IF(")
    assert lines["2.1"][3] == 1


def test_the_table_is_filled_category_by_category(centre: Lab) -> None:
    content = get(centre, "people-by-category").content
    assert content.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    assert lines[4] == ["Обучающиеся по программам", "37", "30", "0", "<5*", "<5*", "0", "0", "0", "0"]
    inside = get(centre, "people-by-category", "&inside=true").content.decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(inside), delimiter=";"))[4][4:6] == ["10", "2"]


@pytest.mark.parametrize("form", ["quarterly-book", "people-by-category"])
def test_the_same_form_has_the_same_bytes(centre: Lab, form: str) -> None:
    assert get(centre, form).content == get(centre, form).content


def test_the_archive_is_packed_with_fixed_times(centre: Lab) -> None:
    with ZipFile(io.BytesIO(get(centre, "quarterly-book").content)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2000-01-01T00:00:00Z</dcterms:modified>" in archive.read("docProps/core.xml")


def test_every_fault_is_told_at_once_and_nothing_is_written(centre: Lab, folder: Path) -> None:
    workbook(folder / "own.xlsx")
    mapping(
        folder,
        ("Лист 1!A1", 'number = "9.9"'),
        ("Лист 2!A1", 'number = "1.2"'),
        ("Лист 1!A1048577", 'number = "1.2"'),
        ("Лист 1!XFE1", 'number = "1.2"'),
        ("Лист 1!чудо", 'number = "1.2"'),
        ("НЕТ", 'about = "year"'),
        ("МНОГО", 'about = "year"'),
        ("Лист 1!B6", 'number = "1.2"'),
        ("Лист 1!B7", 'number = "1.2"'),
        ("Лист 1!D4", 'number = "1.2"'),
        ("ОДНО", 'number = "1.2"'),
        ("Лист 1!A2", 'direction = "none_such"\nvalue = "text"'),
        ("Лист 1!A3", 'number = "1.9"\nby = "room"\nkey = "it"'),
        ("Лист 1!A4", 'number = "2.9"'),
        ("Лист 1!B1", 'number = "1.1"\nvalue = "manual"'),
        ("Лист 1!B2", 'number = "1.2"\nby = "category"\nkey = "learner_basic"'),
        ("Лист 1!B3", 'number = "1.4"\nvalue = "progress"'),
    )
    missing = dict.fromkeys(
        ("Лист 2!A1", "Лист 1!A1048577", "Лист 1!XFE1", "Лист 1!чудо", "НЕТ", "МНОГО", "Лист 1!B6"), "no_such_place"
    )
    assert blanks(centre) == missing | {
        "Лист 1!A1": "unknown_indicator",
        "Лист 1!B7": "holds_a_formula",
        "ОДНО": "named_twice",
        "Лист 1!A2": "unknown_direction",
        "Лист 1!A3": "not_broken_down",
        "Лист 1!A4": "no_value",
        "Лист 1!B1": "not_entered",
        "Лист 1!B2": "withheld",
        "Лист 1!B3": "no_value",
    }
    answer = get(centre)
    assert answer.status_code == 422
    assert len(answer.json()["errors"]) == 12


def test_a_place_may_be_merged_named_on_its_sheet_or_beyond_what_is_written(centre: Lab, folder: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Лист 1"
    sheet.merge_cells("B3:C3")
    book.create_sheet("Итоги 'года' 2026")
    book.defined_names["ШИРОКО"] = DefinedName("ШИРОКО", attr_text="'Лист 1'!$B$3:$C$3")
    sheet.defined_names["ТУТ"] = DefinedName("ТУТ", attr_text="'Лист 1'!$A$2")
    for page in book.worksheets:
        page.defined_names["ДВАЖДЫ"] = DefinedName("ДВАЖДЫ", attr_text=f"{quote_sheetname(page.title)}!$D$9")
    book.defined_names["НИГДЕ"] = DefinedName("НИГДЕ", attr_text="'Нет листа'!$A$1")
    book.save(folder / "own.xlsx")
    places = ("ШИРОКО", "ТУТ", "Лист 1!ДВАЖДЫ", "Лист 1!ZZ99", "Итоги 'года' 2026!A1")
    mapping(folder, *((at, 'about = "year"') for at in places))
    assert blanks(centre) == {}
    filled = opened(get(centre).content)
    assert [filled["Лист 1"][at].value for at in ("B3", "A2", "D9", "ZZ99")] == [2026] * 4
    assert filled["Итоги 'года' 2026"]["A1"].value == 2026
    wrong = ("ДВАЖДЫ", "НИГДЕ", "Лист 1!B3:D3", "Лист 1!НЕТ")
    mapping(
        folder,
        ("Лист 1!$B$3:$C$3", 'about = "year"'),
        ("ШИРОКО", 'about = "year"'),
        *((at, 'about = "year"') for at in wrong),
    )
    assert blanks(centre) == dict.fromkeys(wrong, "no_such_place") | {"ШИРОКО": "named_twice"}


def test_a_row_of_a_table_may_be_shorter_than_others(centre: Lab, folder: Path) -> None:
    (folder / "own.csv").write_text("a;b;c\r\nd\r\n", "utf-8")
    mapping(folder, ("C2", 'about = "year"'), template="own.csv")
    assert get(centre).content == b"a;b;c\r\nd;;2026\r\n"


def test_an_edition_is_blank_until_the_quarter_is_closed(centre: Lab, folder: Path) -> None:
    workbook(folder / "own.xlsx")
    mapping(folder, ("Лист 1!A1", 'about = "edition"'))
    (blank,) = centre.get(f"/api/v1/exports/forms/own/check?{ASKED}")["blanks"]
    assert blank["reason"] == "not_closed"
    assert "Закройте квартал" in blank["fix"]


def test_texts_of_people_never_become_formulas_and_shares_follow_the_cells_format(tmp_path: Path) -> None:
    named = CENTRE.model_copy(update={"name": FORMULA})
    folder, centre = tmp_path / "forms.d", Lab(settings().model_copy(update={"centre": named}), config=tmp_path / "x")
    folder.mkdir()
    centre.enter(*entries())
    workbook(folder / "own.xlsx")
    mapping(
        folder,
        ("Лист 1!A1", 'number = "1.12"\nvalue = "how"'),
        ("Лист 1!A2", 'direction = "mentoring"\nvalue = "text"'),
        ("Лист 1!A3", 'direction = "mentoring"\nvalue = "done"'),
        ("Лист 1!C2", 'number = "2.1"'),
        ("Лист 1!C3", 'number = "2.1"'),
        ("Лист 1!C4", 'number = "1.2"\nvalue = "progress"'),
        ("ОДНО", 'about = "centre"'),
        ("Лист 1!D1", 'number = "1.2"\nvalue = "minimum"'),
        ("Лист 1!D2", 'number = "1.1"\nvalue = "name"'),
    )
    sheet = opened(get(centre).content)["Лист 1"]
    assert (sheet["D4"].value, sheet["D4"].data_type, sheet["D4"].quotePrefix) == (FORMULA, "s", True)
    assert (sheet["A2"].value, sheet["A3"].value) == ("Пары составлены.", 1)
    assert (sheet["C2"].value, sheet["C3"].value, sheet["C4"].value) == (1, 100, 92.5)
    assert (sheet["D1"].value, sheet["D3"].value) == (400, "было")


def test_a_table_of_another_encoding_and_separator_stays_so(centre: Lab, folder: Path) -> None:
    (folder / "own.csv").write_bytes("Имя,Число\r\nx,\r\n".encode("cp1251"))
    mapping(folder, ("A2", 'about = "centre"'), ("b2", 'number = "2.3"\nvalue = "manual"'), template="own.csv")
    assert get(centre).content == "Имя,Число\r\nКванториум «Опыт»,4.5\r\n".encode("cp1251")
    mapping(folder, ("A9", 'about = "year"'), ("чудо", 'about = "year"'), template="own.csv")
    assert set(blanks(centre).values()) == {"no_such_place"}
    (folder / "own.csv").write_bytes("Имя;Число\r\nx;\r\n".encode())
    mapping(folder, ("A2", 'about = "last_day"'), ("B2", 'number = "2.3"\nvalue = "manual"'), template="own.csv")
    assert get(centre).content == "Имя;Число\r\n30.09.2026;4,5\r\n".encode()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title = ", "no TOML"),
        ('title = "x"\ntemplate = "../x.xlsx"\n[[place]]\nat = "A1"\nabout = "year"', "template"),
        ('title = "x"\ntemplate = "x.xlsx"\n[[place]]\nat = "A1"', "exactly one of"),
        ('title = "x"\ntemplate = "x.xlsx"\n[[place]]\nat = "A1"\nnumber = "1"\nby = "track"', "both"),
        ('title = "x"\ntemplate = "x.xlsx"\n[[place]]\nat = "A1"\nnumber = "1"\ncolour = "red"', "colour"),
        ('title = "x"\ntemplate = "x.xlsx"\n[[place]]\nat = "A1"\nnumber = "1"\nvalue = "?"', "value"),
    ],
)
def test_a_mapping_that_is_wrong_says_where(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(text, "utf-8")
    with pytest.raises((GiveUp, Refused), match=said):
        read(path)
    with pytest.raises(GiveUp, match="cannot be read"):
        read(tmp_path / "none.toml")


@pytest.mark.parametrize("name", ["..%2f..%2fetc%2fpasswd", "none", "own.toml"])
def test_no_word_of_a_request_becomes_a_path(centre: Lab, name: str) -> None:
    assert get(centre, name).status_code == 404


def test_a_template_that_is_none_is_told(centre: Lab, folder: Path) -> None:
    mapping(folder, ("A1", 'about = "year"'))
    assert "cannot be read" in get(centre).text
    (folder / "own.xlsx").write_bytes(b"PK no")
    assert "no XLSX workbook" in get(centre).text


SPARSE = {
    "A1": 'number = "A.6"',
    "A2": 'number = "A.6"\nvalue = "quarter"',
    "A3": 'number = "A.6"\nby = "equipment"\nkey = "mill-1"',
    "B1": 'number = "A.6"\nvalue = "progress"',
    "B2": 'number = "A.6"\nby = "equipment"\nkey = "no-such"',
}


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "too little is known of the equipment's time (0.5% is known, at least 80.5% is asked)"),
        (
            "ru",
            "о времени работы оборудования известно слишком мало (известно 0,5\u00a0%, нужно не меньше 80,5\u00a0%)",
        ),
    ],
)
def test_where_too_little_is_known_of_a_ratio_of_time_its_blank_says_how_much(
    centre: Lab, folder: Path, language: str, said: str
) -> None:
    (folder / "own.csv").write_text(";;\n;;\n;;\n", "utf-8")
    mapping(folder, *SPARSE.items(), template="own.csv")
    strict = RuleSet(name="Строже", effective_from="2026-09-01", least_coverage=0.805)
    centre.enter(Put("strict", strict), Put("plan", Target(number="A.6", year=2026, target=50)))
    centre.keep([state(NOW - 33 * HOUR, State.IDLE)])
    told = centre.get(f"/api/v1/exports/forms/own/check?{ASKED}&lang={language}")
    found = {one["at"]: one for one in told["blanks"]}
    assert {at: one["reason"] for at, one in found.items()} == dict.fromkeys(SPARSE, "insufficient_data") | {
        "B2": "no_value"
    }
    assert found["A3"]["message"] == f"A.6 [equipment = mill-1] year_to_date: {said}"
    assert told["ready"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("blank", Blank)
def test_every_reason_is_a_sentence_with_what_to_do(blank: Blank, language: Any) -> None:
    texts: Callable[[str], str] = words_of(language, "UTC")
    assert texts(f"blank.{blank}")
    assert texts(f"blank_fix.{blank}").endswith(".")
