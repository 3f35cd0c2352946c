from __future__ import annotations

import re
from datetime import date
from html import unescape
from typing import Any
from urllib.parse import quote

import pytest

from api.pages.fields import word_of
from api.pages.shapes import ENTERED, GROUPS, Shape, Widget, shapes_of
from api.pages.texts import LANGUAGES, Language, load
from api.posted import MAX_BODY, MAX_FIELDS, MAX_LENGTH
from edge.register.contract import Put, Remove
from edge.register.events import Event, EventKind, Participation
from edge.register.kinds import KINDS
from edge.register.lessons import Partner
from edge.register.people import Category
from edge.register.quarters import ManualValue
from tests.api.lab import MINUTE, Lab, visible

RU = {"accept": "text/html", "accept-language": "ru"}
EN = {"accept": "text/html", "accept-language": "en"}
SIGNED = {"by_author": "Иванова А. П.", "by_reason": "уточнили дату"}
FAIR = Event(
    name="День открытых дверей", event_kind=EventKind.OPEN_DAY, first_day=date(2026, 9, 5), document="Приказ 7"
)
EVENT = {"name": "Хакатон", "event_kind": "hackathon", "first_day": "2026-09-12", **SIGNED}


@pytest.fixture
def lab() -> Lab:
    lab = Lab()
    lab.enter(
        Put("school-7", Partner(name="Школа № 7")),
        Put("fair", FAIR),
        Put("fair-pupils", Participation(event="fair", category=Category.LEARNER, count=12, learners=("u-1", "u-2"))),
    )
    return lab


def posted(lab: Lab, path: str, fields: dict[str, Any], **headers: str) -> Any:
    return lab.client.post(path, data=fields, headers={**RU, **headers}, follow_redirects=False)


def value(lab: Lab, kind: str, entry: str) -> dict[str, Any]:
    row = lab.register.row(KINDS[kind], entry).value
    assert row is not None
    return row.value.model_dump(mode="json")


def fault(page: str, field: str) -> str:
    found = re.search(rf'<p class="fault" id="f-{field}-fault">(.*?)</p>', page)
    assert found is not None, f"no fault at {field}"
    return visible(unescape(found[1]))


def test_every_kind_that_has_a_form_is_in_the_overview_with_its_count(lab: Lab) -> None:
    page = lab.page("/register", **RU)
    assert [kind for kind in ENTERED if f'href="/register/{kind}"' not in page] == []
    assert "Мероприятия 1 запись Иванова А. П., 17:00" in visible(page)
    assert "ещё ничего не вводили" in visible(page)
    assert len(ENTERED) == sum(len(kinds) for kinds in GROUPS.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_field_and_choice_has_words(language: Language) -> None:
    known = set(load(language))
    for name, kind in ENTERED.items():
        shapes = shapes_of(kind)
        assert f"kinds.{name}" in known
        assert [one.name for one in shapes if not {f"own.{name}.{one.name}", f"field.{one.name}"} & known] == []
        words = {f"choice.{one.group}.{word}" for one in shapes for word in one.words if word}
        assert words - known == set()


def test_every_form_labels_every_field(lab: Lab) -> None:
    for kind in ENTERED:
        page = lab.page(f"/register/{kind}/+new", **RU)
        for shape in shapes_of(ENTERED[kind]):
            if shape.widget is Widget.MANY:
                assert f'<fieldset id="f-{shape.name}"' in page
            elif shape.widget is Widget.CHECK:
                assert f'<label class="tick"><input type="checkbox" value="1" id="f-{shape.name}"' in page
            else:
                assert f'<label for="f-{shape.name}">' in page
                assert re.search(rf'<(input|select|textarea)[^>]* id="f-{shape.name}" name="{shape.name}"', page)
        ids = re.findall(r'\bid="([^"]+)"', page)
        assert len(ids) == len(set(ids))


def test_a_new_entry_is_kept_with_its_author_and_reason(lab: Lab) -> None:
    answer = posted(
        lab,
        "/register/event/+new",
        {**EVENT, "equipment": ["mill-1", "printer-1"], "software": "Inkscape\r\n\r\n Cura "},
    )
    assert answer.status_code == 303
    assert answer.headers["location"] == "/register/event?done=kept&entry=khakaton"
    kept = value(lab, "event", "khakaton")
    assert (kept["equipment"], kept["software"]) == (["mill-1", "printer-1"], ["Inkscape", "Cura"])
    assert (kept["practical"], kept["last_day"], kept["level"]) == (False, None, "")
    (past,) = lab.register.history(Event, "khakaton").value
    assert (past.stamp.author, past.stamp.reason) == ("Иванова А. П.", "уточнили дату")
    page = lab.page(answer.headers["location"], cookie=f"author={quote('Иванова А. П.')}", **RU)
    assert "Запись сохранена." in page
    assert '<tr class="fresh">' in page
    assert 'value="Иванова А. П."' in lab.page("/register/event/+new", cookie=answer.headers["set-cookie"], **RU)


def test_two_things_of_one_name_get_two_ids(lab: Lab) -> None:
    assert posted(lab, "/register/event/+new", {**EVENT}).headers["location"].endswith("entry=khakaton")
    again = posted(lab, "/register/event/+new", {**EVENT, "first_day": "13.09.2026"})
    assert again.headers["location"].endswith("entry=khakaton-2")
    assert value(lab, "event", "khakaton-2")["first_day"] == "2026-09-13"


def test_what_has_no_name_gets_an_id_of_what_tells_it_apart(lab: Lab) -> None:
    fields = {"event": "fair", "category": "teacher", "count": "3", **SIGNED}
    assert posted(lab, "/register/participation/+new", fields).headers["location"].endswith("entry=fair-teacher")


def test_faults_stand_at_their_fields_and_nothing_is_lost(lab: Lab) -> None:
    fields = {
        "name": " ",
        "event_kind": "ball",
        "first_day": "вчера",
        "last_day": "2026-09-01",
        "document": "Приказ <9>",
        "by_author": "",
        "by_reason": "x" * 501,
    }
    answer = posted(lab, "/register/event/+new", fields)
    assert answer.status_code == 422
    assert fault(answer.text, "name") == "Заполните это поле."
    assert fault(answer.text, "event_kind") == "Выберите из списка."
    assert fault(answer.text, "first_day") == "Нужна дата, например 05.10.2026."
    assert fault(answer.text, "by_author") == "Заполните это поле."
    assert fault(answer.text, "by_reason") == "Слишком длинно: не больше 500 знаков."
    assert 'value="Приказ &lt;9&gt;"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert 'aria-describedby="f-name-fault"' in answer.text
    assert lab.register.version() == 1


@pytest.mark.parametrize(
    ("kind", "fields", "field", "said"),
    [
        ("event", {**EVENT, "last_day": "2026-09-01"}, "last_day", "(2026-09-01)"),
        (
            "participation",
            {"event": "fair", "category": "parent", "count": "1", "learners": "u-1 u-2"},
            "count",
            "меньше, чем псевдонимов",
        ),
        (
            "participation",
            {"event": "fair", "category": "parent", "count": "5", "learners": "u-1 Петя"},
            "learners",
            "Строка 2:",
        ),
        (
            "participation",
            {"event": "fair", "category": "parent", "count": "5", "learners": "u-1, u-1"},
            "learners",
            "дважды",
        ),
        ("participation", {"event": "fair", "category": "parent", "count": "3000"}, "count", "Не больше 2000."),
        ("participation", {"event": "fair", "category": "parent", "count": "пять"}, "count", "Нужно число."),
        ("participation", {"event": "ball", "category": "parent", "count": "5"}, "event", "Такой записи нет"),
        (
            "manual_value",
            {"set": "a", "number": "1.1", "year": "2026", "quarter": "3", "hundredths": "1,234", "document": "б/н"},
            "hundredths",
            "Нужно число.",
        ),
        (
            "survey",
            {"program": "x", "asked": "2", "content": "3", "day": "2026-09-01"},
            "content",
            "больше, чем опрошенных",
        ),
    ],
)
def test_a_fault_of_the_whole_is_told_where_it_can_be_mended(
    lab: Lab, kind: str, fields: dict[str, Any], field: str, said: str
) -> None:
    answer = posted(lab, f"/register/{kind}/+new", {**SIGNED, **fields})
    assert answer.status_code == 422
    assert said in fault(answer.text, field)


def test_a_double_is_told_at_the_fields_that_are_the_same(lab: Lab) -> None:
    fields = {**EVENT, "name": "день  ОТКРЫТЫХ дверей", "first_day": "2026-09-05"}
    answer = posted(lab, "/register/event/+new", fields)
    assert answer.status_code == 422
    assert "Такая запись уже есть" in fault(answer.text, "name")
    assert "Такая запись уже есть" in fault(answer.text, "first_day")
    assert '<a href="/register/event/fair">Открыть ту запись</a>' in answer.text


def test_a_correction_makes_a_version_and_the_history_tells_what_changed(lab: Lab) -> None:
    words = {
        "name": FAIR.name,
        "event_kind": "open_day",
        "first_day": "2026-09-06",
        "document": "Приказ 7",
        "by_seen": "1",
    }
    assert posted(lab, "/register/event/fair", {**words, **SIGNED}).status_code == 303
    shown = visible(lab.page("/register/event/fair", **RU))
    assert (
        "Версия 2 21 сентября, 17:00 · Иванова А. П. уточнили дату Первый день: 5 сентября 2026 → 6 сентября 2026"
        in shown
    )
    assert "Version 1" in visible(lab.page("/register/event/fair", **EN))


def test_somebody_elses_change_in_between_is_told_kindly_and_nothing_is_lost(lab: Lab) -> None:
    lab.clock.advance(5 * MINUTE)
    lab.register.apply(
        (Put("fair", FAIR.model_copy(update={"document": "Приказ 8"}), 1),),
        author="Петров П. С.",
        reason="новый приказ",
        at=lab.clock.now(),
    )
    mine = {
        "name": "День открытых дверей центра",
        "event_kind": "open_day",
        "first_day": "2026-09-05",
        "document": "Приказ 7",
        "by_seen": "1",
        **SIGNED,
    }
    answer = posted(lab, "/register/event/fair", mine)
    assert answer.status_code == 409
    shown = visible(answer.text)
    assert "Пока вы правили, запись изменил другой человек: Петров П. С., 17:05. Причина: «новый приказ»." in shown
    assert "Название День открытых дверей День открытых дверей центра" in shown
    assert "Документ Приказ 8 Приказ 7" in shown
    assert 'name="by_seen" value="2"' in answer.text
    assert value(lab, "event", "fair")["document"] == "Приказ 8"
    assert posted(lab, "/register/event/fair", {**mine, "by_seen": "2"}).status_code == 303
    assert value(lab, "event", "fair")["name"] == "День открытых дверей центра"


def test_learners_are_never_shown_and_stay_unless_they_are_replaced(lab: Lab) -> None:
    assert "u-1" not in re.sub(
        r'<p class="help-line".*?</p>', "", lab.page("/register/participation/fair-pupils", **RU)
    )
    fields = {"event": "fair", "category": "learner", "count": "20", "by_seen": "1", **SIGNED}
    assert posted(lab, "/register/participation/fair-pupils", {**fields, "learners_stay": "1"}).status_code == 303
    register, now = lab.register, lab.clock.now()
    (row,) = register.learners(Participation, reader="Проверка", reason="тест", at=now).value
    assert (row.value.count, row.value.learners) == (20, ("u-1", "u-2"))
    assert ("Иванова А. П.", "kept by a correction") in [
        (line.who, line.reason) for _n, line in register.audit(after=0, limit=9)
    ]
    posted(lab, "/register/participation/fair-pupils", {**fields, "by_seen": "2", "learners": "u-9"})
    (row,) = register.learners(Participation, reader="Проверка", reason="тест", at=now).value
    assert row.value.learners == ("u-9",)


def test_an_entry_is_removed_only_with_a_reason_and_its_history_stays(lab: Lab) -> None:
    lab.enter(Remove("participation", "fair-pupils", 1))
    fields = {"by_removal": "1", "by_seen": "1", "by_author": "Иванова А. П."}
    answer = posted(lab, "/register/event/fair", fields)
    assert answer.status_code == 422
    assert '<details class="removal" open>' in answer.text
    assert 'value="День открытых дверей"' in answer.text
    answer = posted(lab, "/register/event/fair", {**fields, "by_reason": "внесено дважды"})
    assert answer.headers["location"] == "/register/event?done=removed&entry=fair"
    assert "Запись удалена; её история осталась." in lab.page(answer.headers["location"], **RU)
    shown = visible(lab.page("/register/event/fair", **RU))
    assert "Эта запись удалена. Ниже её история." in shown
    assert "внесено дважды Запись удалена." in shown


def test_what_others_name_cannot_be_removed(lab: Lab) -> None:
    fields = {"by_removal": "1", "by_seen": "1", **SIGNED}
    answer = posted(lab, "/register/event/fair", fields)
    assert answer.status_code == 422
    assert "на это ещё ссылаются: participation fair-pupils" in visible(answer.text)


def test_a_list_is_searched_and_ordered_by_day(lab: Lab) -> None:
    for number in range(1, 121):
        lab.enter(
            Put(f"e-{number}", Event(name=f"Экскурсия {number}", first_day=date(2026, 1 + number % 8, 1 + number % 28)))
        )
    page = lab.page("/register/event", **RU)
    names = re.findall(r'<th scope="row" class="wide"><a [^>]*>(.*?)</a>', page)
    assert len(names) == 100
    assert names[0] == "День открытых дверей"
    assert "121 запись" in visible(page)
    assert "?q=&amp;page=2" in page
    assert len(re.findall('<th scope="row" class="wide">', lab.page("/register/event?page=2", **RU))) == 21
    found = lab.page("/register/event?q=ДЕНЬ+2026", **RU)
    assert re.findall(r'<th scope="row" class="wide"><a [^>]*>(.*?)</a>', found) == ["День открытых дверей"]
    assert "Ничего не нашлось" in lab.page("/register/event?q=xyz", **RU)
    assert "Здесь пока пусто" in lab.page("/register/achievement", **RU)


def test_a_list_shows_no_empty_columns_and_may_be_had_as_a_table(lab: Lab) -> None:
    page = lab.page("/register/event", **RU)
    assert "Первый день" in page
    assert "Последний день" not in page
    assert 'href="/api/v1/register/event?format=xlsx&amp;lang=ru"' in page
    assert lab.client.get("/api/v1/register/event?format=xlsx&lang=ru").status_code == 200
    assert "format=xlsx" not in lab.page("/register/achievement", **RU)


def test_an_address_fills_in_a_form(lab: Lab) -> None:
    page = lab.page(
        "/register/manual_value/+new?number=1.5&set=kvantorium-school&year=2026&quarter=3&odd=1&back=/monitoring", **RU
    )
    assert '<option value="1.5" selected>1.5 Образовательные мероприятия</option>' in page
    assert 'name="year" required value="2026"' in re.sub(r'id="f-year" ', "", page).replace(
        'required="required"', "required"
    )
    assert '<a href="/monitoring">Вернуться</a>' in page
    assert 'id="f-by_reason"' not in page


def test_a_value_by_hand_is_typed_with_a_comma_and_its_reason_is_that_of_the_change(lab: Lab) -> None:
    fields = {
        "set": "kvantorium-school",
        "number": "2.1",
        "year": "2026",
        "quarter": "3",
        "hundredths": "87,5",
        "reason": "журнал сгорел",
        "document": "акт",
        "by_author": "Иванова А. П.",
        "back": "/monitoring",
    }
    answer = posted(lab, "/register/manual_value/+new", fields)
    assert answer.headers["location"] == "/monitoring"
    (row,) = lab.register.rows(ManualValue).value
    assert (row.value.hundredths, row.stamp.reason) == (8750, "журнал сгорел")
    assert 'value="87,50"' in lab.page(f"/register/manual_value/{row.id}", **RU)
    assert "87,50" in visible(lab.page("/register/manual_value", **RU))
    wrong = posted(lab, "/register/manual_value/+new", fields | {"number": "1.2", "quarter": "2"})
    told = re.search(r'id="f-hundredths-fault"[^>]*>([^<]*)<', wrong.text)
    assert told is not None
    assert told[1].strip() == "показатель считает целыми числами, а здесь 87.50 Введите целое число."


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_a_form_leads_nobody_elsewhere(lab: Lab, back: str) -> None:
    answer = posted(lab, "/register/event/+new", {**EVENT, "back": back})
    assert answer.headers["location"].startswith("/register/event?")
    page = lab.page(f"/register/event/+new?back={quote(back)}", **RU)
    assert '<input type="hidden" name="back" value="">' in page
    assert '<p class="back"><a href="/register/event">' in page


def test_a_page_of_another_site_enters_nothing(lab: Lab) -> None:
    answer = posted(lab, "/register/event/+new", EVENT, origin="https://evil.example")
    assert answer.status_code == 403
    assert lab.register.version() == 1


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{}", "application/json", 415),
        (b"name=" + b"x" * MAX_BODY, "application/x-www-form-urlencoded", 413),
        (b"name=" + b"x" * (MAX_LENGTH + 1), "application/x-www-form-urlencoded", 413),
        ("&".join(f"f{n}=1" for n in range(MAX_FIELDS + 1)).encode(), "application/x-www-form-urlencoded", 413),
        (b"name=%ff\xff", "application/x-www-form-urlencoded", 413),
    ],
)
def test_no_more_is_read_than_a_form_of_ours_has(lab: Lab, content: bytes, kind: str, status: int) -> None:
    answer = lab.client.post("/register/event/+new", content=content, headers={"content-type": kind})
    assert answer.status_code == status


@pytest.mark.parametrize("path", ["/register/slot", "/register/nonsense/+new", "/register/event/nobody"])
def test_what_is_not_there_is_a_page_that_says_so(lab: Lab, path: str) -> None:
    answer = lab.client.get(path, headers=RU)
    assert answer.status_code == 404
    assert "Страница не найдена" in answer.text


def test_what_people_enter_is_escaped(lab: Lab) -> None:
    evil = "<script>alert(1)</script>"
    posted(lab, "/register/event/+new", {**EVENT, "name": evil, "document": evil, "by_reason": evil})
    for path in ("/register/event", "/register/event/script-alert-1-script", "/register/participation/+new"):
        assert evil not in lab.page(path, **RU)


def test_a_word_that_is_no_longer_known_stays_in_the_form(lab: Lab) -> None:
    lab.enter(Put("old", Event(name="Давнее", first_day=date(2026, 1, 1), track="alchemy", equipment=("anvil",))))
    page = lab.page("/register/event/old", **RU)
    assert '<option value="alchemy" selected>alchemy</option>' in page
    assert re.search(r'value="anvil" checked><span>anvil</span>', page)


def test_an_empty_word_is_a_dash(lab: Lab) -> None:
    texts = lab.app.state.parts.pages.texts("ru")
    assert word_of(Shape("level", Widget.CHOICE, required=False, default=""), "", texts) == "—"
